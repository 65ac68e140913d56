// What the OpenAPI document shows as examples: one object for each shape, and what an operation shows in its place.
// A test holds every one of them to its schema.

import { begun_card_batch, CARD_BATCH_SHAPES } from './openapi-examples-card-batches.ts';
import { accounting_export, EXPORT_SHAPES } from './openapi-examples-export.ts';
import { ORDER_LIST_EXAMPLES } from './openapi-examples-order-list.ts';

const NOW = '2026-01-15T10:00:00.000Z';
const SOON = '2026-01-15T10:00:05.000Z';
const TOMORROW = '2026-01-16T10:00:00.000Z';

export const IDS = {
  payment_intents: 'pi_01KF0M3T8G7W4Y5Q2Z9X6C1V0B',
  refunds: 're_01KF0N7B2K8D3M6R1T4W9Y5Z0C',
  late_payments: 'lp_01KF0P4X9C2N7H5J8K1M3Q6S0D',
  settlements: 'st_01KFBV0R7K2M4P6S8V1X3Z5B7D',
  reconciliation_exceptions: 'rx_01KFBV0R8M3P5R7T9W2Y4A6C8E',
  reconciliation_files: 'rf_01KFBV0R6H1K3N5Q7S9V2X4Z6B',
  webhook_endpoints: 'we_01KF0JZ2M5N8P1Q4R7S0T3V6WX',
  events: 'evt_01KF0M3T9A4C6E8G1J3M5P7R9T',
  api_keys: 'ak_01KF0H5D7F9H1K3M5P7R9T1V3X',
  publishable_keys: 'pk_test_01KF0H8E0G2J4M6P8R0T2V4X6Z',
  merchants: 'merchant_001',
  attempts: 'pa_01KF0M5R2T4V6X8Z0B2D4F6H8K',
  organization: 'org_01KF0GA1C3E5G7J9M1P3R5T7V9',
  request: 'req_01KF0M5V6W8Y0A2C4E6G8J0M2P',
} as const;

const payment_intent = {
  id: IDS.payment_intents,
  object: 'payment_intent',
  status: 'succeeded',
  livemode: false,
  amount: 1500,
  currency: 'JPY',
  amount_capturable: 0,
  amount_received: 1500,
  amount_refunded: 0,
  payment_method_types: ['qr_mpm', 'cash'],
  capture_method: 'automatic',
  merchant_id: IDS.merchants,
  merchant_ref_id: 'order_12345',
  merchant_store_id: 'store_001',
  processing_mode: 'pgw_processed',
  provider: 'PAYPAY',
  created_at: NOW,
  expires_at: '2026-01-15T10:30:00.000Z',
};

const { processing_mode: _mode, provider: _provider, ...nobody_yet } = payment_intent;
const new_payment_intent = {
  ...nobody_yet,
  status: 'requires_payment_method',
  amount_received: 0,
  payment_token: `${IDS.payment_intents}_secret_Zm9yX2V4YW1wbGVzX29ubHlfYW5kX25vX3NlY3JldA`,
};

const refund = {
  id: IDS.refunds,
  object: 'refund',
  payment_intent: IDS.payment_intents,
  amount: 500,
  currency: 'JPY',
  status: 'succeeded',
  livemode: false,
  merchant_id: IDS.merchants,
  provider: 'PAYPAY',
  processing_mode: 'pgw_processed',
  reason: 'One dish was not served.',
  provider_refund_id: '04398472398472398472',
  created_at: NOW,
};

const late_payment = {
  id: IDS.late_payments,
  object: 'late_payment',
  payment_intent: IDS.payment_intents,
  attempt_id: IDS.attempts,
  amount: 1500,
  currency: 'JPY',
  status: 'held',
  authorized_only: false,
  livemode: false,
  merchant_id: IDS.merchants,
  provider: 'PAYPAY',
  provider_payment_id: '04398472398472398471',
  created_at: NOW,
};

const webhook_endpoint = {
  id: IDS.webhook_endpoints,
  object: 'webhook_endpoint',
  url: 'https://pos.example.com/webhooks',
  enabled_events: ['payment_intent.*'],
  status: 'enabled',
  livemode: false,
  last_sequence: 42,
  created_at: NOW,
};
const WEBHOOK_SECRET = 'whsec_Zm9yX2V4YW1wbGVzX29ubHlfYW5kX25vX3NlY3JldA==';

const delivery = {
  object: 'webhook_delivery',
  webhook_endpoint_id: IDS.webhook_endpoints,
  sequence: 42,
  event_id: IDS.events,
  event_type: 'payment_intent.succeeded',
  status: 'pending',
  attempts_made: 1,
  next_attempt_at: SOON,
  attempts: [{ attempt_number: 1, response_status: 503, duration_ms: 81, attempted_at: NOW }],
  created_at: NOW,
  updated_at: NOW,
};

