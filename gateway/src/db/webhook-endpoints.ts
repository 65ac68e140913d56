// Where merchants want to hear from us, in the database. The signing secrets are sealed; nothing here opens
// them, and the resource that the API shows is made without them. Each change is one statement, guarded by the
// endpoint's version, and carries its audit entry and the mark of its request.
import type { WebhookEndpoint } from '../domain/webhook-endpoint.ts';
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';

const COLUMNS = `id, organization_id, livemode, merchant_id, url, enabled_events, description, status,
  disabled_reason, last_sequence, previous_secret_expires_at, version, created_at, updated_at`;

// The count is not locked: two that arrive together may end one above the limit, which harms nobody.
const INSERT = `
  changed as (
    insert into webhook_endpoints
      (id, organization_id, livemode, merchant_id, url, enabled_events, description, secret_sealed,
       created_at, updated_at)
    select $1, $2, $3, $4, $5, $6::text[], $7, $8::bytea, $9::timestamptz, $9::timestamptz
    where (select count(*) from webhook_endpoints
           where organization_id = $2 and livemode = $3 and coalesce(merchant_id, '') = coalesce($4::text, '')
             and status <> 'deleted') < $10::int
      and ($4::text is null or exists (
        select from merchants where organization_id = $2 and livemode = $3 and id = $4))
    returning id, organization_id, updated_at
  )`;

/** False when the organization, or the merchant, has its limit of endpoints in this mode, or is not there. */
export async function insertWebhookEndpoint(
  tx: Tx,
  endpoint: WebhookEndpoint,
  secret_sealed: Buffer,
  limit: number,
  beside: BesideChange,
): Promise<boolean> {
  const { id, organization_id, livemode, merchant_id, url, enabled_events, description, created_at } =
    endpoint;
  const row = [id, organization_id, livemode, merchant_id, url, enabled_events, description, secret_sealed];
  const values = [...row, created_at, limit];
  return changeWithAudit(tx, id, { name: 'insert_webhook_endpoint', text: INSERT, values }, beside);
}

const UPDATE = `
  changed as (
    update webhook_endpoints set
      url = $3, enabled_events = $4::text[], description = $5, status = $6, disabled_reason = $7,
      previous_secret_expires_at = $8::timestamptz, secret_sealed = coalesce($9::bytea, secret_sealed),
      version = $2::int, updated_at = $10::timestamptz
    where id = $1 and version = $2::int - 1 and status <> 'deleted'
    returning id, organization_id, updated_at
  )`;

// What waits for an endpoint is made due when it is enabled, oldest first, and its schedule begins anew. So many
// at once; the worker makes the rest due (db/webhook-resends.ts).
const RESUME = `,
  timed as (
    select webhook_endpoint_id, event_id from webhook_deliveries
    where webhook_endpoint_id = $1 and next_attempt_at is not null
    order by next_attempt_at, sequence limit $11::int for update skip locked
  ),
  untimed as (
    select webhook_endpoint_id, event_id from webhook_deliveries
    where webhook_endpoint_id = $1 and status = 'pending' and next_attempt_at is null
    order by sequence limit $11::int for update skip locked
  ),
  resumed as (
    update webhook_deliveries d
    set next_attempt_at = c.updated_at, updated_at = c.updated_at, round = d.round + 1,
        attempts_before = d.attempts_before + d.attempts_made, attempts_made = 0
    from (select * from timed union all select * from untimed) w join changed c on c.id = w.webhook_endpoint_id
    where d.webhook_endpoint_id = w.webhook_endpoint_id and d.event_id = w.event_id
  )`;
const RESUMED_AT_ONCE = 1_000;

export interface WebhookEndpointChange extends BesideChange {
  /** As it is afterwards; `version` is the new one. */
  endpoint: WebhookEndpoint;
  /** Only when the secrets change. */
  secret_sealed?: Buffer;
  /** The endpoint was disabled, and is not any more. */
  resumes?: boolean;
}

/** False when somebody was faster: the row has another version than the change expects. Read and decide again. */
export async function updateWebhookEndpoint(tx: Tx, change: WebhookEndpointChange): Promise<boolean> {
  const { endpoint, secret_sealed = null, resumes = false } = change;
  const { id, version, url, enabled_events, description, status, disabled_reason } = endpoint;
  const row = [id, version, url, enabled_events, description, status, disabled_reason];
  const values = [...row, endpoint.previous_secret_expires_at, secret_sealed, endpoint.updated_at];
  const part = resumes
    ? { name: 'enable_webhook_endpoint', text: UPDATE + RESUME, values: [...values, RESUMED_AT_ONCE] }
    : { name: 'update_webhook_endpoint', text: UPDATE, values };
  return changeWithAudit(tx, id, part, change);
}

const FIND: Statement = {
  name: 'find_webhook_endpoint',
  text: `select ${COLUMNS} from webhook_endpoints where id = $1`,
};

export async function findWebhookEndpoint(db: Db, id: string): Promise<WebhookEndpoint | null> {
  return (await db.query<WebhookEndpoint>(FIND, [id]))[0] ?? null;
}

const FIND_SECRET: Statement = {
  name: 'find_webhook_secret',
  text: 'select secret_sealed from webhook_endpoints where id = $1 and version = $2',
};

/** Null when the endpoint has another version by now. */
export async function findWebhookSecret(db: Db, id: string, version: number): Promise<Buffer | null> {
  const rows = await db.query<{ secret_sealed: Buffer }>(FIND_SECRET, [id, version]);
  return rows[0]?.secret_sealed ?? null;
}

const OWNED = `organization_id = $1 and livemode = $2 and status <> 'deleted'`;
const OLDER = `($3::text is null or id < $3)`;

const LIST: Statement = {
  name: 'list_webhook_endpoints',
  text: `select ${COLUMNS} from webhook_endpoints where ${OWNED} and ${OLDER}
    order by id desc limit $4`,
};

const LIST_OF_MERCHANT: Statement = {
  name: 'list_webhook_endpoints_of_merchant',
  text: `select ${COLUMNS} from webhook_endpoints where ${OWNED} and ${OLDER}
    and coalesce(merchant_id, '') = $5 order by id desc limit $4`,
};

/** Newest first: an organization's, its merchants' among them, or one merchant's. */
export async function listWebhookEndpoints(
  db: Db,
  owner: { organization_id: string; livemode: boolean; merchant_id: string | null },
  starting_after: string | null,
  limit: number,
): Promise<WebhookEndpoint[]> {
  const { organization_id, livemode, merchant_id } = owner;
  const values = [organization_id, livemode, starting_after, limit];
  return merchant_id === null
    ? db.query<WebhookEndpoint>(LIST, values)
    : db.query<WebhookEndpoint>(LIST_OF_MERCHANT, [...values, merchant_id]);
}
