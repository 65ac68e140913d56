// Where merchants want to hear from us, in the database. The signing secrets are sealed; nothing here opens
// them, and the resource that the API shows is made without them.
import type { WebhookEndpoint } from '../domain/webhook-endpoint.ts';
import { MARK_CTES, markValues, type RequestMark } from './idempotency-keys.ts';
import type { Db, Statement, Tx } from './pool.ts';

const COLUMNS = `id, organization_id, livemode, merchant_id, url, enabled_events, description, status,
  disabled_reason, last_sequence, created_at, updated_at`;

const INSERT: Statement = {
  name: 'insert_webhook_endpoint',
  // The count is not locked: two that arrive together may end one above the limit, which harms nobody.
  text: `
    with changed as (
      insert into webhook_endpoints
        (id, organization_id, livemode, merchant_id, url, enabled_events, description, secret_sealed,
         created_at, updated_at)
      select $8, $9, $10, $11, $12, $13::text[], $14, $15::bytea, $16::timestamptz, $16::timestamptz
      where (select count(*) from webhook_endpoints where organization_id = $9 and livemode = $10) < $17::int
        and ($11::text is null or exists (
          select from merchants where organization_id = $9 and livemode = $10 and id = $11))
      returning organization_id, updated_at
    ), ${MARK_CTES}
    select 1 from changed`,
};

/** False when the organization has its limit of endpoints in this mode, or the merchant is not there. */
export async function insertWebhookEndpoint(
  tx: Tx,
  endpoint: WebhookEndpoint,
  secret_sealed: Buffer,
  limit: number,
  mark: RequestMark | null,
): Promise<boolean> {
  const rows = await tx.query(INSERT, [
    ...markValues(mark),
    endpoint.id,
    endpoint.organization_id,
    endpoint.livemode,
    endpoint.merchant_id,
    endpoint.url,
    endpoint.enabled_events,
    endpoint.description,
    secret_sealed,
    endpoint.created_at,
    limit,
  ]);
  return rows.length > 0;
}

const FIND: Statement = {
  name: 'find_webhook_endpoint',
  text: `select ${COLUMNS} from webhook_endpoints where id = $1`,
};

export async function findWebhookEndpoint(db: Db, id: string): Promise<WebhookEndpoint | null> {
  return (await db.query<WebhookEndpoint>(FIND, [id]))[0] ?? null;
}

const LIST: Statement = {
  name: 'list_webhook_endpoints',
  text: `select ${COLUMNS} from webhook_endpoints
    where organization_id = $1 and livemode = $2 and ($3::text is null or merchant_id = $3)
    order by id desc`,
};

/** Newest first; the limit at creation bounds the number. */
export async function listWebhookEndpoints(
  db: Db,
  organization_id: string,
  livemode: boolean,
  merchant_id: string | null,
): Promise<WebhookEndpoint[]> {
  return db.query<WebhookEndpoint>(LIST, [organization_id, livemode, merchant_id]);
}