const event = {
  id: IDS.events,
  type: 'payment_intent.succeeded',
  data: { object: payment_intent },
  created: Date.parse(NOW) / 1_000,
  timestamp: NOW,
  livemode: false,
};

const api_key = {
  id: IDS.api_keys,
  object: 'api_key',
  name: 'POS cloud',
  livemode: false,
  allow_raw_secret: true,
  created_at: NOW,
  last_used_at: NOW,
};
const SECRET_KEY = 'sk_test_Zm9yX2V4YW1wbGVzX29ubHlfYW5kX25vX3NlY3JldA';

const settlement = {
  id: IDS.settlements,
  object: 'settlement',
  livemode: false,
  merchant_id: IDS.merchants,
  provider: 'PAYPAY',
  account: 'paypay_merchant_123',
  contents: 'payments',
  business_date: '2026-01-28',
  currency: 'JPY',
  source: 'file',
  file_name: 'transaction_paypay_merchant_123_20260128000000_20260128235959_v2.csv',
  file: IDS.reconciliation_files,
  transaction_count: 244,
  gross_amount: 12_498_500,
  refunded_amount: 20_000,
  fees_amount: null,
  net_amount: null,
  expected_transaction_count: 245,
  expected_gross_amount: 12_500_000,
  expected_refunded_amount: 20_000,
  status: 'exceptions',
  exceptions_count: 1,
  open_exceptions_count: 1,
  exceptions: [IDS.reconciliation_exceptions],
  created_at: '2026-01-28T17:00:00.000Z',
  updated_at: '2026-01-28T17:00:00.000Z',
};

const reconciliation_exception = {
  id: IDS.reconciliation_exceptions,
  object: 'reconciliation_exception',
  status: 'open',
  livemode: false,
  source: 'file',
  kind: 'missing_there',
  provider: 'PAYPAY',
  business_date: '2026-01-28',
  merchant_id: IDS.merchants,
  attempt_id: IDS.attempts,
  provider_payment_id: '04398472398472398471',
  provider_reference: IDS.attempts,
  amount_here: 1500,
  currency: 'JPY',
  status_here: 'paid',
  happened_at: '2026-01-28T03:12:44.000Z',
  created_at: '2026-01-28T17:00:00.000Z',
  file: IDS.reconciliation_files,
  settlement: IDS.settlements,
  payment_intent: IDS.payment_intents,
};

const decided = { reason: 'Seen in the provider’s own tool.', resolved_by: 'A. Tanaka', resolved_at: NOW };

/** By the title of the shape. */
export const SHAPES: Record<string, unknown> = {
  PaymentIntent: payment_intent,
  ResolvedPaymentIntent: { ...payment_intent, resolution: { outcome: 'paid', ...decided } },
  Confirmation: {
    id: IDS.payment_intents,
    object: 'payment_intent',
    status: 'requires_action',
    amount: 1500,
    currency: 'JPY',
    payment_id: IDS.payment_intents,
    payment_intent_id: IDS.payment_intents,
    provider: 'PAYPAY',
    payment_method_type: 'qr_mpm',
    processing_mode: 'pgw_processed',
    qr_content: 'https://qr.paypay.ne.jp/28180104vK9jZ2mGx',
    qr_code_url: `https://pay.example.com/v1/qr_codes/${IDS.attempts}.svg?signature=5f3c9a7e1b`,
    expires_at: '2026-01-15T10:05:00.000Z',
  },
  Refund: refund,
  ResolvedRefund: { ...refund, resolution: { status: 'succeeded', ...decided } },
  LatePayment: late_payment,
  Settlement: settlement,
  ReconciliationException: reconciliation_exception,
  Balance: {
    object: 'balance',
    merchant_id: IDS.merchants,
    merchant_store_id: 'store_001',
    provider: 'PAYPAY',
    business_date: '2026-01-15',
    currency: 'JPY',
    receivable: 148_500,
    bank: 0,
    fees: 0,
    adjustments: 0,
    sales: 147_000,
    late_money: 1_500,
    entries_count: 43,
  },
  Merchant: {
    id: IDS.merchants,
    object: 'merchant',
    name: 'Example Restaurant Chain',
    livemode: false,
    created_at: NOW,
    updated_at: NOW,
  },
  Store: {
    id: 'store_001',
    object: 'store',
    name: 'Tokyo Branch',
    livemode: false,
    merchant_id: IDS.merchants,
    time_zone: 'Asia/Tokyo',
    business_day_starts_at: '05:00',
    payment_processor_configs: [{ provider: 'PAYPAY', is_active: true, updated_at: NOW }],
    created_at: NOW,
    updated_at: NOW,
  },
  MerchantSyncAnswer: { synced_merchants: 1, synced_stores: 2 },
  WebhookEndpoint: webhook_endpoint,
  DeletedWebhookEndpoint: { id: IDS.webhook_endpoints, object: 'webhook_endpoint', deleted: true },
  WebhookDelivery: delivery,
  WebhookEvent: { ...event, sequence: 42 },
  Event: event,
  Resent: {
    webhook_endpoint_id: IDS.webhook_endpoints,
    after_sequence: 41,
    last_sequence: 57,
    resent: 16,
    has_more: false,
  },
  AuditEntry: {
    id: 'al_01KF0Q1A3C5E7G9J1M3P5R7T9V',
    object: 'audit_entry',
    action: 'refund.created',
    object_id: IDS.refunds,
    actor_type: 'api_key',
    actor_id: IDS.api_keys,
    livemode: false,
    request_id: IDS.request,
    created_at: NOW,
  },
  Organization: {
    id: IDS.organization,
    object: 'organization',
    name: 'Our POS',
    client_confirm_methods: ['qr_mpm', 'qr_cpm'],
    late_payment_policy: 'auto_refund',
    notification_email: 'payments@example.com',
    created_at: NOW,
  },
  ApiKey: api_key,
  PublishableKey: {
    id: IDS.publishable_keys,
    object: 'publishable_key',
    name: 'Web shop',
    livemode: false,
    allowed_origins: ['https://shop.example.com'],
    created_at: NOW,
  },
  ...ORDER_LIST_EXAMPLES,
  Readiness: { status: 'ok', checks: { database: 'ok', migrations: 'ok', worker: 'ok', master_key: 'ok' } },
  Cancel: { cancellation_reason: 'requested_by_customer' },
  Capture: { amount: 1200 },
  WebhookEndpointUpdate: { enabled_events: ['payment_intent.*', 'refund.*'], status: 'enabled' },
  RollSecret: { expires_in_hours: 24 },
  Resend: { after_sequence: 41, status: 'failed' },
  ApiKeyChanges: { name: 'POS cloud, old', allow_raw_secret: false },
  Roll: { overlap_hours: 24 },
  PublishableKeyChanges: { allowed_origins: ['https://shop.example.com', 'https://www.example.com'] },
  Health: { status: 'ok' },
  ...EXPORT_SHAPES,
  ...CARD_BATCH_SHAPES,
};

