// PayPay, codes that the customer shows (CPM): the scanned code pays in one call, at once or after the customer has
// confirmed in the app. A code is sent once; what became of it is asked by our attempt id. How a payment is called
// off again stands in reversals.ts.
import type { ProviderResult } from '../../domain/provider-result.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import { lookUpHeld } from './authorizations.ts';
import { callPaypay, type PaypayAnswer } from './client.ts';
import type { PaypayCredentials } from './credentials.ts';
import { findCodePayment, readDetails, unknown, unknownAfter } from './payment-details.ts';
import type { PaypayCode } from './results.ts';
import { reversePayment, toldOfCustomerPayment } from './reversals.ts';

type Context = ProviderContext<PaypayCredentials>;

/**
 * PayPay may take half a minute for the call (it wants a read timeout of 30 s or more), so until then "no such
 * payment" does not even begin to prove that ours did not arrive.
 */
const LONGEST_CALL_MS = 30_000;

/**
 * What the customer's wallet will not pay. Every other refusal is one of our request, and the payment can be tried
 * again: with another code where this one is used or has run out, else once the contract or the settings are right.
 */
const DECLINES: ReadonlySet<PaypayCode> = new Set([
  'NO_SUFFICIENT_FUND',
  'LIMIT_EXCEEDED',
  'USER_DEFINED_DAILY_LIMIT_EXCEEDED',
  'USER_DEFINED_MONTHLY_LIMIT_EXCEEDED',
  'NO_VALID_PAYMENT_METHOD',
  'PAYMENT_METHOD_NOT_FOUND',
  'UNSUPPORTED_PAYMENT_METHOD',
  'USER_STATE_IS_NOT_ACTIVE',
  'CANCELED_USER',
  'TRANSACTION_FAILED',
]);

const EXPLANATIONS: Partial<Record<PaypayCode, string>> = {
  INVALID_USER_AUTHORIZATION_ID:
    'PayPay does not take this code (any more). Ask the customer for a fresh one.',
  EXPIRED_USER_AUTHORIZATION_ID: 'The code has run out. Ask the customer for a fresh one.',
  OP_OUT_OF_SCOPE: 'The PayPay contract does not cover codes that customers show.',
  NO_SUFFICIENT_FUND: 'The customer’s balance does not suffice.',
};

/**
 * Sends the code. Without it, after a crash, there is nothing to send and PayPay is asked; with it, a repetition goes
 * out under the same attempt id, and only after PayPay has said that it knows nothing of the first.
 */
export async function startCustomerPayment(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  if (attempt.currency !== 'JPY') {
    return refused('currency_not_supported', 'PayPay takes Japanese yen only.');
  }
  const { customer_code } = attempt;
  if (customer_code === null) return lookUpCustomerPayment(attempt, context);
  if (attempt.asked_before) {
    const found = await findCodePayment(attempt, context);
    if (found.state !== 'absent') return toldOfCustomerPayment(found);
  }
  const answer = await sendCode(attempt, customer_code, context);
  switch (answer.kind) {
    case 'done':
      return toldOfCustomerPayment(readDetails(withOurId(answer.data, attempt), attempt));
    case 'unclear':
      return answer.code === 'USER_CONFIRMATION_REQUIRED' ? { kind: 'working' } : unknownAfter(answer);
    case 'unsent':
    case 'refused':
      // An earlier asking may still be under way, and be the very cause of this refusal.
      if (attempt.asked_before) return unknownAfter(answer);
      return answer.kind === 'unsent'
        ? refused(`provider_${answer.reason}`, answer.message)
        : readRefusal(answer);
  }
}

function sendCode(attempt: AttemptFacts, customer_code: string, context: Context): Promise<PaypayAnswer> {
  return callPaypay(context, {
    method: 'POST',
    path: attempt.authorize_only ? '/v2/payments/preauthorize' : '/v2/payments',
    // PayPay suspects a second payment of the same amount within five minutes. At a till two coffees are two
    // coffees: the customer has shown a fresh code for the second, and our attempt id keeps one from being paid twice.
    query: 'agreeSimilarTransaction=true',
    body: {
      merchantPaymentId: attempt.id,
      userAuthorizationId: customer_code,
      amount: { amount: attempt.amount, currency: attempt.currency },
      // From the attempt and not from the clock, so that a repetition is the same request to the last byte.
      requestedAt: Math.floor(Date.parse(attempt.created_at) / 1000),
      orderDescription: attempt.description || 'お支払い',
      ...(attempt.merchant_store_id === null ? {} : { storeId: attempt.merchant_store_id }),
      ...(attempt.merchant_terminal_id === null ? {} : { terminalId: attempt.merchant_terminal_id }),
    },
  });
}

/** An answer to our own call may leave our id out, as the one in the integration document does. */
function withOurId(data: unknown, attempt: AttemptFacts): unknown {
  return typeof data === 'object' && data !== null ? { merchantPaymentId: attempt.id, ...data } : data;
}

function readRefusal({ code, message }: PaypayAnswer & { kind: 'refused' }): ProviderResult {
  const told = EXPLANATIONS[code] ?? message;
  return DECLINES.has(code) ? { kind: 'declined', code, message: told } : refused(code, told);
}

export async function lookUpCustomerPayment(
  attempt: AttemptFacts,
  context: Context,
): Promise<ProviderResult> {
  if (attempt.is_held) return lookUpHeld(attempt, context);
  // What was called off is called off until it is seen to be over, and being paid after all is an end, too.
  if (attempt.cancel_requested_at !== null && !attempt.is_paid) return reversePayment(attempt, context);
  const found = await findCodePayment(attempt, context);
  if (found.state !== 'absent') return toldOfCustomerPayment(found);
  if (context.now() >= Date.parse(attempt.created_at) + LONGEST_CALL_MS) return { kind: 'not_found' };
  return unknown('timeout', 'PayPay does not know the payment yet, and may still be working on it.');
}

function refused(code: string, message: string): ProviderResult {
  return { kind: 'ended_unpaid', reason: 'refused', code, message };
}
