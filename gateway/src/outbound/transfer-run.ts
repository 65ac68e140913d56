// One transfer from its beginning to its end: a connection to an address that was judged, one deadline for everything,
// and nothing left open however it ends.
import { connect, type Socket } from 'node:net';
import type { FailedTransfer, TransferOptions } from './transfer.ts';
import { describeTransferError, stalled, TransferError } from './transfer-failure.ts';

/** Says what has to be closed when the transfer ends, well or badly. */
export type OnEnd = (close: () => void) => void;

export async function runTransfer<Answer extends { kind: 'done' }>(
  { deadline_ms }: Pick<TransferOptions, 'deadline_ms'>,
  work: (onEnd: OnEnd) => Promise<Answer>,
): Promise<Answer | FailedTransfer> {
  const closers: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let is_over = false;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `The transfer was not through within ${Math.ceil(deadline_ms / 1_000)} s: check the network and the server’s load.`;
    timer = setTimeout(() => reject(new TransferError('timeout', message)), deadline_ms);
  });
  try {
    const onEnd: OnEnd = (close) => void (is_over ? close() : closers.push(close));
    return await Promise.race([work(onEnd), late]);
  } catch (error) {
    return describeTransferError(error);
  } finally {
    is_over = true;
    clearTimeout(timer);
    for (const close of closers.reverse()) close();
  }
}

/** Waits for the other side no longer than it may be silent. */
export async function withinStall<T>(stall_ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(stalled(what)), stall_ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Connects to an address that the guard let pass: a name is judged by what it leads to at this moment. */
export async function openSocket(
  { host, port }: { host: string; port: number },
  { guard, stall_ms }: TransferOptions,
  onEnd: OnEnd,
): Promise<Socket> {
  const refusal = guard.refuseHost(host);
  if (refusal !== null) throw new TransferError('refused_address', refusal);
  const socket = connect({ host, port, lookup: guard.lookup, autoSelectFamily: true, noDelay: true });
  onEnd(() => socket.destroy());
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // It stays: what breaks later is told by who reads from the socket, and must not end the process.
    socket.on('error', reject);
  });
  socket.setTimeout(stall_ms, () => socket.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })));
  await connected;
  socket.removeAllListeners('timeout').setTimeout(0);
  return socket;
}
