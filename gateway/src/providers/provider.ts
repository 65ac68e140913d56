// The provider contract: what an adapter must be able to do, and nothing about how the gateway stores or
// decides. An adapter is stateless; it turns our question into the provider's wire format and the answer
// into a ProviderResult. It never throws for what a provider says, and never sees the database.
import type { Static, TSchema } from 'typebox';
import type { PaymentMethodType, ProcessingMode } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { RefundResult } from '../domain/refund.ts';
import type { TerminalReport } from '../domain/terminal-report.ts';
import type { HttpClient } from '../outbound/http.ts';
import type { PeerMemory } from '../outbound/peer-memory.ts';
import type { ReconciliationReader } from './reconciliation-contract.ts';

/** What an adapter may know about the one try at paying that it is asked to carry out. */
export interface AttemptFacts {
  /** Our attempt id: what the provider sees as its reference (PayPay: merchantPaymentId). Never reused. */
  id: string;
  payment_intent_id: string;
  payment_method_type: PaymentMethodType;
  /** The provider as the caller named it. For terminal cards this is the brand (VISA, SUICA, …). */
  provider: string;
  /** Minor units. */
  amount: number;
  currency: string;
  /** True when money must only be held now and captured later. */
  authorize_only: boolean;
  merchant_id: string;
  merchant_store_id: string | null;
  merchant_terminal_id: string | null;
  description: string | null;
  /** The approval code of an external terminal; the scanned code of qr_cpm. Never logged. */
  external_ref_id: string | null;
  customer_code: string | null;
  return_url: string | null;
  created_at: string;
  /** What the provider told us so far; null until it did. */
  provider_payment_id: string | null;
  provider_code_id: string | null;
  /** When the code or page that the provider opened runs out, if one was opened. */
  action_expires_at: string | null;
  /** Of a start: true when the provider may have heard of the attempt before; then a refusal is no proof by itself. */
  asked_before: boolean;
  /** Set once we asked the provider to cancel: PayPay then reports FAILED, which is our reversal. */
  cancel_requested_at: string | null;
  /** True where nobody asked for that cancel: the customer took too long, and money that came in time may stay. */
  given_up: boolean;
  /** True after news that cannot be believed as they are: only other news, or a person, ends that. */
  is_disputed?: boolean;
  /** Since when it stands as the provider told it last; null while that is unknown. Absent: nobody kept count. */
  known_since?: string | null;
  /** True once it has brought its money: that it was to be called off before does not count any more. */
  is_paid?: boolean;
  /** True once the provider has told us that it holds the money. */
  is_held: boolean;
  /** How much of it is to be taken; null while nobody has asked for it. */
  capture_amount: number | null;
}

/** What an adapter may know about a refund that it is asked to carry out, or about. */
export interface RefundFacts {
  /** Our refund id: what the provider sees as its reference (PayPay: merchantRefundId). Never replaced by another. */
  id: string;
  /** Minor units, at most what the attempt brought. */
  amount: number;
  currency: string;
  /** For the merchant's own records at the provider. The customer never sees it. */
  reason: string | null;
  created_at: string;
  /** True when the provider may have heard of this refund before: then a refusal is no proof by itself. */
  asked_before: boolean;
}

/** What an adapter gets besides the facts. Everything from outside comes through here. */
export interface ProviderContext<Credentials = unknown> {
  http: HttpClient;
  /** Of the process: other sides' clocks, tokens that are still good. Absent: each question finds them anew. */
  memory?: PeerMemory;
  /** Milliseconds since the epoch, from the gateway's clock. */
  now(): number;
  /** The store's credentials over the gateway's defaults, already checked against `complete_credentials`. */
  credentials: Credentials;
  livemode: boolean;
  /** How customers and providers reach this gateway, without a slash at the end; absent: nobody comes back to it. */
  public_url?: string;
  /** How long one question to the adapter may take in all, however many calls it makes; absent: its own limit. */
  deadline_ms?: number;
}

/** A provider's call to us, before anything in it is believed. */
export interface NotificationRequest {
  headers: Record<string, string | string[] | undefined>;
  /** The bytes as they arrived. */
  body: Buffer;
  query: string;
  remote_address: string;
}

/**
 * What a notification lets us find. It carries no outcome where the provider can be asked: the gateway asks. Both
 * ids are null for news that concerns no payment (a file is ready): received, and nothing to ask.
 */
export interface Notification {
  /** Our attempt id, when the provider sent it back. PayPay leaves it empty in some AUTHORIZED notices. */
  attempt_id: string | null;
  provider_payment_id: string | null;
  /** Equal for every repetition of the same news, so that repetitions are stored once. */
  dedupe_key: string;
  /**
   * Only of a provider that signs its news and cannot be asked for them (MPGS by Plutu): what it says. It goes
   * through the same gate as an answer would.
   */
  result?: ProviderResult;
  /** Where a file lies that this announces; nothing is fetched on a stranger's word. */
  file_url?: string;
}

export type NotificationReading =
  | { ok: true; notification: Notification }
  | { ok: false; reason: 'bad_signature' | 'unreadable' };

