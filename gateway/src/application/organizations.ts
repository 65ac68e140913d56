// What an operator sets up: organizations, merchants, stores and their settings for a provider.
import Schema from 'typebox/schema';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { upsertMerchant, upsertProcessorConfig, upsertStore } from '../db/merchants.ts';
import { insertOrganization } from '../db/organizations.ts';
import { GatewayError } from '../domain/error.ts';
import { seal } from '../domain/secret-box.ts';
import { findProviderByName } from '../providers/registry.ts';
import { type Actor, makeAuditEntry, SYSTEM } from './audit.ts';
import { credentialsContext } from './provider-access.ts';

export async function createOrganization(
  context: Context,
  name: string,
  actor: Actor = SYSTEM,
): Promise<{ id: string }> {
  const id = context.makeId('org');
  const audit = makeAuditEntry(context, actor, {
    organization_id: id,
    livemode: null,
    action: 'organization.created',
    object_id: id,
    details: { name },
  });
  await insertOrganization(context.db, { id, name, created_at: audit.created_at }, audit);
  return { id };
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
