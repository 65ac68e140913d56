// What did not work, sorted: which ends of an attempt are an outcome that the customer sees, after which the till just
// goes on, and the sentence for each that says what to do.
import { MPACError, type PaymentFailure } from '@cloudsky/mpac-pgw-sdk-js';
import type { OutcomeKind } from './outcome.ts';
import type { Stage } from './page.ts';
import { ShopError } from './shop.ts';
import { say } from './words.ts';

/** Nothing was taken, and the till goes on at this stage with this sentence. */
export interface Refused {
  stage: Stage;
  problem: string;
}

const OUTCOMES: Record<string, OutcomeKind> = {
  declined: 'declined',
  expired: 'expired',
  cancelled: 'cancelled',
  terminal_error: 'terminal_failed',
};

const LAUNCH_CODES: ReadonlySet<string> = new Set([
  'not_launched',
  'launch_in_progress',
  'launch_unresolved',
]);

export function sortFailure({ reason, error, status }: PaymentFailure): { outcome: OutcomeKind } | Refused {
  // Left at the terminal: the order itself is not cancelled.
  if (reason === 'cancelled' && status !== 'cancelled') return { stage: 'methods', problem: 'error_left' };
  const outcome = OUTCOMES[reason];
  if (outcome !== undefined) return { outcome };
  if (error?.param === 'customer_code' || error?.param === 'provider')
    return { stage: 'scan', problem: 'error_code' };
  if (error?.kind === 'provider_not_supported') return { stage: 'methods', problem: 'error_wallet' };
  if (error?.kind === 'invalid_token') return { stage: 'methods', problem: 'error_token' };
  if (LAUNCH_CODES.has(reason)) return { stage: 'methods', problem: 'error_terminal' };
  if (error?.kind === 'connection_error') return { stage: 'methods', problem: 'error_gateway' };
  return { stage: 'methods', problem: 'error_provider' };
}

/** Only what the SDK refuses before it begins has no event. */
export function isToldByEvent(error: unknown): boolean {
  return error instanceof MPACError && error.code !== 'payment_under_way' && error.code !== 'not_retrieved';
}

/** The shop's server did not answer at all: there is no network, or it is down. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ShopError && error.code === 'unreachable';
}

/** Codes of the shop that say: what this till shows is not how it is any more. */
const CHANGED: ReadonlySet<string> = new Set(['paid_already', 'not_found', 'invalid_payment_state']);

/** A sentence for what was thrown: of the shop, of the gateway, or a fault of this page. */
export function explain(error: unknown): string {
  if (error instanceof ShopError) {
    if (isUnreachable(error)) return say('error_shop');
    if (CHANGED.has(error.code)) return say('error_state');
    return say('error_gateway');
  }
  if (error instanceof MPACError) {
    if (error.kind === 'invalid_payment_state') return say('error_state');
    if (error.kind === 'invalid_token') return say('error_token');
    return say('error_gateway');
  }
  console.error(error);
  return say('error_other', { code: error instanceof Error ? error.name : 'unknown' });
}