export interface Provider<S extends TSchema = TSchema> {
  /** The registry name, upper case: 'PAYPAY', 'CASH', 'TERMINAL'. */
  name: string;
  /** How the intent's `processing_mode` reads when this provider took the money. */
  processing_mode: ProcessingMode;
  payment_method_types: readonly PaymentMethodType[];
  /** Names that a caller may write as `provider` for this adapter; undefined means only `name`. */
  accepts?(provider: string): boolean;
  /** True for a provider that takes part in manual capture (hold now, capture later). */
  can_authorize: boolean;
  /**
   * True for an external terminal: the caller hands in its approval code as `external_ref_id`, and may say what else
   * the terminal reports.
   */
  requires_external_ref?: boolean;
  /** What a store may sync as `payment_processor_configs[].credentials`; null: needs none (cash). */
  credentials: TSchema | null;
  /**
   * What the adapter needs: the synced credentials over the gateway-wide defaults. Whoever calls checks
   * first, so an adapter never meets a half configured store. Null together with `credentials`.
   */
  complete_credentials: S | null;
  /**
   * What stands in for the credentials of a test payment whose store has none of its own: an account at the
   * provider's simulator, which listens at `base_url`.
   */
  simulatorCredentials?(base_url: string): Partial<Static<S>>;
  /**
   * Why the gateway's own settings for this provider cannot be meant: live payments at a host for tests, or the other
   * way round. Asked when a process starts; null when nothing is wrong with them.
   */
  refuseDefaults?(defaults: Record<string, string>, livemode: boolean): string | null;
  /**
   * Which account at the provider the credentials are for: what has to stay the same so that payments which began
   * with others are still known there. Nothing secret; it is stored as it is. It stands in what a store syncs, too.
   * Present exactly where there are credentials.
   */
  accountOf?(credentials: Static<S>): string;

  /**
   * For providers where the money has already changed hands when we are told (cash, terminal): no call is
   * made, the assertion is recorded. Pure. Exactly one of `record` and `start` exists. `report` is what a terminal's
   * app says of it; without one it was a success.
   */
  record?(attempt: AttemptFacts, report?: TerminalReport): ProviderResult;
  /**
   * Ask the provider to begin; with `authorize_only`, to hold the money. May be called again with the same attempt id after an unknown outcome, and
   * must then not begin a second payment.
   */
  start?(attempt: AttemptFacts, context: ProviderContext<Static<S>>): Promise<ProviderResult>;
  /** Ask for the truth by our attempt id. */
  lookUp?(attempt: AttemptFacts, context: ProviderContext<Static<S>>): Promise<ProviderResult>;
  /**
   * Make sure that nothing can be paid by this attempt any more: delete the code, or release the money that is
   * held. The answer is what was found while doing so: `ended_unpaid`, `reversed`, `paid` or `authorized` when the
   * customer was faster than the deletion, `authorized` with `refused` when the provider will not release it.
   */
  cancel?(attempt: AttemptFacts, context: ProviderContext<Static<S>>): Promise<ProviderResult>;
  /**
   * Take all or a part of the money that is held; the provider releases the rest. Asked again, with another `id`,
   * until the outcome is known, and must then not take it twice. `paid` states what was taken. A definite no is
   * `authorized` with `refused` while the money is still held, or how the hold ended. Exists when money can be
   * held at a provider that is asked.
   */
  capture?(
    attempt: AttemptFacts,
    capture: { id: string; amount: number },
    context: ProviderContext<Static<S>>,
  ): Promise<ProviderResult>;

  /**
   * Give back money that the attempt brought, all or part. Absent: refunds of this provider are only recorded. May be
   * called again with the same refund id, and must then not give back twice. Where `asked_before`, it answers
   * `refused` only when the provider also knows no refund by this id. Present together with `lookUpRefund`.
   */
  refund?(
    attempt: AttemptFacts,
    refund: RefundFacts,
    context: ProviderContext<Static<S>>,
  ): Promise<RefundResult>;
  /** Ask what became of a refund, by our refund id. `refused` and `throttled` are no answers to this question. */
  lookUpRefund?(
    attempt: AttemptFacts,
    refund: RefundFacts,
    context: ProviderContext<Static<S>>,
  ): Promise<RefundResult>;

  /** Reads the files that the provider makes of an account's days; absent: it makes none. */
  reconciliation?: ReconciliationReader;

  /**
   * Only of a provider that cannot be asked, and tells what became of a payment by news that it signs: the secret in a
   * store's credentials that it signs them with. `readNotification` without a secret then says whose the news would
   * be, and with it what they say (`Notification.result`); `lookUp` and `cancel` know no more than facts and clock, and
   * ask nobody.
   */
  secretOfNews?(credentials: Static<S>): string;
  /** Read a notification, or say why it is refused. Checks the signature when a secret is given. */
  readNotification?(request: NotificationRequest, secret: string | null): NotificationReading;
}

/** Whether only the provider's own news tell what becomes of a payment. */
export function isOnlyTold({ secretOfNews }: Pick<Provider, 'secretOfNews'>): boolean {
  return secretOfNews !== undefined;
}

/** Only fixes the types: an adapter is a plain value. */
export function defineProvider<S extends TSchema>(provider: Provider<S>): Provider<S> {
  return provider;
}

/** `record` for providers whose money changed hands before we hear of it: it is as the caller asserts. */
export function recordAsserted({ amount, currency, authorize_only }: AttemptFacts): ProviderResult {
  return { kind: authorize_only ? 'authorized' : 'paid', stated: { amount, currency } };
}
