// A real gateway for these tests: the command line as a child process with a data folder of its own, and the backend's
// side of it, which signs requests by hand so that nothing of an SDK is tested with itself.
import { spawn } from 'node:child_process';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from './wait-until.ts';

const CLI = fileURLToPath(new URL('../../../../gateway/dist/src/cli.js', import.meta.url));

// A run that is interrupted ends by its exit handlers, too, and so leaves no gateway and no database behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Whose end the process does not outlive: a test, or with `{ after }` of node:test a whole file. */
export interface Scope {
  after(end: () => Promise<void> | void): void;
}

export interface Facts {
  base_url: string;
  api_key: string;
  secret_key: string;
  publishable_key: string;
  merchant_store_id: string;
  simulator_url: string;
}

export interface CreatedIntent {
  id: string;
  payment_token: string;
  status: string;
  amount: number;
  currency: string;
}

export interface BackendAnswer {
  status: number;
  json: Record<string, unknown>;
}

export interface GatewayProcess extends Facts {
  /** A signed request, as a merchant's backend makes it. */
  send(method: 'GET' | 'POST', target: string, body?: object): Promise<BackendAnswer>;
  /** A new intent of ¥1,500 for every method, unless `fields` say otherwise. */
  createIntent(fields?: object): Promise<CreatedIntent>;
  retrieve(id: string): Promise<Record<string, unknown>>;
  /** A fresh token, which ends the one before: what a backend does when `token_needed` is told. */
  reissueToken(id: string): Promise<string>;
}

/** Starts `mpac-pgw start` in development mode; it is gone, database and all, when the scope ends. */
export async function startGatewayProcess(
  scope: Scope,
  env: Record<string, string> = {},
): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'mpac-sdk-js-'));
  // When root runs the tests, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(folder, 0o711);
  const data_dir = join(folder, 'data');
  const child = spawn(process.execPath, [CLI, 'start'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      HOST: '127.0.0.1',
      MPAC_SIMULATOR_PORT: '0',
      LOG_LEVEL: 'warn',
      MPAC_DATA_DIR: data_dir,
      MPAC_RATE_LIMIT_PER_MERCHANT: '1000000',
      MPAC_RATE_LIMIT_GLOBAL: '1000000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not of our group: Ctrl-C and a killed group would reach it besides our own signal, and after a second one the
    // gateway waits for nothing, and leaves its PostgreSQL behind.
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let has_ended = false;
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      has_ended = true;
      resolve();
    });
  });
  const stop = () => void child.kill('SIGTERM');
  process.once('exit', stop);
  scope.after(async () => {
    // SIGTERM, because it takes its PostgreSQL along.
    stop();
    await ended;
    process.off('exit', stop);
    await rm(folder, { recursive: true, force: true });
  });
  await waitUntil('the gateway', async () => {
    if (has_ended) throw new Error(`The gateway ended early.\n${said}`);
    return said.includes('mpac-pgw is ready');
  });
  const facts = JSON.parse(await readFile(join(data_dir, 'development.json'), 'utf8')) as Facts;
  return { ...facts, ...makeBackend(facts) };
}

/** What a merchant's backend does with its keys. */
export function makeBackend(facts: Facts) {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  async function send(method: 'GET' | 'POST', target: string, body?: object): Promise<BackendAnswer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const seconds = Math.floor(Date.now() / 1_000);
    const message = [method, target, seconds, sha256(text)].join('\n');
    const signature = createHmac('sha256', sha256(facts.secret_key)).update(message).digest('hex');
    const answer = await fetch(facts.base_url + target, {
      method,
      headers: {
        authorization: `HMAC-SHA256 ${facts.api_key}:${seconds}:${signature}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID(), 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: text }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  }

  async function sendWell(method: 'GET' | 'POST', target: string, body?: object) {
    const { status, json } = await send(method, target, body);
    if (status > 299) throw new Error(`${method} ${target}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  return {
    send,
    async createIntent(fields: object = {}): Promise<CreatedIntent> {
      const intent = await sendWell('POST', '/v1/payment_intents', {
        amount: 1_500,
        currency: 'JPY',
        payment_method_types: ['qr_mpm', 'qr_cpm', 'credit_card', 'e_money', 'cash'],
        merchant_ref_id: `order_${randomUUID()}`,
        merchant_store_id: facts.merchant_store_id,
        ...fields,
      });
      return intent as unknown as CreatedIntent;
    },
    retrieve: (id: string) => sendWell('GET', `/v1/payment_intents/${id}`),
    async reissueToken(id: string): Promise<string> {
      const { payment_token } = await sendWell('POST', `/v1/payment_intents/${id}/payment_token`, {});
      return String(payment_token);
    },
  };
}
