// What an operator sets up: organizations and their keys, merchants, stores and their settings for a provider.
// A secret is shown once, when it is made; afterwards only its sealed form exists.
import Schema from 'typebox/schema';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  insertApiKey,
  insertOrganization,
  insertPublishableKey,
  updateClientConfirmMethods,
  updateRawSecret,
  upsertMerchant,
  upsertProcessorConfig,
  upsertStore,
  revokeApiKey as writeRevocation,
} from '../db/merchants.ts';
import { GatewayError } from '../domain/error.ts';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-intent.ts';
import { seal } from '../domain/secret-box.ts';
import { findProviderByName } from '../providers/registry.ts';
import { credentialsContext } from './provider-access.ts';

export interface NewApiKey {
  api_key: string;
  secret_key: string;
}

export async function createOrganization(context: Context, name: string): Promise<{ id: string }> {
  const id = context.makeId('org');
  await insertOrganization(context.db, id, name, instant(context));
  return { id };
}

/** A key of an organization, or of one of its merchants. The secret is in this answer and nowhere else. */
export async function createApiKey(
  context: Context,
  owner: { organization_id: string; livemode: boolean; merchant_id?: string },
): Promise<NewApiKey> {
  const id = context.makeId('ak');
  const secret_key = `sk_${owner.livemode ? 'live' : 'test'}_${context.randomBytes(24).toString('base64url')}`;
  await insertApiKey(context.db, {
    id,
    organization_id: owner.organization_id,
    livemode: owner.livemode,
    merchant_id: owner.merchant_id ?? null,
    secret_sealed: seal(context.master_key, secret_key, `api_keys.secret:${id}`),
    created_at: instant(context),
  });
  return { api_key: id, secret_key };
}

/** A revoked key stays revoked; every process has noticed after a few seconds. */
export async function revokeApiKey(
  context: Context,
  api_key: string,
): Promise<{ api_key: string; revoked_at: string }> {
  const revoked_at = await writeRevocation(context.db, api_key, instant(context));
  if (revoked_at === null) throw unknown('key', api_key);
  return { api_key, revoked_at };
}

/** Whether the key's requests may be signed with the raw secret, as the older guide does, in place of its hash. */
export async function setRawSecret(
  context: Context,
  api_key: string,
  allow_raw_secret: boolean,
): Promise<{ api_key: string; allow_raw_secret: boolean }> {
  if (!(await updateRawSecret(context.db, api_key, allow_raw_secret))) throw unknown('key', api_key);
  return { api_key, allow_raw_secret };
}

/** The methods that a terminal may confirm with its token alone; the others need the backend's signature. */
export async function setClientConfirmMethods(
  context: Context,
  id: string,
  client_confirm_methods: string[],
): Promise<{ id: string; client_confirm_methods: string[] }> {
  const wrong = client_confirm_methods.find((method) => !PAYMENT_METHOD_TYPES.some((one) => one === method));
  if (wrong !== undefined) {
    const all = PAYMENT_METHOD_TYPES.join(', ');
    throw new GatewayError('invalid_request', `"${wrong}" is no payment method. There are ${all}.`);
  }
  if (!(await updateClientConfirmMethods(context.db, id, client_confirm_methods)))
    throw unknown('organization', id);
  return { id, client_confirm_methods };
}

function unknown(what: string, id: string): GatewayError {
  return new GatewayError('not_found', `There is no ${what} ${id}.`);
}

/** Names the organization for a browser; authorises nothing by itself. */
export async function createPublishableKey(
  context: Context,
  owner: { organization_id: string; livemode: boolean },
): Promise<string> {
  const id = `pk_${owner.livemode ? 'live' : 'test'}_${context.randomBytes(18).toString('base64url')}`;
  await insertPublishableKey(context.db, id, owner.organization_id, owner.livemode, instant(context));
  return id;
}

export interface NewStore {
  organization_id: string;
  livemode: boolean;
  merchant: { id: string; name: string };
  store: { id: string; name: string };
  payment_processor_configs: { provider: string; is_active: boolean; credentials: object }[];
}

/** Make or change a merchant with one store and its providers, all together or not at all. */
export async function saveStore(context: Context, wanted: NewStore): Promise<void> {
  const { organization_id, livemode, merchant, store } = wanted;
  const now = instant(context);
  for (const { provider, credentials } of wanted.payment_processor_configs)
    checkCredentials(provider, credentials);
  await context.db.withTransaction(async (tx) => {
    await upsertMerchant(tx, { organization_id, livemode, ...merchant }, now);
    await upsertStore(tx, { organization_id, livemode, merchant_id: merchant.id, ...store }, now);
    for (const { provider, is_active, credentials } of wanted.payment_processor_configs) {
      const where = credentialsContext(organization_id, store.id, provider);
      const credentials_sealed = seal(context.master_key, JSON.stringify(credentials), where);
      const config = { merchant_store_id: store.id, provider, is_active, credentials_sealed };
      await upsertProcessorConfig(tx, { organization_id, livemode, ...config }, now);
    }
  });
}

function checkCredentials(name: string, credentials: object): void {
  const schema = findProviderByName(name)?.credentials ?? null;
  if (schema !== null && Schema.Check(schema, credentials)) return;
  throw new GatewayError('invalid_request', `These are not the credentials that ${name} needs.`, {
    field: 'payment_processor_configs.credentials',
    constraint: 'format',
  });
}
