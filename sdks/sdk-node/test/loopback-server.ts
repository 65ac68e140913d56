// Servers on this machine that tests talk to over real sockets: one that speaks HTTP and keeps what it was sent, and one
// that is told what to do with the bare connection.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { PaymentGateway, type PaymentGatewayOptions } from '../src/mpac-pgw.ts';

export const KEY = { apiKey: 'ak_01JHM4Z4T6V0Q0V9W8S1R2X3YA', secretKey: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' };

export interface SeenRequest {
  method: string;
  target: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export type Answerer = (request: SeenRequest, response: ServerResponse) => void;

async function listen(t: TestContext, server: Server, sockets: Set<Socket>): Promise<string> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(async () => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers each request by its number, from 0 on, and keeps them all. */
export async function startServer(t: TestContext, answer: (place: number) => Answerer) {
  const requests: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: target = '', headers } = request;
    const seen = { method, target, headers, body: Buffer.concat(chunks) };
    requests.push(seen);
    answer(requests.length - 1)(seen, response);
  });
  return { url: await listen(t, server, new Set()), requests };
}

/** `take` is called with each connection's first bytes of each request, and its number from 0 on. */
export async function startTcpServer(
  t: TestContext,
  take: (socket: Socket, place: number, text: string) => void,
) {
  const requests: string[] = [];
  const server = createTcpServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head_end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head_end < 0 || text.length < head_end + 4 + length) return;
      requests.push(text);
      const whole = text;
      text = '';
      take(socket, requests.length - 1, whole);
    });
  });
  return { url: await listen(t, server, new Set()), requests };
}

/** A client of this server that does not wait between its tries. */
export function makeClient(baseUrl: string, options: Partial<PaymentGatewayOptions> = {}): PaymentGateway {
  return new PaymentGateway({ baseUrl, ...KEY, sleep: async () => undefined, ...options });
}

export const answerJson =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answerer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_payment_method',
  amount: 1500,
};

export const ORDER = { amount: 1500, payment_method_types: ['cash' as const], merchant_ref_id: 'order_1' };

/** What a promise was rejected with. */
export async function reasonOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It was not rejected.');
    },
    (reason: unknown) => reason,
  );
}