/** Answers that are another than their shape's usual one, by the operation. */
export const ANSWERS: Record<string, unknown> = {
  createPaymentIntent: new_payment_intent,
  cancelPaymentIntent: {
    ...nobody_yet,
    status: 'cancelled',
    amount_received: 0,
    cancellation_reason: 'requested_by_customer',
  },
  capturePaymentIntent: { ...payment_intent, capture_method: 'manual', amount_received: 1200 },
  createPaymentToken: { ...new_payment_intent, payment_token_expires_at: '2026-01-15T10:05:00.000Z' },
  createWebhookEndpoint: { ...webhook_endpoint, last_sequence: 0, secret: WEBHOOK_SECRET },
  rollWebhookSecret: {
    ...webhook_endpoint,
    previous_secret_expires_at: TOMORROW,
    secret: WEBHOOK_SECRET,
  },
  createApiKey: { ...api_key, secret_key: SECRET_KEY },
  rollApiKey: { ...api_key, previous_secret_expires_at: TOMORROW, secret_key: SECRET_KEY },
  revokeApiKey: { ...api_key, revoked_at: NOW },
  resolveReconciliationException: { ...reconciliation_exception, status: 'resolved', ...decided },
  resolveLatePayment: { ...late_payment, status: 'kept', ...decided },
  runCardBatch: begun_card_batch,
  pingWebhookEndpoint: { ...delivery, event_type: 'webhook_endpoint.ping', attempts_made: 0, attempts: [] },
};

/** Answers that are not JSON, by their media type. */
export const TEXTS: Record<string, string> = {
  'text/plain': 'OK',
  'text/csv': 'export_type,date,…',
  'application/xml': '<accounting_export>…</accounting_export>',
  'text/html': '<!doctype html><html lang="en">…</html>',
  'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33">…</svg>',
};

/** What an event tells of, by the family of its type, and what is different in it for a type. */
export const TOLD: Record<string, { title: string; object: Record<string, unknown> }> = {
  payment_intent: { title: 'PaymentIntent', object: payment_intent },
  refund: { title: 'Refund', object: refund },
  late_payment: { title: 'LatePayment', object: late_payment },
  settlement: { title: 'Settlement', object: settlement },
  webhook_endpoint: { title: 'WebhookEndpoint', object: webhook_endpoint },
  export: { title: 'AccountingExport', object: accounting_export },
};

/** A notification as PayPay sends it. */
export const NOTIFICATION = {
  notification_type: 'Transaction',
  merchant_id: '5283729',
  store_id: 'store_001',
  order_id: '04398472398472398471',
  merchant_order_id: IDS.attempts,
  order_amount: '1500',
  state: 'COMPLETED',
  paid_at: '2026-01-15T19:00:05+09:00',
};
