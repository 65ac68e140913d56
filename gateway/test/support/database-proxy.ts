// A TCP proxy on loopback between a gateway and its PostgreSQL, which cuts a connection at the moment that a test
// chooses: before a statement has arrived, while it is at work, or when its answer is on the way back.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/**
 * before: the statement never arrives. during: it arrives, and the connection is gone at once. after: it has been
 * carried out, and its answer is lost.
 */
export type Moment = 'before' | 'during' | 'after';

interface Cut {
  text: string;
  moment: Moment;
  done: () => void;
}

/** The end of an answer: the server is ready again, with no transaction open. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export type DatabaseProxy = Awaited<ReturnType<typeof startDatabaseProxy>>;

export async function startDatabaseProxy(database_url: string) {
  const { host, port, user, password, database } = new pg.Client({ connectionString: database_url });
  const sockets = new Set<Socket>();
  let cuts: Cut[] = [];
  let is_refusing = false;
  let refused = 0;

  function openBackend(): Socket {
    return host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  }

  const server = createServer((client) => {
    if (is_refusing) {
      refused += 1;
      client.on('error', () => {});
      return void client.destroy();
    }
    const backend = openBackend();
    let armed: Cut | null = null;
    const end = (cut: Cut) => {
      client.destroy();
      cut.done();
    };
    for (const socket of [client, backend]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk: Buffer) => {
      const cut = cuts.find(({ text }) => chunk.includes(text));
      if (cut === undefined) return void backend.write(chunk);
      cuts = cuts.filter((other) => other !== cut);
      if (cut.moment === 'before') {
        backend.destroy();
        return end(cut);
      }
      armed = cut;
      backend.write(chunk);
      if (cut.moment === 'during') end(cut);
    });
    backend.on('data', (chunk: Buffer) => {
      if (armed === null) return void client.write(chunk);
      if (!chunk.includes(READY)) return;
      backend.end();
      if (armed.moment === 'after') end(armed);
    });
    client.on('close', () => armed?.moment === 'during' || backend.destroy());
    backend.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own_port } = server.address() as AddressInfo;
  const who = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password ?? ''))}`;

  return {
    url: `postgres://${who}@127.0.0.1:${own_port}/${database}`,
    /** Cuts the connection that next sends `text`, such as a statement's name. Resolves when it has been cut. */
    cut: (text: string, moment: Moment): Promise<void> =>
      new Promise((done) => {
        cuts.push({ text, moment, done });
      }),
    /** The server is away: whoever is connected is cut off, and nobody gets in until it is back. */
    takeAway(): void {
      is_refusing = true;
      for (const socket of sockets) socket.destroy();
    },
    bringBack(): void {
      is_refusing = false;
    },
    /** How many were turned away. */
    refused: () => refused,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
