// Ends an HTTP server as an operator wants it: what is being answered is answered, and nothing else holds the
// end up, neither a connection that is kept alive nor one that never asked for anything.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { makeServer } from '../http/server.ts';

type App = Awaited<ReturnType<typeof makeServer>>;

const SWEEP_MS = 50;

/** To be called before the server listens; gives the function that closes it, at the latest in `patience_ms`. */
export function makeServerEnd(app: App, patience_ms: number): () => Promise<void> {
  const sockets = trackSockets(app.server);
  let closing: Promise<void> | undefined;

  function endIdle(): void {
    for (const [socket, answering] of sockets) if (answering === 0) socket.destroy();
  }

  async function close(): Promise<void> {
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
