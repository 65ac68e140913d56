// A whole QR payment in a terminal, against the gateway that runs here: it creates, confirms, shows the code,
// pays it at the simulator as a customer would, and prints each status and webhook as they come.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import QRCode from 'qrcode';
import type { Config } from '../config.ts';
import { formatMoney } from '../domain/money.ts';
import { signRequest } from '../domain/request-signature.ts';
import { verifyWebhook } from '../domain/webhook-signature.ts';
import { type DevelopmentFacts, readDevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

type Json = Record<string, unknown>;

const LAST_EVENT = 'payment_intent.succeeded';
const PATIENCE_MS = 30_000;

export async function runDemo(config: Config, options: { amount: string }): Promise<void> {
  const amount = Number(options.amount);
  const facts = await readDevelopmentFacts(config.data_dir);
  if (facts === null)
    throw new StartError('No gateway has been started here yet. Run "npm start" in another terminal first.');

  const receiver = await startReceiver(facts, join(config.data_dir, 'demo.json'));
  try {
    say('Webhooks', `come to ${receiver.url}`);
    const intent = await call(facts, 'POST', '/v1/payment_intents', {
      amount,
      currency: 'JPY',
      payment_method_types: ['qr_mpm'],
      merchant_ref_id: `demo_${Date.now()}`,
      merchant_store_id: facts.merchant_store_id,
      description: 'One coffee, one sandwich',
    });
    say('Created', `${String(intent['id'])}, ${formatMoney(amount, 'JPY')}, ${String(intent['status'])}`);

    receiver.follow(String(intent['id']));

    const token = String(intent['payment_token']);
    const path = `/v1/payment_intents/${String(intent['id'])}`;
    const confirmation = await call(facts, 'POST', `${path}/confirm`, {
      payment_token: token,
      payment_method_type: 'qr_mpm',
      provider: 'PAYPAY',
    });
    const code = String(confirmation['qr_content']);
    say('Confirmed', String(confirmation['status']));
    console.log(await QRCode.toString(code, { type: 'terminal', small: true }));
    say('The customer', `scans ${code} and pays`);
    await payAtSimulator(facts, code);

    let status = String(confirmation['status']);
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until && !(status === 'succeeded' && receiver.types.has(LAST_EVENT))) {
      const now = await call(facts, 'GET', `${path}?payment_token=${token}`);
      if (now['status'] !== status) say('Status', `${status} → ${String(now['status'])}`);
      status = String(now['status']);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (status !== 'succeeded') throw new StartError(`The payment is still ${status}. Is a worker running?`);
    if (!receiver.types.has(LAST_EVENT)) throw new StartError('The webhook of the success did not come.');
    say('Done', `${formatMoney(amount, 'JPY')} received`);
  } finally {
    receiver.close();
  }
}

function say(what: string, how: string): void {
  console.log(`  ${what.padEnd(14)} ${how}`);
}

/** The backend's side: a signed request. Those with a payment token are the terminal's and go unsigned. */
async function call(
  facts: DevelopmentFacts,
  method: 'GET' | 'POST',
  path: string,
  body?: Json,
): Promise<Json> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = Math.floor(Date.now() / 1_000);
  const signed = {
    secret: facts.secret_key,
    form: 'canonical',
    method,
    path,
    timestamp,
    body: text,
  } as const;
  const by_token = path.includes('payment_token=') || body?.['payment_token'] !== undefined;
  const response = await fetch(facts.base_url + path, {
    method,
    headers: {
      ...(method === 'POST' && {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      }),
      ...(!by_token && { authorization: `HMAC-SHA256 ${facts.api_key}:${timestamp}:${signRequest(signed)}` }),
    },
    ...(method === 'POST' && { body: text }),
  }).catch(() => {
    throw new StartError(`Nothing answers at ${facts.base_url}. Run "npm start" in another terminal first.`);
  });
  const answer = (await response.json()) as Json;
  if (!response.ok) throw new StartError(`${method} ${path.split('?')[0]}: ${String(answer['message'])}`);
  return answer;
}

/** The customer's side. The simulator knows the payment by the code that the gateway was given. */
async function payAtSimulator(facts: DevelopmentFacts, code: string): Promise<void> {
  const list = (await (await fetch(`${facts.simulator_url}/control/payments`)).json()) as {
    payments: Json[];
  };
  const payment = list.payments.find((candidate) => candidate['url'] === code);
  if (payment === undefined) throw new StartError('The simulator does not know this code.');
  await fetch(`${facts.simulator_url}/control/payments/${String(payment['merchantPaymentId'])}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
}

interface SavedEndpoint {
  id: string;
  url: string;
  secret: string;
}

/**
 * The merchant's server, with nothing but what a merchant needs: take the body, check its signature, answer.
 * Its endpoint is kept for the next demo, so that demos do not pile up endpoints.
 */
async function startReceiver(facts: DevelopmentFacts, saved_path: string) {
  const saved = await findSavedEndpoint(facts, saved_path);
  const types = new Set<string>();
  let secret = saved?.secret ?? '';
  let intent_id: string | null = null;
  const early: (() => void)[] = [];

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const event = JSON.parse(body.toString('utf8')) as WebhookBody;
      const valid = isSigned(request.headers, body, secret);
      response.writeHead(valid ? 200 : 400).end();
      const show = () => {
        if (event.data.object.id !== intent_id) return;
        say('Webhook', `${event.type}, number ${event.sequence}, signature ${valid ? 'valid' : 'NOT VALID'}`);
        if (valid) types.add(event.type);
      };
      // The first webhook can be faster than the answer that tells the intent's id.
      if (intent_id === null) early.push(show);
      else show();
    });
  });
  const port = saved === null ? 0 : Number(new URL(saved.url).port);
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new StartError(`Port ${port} is taken; is another demo running?`)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  if (saved === null) {
    const { id, secret: made } = await call(facts, 'POST', '/v1/webhook_endpoints', {
      url,
      description: 'Demo',
    });
    secret = String(made);
    await writeFile(saved_path, JSON.stringify({ id, url, secret }), { mode: 0o600 });
  }
  return {
    url,
    types,
    follow(id: string) {
      intent_id = id;
      for (const show of early.splice(0)) show();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface WebhookBody {
  type: string;
  sequence: number;
  data: { object: { id: string } };
}

function isSigned(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  return verifyWebhook({
    secrets: [secret],
    id: String(headers['webhook-id']),
    timestamp: String(headers['webhook-timestamp']),
    signature: String(headers['webhook-signature']),
    body,
    now_seconds: Math.floor(Date.now() / 1_000),
  });
}

/** The endpoint of an earlier demo, if the gateway still knows it and has not given it up. */
async function findSavedEndpoint(facts: DevelopmentFacts, path: string): Promise<SavedEndpoint | null> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as SavedEndpoint;
    const endpoint = await call(facts, 'GET', `/v1/webhook_endpoints/${saved.id}`);
    return endpoint['status'] === 'enabled' ? saved : null;
  } catch {
    return null;
  }
}
