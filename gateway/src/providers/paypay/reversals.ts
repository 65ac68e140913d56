// Calling off a payment by a code that the customer showed. PayPay's cancel is the only way: it takes back what was
// paid, puts an end to what the customer has still to confirm, and shows later. Until it shows, nothing is believed:
// a payment that is on its way back still looks paid.
import type { ProviderResult } from '../../domain/provider-result.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import { revertHeld } from './authorizations.ts';
import { endOfCancelWindow } from './cancel-window.ts';
import { callPaypay } from './client.ts';
import type { PaypayCredentials } from './credentials.ts';
import { type CodePayment, findCodePayment, unknown, unknownAfter } from './payment-details.ts';
import { refundPaypay } from './refunds.ts';

type Context = ProviderContext<PaypayCredentials>;
type Paid = Extract<ProviderResult, { kind: 'paid' }>;

/** A cancel that PayPay accepted is seen within that time; a payment that it then shows was not cancelled. */
const SHOWS_WITHIN_MS = 60_000;
/** An accepted cancel lies in wait for a payment that never came. After that time nobody can confirm it any more. */
const NO_MORE_CONFIRMED_AFTER_MS = 5 * 60_000;

/**
 * Asks for the cancel as often as it is asked itself: PayPay takes a repetition for the same, and after a silence wants
 * one. Nothing that was found is answered as paid here without a cancel that was definitely refused.
 */
export async function reversePayment(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  const since = attempt.cancel_requested_at ?? new Date(context.now()).toISOString();
  const asked = { ...attempt, cancel_requested_at: since };
  const before = await look(asked, context);
  if (before.kind === 'authorized') return revertHeld(withPaymentId(asked, before), context);
  if (before.kind !== 'paid' && before.kind !== 'working') return before;

  if (before.kind === 'paid' && before.paid_at !== undefined) {
    const ends_ms = endOfCancelWindow(Date.parse(before.paid_at));
    if (context.now() >= ends_ms) {
      // A cancel that PayPay accepted in the last second has still to show.
      const may_show = Date.parse(since) < ends_ms && context.now() < ends_ms + SHOWS_WITHIN_MS;
      return may_show ? working(before) : keepOrRefund(asked, before, context);
    }
  }
  const path = `/v2/payments/${encodeURIComponent(attempt.id)}`;
  const answer = await callPaypay(context, { method: 'DELETE', path });
  const is_refused = answer.kind === 'refused' && answer.code === 'ORDER_NOT_REVERSIBLE';
  if (answer.kind !== 'done' && !is_refused) return unknownAfter(answer);

  const after = await look(asked, context);
  const age_ms = context.now() - Date.parse(since);
  if (is_refused && after.kind === 'paid') {
    // The cancel of an earlier asking may be under way, and be the cause of this refusal: also one whose answer was
    // lost, however long ago it was wanted.
    const { known_since = since } = asked;
    const is_settled = known_since !== null && context.now() >= Date.parse(known_since) + SHOWS_WITHIN_MS;
    return age_ms >= SHOWS_WITHIN_MS && is_settled ? keepOrRefund(asked, after, context) : working(after);
  }
  if (answer.kind === 'done' && after.kind === 'working' && age_ms >= NO_MORE_CONFIRMED_AFTER_MS) {
    return { kind: 'ended_unpaid', reason: asked.given_up ? 'expired' : 'deleted' };
  }
  return after.kind === 'paid' || after.kind === 'authorized' ? working(after) : after;
}

async function look(asked: AttemptFacts, context: Context): Promise<ProviderResult> {
  return toldOfCustomerPayment(await findCodePayment(asked, context));
}

/** Unpaid means that the customer has still to confirm. */
export function toldOfCustomerPayment(found: CodePayment): ProviderResult {
  if (found.state === 'told') return found.result;
  return found.state === 'unpaid' ? { kind: 'working' } : { kind: 'not_found' };
}

/**
 * PayPay does not cancel it any more. Who merely waited too long for the customer has been paid; what a merchant called
 * off is refunded, and is reversed once PayPay shows it. The attempt has one such refund, so its id is the refund's.
 */
async function keepOrRefund(asked: AttemptFacts, paid: Paid, context: Context): Promise<ProviderResult> {
  if (asked.given_up) return paid;
  const refund = {
    id: asked.id,
    amount: paid.stated?.amount ?? asked.amount,
    currency: paid.stated?.currency ?? asked.currency,
    reason: null,
    created_at: asked.cancel_requested_at ?? asked.created_at,
    asked_before: true,
  };
  const result = await refundPaypay(withPaymentId(asked, paid), refund, context);
  switch (result.kind) {
    case 'refunded':
      return { kind: 'reversed', ...idOf(paid) };
    case 'accepted':
      return working(paid);
    // Definitely not given back: then it was paid, and whoever called it off is told so.
    case 'refused':
      return paid;
    case 'throttled':
      return unknown('rate_limited', result.message);
    case 'unknown':
      return unknown(result.reason, result.message);
    case 'not_found':
      return unknown('unlisted_code', 'PayPay does not know the refund of a payment that was called off.');
  }
}

function working(found: { provider_payment_id?: string }): ProviderResult {
  return { kind: 'working', ...idOf(found) };
}

function idOf({ provider_payment_id }: { provider_payment_id?: string }) {
  return provider_payment_id === undefined ? {} : { provider_payment_id };
}

function withPaymentId(asked: AttemptFacts, found: { provider_payment_id?: string }): AttemptFacts {
  return { ...asked, ...idOf(found) };
}
