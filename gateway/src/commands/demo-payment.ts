// One payment of the demo, from its order to its end. What happens between, each method plays in a file of its own.
import { setTimeout as delay } from 'node:timers/promises';
import { call, type Json, money, say } from './demo-client.ts';
import type { Receiver } from './demo-receiver.ts';
import type { DevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

export interface Stage {
  facts: DevelopmentFacts;
  receiver: Receiver;
  /** Minor units. */
  amount: number;
  /** Pay by the simulator's control API where a person would click. */
  auto: boolean;
  /** Let the terminal decline. */
  declined: boolean;
}

export interface Order {
  id: string;
  token: string;
  amount: number;
  currency: string;
}

/** How a payment ended, for the table. */
export interface Ending {
  id: string;
  status: string;
  received: string;
}

/** Plays one method to its end. */
export type Play = (stage: Stage) => Promise<Ending>;

const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

export async function createOrder(
  { facts, receiver, amount }: Stage,
  method: string,
  currency = 'JPY',
): Promise<Order> {
  const intent = await call(facts, 'POST', '/v1/payment_intents', {
    amount,
    currency,
    payment_method_types: [method],
    merchant_ref_id: `demo_${crypto.randomUUID()}`,
    merchant_store_id: facts.merchant_store_id,
    description: 'One coffee, one sandwich',
  });
  const id = String(intent['id']);
  say('Created', `${id}, ${money(amount, currency)}, ${String(intent['status'])}`);
  receiver.follow(id);
  return { id, token: String(intent['payment_token']), amount, currency };
}

/** The terminal's or browser's confirm, with the payment token alone. */
export async function confirm({ facts }: Stage, { id, token }: Order, fields: Json): Promise<Json> {
  const confirmation = await call(facts, 'POST', `/v1/payment_intents/${id}/confirm`, {
    payment_token: token,
    ...fields,
  });
  say('Confirmed', String(confirmation['status']));
  return confirmation;
}

/** Shows each status until the payment has ended as it should and its webhook has come. */
export async function waitForEnd(
  { facts, receiver }: Stage,
  { id, token, currency }: Order,
  confirmed: Json,
  wanted: 'succeeded' | 'failed' = 'succeeded',
  patience_ms = PATIENCE_MS,
): Promise<Ending> {
  const last_event = `payment_intent.${wanted}`;
  let status = String(confirmed['status']);
  let now: Json;
  const until = Date.now() + patience_ms;
  // Asked once in any case: what was received stands in the payment intent, not in the confirm's answer.
  for (;;) {
    now = await call(facts, 'GET', `/v1/payment_intents/${id}?payment_token=${token}`);
    if (now['status'] !== status) say('Status', `${status} → ${String(now['status'])}`);
    status = String(now['status']);
    const is_over = status !== wanted && (FINAL.has(status) || status === 'requires_payment_method');
    if (is_over || (status === wanted && receiver.hasCome(id, last_event)) || Date.now() >= until) break;
    await delay(PAUSE_MS);
  }
  if (status !== wanted) throw new StartError(unpaid(status, now));
  if (!receiver.hasCome(id, last_event)) throw new StartError(`The webhook ${last_event} did not come.`);
  const received = money(Number(now['amount_received'] ?? 0), currency);
  say('Done', wanted === 'failed' ? `${status}, nothing received` : `${received} received`);
  return { id, status, received };
}

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

function unpaid(status: string, { last_payment_error }: Json): string {
  const reason = (last_payment_error as { message?: string } | undefined)?.message;
  if (reason !== undefined) return `The payment was not made, it is ${status}: ${reason}`;
  return `The payment is still ${status}. Is a worker running?`;
}
