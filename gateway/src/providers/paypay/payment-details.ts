// What PayPay knows about one payment by a code, ours or the customer's, asked by our attempt id. PayPay's statuses have traps, each told
// where it is handled; a status that is not listed is unknown.
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ProviderResult, UnknownReason } from '../../domain/provider-result.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import { callPaypay, type PaypayAnswer } from './client.ts';
import type { PaypayCredentials } from './credentials.ts';
import type { PaypayCode } from './results.ts';

/** Up to the year 9999, so that every one of them is an instant that can be written. */
export const EpochSeconds = Type.Integer({ minimum: 0, maximum: 253_402_300_799 });

const Money = Type.Object({
  amount: Type.Integer({ minimum: 0 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});

const Capture = Type.Object({
  status: Type.String(),
  amount: Money,
  acceptedAt: Type.Optional(Type.Union([EpochSeconds, Type.Null()])),
});

const PaymentDetails = Type.Object({
  merchantPaymentId: Type.String(),
  paymentId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  status: Type.String(),
  amount: Money,
  acceptedAt: Type.Optional(Type.Union([EpochSeconds, Type.Null()])),
  expiresAt: Type.Optional(Type.Union([EpochSeconds, Type.Null()])),
  captures: Type.Optional(
    Type.Union([Type.Object({ data: Type.Optional(Type.Array(Capture)) }), Type.Null()]),
  ),
});

export type CodePayment =
  /** Nobody has paid. PayPay keeps saying so for a code that ran out long ago. */
  | { state: 'unpaid' }
  /** PayPay knows no payment under this id: it never heard of it, or it forgot an unpaid code. */
  | { state: 'absent' }
  /** The result is what the adapter answers, `unknown` included. */
  | { state: 'told'; result: ProviderResult };

/** By who shows the code. */
const DETAILS = { merchant: '/v2/codes/payments', customer: '/v2/payments' } as const;

export async function findCodePayment(
  attempt: AttemptFacts,
  context: ProviderContext<PaypayCredentials>,
): Promise<CodePayment> {
  const answer = await callPaypay(context, {
    method: 'GET',
    // Asked at the other's path, a payment is "not found".
    path: `${DETAILS[attempt.payment_method_type === 'qr_cpm' ? 'customer' : 'merchant']}/${encodeURIComponent(attempt.id)}`,
  });
  if (answer.kind === 'done') return readDetails(answer.data, attempt);
  if (answer.kind === 'refused' && NOT_FOUND.has(answer.code)) return { state: 'absent' };
  // A refused question says nothing about the payment.
  return told(unknownAfter(answer));
}

const NOT_FOUND: ReadonlySet<PaypayCode> = new Set(['DYNAMIC_QR_PAYMENT_NOT_FOUND', 'RESOURCE_NOT_FOUND']);

export function readDetails(data: unknown, attempt: AttemptFacts): CodePayment {
  // Without the amount, or about another payment, "COMPLETED" would prove nothing.
  if (!Value.Check(PaymentDetails, data) || data.merchantPaymentId !== attempt.id) {
    return told(unknown('unreadable_answer', 'PayPay gave payment details that cannot be read.'));
  }
  if (data.status === 'CREATED') return { state: 'unpaid' };
  return told(resultOf(data, attempt));
}

function resultOf(details: Static<typeof PaymentDetails>, attempt: AttemptFacts): ProviderResult {
  const payment = details.paymentId ? { provider_payment_id: details.paymentId } : {};
  const captures = details.captures?.data ?? [];
  switch (details.status) {
    case 'COMPLETED':
    // A refund leaves the payment what it was; the refund is an object of its own.
    case 'REFUNDED': {
      const { stated, accepted_at } = takenBy(details);
      return { kind: 'paid', stated, ...payment, ...(accepted_at && { paid_at: accepted_at }) };
    }
    case 'AUTHORIZED':
      // The customer was asked to agree to a capture and has hours to do so; another one now would ask him again.
      if (captures.some(({ status }) => status === 'USER_REQUESTED')) return { kind: 'working', ...payment };
      return {
        kind: 'authorized',
        stated: details.amount,
        ...payment,
        ...(details.expiresAt ? { capture_before: fromEpochSeconds(details.expiresAt) } : {}),
      };
    case 'REAUTHORIZING':
      return { kind: 'working', ...payment };
    case 'FAILED':
      // A successful cancel also shows as FAILED, ours or one at PayPay's own tool; CANCELED is only the end of a
      // reverted authorisation.
      if (isCalledOffUnpaid(details, attempt)) {
        return { kind: 'ended_unpaid', reason: attempt.given_up ? 'expired' : 'deleted' };
      }
      if (attempt.cancel_requested_at !== null || attempt.is_held) return { kind: 'reversed', ...payment };
      return {
        kind: 'declined',
        code: 'payment_failed',
        message: 'PayPay reports that the payment failed.',
        ...payment,
      };
    case 'CANCELED':
      return { kind: 'reversed', ...payment };
    case 'EXPIRED':
      return { kind: 'ended_unpaid', reason: 'expired' };
    default:
      return unknown('unlisted_code', 'PayPay reports a payment status that this gateway does not know.');
  }
}

/** PayPay cancels also what the customer has not confirmed; `acceptedAt` is then 0, and nothing ever moved. */
function isCalledOffUnpaid({ acceptedAt }: Static<typeof PaymentDetails>, attempt: AttemptFacts): boolean {
  const by_customer_code = attempt.payment_method_type === 'qr_cpm';
  return by_customer_code && attempt.cancel_requested_at !== null && !attempt.is_held && !acceptedAt;
}

/**
 * What was taken, and when. Of an authorised payment `amount` and `acceptedAt` are those of the authorisation (which
 * amount stands there once a part was captured, PayPay leaves open), so the completed captures count. Source:
 * PayPay's OpenAPI description of "Dynamic QR" 1.1, PaymentState and Capture.
 */
function takenBy(details: Static<typeof PaymentDetails>) {
  const completed = (details.captures?.data ?? []).filter(({ status }) => status === 'COMPLETED');
  const { currency } = completed[0]?.amount ?? details.amount;
  const accepted_at = completed.at(-1)?.acceptedAt ?? details.acceptedAt;
  return {
    stated:
      completed.length === 0
        ? details.amount
        : { amount: completed.reduce((sum, capture) => sum + capture.amount.amount, 0), currency },
    accepted_at: accepted_at ? fromEpochSeconds(accepted_at) : null,
  };
}

type Unknown = Extract<ProviderResult, { kind: 'unknown' }>;

export function unknown(reason: UnknownReason, message: string): Unknown {
  return { kind: 'unknown', reason, message };
}

/** What an answer that settles nothing leaves us with. */
export function unknownAfter(answer: Exclude<PaypayAnswer, { kind: 'done' }>): Unknown {
  if (answer.kind !== 'refused') return unknown(answer.reason, answer.message);
  return unknown(answer.meaning === 'retry' ? 'rate_limited' : 'refused', answer.message);
}

export function fromEpochSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function told(result: ProviderResult): CodePayment {
  return { state: 'told', result };
}
