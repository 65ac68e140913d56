// A whole QR payment in a terminal, against the gateway that runs here: it creates, confirms, shows the code,
// pays it at the simulator as a customer would, and prints each status and webhook as they come.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  const receiver = await startReceiver();
  try {
    const endpoint = await call(facts, 'POST', '/v1/webhook_endpoints', { url: receiver.url });
    receiver.secret = String(endpoint['secret']);
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

/** The merchant's server, with nothing but what a merchant needs: take the body, check its signature, answer. */
async function startReceiver() {
  const receiver = { url: '', secret: '', types: new Set<string>(), close: () => {} };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const event = JSON.parse(body.toString('utf8')) as { type: string; sequence: number };
      const header = (name: string) => String(request.headers[name]);
      const valid = verifyWebhook({
        secrets: [receiver.secret],
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
        body,
        now_seconds: Math.floor(Date.now() / 1_000),
      });
      say('Webhook', `${event.type}, number ${event.sequence}, signature ${valid ? 'valid' : 'NOT VALID'}`);
      if (valid) receiver.types.add(event.type);
      response.writeHead(valid ? 200 : 400).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  receiver.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return receiver;
}
