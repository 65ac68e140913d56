// Merchants, their stores, and the stores' settings for providers. An upstream system synchronises them as often as
// it likes: what it sends is made or changed, all together or not at all, and what it leaves out stays.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import { insertMark } from '../db/idempotency-keys.ts';
import {
  findMerchant,
  findStoreName,
  listMerchants,
  listOwnersOfStores,
  listStores,
  type MerchantPage,
} from '../db/merchant-lists.ts';
import {
  keepToIndexes,
  type Owner,
  updateBusinessDays,
  updateProcessorConfigs,
  upsertMerchants,
  upsertProcessorConfigs,
  upsertStores,
} from '../db/merchant-sync.ts';
import { isUnknownTimeZone, type Tx, violatedConstraint } from '../db/pool.ts';
import { GatewayError } from '../domain/error.ts';
import { seal } from '../domain/secret-box.ts';
import { type Actor, makeAuditEntry, SYSTEM } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import { credentialsContext } from './provider-access.ts';
import { accountOf, keepFormerConfigs } from './provider-accounts.ts';
import {
  checkCredentials,
  makeSyncRows,
  type SyncBody,
  type SyncRows,
  unknownTimeZone,
} from './synced-rows.ts';

/** Make and change what the body says. The same body again changes nothing but the times. */
export async function syncMerchants(
  context: Context,
  owner: Owner,
  actor: Actor,
  body: SyncBody,
  mark: Mark | null,
): Promise<Answer> {
  const rows = makeSyncRows(body);
  const configs = await sealCredentials(context, owner, rows.configs);
  const now = instant(context);
  const counts = { merchants: rows.merchants.length, stores: rows.stores.length };
  const answer = jsonAnswer(200, { synced_merchants: counts.merchants, synced_stores: counts.stores });
  completeMark(context, mark, answer);
  try {
    await context.db.withTransaction(async (tx) => {
      // First, so that a repetition that comes meanwhile waits here, and not with half of its rows locked.
      if (mark !== null) await insertMark(tx, mark, owner.organization_id, now);
      await keepToIndexes(tx);
      await upsertMerchants(tx, owner, rows.merchants, now);
      await writeStores(tx, owner, rows, now);
      if (rows.days.length > 0) await updateBusinessDays(tx, owner, rows.days, now);
      const changed_accounts = await keepFormerConfigs(context, tx, owner, configs, now);
      await writeConfigs(tx, owner, configs, now);
      const entry = makeAuditEntry(context, actor, {
        ...owner,
        action: 'merchants.synced',
        object_id: owner.organization_id,
        details: {
          ...counts,
          payment_processor_configs: configs.length,
          ...(changed_accounts > 0 && { changed_accounts }),
        },
      });
      await insertAuditEntry(tx, entry);
    });
  } catch (error) {
    // Its list of zones may be older than ours. A store with one of the others could book nothing.
    const zoned = rows.days.find(({ time_zone }) => time_zone !== null && namesZone(error, time_zone));
    if (zoned !== undefined) throw unknownTimeZone(`${zoned.path}.time_zone`);
    if (violatedConstraint(error) !== 'merchants_organization_id_fkey') throw error;
    throw new GatewayError('not_found', `There is no organization ${owner.organization_id}.`);
  }
  if (mark !== null) mark.is_first = false;
  return answer;
}

function namesZone(error: unknown, time_zone: string): boolean {
  return isUnknownTimeZone(error) && (error as Error).message.includes(`"${time_zone}"`);
}

export interface NewStore extends Owner {
  /** Without a name the one that there is stays; what is new is called by its id. */
  merchant: { id: string; name?: string };
  store: { id: string; name?: string; time_zone?: string; business_day_starts_at?: string };
  payment_processor_configs: { provider: string; is_active: boolean; credentials: object }[];
}

/** One store with its merchant, as the command line makes or changes it. */
export async function saveStore(context: Context, wanted: NewStore, actor: Actor = SYSTEM): Promise<void> {
  const { organization_id, livemode, merchant, store, payment_processor_configs } = wanted;
  const place = [context.db, organization_id, livemode] as const;
  const merchant_name = merchant.name ?? (await findMerchant(...place, merchant.id))?.name ?? merchant.id;
  const store_name = store.name ?? (await findStoreName(...place, store.id)) ?? store.id;
  const stores = [{ ...store, name: store_name, payment_processor_configs }];
  const body = { merchants: [{ id: merchant.id, name: merchant_name, stores }] };
  await syncMerchants(context, { organization_id, livemode }, actor, body, null);
}

