// Generated from openapi.json by `npm run generate -w sdks/sdk-node`; changes made here are lost.

/** The file of a store’s business date. */
export interface AccountingExport {
  id: string;
  object: 'accounting_export';
  livemode: boolean;
  merchant_id: string;
  merchant_store_id?: string;
  business_date: string;
  currency: string;
  format: 'json' | 'csv' | 'xml' | (string & {});
  /** At the accounting system, too. */
  file_name: string;
  /** kept: made, and nobody to send it to. failed: not sent, and not tried again by itself. */
  status: 'pending' | 'delivered' | 'kept' | 'failed' | (string & {});
  /** The first and up to five more, half an hour apart. */
  attempts_made: number;
  /** RFC 3339 in UTC. */
  next_attempt_at?: string;
  /** In bytes. */
  size?: number;
  sha256?: string;
  /** Sales and refunds in the file. */
  transactions_count?: number;
  /** Minor units, with tax. */
  gross_revenue?: number;
  /** Minor units. */
  tax_collected?: number;
  /** Minor units, without tax. */
  net_revenue?: number;
  /** Why the last attempt came to nothing. */
  error?: string;
  /** RFC 3339 in UTC. */
  mailed_at?: string;
  /** RFC 3339 in UTC. */
  delivered_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

/** Where a merchant’s accounting exports go. */
export interface AccountingExportConfig {
  object: 'accounting_export_config';
  merchant_id: string;
  livemode: boolean;
  /** A file of each is made. Default json. */
  formats: Array<'json' | 'csv' | 'xml' | (string & {})>;
  host: string;
  /** Default 22. */
  port: number;
  username: string;
  /** The line for the accounting system’s authorized_keys. */
  public_key: string;
  /** SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one. */
  host_key?: string;
  /** Where files lie there. {merchant_id} stands for the merchant. Default /exports/mpac/{merchant_id}/. */
  directory: string;
  mail_to?: string;
  /** Of mails. Default ja. */
  language: 'ja' | 'en' | (string & {});
  is_active: boolean;
  starts_on: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

export interface AccountingExportRun {
  merchant_id: string;
  /** Null: what was sold in no store. Left out: every store, and what was sold in none. */
  merchant_store_id?: string | null | undefined;
  /** It must be over in the time zone of the store. */
  business_date: string;
  /** Left out: those that the merchant has chosen. */
  format?: 'json' | 'csv' | 'xml' | undefined;
}

export interface AccountingExportSettings {
  /** A file of each is made. Default json. */
  formats?: ReadonlyArray<'json' | 'csv' | 'xml'> | undefined;
  /** A name or an address, public as a webhook’s is; required at first. */
  host?: string | undefined;
  /** Default 22. */
  port?: number | undefined;
  /** Required at first. */
  username?: string | undefined;
  /** OpenSSH or PEM. Kept encrypted and never returned. */
  private_key?: string | undefined;
  /** Of the private key, when it has one. */
  passphrase?: string | undefined;
  /** In place of a private_key: one is made here. Give public_key to the accounting system. */
  generate_key?: boolean | undefined;
  /**
   * SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one. Empty: none
   * yet.
   */
  host_key?: string | undefined;
  /** Where files lie there. {merchant_id} stands for the merchant. Default /exports/mpac/{merchant_id}/. */
  directory?: string | undefined;
  /** Who hears of failures. Empty: the organization’s address. */
  mail_to?: string | undefined;
  /** Of mails. Default ja. */
  language?: 'ja' | 'en' | undefined;
  /** False: files are made only when somebody asks for them. */
  is_active?: boolean | undefined;
  /** The first business date of which there is a file. Default: today in Japan. */
  starts_on?: string | undefined;
}

/** What came of trying the connection. */
export interface AccountingExportTest {
  object: 'accounting_export_test';
  status: 'succeeded' | 'failed' | (string & {});
  /** host_key_not_pinned, unreachable, refused_auth, host_key_differs, … */
  failure?: string;
  /** What it means, for a person. */
  message: string;
  directory: string;
  /** As the server showed it. */
  host_key?: string;
}

/** An API key. */
export interface ApiKey {
  /** Stands in the Authorization header. */
  id: string;
  object: 'api_key';
  name?: string;
  /** The one merchant that the key acts for. */
  merchant_id?: string;
  livemode: boolean;
  allow_raw_secret: boolean;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** To within a minute. Left out: never. */
  last_used_at?: string;
  /** Until then the secret before the last roll signs, too. */
  previous_secret_expires_at?: string;
  /** Who still has it uses it: do not end it yet. */
  previous_secret_last_used_at?: string;
  /** RFC 3339 in UTC. */
  revoked_at?: string;
  /** sk_…, to sign with. Only in the answer that makes it. */
  secret_key?: string;
}

export interface ApiKeyChanges {
  /** What the key is for, in your words. */
  name?: string | undefined;
  /** Whether requests may be signed with the raw secret, as the older guide does. Default true. */
  allow_raw_secret?: boolean | undefined;
}

/** One thing that was changed or decided. It is never changed itself. */
export interface AuditEntry {
  id: string;
  object: 'audit_entry';
  /** The kind of object, and what was done to it. */
  action: string;
  object_id: string;
  actor_type: 'api_key' | 'command_line' | 'system' | (string & {});
  /** The key, the account of the operating system that ran the command, or the gateway. */
  actor_id: string;
  /** The person in whose name it was done. */
  on_behalf_of?: string;
  reason?: string;
  /** What changed. Never a secret. */
  details?: Record<string, unknown>;
  /** Left out for what concerns both modes. */
  livemode?: boolean;
  merchant_id?: string;
  /** X-Request-Id of the request that did it. */
  request_id?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

/**
 * What a day came to, in minor units. receivable + bank + fees + adjustments are always sales +
 * late_money.
 */
export interface Balance {
  object: 'balance';
  merchant_id: string;
  merchant_store_id?: string;
  /** Who owes the money: PAYPAY, MPGS, SP_NET (cards of a terminal), TERMINAL (e-money) or CASH. */
  provider: string;
  /** The store’s day. */
  business_date: string;
  currency: string;
  /** What the provider owes more than before; of CASH what came into the drawer. */
  receivable: number;
  /** What was paid out to you. */
  bank: number;
  /** What the provider kept. */
  fees: number;
  /** What a person settled by hand. */
  adjustments: number;
  /** What was sold, less what went back. */
  sales: number;
  /** What came late and nobody has decided about. */
  late_money: number;
  /** Of the books. */
  entries_count: number;
}

export interface Cancel {
  /** In place of a signature. */
  payment_token?: string | undefined;
  cancellation_reason?: 'requested_by_customer' | 'duplicate' | 'fraudulent' | 'abandoned' | undefined;
}

export interface Capture {
  /** Minor units: yen, cents. */
  amount?: number | undefined;
}

/** One day’s exchange with the card processor. */
export interface CardBatch {
  id: string;
  object: 'card_batch';
  livemode: boolean;
  /** A calendar day in Japan: 2026-01-28. */
  business_date: string;
  /** What is done next. failed: a person is needed, and was told by mail. */
  step: 'upload' | 'download' | 'done' | 'failed' | (string & {});
  /** At this step, since it went well last. */
  attempts_made: number;
  /** RFC 3339 in UTC. */
  next_attempt_at?: string;
  /** What went wrong last. */
  error?: string;
  /** When a person was told of this failure. */
  mailed_at?: string;
  /** Lines of the file: approved and declined attempts. */
  uploaded_count?: number;
  /** Of these. */
  approved_count?: number;
  /** Of the approved ones, in yen. */
  uploaded_amount?: number;
  /** Bytes. */
  upload_size?: number;
  upload_sha256?: string;
  /** RFC 3339 in UTC. */
  uploaded_at?: string;
  settlement_file_name?: string;
  settlement_sha256?: string;
  /** How the settlement file came. */
  source?: 'file' | 'by_hand' | (string & {});
  /** Merchants that were settled. */
  settlements_count?: number;
  /** What was found to differ when the file was recorded. */
  exceptions_count?: number;
  /** RFC 3339 in UTC. */
  finished_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

export interface CardBatchRun {
  /** A calendar day in Japan: 2026-01-28. */
  business_date: string;
  /** Send the file although it was sent before; it is the same to the byte. */
  upload_again?: boolean | undefined;
}

/** The connection, without its password. */
export interface CardProcessorConnection {
  object: 'card_processor_connection';
  livemode: boolean;
  /** A name or an address, public as a webhook’s is. */
  host: string;
  port: number;
  username: string;
  /** when_offered goes on without TLS only where the server has none. */
  tls: 'when_offered' | 'required' | 'off' | (string & {});
  /** PEM; for a server whose certificate no public authority has signed. */
  tls_ca?: string;
  upload_directory: string;
  download_directory: string;
  /** The processor’s number of a merchant to your merchant id. Left out: the numbers are your ids. */
  merchant_numbers?: Record<string, string>;
  /** Who hears of a failure. Left out: the organization’s notification_email. */
  mail_to?: string;
  language: 'ja' | 'en' | (string & {});
  is_active: boolean;
  /** A calendar day in Japan: 2026-01-28. */
  starts_on: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

export interface CardProcessorConnectionSettings {
  /** A name or an address, public as a webhook’s is. */
  host: string;
  port?: number | undefined;
  username: string;
  /** when_offered goes on without TLS only where the server has none. */
  tls?: 'when_offered' | 'required' | 'off' | undefined;
  /** PEM; for a server whose certificate no public authority has signed. */
  tls_ca?: string | undefined;
  /** Default /upload. */
  upload_directory?: string | undefined;
  /** Default /download. */
  download_directory?: string | undefined;
  /** The processor’s number of a merchant to your merchant id. Left out: the numbers are your ids. */
  merchant_numbers?: Record<string, string> | undefined;
  /** Who hears of a failure. Left out: the organization’s notification_email. */
  mail_to?: string | undefined;
  /** Of that mail. Default ja. */
  language?: 'ja' | 'en' | undefined;
  /** Default true. While false nothing runs by itself. */
  is_active?: boolean | undefined;
  /** The first day that is run. Default: today in Japan. */
  starts_on?: string | undefined;
  /** Required at first, and again when host, port, username, tls or tls_ca changes. */
  password?: string | undefined;
}

/** What came of the test. */
export interface CardProcessorConnectionTest {
  object: 'card_processor_connection_test';
  status: 'succeeded' | 'failed' | (string & {});
  /** unreachable, refused_auth, tls_refused, not_found, timeout, … */
  failure?: string;
  /** What to do, in a sentence. */
  message?: string;
}

export interface Confirm {
  /** In place of a signature. */
  payment_token?: string | undefined;
  payment_method_type: 'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash';
  /**
   * PAYPAY for a QR code; MPGS for cards on a page; the brand (VISA, SUICA, …) for a terminal. Required
   * for qr_mpm and credit_card; with qr_cpm it is recognised from the code.
   */
  provider?: string | undefined;
  /**
   * The approval code of the external terminal, at best with its slip number: 123456-0042. Required for a
   * success. It pays one intent.
   */
  external_ref_id?: string | undefined;
  /** What the external terminal reports. Default success. */
  external_status?: 'success' | 'declined' | 'error' | undefined;
  /** Why it was declined, or could not be carried out. */
  external_reason?: string | undefined;
  /** What the terminal says it took, in minor units. Another amount than the intent’s is not accepted. */
  external_amount?: number | undefined;
  /** The currency in which the terminal took it. */
  external_currency?: string | undefined;
  /** The code scanned from the customer, as the scanner read it. Required for qr_cpm, and a code pays once. */
  customer_code?: string | undefined;
  /**
   * MPGS: where the customer’s browser goes in the end, with payment_intent and redirect_status
   * (succeeded, failed, pending) added. https for live payments.
   */
  return_url?: string | undefined;
}

/** What the customer has to do next, or what came of the payment. */
export interface Confirmation {
  id: string;
  object: 'payment_intent';
  status:
    | 'requires_payment_method'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | (string & {});
  amount: number;
  currency: string;
  /** Equal to the payment intent id. */
  payment_id: string;
  payment_intent_id: string;
  provider: string;
  payment_method_type: 'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | (string & {});
  processing_mode: 'pgw_processed' | 'external' | 'manual' | (string & {});
  /** Draw this text as a QR code. */
  qr_content?: string;
  /** A picture of the code, served by the gateway. */
  qr_code_url?: string;
  /** MPGS: the page to send the customer to. */
  redirect_url?: string;
  /** qr_cpm: as much of the scanned code as may be shown. */
  customer_code_masked?: string;
  /** RFC 3339 in UTC. */
  expires_at?: string;
  outcome?: 'unknown' | (string & {});
  /** RFC 3339 in UTC. */
  next_check_at?: string;
  last_payment_error?: LastPaymentError;
}

/** It is deleted, and its key forgotten. */
export interface DeletedAccountingExportConfig {
  object: 'accounting_export_config';
  merchant_id: string;
  deleted: true;
}

/** It is deleted. */
export interface DeletedCardProcessorConnection {
  object: 'card_processor_connection';
  deleted: true;
}

/** It is deleted. */
export interface DeletedWebhookEndpoint {
  id: string;
  object: 'webhook_endpoint';
  deleted: true;
}

/** What has happened, with the object as it was then. */
export interface EventFields {
  id: string;
  /** Unix seconds. */
  created: number;
  /** RFC 3339 in UTC. */
  timestamp: string;
  livemode: boolean;
}

/**
 * What has happened, with the object as it was then. `switch` on its type; a type that is not known yet
 * ends in `default`.
 */
export type Event =
  | {
      [Type in keyof EventObjects]: EventFields & { type: Type; data: { object: EventObjects[Type] } };
    }[keyof EventObjects]
  | (EventFields & { type: UnknownType; data: { object: Record<string, unknown> } });

export interface ExceptionResolution {
  /** Why; kept in the audit log. */
  reason: string;
  /** Who decided; kept in the audit log. */
  resolved_by?: string | undefined;
  /** Minor units to be booked with it: above zero, the provider owes more than we had. */
  adjustment_amount?: number | undefined;
}

/** What went wrong with the last try, in words for a person. */
export interface LastPaymentError {
  code: string;
  message: string;
  provider?: string;
}

/** Money that came when its intent no longer wanted it. */
export interface LatePayment {
  id: string;
  object: 'late_payment';
  payment_intent: string;
  /** Under which the provider knows the payment. */
  attempt_id: string;
  /** As the provider stated it: perhaps not what was asked for. */
  amount: number;
  currency: string;
  status: 'held' | 'refunding' | 'refunded' | 'kept' | (string & {});
  /** The provider only reserves the money; giving it back means letting it go. */
  authorized_only: boolean;
  livemode: boolean;
  merchant_id: string;
  provider: string;
  provider_payment_id?: string;
  /** The refund under way, or the last one. */
  refund?: string;
  /** Why it could not be given back the last time. */
  failure_code?: string;
  failure_message?: string;
  /** Why a person decided so. */
  reason?: string;
  resolved_by?: string;
  /** RFC 3339 in UTC. */
  resolved_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

export interface LatePaymentDecision {
  /** refund gives the money back, also after it was kept; keep says that it is yours. */
  action: 'refund' | 'keep';
  /** Why; kept in the audit log. */
  reason: string;
  /** Who decided; kept in the audit log. */
  resolved_by?: string | undefined;
}

/** An order of a list, and what was found of it. */
export interface ListedOrder {
  object: 'listed_order';
  order_list: string;
  /** Its place in the list, from 0. */
  position: number;
  merchant_ref_id: string;
  /** Minor units, as the list says. */
  amount: number;
  status: 'paid' | 'refunded' | 'cancelled' | (string & {});
  payment_method_type?: 'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | (string & {});
  /** Minor units, as the list says. */
  refunded_amount?: number;
  /** matched, or the kind of the exception. */
  result: 'matched' | 'missing_here' | 'amount_differs' | 'status_differs' | 'cross_midnight' | (string & {});
  payment_intent?: string;
  /** Minor units: what the gateway wrote down as received. */
  amount_here?: number;
  /** Minor units. */
  refunded_amount_here?: number;
  /** paid, partially_refunded, refunded, late_payment, or the intent’s status. */
  status_here?: string;
  /** Under which the provider knows the payment. */
  attempt_id?: string;
  provider?: string;
  /**
   * confirmed, differs or missing by the provider’s file, settlement or signed news; not_yet: nothing of
   * that day has come; not_applicable: cash, e-money, or no payment here.
   */
  provider_status: 'confirmed' | 'differs' | 'missing' | 'not_yet' | 'not_applicable' | (string & {});
}

/** A merchant. */
export interface Merchant {
  /** Chosen by the upstream system. */
  id: string;
  name: string;
  livemode: boolean;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** When it was last synchronised. */
  updated_at: string;
  object: 'merchant';
}

export interface MerchantSync {
  merchants: ReadonlyArray<{
    id: string;
    name: string;
    stores?:
      | ReadonlyArray<{
          id: string;
          name: string;
          time_zone?: string | null | undefined;
          business_day_starts_at?: string | null | undefined;
          payment_processor_configs?:
            | ReadonlyArray<{
                /** PAYPAY, for example. */
                provider: string;
                /** False: no new payments; those that are open go on. */
                is_active: boolean;
                credentials?: Record<string, unknown> | null | undefined;
              }>
            | null
            | undefined;
        }>
      | null
      | undefined;
  }>;
}

/** How many of each the body had. */
export interface MerchantSyncAnswer {
  synced_merchants: number;
  synced_stores: number;
}

export interface NewApiKey {
  /** What the key is for, in your words. */
  name?: string | undefined;
  /** Narrow the key to this merchant. It then manages nothing. */
  merchant_id?: string | undefined;
  /** Whether requests may be signed with the raw secret, as the older guide does. Default true. */
  allow_raw_secret?: boolean | undefined;
}

export interface NewOrderList {
  /** For keys that act for several merchants. */
  merchant_id?: string | undefined;
  merchant_store_id?: string | undefined;
  /** The store’s day: 2026-01-28. */
  business_date: string;
  /** ISO 4217, in either case. Default JPY. */
  currency?: string | undefined;
  /** Every order of the day on which money moved; those that were cancelled may be left out. */
  orders: ReadonlyArray<{
    /** Your reference of the order, as its payment intent has it. */
    merchant_ref_id: string;
    /** Minor units: yen, cents. */
    amount: number;
    /** At the end of the day. An order of which a part was given back is paid. */
    status: 'paid' | 'refunded' | 'cancelled';
    payment_method_type?: 'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | undefined;
    /** What went back. Default: nothing of a paid order, all of a refunded one. */
    refunded_amount?: number | undefined;
  }>;
}

export interface NewPaymentIntent {
  /** Minor units: yen, cents. */
  amount: number;
  /** ISO 4217, in either case. Default JPY. */
  currency?: string | undefined;
  /** The ways in which this order may be paid. */
  payment_method_types: ReadonlyArray<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash'>;
  /** Your reference of the order. Unique among intents that are not failed or cancelled. */
  merchant_ref_id: string;
  merchant_store_id?: string | undefined;
  merchant_terminal_id?: string | undefined;
  /** For keys that act for several merchants. */
  merchant_id?: string | undefined;
  description?: string | undefined;
  /** Default 30. */
  expires_in_minutes?: number | undefined;
  capture_method?: 'automatic' | 'manual' | undefined;
  /** Up to 50 pairs; names up to 40 and values up to 500 characters. */
  metadata?: Record<string, string> | undefined;
  tax_amount?: number | undefined;
  receipt_number?: string | undefined;
}

export interface NewPublishableKey {
  /** What the key is for, in your words. */
  name?: string | undefined;
  /**
   * Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of
   * them.
   */
  allowed_origins?: readonly string[] | undefined;
}

export interface NewRefund {
  payment_intent: string;
  /** Minor units. Default: all that is left. */
  amount?: number | undefined;
  /** For your own records; the customer does not see it. */
  reason?: string | undefined;
  /** Up to 50 pairs; names up to 40 and values up to 500 characters. */
  metadata?: Record<string, string> | undefined;
}

export interface NewWebhookEndpoint {
  /** https, and it must lead to a public address each time that we connect. */
  url: string;
  /** Types, families such as payment_intent.*, or *. Empty: all. */
  enabled_events?: readonly string[] | undefined;
  /** Only events of this merchant. */
  merchant_id?: string | undefined;
  description?: string | undefined;
}

/** A merchant’s own list of a day, and how it agrees. */
export interface OrderList {
  id: string;
  object: 'order_list';
  /** replaced: another list of the same day has taken its place. */
  status: 'reconciled' | 'exceptions' | 'replaced' | (string & {});
  replaced_by?: string;
  livemode: boolean;
  merchant_id: string;
  merchant_store_id?: string;
  business_date: string;
  currency: string;
  /** In the list. */
  orders_count: number;
  /** Minor units, as the list says, before what went back. */
  paid_amount: number;
  /** Minor units, as the list says. */
  refunded_amount: number;
  /** In the gateway’s books of that day. */
  gateway_orders_count: number;
  /** Minor units. */
  gateway_paid_amount: number;
  /** Minor units. */
  gateway_refunded_amount: number;
  /** Orders on which the list and the gateway agree. */
  matched_count: number;
  exceptions_count: number;
  open_exceptions_count: number;
  /** The first 100; GET /v1/reconciliation_exceptions?order_list= has all. */
  exceptions: string[];
  /** What the providers say by now of the listed orders’ payments, and how much money that is. */
  provider_statuses: {
    confirmed: {
      orders_count: number;
      /** Minor units. */
      amount: number;
    };
    differs: {
      orders_count: number;
      /** Minor units. */
      amount: number;
    };
    missing: {
      orders_count: number;
      /** Minor units. */
      amount: number;
    };
    not_yet: {
      orders_count: number;
      /** Minor units. */
      amount: number;
    };
    not_applicable: {
      orders_count: number;
      /** Minor units. */
      amount: number;
    };
  };
  /** RFC 3339 in UTC. */
  created_at: string;
}

/** The organization that the key belongs to. */
export interface Organization {
  id: string;
  object: 'organization';
  name: string;
  /** What a terminal may confirm with a payment token alone; the others need your signature. */
  client_confirm_methods: Array<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | (string & {})>;
  /** What becomes of money that arrives after the end: given back at once, or held for a person. */
  late_payment_policy: 'auto_refund' | 'hold' | (string & {});
  notification_email?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

export interface OrganizationSettings {
  /** What a terminal may confirm with a payment token alone; the others need your signature. */
  client_confirm_methods?:
    | ReadonlyArray<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash'>
    | undefined;
  /** What becomes of money that arrives after the end: given back at once, or held for a person. */
  late_payment_policy?: 'auto_refund' | 'hold' | undefined;
  /** Where mails go that need a person. Empty: nowhere. */
  notification_email?: string | undefined;
}

/** The payment intent as it is now. */
export interface PaymentIntent {
  id: string;
  object: 'payment_intent';
  status:
    | 'requires_payment_method'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | (string & {});
  livemode: boolean;
  amount: number;
  currency: string;
  /** Held at the provider, or at the terminal. */
  amount_capturable: number;
  amount_received: number;
  amount_refunded: number;
  payment_method_types: Array<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | (string & {})>;
  capture_method: 'automatic' | 'manual' | (string & {});
  merchant_id: string;
  merchant_ref_id: string;
  merchant_store_id?: string;
  merchant_terminal_id?: string;
  description?: string;
  metadata?: Record<string, string>;
  tax_amount?: number;
  receipt_number?: string;
  processing_mode?: 'pgw_processed' | 'external' | 'manual' | (string & {});
  provider?: string;
  /** Until when the provider holds amount_capturable. */
  capture_before?: string;
  cancellation_reason?: string;
  last_payment_error?: LastPaymentError;
  /** We do not know yet whether money moved, and are finding out. */
  outcome?: 'unknown' | (string & {});
  /** RFC 3339 in UTC. */
  next_check_at?: string;
  /** Only at creation and re-issue. */
  payment_token?: string;
  /** RFC 3339 in UTC. */
  payment_token_expires_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  expires_at: string;
}

export interface PaymentResolution {
  /** What the books of the provider say. */
  outcome: 'paid' | 'not_paid';
  /** Why; kept in the audit log. */
  reason: string;
  /** Who decided; kept in the audit log. */
  resolved_by?: string | undefined;
  /** How the provider calls the payment; a refund there needs it. */
  provider_payment_id?: string | undefined;
}

/** A publishable key. */
export interface PublishableKey {
  /** pk_…, for the header X-Publishable-Key. It is no secret. */
  id: string;
  object: 'publishable_key';
  name?: string;
  livemode: boolean;
  allowed_origins: string[];
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  revoked_at?: string;
}

export interface PublishableKeyChanges {
  /** What the key is for, in your words. */
  name?: string | undefined;
  /**
   * Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of
   * them.
   */
  allowed_origins?: readonly string[] | undefined;
}

/** Whether this process can take payments: 200 yes, 503 no. */
export interface Readiness {
  /** ok, unavailable, or draining: the process is about to stop */
  status: string;
  /** Each is ok, or says what to do. */
  checks: {
    database: string;
    migrations: string;
    worker: string;
    master_key: string;
  };
}

/** One thing that differs. What it does not concern is left out. */
export interface ReconciliationException {
  id: string;
  object: 'reconciliation_exception';
  status: 'open' | 'resolved' | (string & {});
  livemode: boolean;
  /** A provider’s file of payments, what it settles, or a backend’s own list. */
  source: 'file' | 'settlement' | 'order_list' | (string & {});
  kind:
    | 'missing_here'
    | 'missing_there'
    | 'amount_differs'
    | 'status_differs'
    | 'totals_differ'
    | 'cross_midnight'
    | (string & {});
  provider: string;
  business_date: string;
  /** Left out where nobody knows whose it is. */
  merchant_id?: string;
  /** The reconciliation file. */
  file?: string;
  /** The settlement that waits for it. */
  settlement?: string;
  order_list?: string;
  payment_intent?: string;
  /** Under which the provider knows the payment. */
  attempt_id?: string;
  refund?: string;
  provider_payment_id?: string;
  /** What the provider holds as the merchant’s own id. */
  provider_reference?: string;
  /** Where in the file it stands. */
  line?: number;
  /** Which sum differs. */
  field?:
    | 'transaction_count'
    | 'gross_amount'
    | 'refunded_amount'
    | 'fees_amount'
    | 'net_amount'
    | (string & {});
  count_here?: number;
  count_there?: number;
  /** Minor units. */
  amount_here?: number;
  /** Minor units. */
  amount_there?: number;
  currency: string;
  status_here?: string;
  status_there?: string;
  /** RFC 3339 in UTC. */
  happened_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  reason?: string;
  resolved_by?: string;
  /** RFC 3339 in UTC. */
  resolved_at?: string;
  /** Minor units: what was booked with it. */
  adjustment_amount?: number;
}

/** The refund as it is now. */
export interface Refund {
  id: string;
  object: 'refund';
  payment_intent: string;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed' | (string & {});
  livemode: boolean;
  merchant_id: string;
  provider: string;
  /** external and manual: nothing is sent; the refund records that somebody gave the money back. */
  processing_mode: 'pgw_processed' | 'external' | 'manual' | (string & {});
  reason?: string;
  metadata?: Record<string, string>;
  provider_refund_id?: string;
  /** The late payment that it gives back. */
  late_payment?: string;
  /** The provider's own code. */
  failure_code?: string;
  failure_message?: string;
  /** We do not know yet whether the money went back, and are finding out. */
  outcome?: 'unknown' | (string & {});
  /** RFC 3339 in UTC. */
  next_check_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
}

export interface RefundResolution {
  /** Of a refund that failed, succeeded says that somebody paid the money back. */
  status: 'succeeded' | 'failed';
  /** Why; kept in the audit log. */
  reason: string;
  /** Who decided; kept in the audit log. */
  resolved_by?: string | undefined;
}

export interface Resend {
  after_sequence: number;
  /** Only those. Left out: all. */
  status?: 'pending' | 'succeeded' | 'failed' | undefined;
}

/** What is on its way again. */
export interface Resent {
  webhook_endpoint_id: string;
  after_sequence: number;
  /** Where the next request goes on. */
  last_sequence: number;
  resent: number;
  has_more: boolean;
}

/** The payment intent, and what was decided about it. */
export interface ResolvedPaymentIntent {
  id: string;
  object: 'payment_intent';
  status:
    | 'requires_payment_method'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | (string & {});
  livemode: boolean;
  amount: number;
  currency: string;
  /** Held at the provider, or at the terminal. */
  amount_capturable: number;
  amount_received: number;
  amount_refunded: number;
  payment_method_types: Array<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash' | (string & {})>;
  capture_method: 'automatic' | 'manual' | (string & {});
  merchant_id: string;
  merchant_ref_id: string;
  merchant_store_id?: string;
  merchant_terminal_id?: string;
  description?: string;
  metadata?: Record<string, string>;
  tax_amount?: number;
  receipt_number?: string;
  processing_mode?: 'pgw_processed' | 'external' | 'manual' | (string & {});
  provider?: string;
  /** Until when the provider holds amount_capturable. */
  capture_before?: string;
  cancellation_reason?: string;
  last_payment_error?: LastPaymentError;
  /** We do not know yet whether money moved, and are finding out. */
  outcome?: 'unknown' | (string & {});
  /** RFC 3339 in UTC. */
  next_check_at?: string;
  /** Only at creation and re-issue. */
  payment_token?: string;
  /** RFC 3339 in UTC. */
  payment_token_expires_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  expires_at: string;
  /** As the audit log keeps it. */
  resolution: {
    outcome: 'paid' | 'not_paid' | (string & {});
    reason: string;
    /** The person, or the key where none was named. */
    resolved_by: string;
    /** RFC 3339 in UTC. */
    resolved_at: string;
  };
}

/** The refund, and what was decided about it. */
export interface ResolvedRefund {
  id: string;
  object: 'refund';
  payment_intent: string;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed' | (string & {});
  livemode: boolean;
  merchant_id: string;
  provider: string;
  /** external and manual: nothing is sent; the refund records that somebody gave the money back. */
  processing_mode: 'pgw_processed' | 'external' | 'manual' | (string & {});
  reason?: string;
  metadata?: Record<string, string>;
  provider_refund_id?: string;
  /** The late payment that it gives back. */
  late_payment?: string;
  /** The provider's own code. */
  failure_code?: string;
  failure_message?: string;
  /** We do not know yet whether the money went back, and are finding out. */
  outcome?: 'unknown' | (string & {});
  /** RFC 3339 in UTC. */
  next_check_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** As the audit log keeps it. */
  resolution: {
    status: 'succeeded' | 'failed' | (string & {});
    reason: string;
    /** The person, or the key where none was named. */
    resolved_by: string;
    /** RFC 3339 in UTC. */
    resolved_at: string;
  };
}

export interface Roll {
  /** How long the old secret signs as well; 0 ends it at once. Default 24. */
  overlap_hours?: number | undefined;
}

export interface RollSecret {
  /** How long the secret before signs, too. Default 24; 0 ends it at once. */
  expires_in_hours?: number | undefined;
}

/** What a provider states for one merchant’s day, beside what we have. */
export interface Settlement {
  id: string;
  object: 'settlement';
  livemode: boolean;
  merchant_id: string;
  /** Who owes the money: PAYPAY, MPGS, SP_NET. */
  provider: string;
  /** The provider’s own name of the account. */
  account?: string;
  /** Which of a day’s files, where there are several. */
  contents?: 'payments' | 'held_payments' | (string & {});
  business_date: string;
  currency: string;
  /** A file that was fetched, one that a person supplied, or the provider’s signed notifications. */
  source: 'file' | 'by_hand' | 'notifications' | (string & {});
  file_name?: string;
  /** Where in the file it stands. */
  line?: number;
  /** The reconciliation file that it comes from. */
  file?: string;
  /** The card batch that it comes from. */
  card_batch?: string;
  /** As the provider states it. */
  transaction_count: number;
  /** Minor units, before what went back. */
  gross_amount: number;
  /** Minor units. */
  refunded_amount: number;
  /** Minor units. Null: the provider does not state it. */
  fees_amount: number | null;
  /** Minor units. Null: the provider does not state it. */
  net_amount: number | null;
  /** As we have it. */
  expected_transaction_count: number;
  /** Minor units. */
  expected_gross_amount: number;
  /** Minor units. */
  expected_refunded_amount: number;
  /** reconciled: nothing is open. replaced: issued again, see replaced_by. */
  status: 'reconciled' | 'exceptions' | 'replaced' | (string & {});
  replaced_by?: string;
  exceptions_count: number;
  open_exceptions_count: number;
  /** The ids of the first 100. Not in lists. */
  exceptions?: string[];
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

export interface SettlementFile {
  /** A label; a path in it is left out. */
  file_name: string;
  /** The bytes of the file as the processor made it, in base64. */
  content_base64: string;
}

/** A store and the providers that it is set up for. */
export interface Store {
  /** Chosen by the upstream system. */
  id: string;
  name: string;
  livemode: boolean;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** When it was last synchronised. */
  updated_at: string;
  object: 'store';
  merchant_id: string;
  /** Whose clock its business days follow. */
  time_zone: string;
  /** When a business day begins by that clock: 05:00. */
  business_day_starts_at: string;
  /** Without their credentials. */
  payment_processor_configs: {
    provider: string;
    is_active: boolean;
    /** RFC 3339 in UTC. */
    updated_at: string;
  }[];
}

/** An event on its way to an endpoint. */
export interface WebhookDelivery {
  object: 'webhook_delivery';
  webhook_endpoint_id: string;
  sequence: number;
  event_id: string;
  event_type: string;
  status: 'pending' | 'succeeded' | 'failed' | (string & {});
  /** Of the schedule that runs; a resending begins it anew. */
  attempts_made: number;
  /** Absent while the endpoint is disabled. */
  next_attempt_at?: string;
  /** The latest, oldest first: up to 10 in a list, up to 100 of one delivery. */
  attempts: {
    attempt_number: number;
    /** Absent when no answer came. */
    response_status?: number;
    error?: string;
    duration_ms: number;
    /** RFC 3339 in UTC. */
    attempted_at: string;
  }[];
  /** RFC 3339 in UTC. */
  created_at: string;
  /** RFC 3339 in UTC. */
  updated_at: string;
}

/** A webhook endpoint. */
export interface WebhookEndpoint {
  id: string;
  object: 'webhook_endpoint';
  url: string;
  enabled_events: string[];
  description?: string;
  status: 'enabled' | 'disabled' | (string & {});
  /** answered_gone (a 410), attempts_exhausted, or by_request. */
  disabled_reason?: string;
  merchant_id?: string;
  livemode: boolean;
  /** Of the newest event that was given to this endpoint. */
  last_sequence: number;
  /** RFC 3339 in UTC. */
  previous_secret_expires_at?: string;
  /** RFC 3339 in UTC. */
  created_at: string;
  /** whsec_…, to verify signatures with. Only in the answer that makes it. */
  secret?: string;
}

export interface WebhookEndpointUpdate {
  /** https, and it must lead to a public address each time that we connect. */
  url?: string | undefined;
  /** Types, families such as payment_intent.*, or *. Empty: all. */
  enabled_events?: readonly string[] | undefined;
  /** Empty takes it away. */
  description?: string | undefined;
  /** Once enabled, it gets all that has waited for it. */
  status?: 'enabled' | 'disabled' | undefined;
}

/** The body of a webhook. */
export interface WebhookEventFields {
  id: string;
  /** Unix seconds. */
  created: number;
  /** RFC 3339 in UTC. */
  timestamp: string;
  livemode: boolean;
  /** Counts up by one for each event of this endpoint. */
  sequence: number;
}

/** The body of a webhook. `switch` on its type; a type that is not known yet ends in `default`. */
export type WebhookEvent =
  | {
      [Type in keyof EventObjects]: WebhookEventFields & { type: Type; data: { object: EventObjects[Type] } };
    }[keyof EventObjects]
  | (WebhookEventFields & { type: UnknownType; data: { object: Record<string, unknown> } });

/** What `data.object` of each type of event is. */
export interface EventObjects {
  /** An intent was created. */
  'payment_intent.created': PaymentIntent;
  /** A code or a page is in front of the customer. */
  'payment_intent.requires_action': PaymentIntent;
  /** Somebody is at work, money is held, or the outcome is unknown. */
  'payment_intent.processing': PaymentIntent;
  /** The money is there. */
  'payment_intent.succeeded': PaymentIntent;
  /** The provider, or an external terminal, declined. */
  'payment_intent.failed': PaymentIntent;
  /** It was called off, or it expired. */
  'payment_intent.cancelled': PaymentIntent;
  /** A refund was written down, and the provider is being asked. */
  'refund.created': Refund;
  /** The money has gone back. */
  'refund.succeeded': Refund;
  /** The provider refused the refund. */
  'refund.failed': Refund;
  /** Money came for an intent that had ended. */
  'late_payment.created': LatePayment;
  /** Late money has gone back. */
  'late_payment.refunded': LatePayment;
  /** Somebody decided to keep late money. */
  'late_payment.kept': LatePayment;
  /** Late money could not be given back, and is held again. */
  'late_payment.refund_failed': LatePayment;
  /** A provider’s settlement and our books agree, or all its exceptions are resolved. */
  'settlement.reconciled': Settlement;
  /** A settlement, or what belongs to none, differs from our books. */
  'settlement.exception': Settlement | ReconciliationException;
  /** A file of the accounting export has arrived at the accounting system. */
  'export.succeeded': AccountingExport;
  /** A file of the accounting export could not be sent, and is not tried again by itself. */
  'export.failed': AccountingExport;
  /** One of your endpoints was given up. Your other endpoints hear of it. */
  'webhook_endpoint.disabled': WebhookEndpoint;
  /** Somebody asked for a test of this endpoint. */
  'webhook_endpoint.ping': WebhookEndpoint;
}

/**
 * The type of an event that this version does not know: any other text. It is written as a pattern, which no known type
 * fits, because TypeScript could not tell the known events apart beside a plain string.
 */
export type UnknownType = `${string} of a later version`;
