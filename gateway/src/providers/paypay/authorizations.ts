// Money that PayPay holds: looked up, captured in full or in part, or released. PayPay's details say what became of
// it; an answer to our question counts only where they do not say otherwise.
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ProviderResult } from '../../domain/provider-result.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import { callPaypay, type PaypayAnswer } from './client.ts';
import type { PaypayCredentials } from './credentials.ts';
import { type CodePayment, findCodePayment, readDetails, unknown, unknownAfter } from './payment-details.ts';
import type { PaypayCode } from './results.ts';

type Context = ProviderContext<PaypayCredentials>;

export async function lookUpHeld(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  return toldOf(await findCodePayment(attempt, context));
}

/**
 * The look-up comes first: an earlier asking whose answer was lost may have taken the money. After a time-out PayPay
 * wants a new capture id, not the old one (its OpenAPI description, "Capture a payment authorization"), so nothing
 * but the details keeps a capture from being asked for twice; should two be under way, the second is refused with
 * ALREADY_CAPTURED, and the details then show the first.
 */
export async function captureHeld(
  attempt: AttemptFacts,
  capture: { id: string; amount: number },
  context: Context,
): Promise<ProviderResult> {
  const before = await lookUpHeld(attempt, context);
  if (before.kind !== 'authorized') return before;
  const answer = await callPaypay(context, {
    method: 'POST',
    path: '/v2/payments/capture',
    body: {
      merchantPaymentId: attempt.id,
      merchantCaptureId: capture.id,
      amount: { amount: capture.amount, currency: attempt.currency },
      requestedAt: Math.floor(context.now() / 1_000),
      // Mandatory here; the payer reads it in the app.
      orderDescription: attempt.description || 'お支払い',
    },
  });
  if (answer.kind === 'done') {
    const told = toldOf(readDetails(answer.data, attempt));
    if (told.kind === 'paid') return told;
  }
  return afterwards(answer, toldOf(await findCodePayment(attempt, context)));
}

const Reverted = Type.Object({ status: Type.Literal('CANCELED'), paymentId: Type.String() });

/** Release the money. The id of the release is the attempt's: there is one, however often we ask for it. */
export async function revertHeld(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  let payment_id = attempt.provider_payment_id;
  if (payment_id === null) {
    const found = await lookUpHeld(attempt, context);
    if (found.kind !== 'authorized') return found;
    if (found.provider_payment_id === undefined)
      return unknown('unreadable_answer', 'PayPay does not tell its id of the payment.');
    payment_id = found.provider_payment_id;
  }
  const answer = await callPaypay(context, {
    method: 'POST',
    path: '/v2/payments/preauthorize/revert',
    body: {
      merchantRevertId: attempt.id,
      paymentId: payment_id,
      requestedAt: Math.floor(context.now() / 1_000),
    },
  });
  if (answer.kind === 'done' && isReverted(answer.data, payment_id))
    return { kind: 'reversed', provider_payment_id: payment_id };
  return afterwards(answer, toldOf(await findCodePayment(attempt, context)));
}

function isReverted(data: unknown, payment_id: string): data is Static<typeof Reverted> {
  return Value.Check(Reverted, data) && data.paymentId === payment_id;
}

/** A held payment that PayPay does not show any more is no end of it: its money may be gone or not. */
function toldOf(found: CodePayment): ProviderResult {
  if (found.state === 'told') return found.result;
  return unknown('unlisted_code', 'PayPay does not show a payment any more for which it held money.');
}

/** Refusals that say of the hold what the details do not show yet. They will. */
const AHEAD_OF_DETAILS: ReadonlySet<PaypayCode> = new Set(['ALREADY_CAPTURED', 'ORDER_EXPIRED']);

/** What we asked, and what the details say since. Money that is still held was not taken; whether it will be is the question. */
function afterwards(answer: PaypayAnswer, found: ProviderResult): ProviderResult {
  if (found.kind !== 'authorized' && found.kind !== 'unknown') return found;
  if (answer.kind === 'done') {
    return found.kind === 'unknown'
      ? found
      : unknown('unreadable_answer', 'PayPay says that it is done, and still shows the money as held.');
  }
  const is_refused =
    answer.kind === 'refused' && answer.meaning === 'definite' && !AHEAD_OF_DETAILS.has(answer.code);
  if (found.kind === 'authorized' && is_refused) {
    return { ...found, refused: { code: answer.code, message: answer.message } };
  }
  return unknownAfter(answer);
}
