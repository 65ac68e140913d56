// An exception of reconciliation: one thing that differs between a provider and our books, or between either and a
// backend's own list. It changes nothing by itself and waits for a person, except where it explains itself.
import type { ExceptionKind } from './reconciliation.ts';

/** Where an exception was found: in a provider's file of payments, in what it settles, or in a backend's list. */
export const EXCEPTION_SOURCES = ['file', 'settlement', 'order_list'] as const;
export const EXCEPTION_STATUSES = ['open', 'resolved'] as const;
/** Which sum differs. */
export const TOTAL_FIELDS = [
  'transaction_count',
  'gross_amount',
  'refunded_amount',
  'fees_amount',
  'net_amount',
] as const;

interface Finding {
  organization_id: string;
  livemode: boolean;
  source: (typeof EXCEPTION_SOURCES)[number];
  kind: ExceptionKind;
  /** Who owes us the money, as the books have it. */
  provider: string;
  business_date: string;
  currency: string;
}

interface Circumstances {
  /** Null: nobody knows whose it is, and it concerns the organization. */
  merchant_id: string | null;
  file_id: string | null;
  settlement_id: string | null;
  order_list_id: string | null;
  payment_intent_id: string | null;
  attempt_id: string | null;
  refund_id: string | null;
  provider_payment_id: string | null;
  provider_reference: string | null;
  line: number | null;
  /** Of totals only. */
  field: (typeof TOTAL_FIELDS)[number] | null;
  count_here: number | null;
  count_there: number | null;
  /** Minor units. Null on the side that has nothing. */
  amount_here: number | null;
  amount_there: number | null;
  status_here: string | null;
  status_there: string | null;
  /** Null of totals. */
  happened_at: string | null;
}

export interface Resolution {
  resolved_at: string;
  resolved_by: string;
  resolution_reason: string;
}

/** What was found; what it leaves out is null. */
export type ExceptionDraft = Finding & Partial<Circumstances>;

/** As it is written; one that explains itself comes with its resolution. */
export type NewException = Finding &
  Circumstances & { id: string; created_at: string } & {
    [column in keyof Resolution]: Resolution[column] | null;
  };

export type ReconciliationException = NewException & {
  /** Booked with the resolution, in minor units: above zero, the provider owes us more. */
  adjustment_amount: number | null;
};

/** As the API shows it. What it does not concern is left out. */
export function exceptionResource(row: ReconciliationException): Record<string, unknown> {
  const {
    id,
    organization_id: _,
    file_id,
    settlement_id,
    order_list_id,
    payment_intent_id,
    refund_id,
    ...rest
  } = row;
  const { resolved_at, resolved_by, resolution_reason, adjustment_amount, ...facts } = rest;
  return {
    id,
    object: 'reconciliation_exception',
    status: resolved_at === null ? 'open' : 'resolved',
    ...present({
      ...facts,
      file: file_id,
      settlement: settlement_id,
      order_list: order_list_id,
      payment_intent: payment_intent_id,
      refund: refund_id,
      reason: resolution_reason,
      resolved_by,
      resolved_at,
      adjustment_amount,
    }),
  };
}

const present = (columns: object) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null));

/** A draft with everything that it leaves out. One that explains itself is resolved from the beginning. */
export function makeException(draft: ExceptionDraft, id: string, now: string): NewException {
  const explains_itself = draft.kind === 'cross_midnight';
  return {
    merchant_id: null,
    file_id: null,
    settlement_id: null,
    order_list_id: null,
    payment_intent_id: null,
    attempt_id: null,
    refund_id: null,
    provider_payment_id: null,
    provider_reference: null,
    line: null,
    field: null,
    count_here: null,
    count_there: null,
    amount_here: null,
    amount_there: null,
    status_here: null,
    status_there: null,
    happened_at: null,
    ...draft,
    id,
    created_at: now,
    resolved_at: explains_itself ? now : null,
    resolved_by: explains_itself ? BY_ITSELF : null,
    resolution_reason: explains_itself ? 'It stands on both sides, on neighbouring days.' : null,
  };
}

/** Who has resolved what explains itself. */
export const BY_ITSELF = 'mpac-pgw';

const IDENTITY = [
  ...['source', 'kind', 'field', 'payment_intent_id', 'attempt_id', 'refund_id', 'provider_payment_id'],
  ...['provider_reference', 'count_here', 'count_there', 'amount_here', 'amount_there', 'currency'],
] as (keyof ExceptionDraft)[];

/** Whether the same was found again, on whichever line. */
export function isSameFinding(one: ExceptionDraft, other: ExceptionDraft): boolean {
  return IDENTITY.every((column) => (one[column] ?? null) === (other[column] ?? null));
}
