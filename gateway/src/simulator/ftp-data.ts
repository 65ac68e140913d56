// The data connections of the simulated FTP server: a port for each transfer, taken once, encrypted where the client asked
// for it, and the places where a transfer can be made to break.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { FileServerFaults } from './file-server-faults.ts';

export interface DataPort {
  port: number;
  /** Resolves when the client has connected. */
  accept(): Promise<Socket>;
  close(): void;
}

export async function openDataPort(host: string, secure: SecureContext | null): Promise<DataPort> {
  let sockets: Socket[] = [];
  const server: Server = createServer();
  const connected = new Promise<Socket>((resolve, reject) => {
    server.once('connection', (socket: Socket) => {
      server.close();
      socket.on('error', () => {});
      const used =
        secure === null ? socket : new TLSSocket(socket, { isServer: true, secureContext: secure });
      used.on('error', () => {});
      sockets.push(socket, used);
      resolve(used);
    });
    server.once('error', reject);
  });
  connected.catch(() => {});
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    accept: () => connected,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets = [];
    },
  };
}

/** How a transfer ended: well, or by which fault. */
export type DataOutcome = 'done' | 'broken' | 'dropped' | 'no_space' | 'hung';

class Struck extends Error {
  readonly outcome: DataOutcome;

  constructor(outcome: DataOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

/** Moves bytes until their end, or until a fault strikes after so many of them. */
export async function moveData(from: Readable, to: Writable, faults: FileServerFaults): Promise<DataOutcome> {
  const names = { dropped: 'drop', no_space: 'no_space', hung: 'hang' } as const;
  const limits = (['dropped', 'no_space', 'hung'] as const).flatMap((outcome) => {
    const after = faults.take(names[outcome]);
    return after === null ? [] : [{ outcome, after }];
  });
  let moved = 0;
  const watched = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      moved += chunk.length;
      const struck = limits.find(({ after }) => moved > after);
      if (struck === undefined) return done(null, chunk);
      this.push(chunk.subarray(0, Math.max(0, chunk.length - (moved - struck.after))));
      if (struck.outcome !== 'hung') done(new Struck(struck.outcome));
    },
  });
  try {
    await pipeline(from, watched, to);
    return 'done';
  } catch (error) {
    return error instanceof Struck ? error.outcome : 'broken';
  }
}
