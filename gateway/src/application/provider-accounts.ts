// A payment stays with the account that it began with at its provider: when a synchronisation brings a store another
// account, the settings that it had are kept for the payments that began with them. New secrets for the same
// account are none of this: they serve its earlier payments, too.
import type { Context } from '../context.ts';
import {
  type ConfigPlace,
  type FormerConfig,
  listCurrentConfigs,
  upsertFormerConfigs,
} from '../db/former-processor-configs.ts';
import type { Owner } from '../db/merchant-sync.ts';
import type { Tx } from '../db/pool.ts';
import { open, SecretBoxError, seal } from '../domain/secret-box.ts';
import { findProviderByName } from '../providers/registry.ts';
import { credentialsContext, formerCredentialsContext } from './provider-access.ts';

/** Settings on their way in, and the account that they name; null for a provider that has no adapter yet. */
export type ArrivingConfig = ConfigPlace & { account: string | null };

export function accountOf(provider: string, credentials: object): string | null {
  return findProviderByName(provider)?.accountOf?.(credentials) ?? null;
}

/** So many are opened before other requests have their turn: a few milliseconds. */
const OPENED_AT_ONCE = 200;

/**
 * Keeps what the arriving settings are about to replace, where they name another account; says how many did. What is
 * there is opened, rather than an account noted beside it, because only what is sealed is sure to be what was asked.
 */
export async function keepFormerConfigs(
  context: Context,
  tx: Tx,
  owner: Owner,
  arriving: ArrivingConfig[],
  now: string,
): Promise<number> {
  const key = ({ provider, merchant_store_id }: ConfigPlace) => `${provider} ${merchant_store_id}`;
  const accounts = new Map(
    arriving.flatMap((config) => (config.account === null ? [] : [[key(config), config] as const])),
  );
  if (accounts.size === 0) return 0;
  const current = await listCurrentConfigs(tx, owner, [...accounts.values()]);
  const former: FormerConfig[] = [];
  for (const [at, { merchant_store_id, provider, credentials_sealed }] of current.entries()) {
    const place = { merchant_store_id, provider };
    const plain = openOrNull(
      context,
      credentials_sealed,
      credentialsContext(owner, merchant_store_id, provider),
    );
    const account = plain === null ? null : accountOf(provider, JSON.parse(plain) as object);
    if (plain !== null && account !== null && account !== accounts.get(key(place))?.account) {
      const where = formerCredentialsContext(owner, place, account);
      former.push({ ...place, account, credentials_sealed: seal(context.master_key, plain, where) });
    }
    if ((at + 1) % OPENED_AT_ONCE === 0) await new Promise(setImmediate);
  }
  if (former.length > 0) await upsertFormerConfigs(tx, owner, former, now);
  return former.length;
}

/** What does not open any more serves no payment, and must not keep new settings from taking its place. */
function openOrNull(context: Context, sealed: Buffer, where: string): string | null {
  try {
    return open(context.opening_keys, sealed, where).toString('utf8');
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}
