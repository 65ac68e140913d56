// The data connection of an FTP transfer. It leads to the machine of the control connection, whatever address the server
// names (RFC 2577), and when it breaks, the server is asked why before anybody judges.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { type FTPContext, FTPError } from 'basic-ftp';
import type { TransferOptions } from './transfer.ts';
import { stalled, TransferError } from './transfer-failure.ts';
import { type OnEnd, withinStall } from './transfer-run.ts';

/** What moves through the connection. It throws a TransferError when something is wrong on our side. */
export type Move = (socket: Socket) => Promise<void>;

/** Sends a command and moves what belongs to it. Resolves when both connections say that it is done. */
export async function transferData(
  ftp: FTPContext,
  command: string,
  move: Move,
  options: TransferOptions,
  onEnd: OnEnd,
): Promise<void> {
  const { socket, secured } = await openDataConnection(ftp, options, onEnd);
  let has_begun = false;
  let is_moved = false;
  let is_confirmed = false;
  let broken: unknown = null;
  await ftp.handle(command, (response, task) => {
    const finish = () => {
      if (is_moved && is_confirmed) task.resolve(undefined);
    };
    if (response instanceof Error) {
      socket.destroy();
      // A server that refuses says why; one that only fell silent after the data broke does not.
      return task.reject(broken instanceof Error && !(response instanceof FTPError) ? broken : response);
    }
    if (response.code >= 200) {
      if (response.code >= 300 || !has_begun) return task.reject(UNEXPECTED);
      is_confirmed = true;
      if (broken instanceof Error) task.reject(broken);
      return finish();
    }
    if (has_begun) return;
    has_begun = true;
    // While data moves the control connection is silent, and by rights.
    ftp.socket.setTimeout(0);
    withinStall(options.stall_ms, 'in the TLS handshake of the data connection', secured)
      .then(() => {
        watchForStall(socket, options.stall_ms);
        return move(socket);
      })
      .then(
        () => {
          is_moved = true;
          ftp.socket.setTimeout(options.stall_ms);
          finish();
        },
        (error: Error) => {
          broken = error;
          socket.destroy();
          if (is_confirmed || error instanceof TransferError) task.reject(error);
          else ftp.socket.setTimeout(options.stall_ms);
        },
      );
  });
}

const UNEXPECTED = new TransferError(
  'refused',
  'The server ended the transfer before it began: look into its log.',
);

async function openDataConnection(
  ftp: FTPContext,
  { stall_ms }: TransferOptions,
  onEnd: OnEnd,
): Promise<{ socket: Socket; secured: Promise<unknown> }> {
  // Asked before the server names a port: one that hangs up behind its answer has no address any more, and node takes a
  // missing one for this machine.
  const host = ftp.socket.remoteAddress;
  if (host === undefined) throw new TransferError('dropped', 'The server closed the connection. Try again.');
  const port = await enterPassiveMode(ftp);
  const plain = connect({ host, port });
  onEnd(() => plain.destroy());
  plain.on('error', () => {});
  try {
    await withinStall(stall_ms, 'while the data connection opens', once(plain, 'connect'));
  } catch {
    const message = `The server’s data port ${port} cannot be reached: open its passive ports in the firewalls between.`;
    throw new TransferError('unreachable', message);
  }
  if (!(ftp.socket instanceof TLSSocket)) return { socket: plain, secured: Promise.resolve() };
  // The session of the control connection, without which anybody could have taken the data port before us.
  const session = ftp.tlsSessionStore ?? ftp.socket.getSession();
  const socket = connectTls({
    ...ftp.tlsOptions,
    socket: plain,
    ...(session !== undefined && { session }),
  });
  socket.on('session', (next: Buffer) => {
    ftp.tlsSessionStore = next;
  });
  // Servers shake hands only after the command.
  const secured = once(socket, 'secureConnect');
  secured.catch(() => {});
  socket.on('error', () => {});
  return { socket, secured };
}

/** EPSV, then PASV, of which only the port is believed. */
async function enterPassiveMode(ftp: FTPContext): Promise<number> {
  try {
    const { message } = await ftp.request('EPSV');
    const port = Number(/\((.)\1\1(\d{1,5})\1\)/.exec(message)?.[2]);
    if (port > 0 && port < 65_536) return port;
  } catch (error) {
    if (!(error instanceof FTPError) || error.code === 421) throw error;
  }
  const { message } = await ftp.request('PASV');
  const [, , , , , high, low] =
    /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(message) ?? [];
  const port = Number(high) * 256 + Number(low);
  if (port > 0 && port < 65_536) return port;
  throw new TransferError('refused', 'The server has no passive mode: have it allow EPSV or PASV.');
}

/** Only silence while it is the other side's turn counts: our own source or sink may take its time. */
function watchForStall(socket: Socket, stall_ms: number): void {
  socket.setTimeout(stall_ms);
  socket.on('timeout', () => {
    const is_our_turn = socket.writableLength === 0 && (socket.isPaused() || socket.readableFlowing === null);
    if (is_our_turn) socket.setTimeout(stall_ms);
    else socket.destroy(stalled('while the file moved'));
  });
}
