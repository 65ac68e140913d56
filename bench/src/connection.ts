// One keep-alive connection that asks one question at a time. An HTTP client of the general kind would use as
// much CPU as the servers that it measures, on the same cores; this one reads only what those servers send.
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  body: string;
}

export interface Connection {
  ask(request: string): Promise<Answer>;
  close(): void;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;

  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed a connection')));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    try {
      const answer = readAnswer(received);
      if (answer === null) return;
      received = Buffer.alloc(0);
      waiting?.resolve(answer);
      waiting = null;
    } catch (error) {
      fail(error as Error);
    }
  });

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => endQuietly(socket),
  };
}

function endQuietly(socket: Socket): void {
  socket.removeAllListeners('close');
  socket.destroy();
}

/** Null while bytes are missing. A body without a length, or bytes behind it, are not what we asked for. */
function readAnswer(bytes: Buffer): Answer | null {
  const head_end = bytes.indexOf(END_OF_HEAD);
  if (head_end < 0) return null;
  const head = bytes.toString('latin1', 0, head_end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  const end = head_end + END_OF_HEAD.length + Number(length);
  if (bytes.length < end) return null;
  if (bytes.length > end) throw new Error('an answer is longer than it says');
  return {
    status: Number(head.slice(9, 12)),
    body: bytes.toString('utf8', head_end + END_OF_HEAD.length, end),
  };
}