type SealedConfig = Omit<SyncRows['configs'][number], 'credentials'> & {
  credentials_sealed: Buffer | null;
  /** Null also where the credentials stay: then so does the account. */
  account: string | null;
};

/** So many are checked and sealed before other requests have their turn: a few milliseconds. */
const SEALED_AT_ONCE = 200;

async function sealCredentials(
  context: Context,
  owner: Owner,
  configs: SyncRows['configs'],
): Promise<SealedConfig[]> {
  const sealed: SealedConfig[] = [];
  for (const { credentials, ...config } of configs) {
    if (credentials !== null) checkCredentials(config.provider, credentials, `${config.path}.credentials`);
    const where = credentialsContext(owner, config.merchant_store_id, config.provider);
    const credentials_sealed =
      credentials === null ? null : seal(context.master_key, JSON.stringify(credentials), where);
    const account = credentials === null ? null : accountOf(config.provider, credentials);
    sealed.push({ ...config, credentials_sealed, account });
    if (sealed.length % SEALED_AT_ONCE === 0) await new Promise(setImmediate);
  }
  return sealed;
}

async function writeStores(tx: Tx, owner: Owner, rows: SyncRows, now: string): Promise<void> {
  const written = await upsertStores(tx, owner, rows.stores, now);
  const refused = rows.stores.filter((store) => !written.has(store.id));
  if (refused.length === 0) return;
  const { organization_id, livemode } = owner;
  const [conflict] = await listOwnersOfStores(
    tx,
    organization_id,
    livemode,
    refused.map(({ id }) => id),
  );
  const asked = refused.find(({ id }) => id === conflict?.id);
  throw new GatewayError(
    'conflict',
    `The store ${conflict?.id} belongs to the merchant ${conflict?.merchant_id} and cannot move to ` +
      `${asked?.merchant_id}: its payments would lose their merchant. Give the new merchant's store an id of its own.`,
    {
      field: `${asked?.path}.id`,
      constraint: 'same_merchant',
      merchant_store_id: conflict?.id,
      merchant_id: conflict?.merchant_id,
    },
  );
}

async function writeConfigs(tx: Tx, owner: Owner, configs: SealedConfig[], now: string): Promise<void> {
  const fresh = configs.flatMap(({ credentials_sealed, ...config }) =>
    credentials_sealed === null ? [] : [{ ...config, credentials_sealed }],
  );
  if (fresh.length > 0) await upsertProcessorConfigs(tx, owner, fresh, now);
  const kept = configs.filter((config) => config.credentials_sealed === null);
  if (kept.length === 0) return;
  const key = (config: { merchant_store_id: string; provider: string }) =>
    `${config.provider} ${config.merchant_store_id}`;
  const there = new Set((await updateProcessorConfigs(tx, owner, kept, now)).map(key));
  const missing = kept.find((config) => !there.has(key(config)));
  if (missing === undefined) return;
  throw new GatewayError(
    'invalid_request',
    `The store ${missing.merchant_store_id} has no credentials for ${missing.provider} yet. Send them once.`,
    { field: `${missing.path}.credentials`, constraint: 'required' },
  );
}

export async function listMerchantResources(
  context: Context,
  { organization_id, livemode }: KeyCaller,
  page: MerchantPage,
): Promise<Page> {
  const more = { ...page, limit: page.limit + 1 };
  const rows = await listMerchants(context.db, organization_id, livemode, more);
  return makePage(rows, page.limit, (row) => resource('merchant', row));
}

export async function retrieveMerchant(
  context: Context,
  { organization_id, livemode }: KeyCaller,
  id: string,
): Promise<object> {
  const merchant = await findMerchant(context.db, organization_id, livemode, id);
  if (merchant === null) throw new GatewayError('not_found', 'There is no merchant with this id.');
  return resource('merchant', merchant);
}

export async function listStoreResources(
  context: Context,
  caller: KeyCaller,
  merchant_id: string,
  page: MerchantPage,
): Promise<Page> {
  const { organization_id, livemode } = caller;
  await retrieveMerchant(context, caller, merchant_id);
  const more = { ...page, limit: page.limit + 1 };
  const rows = await listStores(context.db, organization_id, livemode, merchant_id, more);
  return makePage(rows, page.limit, (row) => resource('store', row));
}

/** The id first, then what it is. */
function resource<Row extends { id: string }>(object: string, { id, ...rest }: Row): object {
  return { id, object, ...rest };
}
