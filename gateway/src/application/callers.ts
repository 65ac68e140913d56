// Who is asking. A signature proves a backend, a payment token proves whoever was handed one intent. What was
// read for that is kept for a few seconds: keys and settings change rarely, requests come thousands a minute.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { listSigningKeys } from '../db/api-keys.ts';
import { findOrganization, type Organization } from '../db/merchants.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { matchesPaymentToken } from '../domain/payment-token.ts';
import { makeSigningKeys, type SigningKeys } from '../domain/request-signature.ts';
import { SecretBoxError } from '../domain/secret-box.ts';
import { openSecretsOrNull } from './api-key-secrets.ts';
import { makeKeyUses } from './api-key-uses.ts';

/** A backend, proven by its signature. `merchant_id` is set when it acts for that merchant only. */
export interface KeyCaller {
  kind: 'key';
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  key_id: string;
  actsFor?: ActsFor;
}

/**
 * Told for whom the caller turns out to act, before anything is done: the owner of the intent that he was let at,
 * or the place of the one that he makes. It may refuse.
 */
export type ActsFor = (owner: { organization_id: string; livemode: boolean; merchant_id: string }) => void;

/** A terminal or browser with a payment token. The token is proven against the intent it is used on. */
export interface TokenCaller {
  kind: 'token';
  token: string;
  actsFor?: ActsFor;
}

export type Caller = KeyCaller | TokenCaller;

export interface KeyCandidate {
  caller: KeyCaller;
  keys: SigningKeys;
  allow_raw_secret: boolean;
  /** Of a secret that was rolled: it signs until then. Null for the present one. */
  expires_at: string | null;
}

/** How long a revoked key may still work, and a changed setting not yet count. */
const CACHE_MS = 3_000;
const CACHE_SIZE = 10_000;

/** A value per text, kept for CACHE_MS. Bounded, so that made-up ids cannot fill the memory. */
export function makeShortCache<T>(context: Pick<Context, 'now'>, load: (key: string) => Promise<T>) {
  const entries = new Map<string, { value: Promise<T>; until: number }>();
  return {
    get(key: string): Promise<T> {
      const now = context.now();
      const entry = entries.get(key);
      if (entry !== undefined && entry.until > now) return entry.value;
      if (entries.size >= CACHE_SIZE) entries.clear();
      const value = load(key);
      entries.set(key, { value, until: now + CACHE_MS });
      // A failed read must not be remembered.
      value.catch(() => entries.delete(key));
      return value;
    },
    forget: (key: string) => void entries.delete(key),
  };
}

export function makeKeyring(context: Context) {
  const cache = makeShortCache(context, async (id: string): Promise<KeyCandidate[]> => {
    const rows = await listSigningKeys(context.db, id);
    const opened = rows.map((row) => ({ row, secrets: openSecretsOrNull(context, row) }));
    // The fault is ours: nobody is told that his signature is wrong, and goes away for good, because of it.
    if (rows.length > 0 && opened.every(({ secrets }) => secrets === null)) throw new SecretBoxError();
    return opened.flatMap(({ row, secrets }) =>
      (secrets ?? []).map((secret, place) => ({
        caller: {
          kind: 'key',
          organization_id: row.organization_id,
          livemode: row.livemode,
          merchant_id: row.merchant_id,
          key_id: row.id,
        },
        keys: makeSigningKeys(secret),
        allow_raw_secret: row.allow_raw_secret,
        expires_at: place === 0 ? null : (row.previous_secret_expires_at ?? ''),
      })),
    );
  });
  const uses = makeKeyUses(context);
  return { ...cache, noteUse: uses.note, close: uses.written };
}

export function makeOrganizationCache(context: Context) {
  return makeShortCache(context, async (id: string): Promise<Organization> => {
    const organization = await findOrganization(context.db, id);
    if (organization === null) throw new Error(`organization ${id} is gone`);
    return organization;
  });
}

const INVALID_TOKEN = 'The payment token is invalid or expired. Ask your backend for a fresh one.';

export function invalidToken(): GatewayError {
  return new GatewayError('invalid_token', INVALID_TOKEN, { field: 'payment_token', constraint: 'valid' });
}

/**
 * Let the caller at this intent, or refuse. Another organization's intent does not exist for a backend; for a
 * token every wrong intent, token and time is the same refusal, so that nothing can be learned by trying.
 */
export function admit(context: Context, caller: Caller, intent: PaymentIntent | null): PaymentIntent {
  if (caller.kind === 'token') {
    const valid =
      intent !== null &&
      matchesPaymentToken(caller.token, intent.payment_token_hash) &&
      instant(context) <= (intent.payment_token_expires_at ?? '');
    if (!valid) throw invalidToken();
    caller.actsFor?.(intent);
    return intent;
  }
  const same =
    intent !== null &&
    intent.organization_id === caller.organization_id &&
    intent.livemode === caller.livemode &&
    (caller.merchant_id === null || caller.merchant_id === intent.merchant_id);
  if (!same) throw new GatewayError('payment_not_found', 'There is no payment intent with this id.');
  caller.actsFor?.(intent);
  return intent;
}
