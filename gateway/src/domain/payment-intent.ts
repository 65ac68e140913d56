// The life of a payment: its statuses, the one table of moves between them, and the row itself. Pure. Whoever
// wants to know what can happen to a payment reads TRANSITIONS; everything else in the gateway carries it out.
import { GatewayError } from './error.ts';

export const PAYMENT_METHOD_TYPES = ['qr_mpm', 'qr_cpm', 'credit_card', 'e_money', 'cash'] as const;
export type PaymentMethodType = (typeof PAYMENT_METHOD_TYPES)[number];

export const STATUSES = [
  'requires_payment_method',
  'requires_action',
  'processing',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type PaymentIntentStatus = (typeof STATUSES)[number];

/** Who moves the money: the gateway through a provider, an external terminal, or a person with a till. */
export type ProcessingMode = 'pgw_processed' | 'external' | 'manual';
export type CaptureMethod = 'automatic' | 'manual';

/**
 * A status, with what `processing` does not tell apart: money may be on hold (`authorized`), and the provider may
 * have been asked to take or to release it without our knowing yet what it did (`in_doubt`).
 */
export type Phase = PaymentIntentStatus | 'authorized' | 'in_doubt';

/** What can happen to an intent. The middle column of the table. */
export type Move =
  | 'ask_provider'
  | 'waiting'
  | 'working'
  | 'unknown'
  | 'paid'
  | 'authorized'
  | 'declined'
  | 'ended_unpaid'
  | 'called_off'
  | 'capture'
  | 'cancel'
  | 'expire';

export const TRANSITIONS: readonly (readonly [from: Phase, by: Move, to: Phase])[] = [
  // The terminal confirms: we write the attempt down, then ask. Until the answer is here, it is unknown.
  ['requires_payment_method', 'ask_provider', 'processing'],
  // Cash was taken, or an external terminal says approved. Also money that a forgotten code brings.
  ['requires_payment_method', 'paid', 'succeeded'],
  ['requires_payment_method', 'authorized', 'authorized'],
  // The terminal says no, could not carry it out, or reports an amount that cannot be: a person has to look.
  ['requires_payment_method', 'declined', 'failed'],
  ['requires_payment_method', 'ended_unpaid', 'requires_payment_method'],
  ['requires_payment_method', 'unknown', 'processing'],
  // Staff took the cash and the backend says so.
  ['requires_payment_method', 'capture', 'succeeded'],
  ['requires_payment_method', 'cancel', 'cancelled'],
  ['requires_payment_method', 'expire', 'cancelled'],

  // The code or the page is in front of the customer.
  ['processing', 'waiting', 'requires_action'],
  ['requires_action', 'waiting', 'requires_action'],

  // The provider is at work, or silent. Both are looked up until the truth is known.
  ['requires_action', 'working', 'processing'],
  ['requires_action', 'unknown', 'processing'],
  ['processing', 'working', 'processing'],
  ['processing', 'unknown', 'processing'],

  // The truth.
  ['requires_action', 'paid', 'succeeded'],
  ['processing', 'paid', 'succeeded'],
  ['requires_action', 'authorized', 'authorized'],
  ['processing', 'authorized', 'authorized'],
  ['requires_action', 'declined', 'failed'],
  ['processing', 'declined', 'failed'],

  // The code ran out, or never came to be: nothing was taken, and the customer may try another way.
  ['requires_action', 'ended_unpaid', 'requires_payment_method'],
  ['processing', 'ended_unpaid', 'requires_payment_method'],

  // We cancelled or expired, and the provider confirmed that nothing can be paid any more.
  ['requires_action', 'called_off', 'cancelled'],
  ['processing', 'called_off', 'cancelled'],
  ['authorized', 'called_off', 'cancelled'],

  // Money is on hold. What was recorded is captured by our word; a provider is asked to take or to release it.
  ['authorized', 'capture', 'succeeded'],
  ['authorized', 'ask_provider', 'in_doubt'],
  // It moved without us: captured at the provider's own tool, moved in time, run out, or reported impossibly.
  ['authorized', 'paid', 'succeeded'],
  ['authorized', 'authorized', 'authorized'],
  ['authorized', 'ended_unpaid', 'cancelled'],
  ['authorized', 'unknown', 'in_doubt'],

  // The answer of the provider that was asked, or what a look-up finds.
  ['in_doubt', 'paid', 'succeeded'],
  ['in_doubt', 'called_off', 'cancelled'],
  ['in_doubt', 'ended_unpaid', 'cancelled'],
  // It refused, and still holds the money: it can be asked again.
  ['in_doubt', 'authorized', 'authorized'],
  ['in_doubt', 'unknown', 'in_doubt'],
];

const NEXT = new Map(TRANSITIONS.map(([from, by, to]) => [`${from} ${by}`, to]));

/** The phase that a move leads to, or null when the table does not have it. */
export function nextPhase(from: Phase, by: Move): Phase | null {
  return NEXT.get(`${from} ${by}`) ?? null;
}

export function isFinal(status: PaymentIntentStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

export interface LastPaymentError {
  code: string;
  message: string;
  provider?: string;
}

/** The row, as the table has it. What of it leaves the gateway is said in `paymentIntentResource`. */
export interface PaymentIntent {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  merchant_store_id: string | null;
  merchant_terminal_id: string | null;
  merchant_ref_id: string;
  /** Minor units, as every amount here. */
  amount: number;
  currency: string;
  payment_method_types: PaymentMethodType[];
  capture_method: CaptureMethod;
  description: string | null;
  metadata: Record<string, string> | null;
  tax_amount: number | null;
  receipt_number: string | null;
  status: PaymentIntentStatus;
  amount_capturable: number;
  /** Until when the provider holds what can be captured; null when nothing is held, or it did not say. */
  capture_before: string | null;
  amount_received: number;
  amount_refunded: number;
  processing_mode: ProcessingMode | null;
  provider: string | null;
  cancellation_reason: string | null;
  last_payment_error: LastPaymentError | null;
  /** 'unknown' while we do not know whether money moved; null otherwise. */
  outcome: 'unknown' | null;
  next_check_at: string | null;
  /** The attempt that is live, or that brought the money. */
  attempt_id: string | null;
  payment_token_hash: Buffer | null;
  /** Until when the token may confirm; fixed when it is issued. */
  payment_token_confirm_until: string | null;
  /** Until when it may read and cancel; a confirm moves it on. */
  payment_token_expires_at: string | null;
  /** The attempt that used the token up; the token goes on to read, and to repeat the same confirm. */
  payment_token_attempt_id: string | null;
  /** Counts every change. A statement that expects another version changes nothing. */
  version: number;
  created_at: string;
  updated_at: string;
  expires_at: string;
}

/** `processing` with money on hold is a phase of its own: it can be captured and cancelled, unless that is under way. */
export function phaseOf(intent: PaymentIntent): Phase {
  if (intent.status !== 'processing' || intent.amount_capturable === 0) return intent.status;
  return intent.outcome === 'unknown' ? 'in_doubt' : 'authorized';
}

/** The refusal for a move that the table does not have. */
export function refusedMove(intent: PaymentIntent, what: string): GatewayError {
  return new GatewayError(
    'invalid_payment_state',
    `The payment intent is ${intent.status}, so it cannot be ${what}.`,
    { status: intent.status, payment_intent: intent.id },
  );
}

/** Move an intent by the table: the changed row, with the next version. Refused moves are bugs of the caller. */
export function movePaymentIntent(
  intent: PaymentIntent,
  by: Move,
  now: string,
  changes: Partial<PaymentIntent> = {},
): PaymentIntent {
  const to = nextPhase(phaseOf(intent), by);
  if (to === null) throw refusedMove(intent, by);
  return {
    ...intent,
    ...changes,
    status: to === 'authorized' || to === 'in_doubt' ? 'processing' : to,
    version: intent.version + 1,
    updated_at: now,
  };
}

/** What the API, the events and the stored answers show. Absent facts are left out. */
export function paymentIntentResource(intent: PaymentIntent): Record<string, unknown> {
  const resource: Record<string, unknown> = {
    id: intent.id,
    object: 'payment_intent',
    status: intent.status,
    livemode: intent.livemode,
    amount: intent.amount,
    currency: intent.currency,
    amount_capturable: intent.amount_capturable,
    amount_received: intent.amount_received,
    amount_refunded: intent.amount_refunded,
    payment_method_types: intent.payment_method_types,
    capture_method: intent.capture_method,
    merchant_id: intent.merchant_id,
    merchant_ref_id: intent.merchant_ref_id,
    created_at: intent.created_at,
    expires_at: intent.expires_at,
  };
  for (const field of OPTIONAL_FIELDS) {
    if (intent[field] !== null) resource[field] = intent[field];
  }
  return resource;
}

const OPTIONAL_FIELDS = [
  'merchant_store_id',
  'merchant_terminal_id',
  'description',
  'metadata',
  'tax_amount',
  'receipt_number',
  'processing_mode',
  'provider',
  'capture_before',
  'cancellation_reason',
  'last_payment_error',
  'outcome',
  'next_check_at',
] as const satisfies readonly (keyof PaymentIntent)[];
