// The shop's HTTP: orders for the till, webhooks from the gateway, and the files of the page. Everything that the page
// gets to know about payments is the publishable key and a token for one order; the secret key stays behind here.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { PaymentGatewayError, type WebhookEvent } from '@cloudsky/mpac-pgw-sdk-node';
import { MENU, priceOrder } from './menu.ts';
import type { Order, Orders } from './orders.ts';
import { OrderRefusal, type Payments } from './payments.ts';

export interface ShopParts {
  orders: Orders;
  payments: Payments;
  /** Throws unless the bytes were signed by the gateway. */
  verifyWebhook(body: Buffer, headers: IncomingMessage['headers']): WebhookEvent;
  /** For the page: no secrets. */
  page: { gateway_url: string; publishable_key: string; wallet_url: string };
  /** Path prefixes and the folders that they are served from. */
  folders: Record<string, string>;
}

const MAX_BODY_BYTES = 1_000_000;
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Handler = (request: IncomingMessage, response: ServerResponse, order: Order) => Promise<void> | void;

/** The request listener of the shop. */
export function makeRoutes(parts: ShopParts) {
  const { orders, payments, page } = parts;

  const routes: Record<string, Handler> = {
    'GET /menu': (_request, response) => send(response, 200, { ...page, items: MENU }),
    'GET /orders': (_request, response) => send(response, 200, orders.listOfToday()),

    // Only what and how many is taken from the page; what it costs is ours to say.
    'POST /orders': async (request, response) => {
      const { lines } = await readJson(request);
      const priced = priceOrder(lines);
      if (priced === null) throw new OrderRefusal('invalid_order', 'There is nothing like this on the menu.');
      const order = orders.add(priced);
      send(response, 201, { order, payment_token: await payments.createIntent(order) });
    },
    'POST /orders/:id/payment_token': async (_request, response, order) => {
      send(response, 200, { payment_token: await payments.giveToken(order), order });
    },
    'POST /orders/:id/refund': async (_request, response, order) => {
      await payments.refund(order);
      send(response, 200, { order });
    },

    // Tells every open till of each order that changes (server-sent events).
    'GET /orders/changes': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': welcome\n\n');
      const stop = orders.watch((order) => response.write(`data: ${JSON.stringify(order)}\n\n`));
      response.on('close', stop);
    },

    // Over the bytes as they came: parsed and written again they would be other bytes, and no signature would fit.
    'POST /webhooks': async (request, response) => {
      let event: WebhookEvent;
      try {
        event = parts.verifyWebhook(await readBody(request), request.headers);
      } catch {
        return send(response, 400, { code: 'invalid_signature', message: 'This is not from the gateway.' });
      }
      payments.takeEvent(event);
      response.writeHead(204).end();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [pathname = '/'] = (request.url ?? '/').split('?');
    const [, id] = /^\/orders\/(order_[\w-]+)\//.exec(pathname) ?? [];
    const handler = routes[`${request.method} ${id === undefined ? pathname : pathname.replace(id, ':id')}`];
    if (handler === undefined && request.method !== 'GET' && request.method !== 'HEAD')
      throw new OrderRefusal('not_found', 'There is nothing here.');
    if (handler === undefined)
      return sendFile(response, parts.folders, pathname === '/' ? '/till.html' : pathname);
    const order = id === undefined ? undefined : orders.find(id);
    if (id !== undefined && order === undefined)
      throw new OrderRefusal('not_found', 'There is no such order.');
    await handler(request, response, order as Order);
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => refuse(response, error));
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** The page says it in its own words, by the code. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
  } else if (error instanceof OrderRefusal) {
    const status = { not_found: 404, invalid_order: 400 }[error.code] ?? 409;
    send(response, status, { code: error.code, message: error.message });
  } else if (error instanceof PaymentGatewayError) {
    console.error(`${error.name}: ${error.message}`);
    send(response, 503, { code: error.kind, message: 'The gateway could not do this now.' });
  } else {
    console.error(error);
    send(response, 500, { code: 'internal_error', message: 'A fault of the shop.' });
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new OrderRefusal('invalid_order', 'The body is too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse((await readBody(request)).toString('utf8'));
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // No JSON is no order, like any other wrong body.
  }
  throw new OrderRefusal('invalid_order', 'The body must be a JSON object.');
}

async function sendFile(
  response: ServerResponse,
  folders: Record<string, string>,
  pathname: string,
): Promise<void> {
  const prefix = Object.keys(folders).find((candidate) => pathname.startsWith(candidate)) ?? '/';
  const folder = folders[prefix] ?? '';
  const path = join(folder, normalize(`/${pathname.slice(prefix.length)}`));
  const type = CONTENT_TYPES[extname(path)];
  const bytes = type === undefined ? null : await readFile(path).catch(() => null);
  if (bytes === null) return send(response, 404, { code: 'not_found', message: 'There is nothing here.' });
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(bytes);
}
