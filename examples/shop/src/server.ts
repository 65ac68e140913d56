// Starts the shop, `npm run shop`: finds the gateway, makes its webhooks come here, asks about orders that were left
// open, and listens on this machine only.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PaymentGateway, webhooks } from '@cloudsky/mpac-pgw-sdk-node';
import { openOrders } from './orders.ts';
import { makePayments } from './payments.ts';
import { makeRoutes } from './routes.ts';

/** What `npm start` writes into development.json. A real shop has these in its configuration. */
interface GatewayFacts {
  base_url: string;
  api_key: string;
  secret_key: string;
  publishable_key: string;
  merchant_store_id: string;
  simulator_url: string;
}

const SHOP_PORT = 8070;
const HERE = '127.0.0.1';
const EVENTS = ['payment_intent.*', 'refund.*'];

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Beside the gateway's own data, where `npm run demo` looks, too.
const data_dir = process.env['MPAC_DATA_DIR'] || '.mpac-pgw';
const port = Number(process.env['SHOP_PORT'] || SHOP_PORT);

/** Ends the start with a sentence that says what to do, in place of a stack trace. */
function giveUp(sentence: string): never {
  console.error(`\n  ${sentence}\n`);
  process.exit(1);
}

function readFacts(): GatewayFacts {
  const path = join(data_dir, 'development.json');
  if (!existsSync(path))
    giveUp('No gateway has been started here yet. Run "npm start" in another terminal first.');
  return JSON.parse(readFileSync(path, 'utf8')) as GatewayFacts;
}

/** The page loads nothing from elsewhere, runs no script that stands in it, and speaks to us and the gateway only. */
function makePolicy(gateway_url: string): string {
  // The one thing that has to stand in the page itself is where modules are found, so it is let in by its hash.
  const till = readFileSync(folder('../../public/till.html'), 'utf8');
  const [, map = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(till) ?? [];
  return [
    "default-src 'self'",
    `script-src 'self' 'sha256-${createHash('sha256').update(map).digest('base64')}'`,
    `connect-src 'self' ${new URL(gateway_url).origin}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Neither another page in this browser nor a foreign name that points at this machine gets through. */
function isFromHere({ headers: { host = '', origin } }: IncomingMessage): boolean {
  const is_here = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
  return is_here && (origin === undefined || origin === `http://${host}`);
}

/**
 * The endpoint at this URL, with a secret that is made for this run: an earlier start's is taken over, so that starts
 * do not pile up endpoints, and what came while nobody listened is sent again to us.
 */
async function claimWebhooks(gateway: PaymentGateway, url: string): Promise<{ id: string; secret: string }> {
  for await (const { id, url: known } of gateway.webhookEndpoints.list()) {
    if (known !== url) continue;
    await gateway.webhookEndpoints.update(id, { status: 'enabled', enabled_events: EVENTS });
    const { secret = '' } = await gateway.webhookEndpoints.rollSecret(id, { expires_in_hours: 0 });
    return { id, secret };
  }
  const wanted = { url, enabled_events: EVENTS, description: 'Example shop' };
  const { id, secret = '' } = await gateway.webhookEndpoints.create(wanted);
  return { id, secret };
}

const facts = readFacts();
const gateway = new PaymentGateway({
  baseUrl: facts.base_url,
  apiKey: facts.api_key,
  secretKey: facts.secret_key,
});
const orders = openOrders(join(data_dir, 'shop.json'));
const payments = makePayments(gateway, orders, facts.merchant_store_id);
let secret = '';
const sdk = fileURLToPath(import.meta.resolve('@cloudsky/mpac-pgw-sdk-js'));
const answer = makeRoutes({
  orders,
  payments,
  verifyWebhook: (body, headers) => webhooks.verify(body, headers, secret),
  page: {
    gateway_url: facts.base_url,
    publishable_key: facts.publishable_key,
    wallet_url: `${facts.simulator_url}/wallet`,
  },
  folders: {
    '/till/': folder('../till/'),
    '/sdk/': dirname(sdk),
    '/uqr/': dirname(createRequire(sdk).resolve('uqr')),
    '/': folder('../../public/'),
  },
});
const policy = makePolicy(facts.base_url);
const server = createServer((request, response) => {
  response.setHeader('content-security-policy', policy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  if (isFromHere(request)) answer(request, response);
  else response.writeHead(403).end();
});
await new Promise<void>((listening) => {
  server.once('error', () => giveUp(`Port ${port} is taken. Say another one: SHOP_PORT=8071 npm run shop`));
  server.listen(port, HERE, listening);
});
const url = `http://${HERE}:${(server.address() as AddressInfo).port}`;
try {
  const endpoint = await claimWebhooks(gateway, `${url}/webhooks`);
  secret = endpoint.secret;
  await payments.reconcile();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close(endpoint.id));
} catch (error) {
  giveUp(
    `The gateway at ${facts.base_url} cannot be used. Does "npm start" run? ${(error as Error).message}`,
  );
}
console.log(`
  The shop is open.   ${url}

    The customer      ${facts.simulator_url}   (pays what the till shows)
    Codes to scan     ${facts.simulator_url}/wallet
    Orders            ${join(data_dir, 'shop.json')}

  Ctrl-C closes it.
`);

/** At a port that was free by chance nobody will listen again, so its endpoint goes with us. */
async function close(endpoint_id: string): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (port === 0) await gateway.webhookEndpoints.delete(endpoint_id).catch(() => {});
}
