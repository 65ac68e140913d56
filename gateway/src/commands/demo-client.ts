// How the demo speaks: as a merchant's backend, which signs, as a terminal, which has a payment token, and to the
// person who watches.
import { formatMoney } from '../domain/money.ts';
import { signRequest } from '../domain/request-signature.ts';
import type { DevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

export type Json = Record<string, unknown>;

export function say(what: string, how: string): void {
  console.log(`  ${what.padEnd(14)} ${how}`);
}

export function money(amount: number, currency: string): string {
  return formatMoney(amount, currency);
}

/** The backend's side: a signed request. Those with a payment token are the terminal's and go unsigned. */
export async function call(
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

/** The customer's side: what a simulator's control API does in a person's place. */
export async function control(
  facts: DevelopmentFacts,
  method: 'GET' | 'POST',
  path: string,
  body: Json = {},
): Promise<Json> {
  const response = await fetch(`${new URL(facts.simulator_url).origin}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  if (response.ok) return (await response.json()) as Json;
  throw new StartError(`The simulator answered ${response.status} to ${method} ${path}.`);
}
