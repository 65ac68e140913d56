// What a backend does with payment intents besides paying them: create, retrieve, list, hand out a new token.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findStore, listMerchantIds, type Place } from '../db/merchants.ts';
import { type ListFilter, listPaymentIntents } from '../db/payment-intent-lists.ts';
import { findPaymentIntent, findPaymentIntentByRef, insertPaymentIntent } from '../db/payment-intents.ts';
import { violatedConstraint } from '../db/pool.ts';
import { GatewayError } from '../domain/error.ts';
import {
  type CaptureMethod,
  isFinal,
  type PaymentIntent,
  type PaymentMethodType,
  paymentIntentResource,
  refusedMove,
} from '../domain/payment-intent.ts';
import { makePaymentToken } from '../domain/payment-token.ts';
import { admit, type Caller, type KeyCaller, makeShortCache } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makeEvent } from './make-event.ts';
import { makePage, type Page } from './pages.ts';
import { carryOut } from './provider-results.ts';

export interface NewPaymentIntent {
  amount: number;
  currency: string;
  payment_method_types: PaymentMethodType[];
  merchant_ref_id: string;
  merchant_id?: string;
  merchant_store_id?: string;
  merchant_terminal_id?: string;
  description?: string;
  expires_in_minutes?: number;
  capture_method?: CaptureMethod;
  metadata?: Record<string, string>;
  tax_amount?: number;
  receipt_number?: string;
}

export type PlaceCache = ReturnType<typeof makePlaceCache>;

/** Where a store belongs, kept for seconds; the statement that creates checks again. */
export function makePlaceCache(context: Context) {
  return makeShortCache(context, (key: string): Promise<Place | null> => {
    const [organization_id, livemode, store_id] = JSON.parse(key) as [string, boolean, string];
    return findStore(context.db, organization_id, livemode, store_id);
  });
}

export async function createPaymentIntent(
  context: Context,
  places: PlaceCache,
  caller: KeyCaller,
  wanted: NewPaymentIntent,
  mark: Mark,
): Promise<Answer> {
  const place = await getPlace(context, places, caller, wanted);
  const { organization_id, livemode } = caller;
  caller.actsFor?.({ organization_id, livemode, merchant_id: place.merchant_id });
  const now = instant(context);
  const id = context.makeId('pi');
  const { token, hash } = makePaymentToken(id, context.randomBytes);
  const intent: PaymentIntent = {
    id,
    organization_id: caller.organization_id,
    livemode: caller.livemode,
    merchant_id: place.merchant_id,
    merchant_store_id: place.merchant_store_id,
    merchant_terminal_id: wanted.merchant_terminal_id ?? null,
    merchant_ref_id: wanted.merchant_ref_id,
    amount: wanted.amount,
    currency: wanted.currency,
    payment_method_types: wanted.payment_method_types,
    capture_method: wanted.capture_method ?? 'automatic',
    description: wanted.description ?? null,
    metadata: wanted.metadata ?? null,
    tax_amount: wanted.tax_amount ?? null,
    receipt_number: wanted.receipt_number ?? null,
    status: 'requires_payment_method',
    amount_capturable: 0,
    capture_before: null,
    amount_received: 0,
    amount_refunded: 0,
    processing_mode: null,
    provider: null,
    cancellation_reason: null,
    last_payment_error: null,
    outcome: null,
    next_check_at: null,
    attempt_id: null,
    payment_token_hash: hash,
    payment_token_confirm_until: instant(context, tokenLife(context)),
    payment_token_expires_at: instant(context, tokenLife(context)),
    payment_token_attempt_id: null,
    version: 1,
    created_at: now,
    updated_at: now,
    expires_at: instant(context, (wanted.expires_in_minutes ?? DEFAULT_EXPIRY_MINUTES) * 60_000),
  };
  const resource = paymentIntentResource(intent);
  const event = makeEvent(context, 'payment_intent.created', resource);
  const answer = jsonAnswer(201, { ...resource, payment_token: token });
  completeMark(context, mark, answer);
  const written = await insertPaymentIntent(context.db, { intent, event, mark }).catch(
    async (error: unknown) => {
      throw violatedConstraint(error) === ONE_PER_REF ? await refTaken(context, intent) : error;
    },
  );
  if (written === null) {
    places.forget(placeKey(caller, wanted.merchant_store_id ?? ''));
    throw unknownPlace(wanted);
  }
  mark.is_first = false;
  if (written.has_listeners) context.wakeWorker?.('fan_out');
  context.metrics.intents.inc({ status: intent.status });
  return answer;
}

const DEFAULT_EXPIRY_MINUTES = 30;
const ONE_PER_REF = 'payment_intents_one_per_ref';

