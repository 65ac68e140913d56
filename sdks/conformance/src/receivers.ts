// Where webhooks arrive: each receiver is an address of its own on one server. It answers 204 to everything and keeps
// what came, bytes as they were, until somebody asks for it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  headers: Record<string, string>;
  body_base64: string;
}

interface Wanted {
  type: string;
  payment_intent?: string | undefined;
}

interface Arrived extends Delivery {
  type: string;
  /** The intent that the event is about, also where its object is a refund. */
  payment_intent: string | undefined;
}

interface Waiting {
  wanted: Wanted;
  take(delivery: Delivery): void;
}

const PATIENCE_MS = 30_000;

export type Receivers = Awaited<ReturnType<typeof startReceivers>>;

export async function startReceivers() {
  const inboxes = new Map<string, { arrived: Arrived[]; waiting: Waiting[] }>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(204).end();
      const inbox = inboxes.get(request.url ?? '');
      if (inbox === undefined) return;
      const arrived = readDelivery(request.headers, Buffer.concat(chunks));
      const place = inbox.waiting.findIndex(({ wanted }) => isWanted(arrived, wanted));
      if (place === -1) inbox.arrived.push(arrived);
      else inbox.waiting.splice(place, 1)[0]?.take(show(arrived));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    open(): string {
      const path = `/receiver/${inboxes.size + 1}`;
      inboxes.set(path, { arrived: [], waiting: [] });
      return `${origin}${path}`;
    },
    /** The first that fits, each once; or a refusal when none comes in half a minute. */
    next(url: string, wanted: Wanted): Promise<Delivery> {
      const inbox = inboxes.get(new URL(url).pathname);
      if (inbox === undefined) throw new Error(`${url} is no receiver of this stage`);
      const place = inbox.arrived.findIndex((arrived) => isWanted(arrived, wanted));
      const [there] = place === -1 ? [] : inbox.arrived.splice(place, 1);
      if (there !== undefined) return Promise.resolve(show(there));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          inbox.waiting.splice(inbox.waiting.indexOf(waiting), 1);
          const types = inbox.arrived.map(({ type }) => type).join(', ') || 'nothing';
          reject(new Error(`No ${wanted.type} came; there is ${types}`));
        }, PATIENCE_MS);
        const waiting: Waiting = {
          wanted,
          take(delivery) {
            clearTimeout(timer);
            resolve(delivery);
          },
        };
        inbox.waiting.push(waiting);
      });
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readDelivery(headers: Record<string, string | string[] | undefined>, body: Buffer): Arrived {
  const { type, data } = JSON.parse(body.toString('utf8')) as {
    type: string;
    data: { object: { id?: string; payment_intent?: string } };
  };
  return {
    type,
    payment_intent: data.object.payment_intent ?? data.object.id,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body_base64: body.toString('base64'),
  };
}

const isWanted = (arrived: Arrived, { type, payment_intent }: Wanted) =>
  arrived.type === type && (payment_intent === undefined || payment_intent === arrived.payment_intent);

const show = ({ headers, body_base64 }: Arrived): Delivery => ({ headers, body_base64 });
