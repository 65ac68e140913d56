// Where merchants want to hear from us, in the database. The signing secrets are sealed; nothing here opens
// them, and the resource that the API shows is made without them.
import type { WebhookEndpoint } from '../domain/webhook-endpoint.ts';
import { markParts, type RequestMark } from './idempotency-keys.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { compose, type Part } from './statement-parts.ts';

const COLUMNS = `id, organization_id, livemode, merchant_id, url, enabled_events, description, status,
  disabled_reason, last_sequence, created_at, updated_at`;

// The count is not locked: two that arrive together may end one above the limit, which harms nobody.
const INSERT = `
  changed as (
    insert into webhook_endpoints
      (id, organization_id, livemode, merchant_id, url, enabled_events, description, secret_sealed,
       created_at, updated_at)
    select $1, $2, $3, $4, $5, $6::text[], $7, $8::bytea, $9::timestamptz, $9::timestamptz
    where (select count(*) from webhook_endpoints where organization_id = $2 and livemode = $3) < $10::int
      and ($4::text is null or exists (
        select from merchants where organization_id = $2 and livemode = $3 and id = $4))
    returning id, organization_id, updated_at
  )`;

/** False when the organization has its limit of endpoints in this mode, or the merchant is not there. */
export async function insertWebhookEndpoint(
  tx: Tx,
  endpoint: WebhookEndpoint,
  secret_sealed: Buffer,
  limit: number,
  mark: RequestMark | null,
): Promise<boolean> {
  const { id, organization_id, livemode, merchant_id, url, enabled_events, description, created_at } =
    endpoint;
  const row = [id, organization_id, livemode, merchant_id, url, enabled_events, description, secret_sealed];
  const inserted: Part = {
    name: 'insert_webhook_endpoint',
    text: INSERT,
    values: [...row, created_at, limit],
  };
  const { statement, values } = compose(
    [inserted, ...markParts(mark === null ? [] : [{ change_id: id, mark }])],
    'select 1 from changed',
  );
  return (await tx.query(statement, values)).length > 0;
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
