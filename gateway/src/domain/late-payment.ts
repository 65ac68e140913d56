// Late payments: money that came when its intent no longer wanted it. What becomes of it by policy, by a person's
// decision, by its refund and by the provider is decided here. Pure; it never moves the intent.
import { GatewayError } from './error.ts';
import type { Refund } from './refund.ts';

/** `held` waits for a person, `refunding` is on its way back; `refunded` and `kept` are ends. */
export const LATE_PAYMENT_STATUSES = ['held', 'refunding', 'refunded', 'kept'] as const;
export type LatePaymentStatus = (typeof LATE_PAYMENT_STATUSES)[number];

/** What an organization wants to become of late money. */
export const LATE_PAYMENT_POLICIES = ['auto_refund', 'hold'] as const;
export type LatePaymentPolicy = (typeof LATE_PAYMENT_POLICIES)[number];

export const LATE_PAYMENT_ACTIONS = ['refund', 'keep'] as const;
export type LatePaymentAction = (typeof LATE_PAYMENT_ACTIONS)[number];

export interface LatePaymentError {
  code: string;
  message: string;
}

export interface LatePayment {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  payment_intent_id: string;
  attempt_id: string;
  provider: string;
  provider_payment_id: string | null;
  /** Minor units, as the provider stated it: perhaps not what was asked for, and of a hold what was taken of it. */
  amount: number;
  currency: string;
  /** The provider only reserves the money: giving it back means letting it go. */
  authorized_only: boolean;
  status: LatePaymentStatus;
  /** The refund under way, or the last one. */
  refund_id: string | null;
  /** Why it could not be given back the last time. */
  error: LatePaymentError | null;
  resolution_reason: string | null;
  resolved_by: string | null;
  resolved_at: string | null;
  /** Since when it counts as sold; a person who keeps it says so, and giving it back afterwards does not unsay it. */
  kept_at: string | null;
  created_at: string;
}

/** Who decides, and why. */
export interface Resolution {
  reason: string;
  resolved_by: string;
  resolved_at: string;
}

/** Given back at once where the policy says so and the provider can; in any other case a person decides. */
export function statusOnArrival(
  policy: LatePaymentPolicy,
  provider_can_return: boolean,
): 'refunding' | 'held' {
  return policy === 'auto_refund' && provider_can_return ? 'refunding' : 'held';
}

/** Its refund has an outcome. Null: this refund says nothing about it (any more). */
export function latePaymentAfterRefund(late: LatePayment, refund: Refund): LatePayment | null {
  if (late.refund_id !== refund.id || late.status === 'refunded') return null;
  if (refund.status === 'succeeded') return { ...late, status: 'refunded', error: null };
  if (refund.status !== 'failed' || late.status !== 'refunding') return null;
  const { code, message } = refund.error ?? { code: 'refund_failed', message: 'The refund failed.' };
  return { ...late, status: 'held', error: { code, message } };
}

/** The provider gave it back, or let the hold go, with or without us. Whatever was decided, that is the truth. */
export function latePaymentAfterReturn(late: LatePayment): LatePayment {
  return { ...late, status: 'refunded', error: null };
}

/**
 * A hold became money, all of it or a part, by somebody else's capture: letting it go is no longer possible, and a
 * person decides.
 */
export function latePaymentAfterCapture(late: LatePayment, amount: number): LatePayment {
  const error = { code: 'captured', message: 'The reserved money was taken before it could be let go.' };
  const taken = { ...late, amount, authorized_only: false };
  return late.status === 'refunding' ? { ...taken, status: 'held', error } : taken;
}

/** The provider refuses to let the hold go. */
export function latePaymentAfterRefusal(late: LatePayment, error: LatePaymentError): LatePayment {
  return late.status === 'refunding' ? { ...late, status: 'held', error } : late;
}

/** A person's decision. What was kept can still be given back; money on its way back, or gone, is decided. */
export function resolveLatePayment(
  late: LatePayment,
  action: LatePaymentAction,
  { reason, resolved_by, resolved_at }: Resolution,
): LatePayment {
  const open = late.status === 'held' || (late.status === 'kept' && action === 'refund');
  if (!open) throw refused(late, `The late payment is ${late.status}, so there is nothing to decide.`);
  if (action === 'keep' && late.authorized_only) {
    throw refused(
      late,
      'The money is only reserved, so there is nothing to keep: give it back, or let it lapse.',
    );
  }
  return {
    ...late,
    status: action === 'keep' ? 'kept' : 'refunding',
    error: action === 'keep' ? late.error : null,
    resolution_reason: reason,
    resolved_by,
    resolved_at,
    kept_at: late.kept_at ?? (action === 'keep' ? resolved_at : null),
  };
}

function refused(late: LatePayment, message: string): GatewayError {
  return new GatewayError('invalid_payment_state', message, { status: late.status, late_payment: late.id });
}

/** What the API and the events show. Absent facts are left out. */
export function latePaymentResource(late: LatePayment): Record<string, unknown> {
  const { error, resolution_reason, resolved_by, resolved_at } = late;
  return {
    id: late.id,
    object: 'late_payment',
    payment_intent: late.payment_intent_id,
    attempt_id: late.attempt_id,
    amount: late.amount,
    currency: late.currency,
    status: late.status,
    authorized_only: late.authorized_only,
    livemode: late.livemode,
    merchant_id: late.merchant_id,
    provider: late.provider,
    ...(late.provider_payment_id !== null && { provider_payment_id: late.provider_payment_id }),
    ...(late.refund_id !== null && { refund: late.refund_id }),
    ...(error !== null && { failure_code: error.code, failure_message: error.message }),
    ...(resolved_at !== null && { reason: resolution_reason, resolved_by, resolved_at }),
    created_at: late.created_at,
  };
}