async function refTaken(context: Context, intent: PaymentIntent): Promise<GatewayError> {
  const existing = await findPaymentIntentByRef(context.db, intent);
  return new GatewayError(
    'idempotency_conflict',
    `merchant_ref_id is in use by ${existing?.id ?? 'another payment intent'}. ` +
      'An order can be tried again only after that one failed or was cancelled.',
    {
      field: 'merchant_ref_id',
      constraint: 'unique',
      ...(existing && { payment_intent: existing.id, status: existing.status }),
    },
  );
}

type WantedPlace = Pick<NewPaymentIntent, 'merchant_id' | 'merchant_store_id'>;

/** The merchant and store of a new intent: by the store, else the caller's own or only merchant. */
export async function getPlace(
  context: Context,
  places: PlaceCache,
  caller: KeyCaller,
  wanted: WantedPlace,
): Promise<Place> {
  const merchant_id = caller.merchant_id ?? wanted.merchant_id ?? null;
  if (
    caller.merchant_id !== null &&
    wanted.merchant_id !== undefined &&
    wanted.merchant_id !== caller.merchant_id
  ) {
    throw new GatewayError('forbidden', 'This key acts for another merchant.', { field: 'merchant_id' });
  }
  if (wanted.merchant_store_id !== undefined) {
    const key = placeKey(caller, wanted.merchant_store_id);
    const place = await places.get(key);
    // What is missing may be synchronised the next moment; only what is there is remembered.
    if (place === null) places.forget(key);
    if (place === null || (merchant_id !== null && place.merchant_id !== merchant_id))
      throw unknownPlace(wanted);
    return place;
  }
  if (caller.merchant_id !== null) return { merchant_id: caller.merchant_id, merchant_store_id: null };
  const ids = await listMerchantIds(context.db, caller.organization_id, caller.livemode, merchant_id);
  if (ids.length === 1 && ids[0] !== undefined) return { merchant_id: ids[0], merchant_store_id: null };
  if (merchant_id !== null) throw unknownPlace(wanted);
  throw new GatewayError(
    'invalid_request',
    'merchant_store_id is needed to know the merchant: this key acts for several, or none is synchronised yet.',
    { field: 'merchant_store_id', constraint: 'required' },
  );
}

function placeKey(caller: KeyCaller, store_id: string): string {
  return JSON.stringify([caller.organization_id, caller.livemode, store_id]);
}

function unknownPlace(wanted: WantedPlace): GatewayError {
  const field = wanted.merchant_store_id !== undefined ? 'merchant_store_id' : 'merchant_id';
  return new GatewayError('invalid_request', `There is no such ${field}. Synchronise it first.`, {
    field,
    constraint: 'exists',
  });
}

export async function retrievePaymentIntent(
  context: Context,
  caller: Caller,
  id: string,
): Promise<Record<string, unknown>> {
  return paymentIntentResource(admit(context, caller, await findPaymentIntent(context.db, id)));
}

export async function listPaymentIntentResources(
  context: Context,
  caller: KeyCaller,
  filter: Omit<ListFilter, 'organization_id' | 'livemode' | 'merchant_id'>,
): Promise<Page> {
  const { organization_id, livemode, merchant_id } = caller;
  const rows = await listPaymentIntents(context.db, {
    ...filter,
    organization_id,
    livemode,
    merchant_id,
    limit: filter.limit + 1,
  });
  return makePage(rows, filter.limit, paymentIntentResource);
}

/** A fresh token for another terminal or another try. The old one stops working at once. */
export async function createPaymentToken(
  context: Context,
  caller: KeyCaller,
  id: string,
  mark: Mark,
): Promise<Answer> {
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, id));
    if (isFinal(intent.status)) throw refusedMove(intent, 'given a new payment token');
    const { token, hash } = makePaymentToken(intent.id, context.randomBytes);
    const payment_token_expires_at = instant(context, tokenLife(context));
    const next: PaymentIntent = {
      ...intent,
      payment_token_hash: hash,
      payment_token_confirm_until: payment_token_expires_at,
      payment_token_expires_at,
      payment_token_attempt_id: null,
      version: intent.version + 1,
      updated_at: instant(context),
    };
    const answer = jsonAnswer(200, {
      ...paymentIntentResource(next),
      payment_token: token,
      payment_token_expires_at,
    });
    completeMark(context, mark, answer);
    if (await carryOut(context, intent, { intent: next, mark })) return answer;
  }
}

export function tokenLife(context: Context): number {
  return context.config.payment_token_minutes * 60_000;
}

export function jsonAnswer(status: number, object: object): Answer {
  return { status, content_type: 'application/json; charset=utf-8', body: JSON.stringify(object) };
}
