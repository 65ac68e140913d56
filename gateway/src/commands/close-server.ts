// Ends an HTTP server as an operator wants it: it first says that it is about to go, then what is being answered is
// answered, and nothing else holds the end up, neither a connection that is kept alive nor one that never asked.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import type { makeWorkerServer } from '../http/worker-server.ts';

const SWEEP_MS = 50;

export interface ServerEnd {
  /** How long it goes on serving while `/ready` sends everybody elsewhere. */
  drain_ms: number;
  /** When connections are cut after that, answered or not. */
  patience_ms: number;
}

/** To be called before the server listens; gives the function that closes it. */
export function makeServerEnd(
  app: Pick<ReturnType<typeof makeWorkerServer>, 'server' | 'close'>,
  context: Pick<Context, 'ending'>,
  { drain_ms, patience_ms }: ServerEnd,
): () => Promise<void> {
  const sockets = trackSockets(app.server);
  let closing: Promise<void> | undefined;

  function endIdle(): void {
    for (const [socket, answering] of sockets) if (answering === 0) socket.destroy();
  }

  async function close(): Promise<void> {
    if (app.server.listening && drain_ms > 0) {
      context.ending = 'draining';
      await delay(drain_ms);
    }
    context.ending = 'closing';
    const sweep = setInterval(endIdle, SWEEP_MS);
    const last = setTimeout(() => app.server.closeAllConnections(), patience_ms);
    try {
      await app.close();
    } finally {
      clearInterval(sweep);
      clearTimeout(last);
    }
  }

  return () => {
    closing ??= close();
    return closing;
  };
}

/** Every open connection, and how many requests it has that are not answered to the end. */
function trackSockets(server: Server): Map<Socket, number> {
  const sockets = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, 0);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const add = (number: number) => {
      const before = sockets.get(socket);
      if (before !== undefined) sockets.set(socket, before + number);
    };
    add(1);
    response.on('close', () => add(-1));
  });
  return sockets;
}
