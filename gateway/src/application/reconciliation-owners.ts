// Whose account it is that a provider made a file of. An account can serve the stores of several organizations; it is
// known by the payments that it took, by settings that stores had, and by those that they have, which are sealed.
import type { Context } from '../context.ts';
import {
  type Account,
  listOrganizationsOfAccount,
  listProviderConfigs,
  type SealedConfig,
} from '../db/reconciliation-matching.ts';
import { open, SecretBoxError } from '../domain/secret-box.ts';
import { credentialsContext } from './provider-access.ts';
import { accountOf } from './provider-accounts.ts';

/** So many are opened before other work has its turn: a few milliseconds. */
const PAGE = 200;

/** The organizations that have the account, or whose payments it took in the stretch of time. */
export async function listOwners(
  context: Context,
  account: Account,
  from: string,
  to: string,
): Promise<string[]> {
  const owners = new Set(await listOrganizationsOfAccount(context.db, account, from, to));
  let after = { organization_id: '', merchant_store_id: '' };
  for (;;) {
    const page = await listProviderConfigs(context.db, account.provider, account.livemode, after, PAGE);
    for (const config of page) {
      const { organization_id } = config;
      if (!owners.has(organization_id) && nameOf(context, account, config) === account.account)
        owners.add(organization_id);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return [...owners].sort();
    after = last;
  }
}

/** Null for what does not open any more, which keeps nobody from reading a file. */
function nameOf(context: Context, { provider, livemode }: Account, config: SealedConfig): string | null {
  const { organization_id, merchant_store_id, credentials_sealed } = config;
  const where = credentialsContext({ organization_id, livemode }, merchant_store_id, provider);
  try {
    const plain = open(context.opening_keys, credentials_sealed, where).toString('utf8');
    return accountOf(provider, JSON.parse(plain) as object);
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}
