// Bodies of a synchronisation, and what came of one.
import type { Json } from './client.ts';
import type { TestGateway } from './gateway.ts';

export const SYNC_PATH = '/v1/sync/merchants';

export const paypayConfig = (changes: Json = {}): Json => ({
  provider: 'PAYPAY',
  is_active: true,
  credentials: { merchant_id: 'paypay_merchant_123' },
  ...changes,
});

export const storeRow = (id: string, ...configs: Json[]): Json => ({
  id,
  name: id,
  payment_processor_configs: configs,
});

export const merchantRow = (id: string, ...stores: Json[]): Json => ({ id, name: id, stores });

export const syncBody = (...merchants: Json[]) => ({ merchants });

/** All that a synchronisation writes but its times, for one organization. */
export async function syncedRowsOf(gateway: Pick<TestGateway, 'query'>, organization_id: string) {
  const owner = [organization_id];
  return {
    merchants: await gateway.query(
      'select id, name from merchants where organization_id = $1 order by id',
      owner,
    ),
    stores: await gateway.query(
      'select id, merchant_id, name from stores where organization_id = $1 order by id',
      owner,
    ),
    configs: await gateway.query(
      `select merchant_store_id, provider, is_active from payment_processor_configs
       where organization_id = $1 order by merchant_store_id, provider`,
      owner,
    ),
  };
}

/** The entries that synchronisations left in the audit log, the newest first. */
export function syncEntriesOf(gateway: Pick<TestGateway, 'query'>, organization_id: string): Promise<Json[]> {
  return gateway.query(
    `select action, actor_type, actor_id, livemode, object_id, details, request_id from audit_log
     where organization_id = $1 and action = 'merchants.synced' order by id desc`,
    [organization_id],
  );
}
