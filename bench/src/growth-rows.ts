// A database that has grown: a year and a month of payments of two hundred organizations, one of which has more than
// all the others, written by the set. What is rare is where it hurts: failures lie far in the past, and every
// merchant has something that is to be looked up.
import type pg from 'pg';

export interface Grown {
  rows: number;
  merchants: number;
  organization: string;
  /** The organization's merchant with its share of payments, and one that has hardly any. */
  merchant: string;
  quiet_merchant: string;
  store: string;
  endpoint: string;
  now_ms: number;
}

export const ORGANIZATIONS = 200;
const DAYS = 400;

/** An id of the instant `at`; `n` tells it from the others. */
const ID = `create function id_of(prefix text, at timestamptz, n bigint) returns text language sql immutable as $$
  select prefix || '_' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
      ((floor(extract(epoch from at) * 1000)::bigint >> (5 * (9 - place))) & 31)::int + 1, 1), '' order by place)
    || lpad(n::text, 16, '0')
  from generate_series(0, 9) place
$$`;

/** Every second payment of the large organization, the rest spread over all others. */
const FACTS = `create unlogged table facts as
  select n, at, id_of('x', at, n) as x, merchant,
    'org_' || lpad((case when merchant <= :merchants / 2 then 1 else 2 + merchant % (${ORGANIZATIONS} - 1) end)::text,
                   26, '0') as organization_id,
    case when n > :rows - :merchants then 'requires_action'
      when n > :rows - :merchants - :merchants / 4 then 'requires_payment_method'
      when n % 9973 = 0 then 'processing'
      when n % 37 = 0 and n < :rows * 0.3 then 'failed'
      when n % 41 = 0 then 'cancelled'
      else 'succeeded' end as status
  from (select n, case when n <= 50 then 0 else 1 + (n * 7919) % :merchants end as merchant,
          :now - make_interval(secs => (:rows - n) * ${DAYS * 86_400}.0 / :rows) as at
        from generate_series(1, :rows) n) numbered`;

const ROWS: readonly string[] = [
  `insert into organizations (id, name, created_at)
    select 'org_' || lpad(n::text, 26, '0'), 'Organization ' || n, :now from generate_series(1, ${ORGANIZATIONS}) n`,
  `insert into merchants (organization_id, livemode, id, name, created_at, updated_at)
    select distinct on (merchant) organization_id, true, 'm' || merchant, 'Merchant', :now, :now from facts`,
  `insert into stores (organization_id, livemode, id, merchant_id, name, created_at, updated_at)
    select organization_id, livemode, 's' || substr(id, 2), id, 'Store', created_at, updated_at from merchants`,
  `insert into api_keys (id, organization_id, livemode, secret_sealed, created_at)
    select 'ak_' || right(o.id, 23) || lpad(n::text, 3, '0'), o.id, true, '\\x01'::bytea, :now
    from organizations o, generate_series(1, 5) n`,
  `insert into payment_intents (id, organization_id, livemode, merchant_id, merchant_store_id, merchant_ref_id, amount,
      currency, payment_method_types, capture_method, status, amount_received, attempt_id, created_at, updated_at, expires_at)
    select 'pi' || substr(x, 2), organization_id, true, 'm' || merchant, 's' || merchant, 'order_' || n, 1000, 'JPY',
      '{qr_mpm}', 'automatic', status, case status when 'succeeded' then 1000 else 0 end,
      case when status <> 'requires_payment_method' then 'pa' || substr(x, 2) end, at, at, at + interval '30 minutes'
    from facts`,
  `insert into payment_attempts (id, organization_id, livemode, payment_intent_id, merchant_id, merchant_store_id,
      payment_method_type, provider, adapter, processing_mode, status, amount, currency, authorize_only,
      provider_payment_id, next_check_at, created_at, updated_at, customer_code_hash)
    select 'pa' || substr(x, 2), organization_id, true, 'pi' || substr(x, 2), 'm' || merchant, 's' || merchant,
      'qr_mpm', 'PAYPAY', 'PAYPAY', 'pgw_processed',
      case status when 'succeeded' then 'paid' when 'failed' then 'declined' when 'cancelled' then 'ended_unpaid'
        else 'waiting' end,
      1000, 'JPY', false, 'paypay_' || n,
      case when status in ('requires_action', 'processing') then :now + make_interval(secs => n % 200 - 10) end,
      at, at, case when n % 5 = 0 and at > :now - interval '3 days' then sha256(x::bytea) end
    from facts where status <> 'requires_payment_method'`,
  `insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at, fanned_out_at, payment_intent_id)
    select id_of('evt', at, 2 * n + step), organization_id, true, 'm' || merchant,
      case step when 0 then 'payment_intent.created' else 'payment_intent.' || status end,
      '{"id":"pi' || substr(x, 2) || '","object":"payment_intent","amount":1000,"currency":"JPY"}', at,
      case when n < :rows - 100 then at end, 'pi' || substr(x, 2)
    from facts, generate_series(0, 1) step where step = 0 or status <> 'requires_payment_method'`,
  `insert into webhook_endpoints (id, organization_id, livemode, url, secret_sealed, last_sequence, created_at, updated_at)
    select 'we_' || substr(id, 5), id, true, 'https://example.com/', '\\x01', :rows, :now, :now
    from organizations`,
  `insert into webhook_deliveries (webhook_endpoint_id, sequence, organization_id, event_id, status, attempts_made,
      next_attempt_at, created_at, updated_at)
    select 'we_' || substr(organization_id, 5), row_number() over (partition by organization_id order by id),
      organization_id, id, case when is_young then 'pending' else 'succeeded' end, 1,
      case when is_young then :now + make_interval(secs => abs(hashtext(id)) % 2000 - 100) end, created_at, created_at
    from (select *, created_at > :now - interval '60 days' as is_young from events
          where fanned_out_at is not null and type = 'payment_intent.succeeded') told`,
  `insert into webhook_delivery_attempts (webhook_endpoint_id, sequence, event_id, attempt_number, organization_id,
      response_status, duration_ms, attempted_at)
    select webhook_endpoint_id, sequence, event_id, 1, organization_id, 200, 12, created_at from webhook_deliveries`,
  `insert into idempotency_keys (id, organization_id, fingerprint, response_status, locked_until, created_at)
    select sha256(n::text::bytea), organization_id, '\\x01', 201, at, :now - make_interval(secs => n % 90000)
    from facts where n % 5 = 0`,
  `insert into request_signatures (signature, organization_id, created_at)
    select sha256(n::text::bytea), organization_id, :now - make_interval(secs => n % 700) from facts where n % 10 = 0`,
  `insert into provider_notifications (id, provider, dedupe_key, attempt_id, body, received_at, worked_off_at, result)
    select 'pn' || substr(x, 2), 'PAYPAY', x, 'pa' || substr(x, 2), '{}', :now - make_interval(secs => n % 900000),
      case when n % 5000 > 0 then :now - make_interval(secs => n % 900000) end, 'look_up_due'
    from facts where n % 10 = 0`,
  `insert into audit_log (id, organization_id, livemode, actor_type, actor_id, action, object_id, created_at)
    select 'al' || substr(x, 2), organization_id, true, 'api_key', 'ak_1',
      case when n % 1000 = 0 then 'api_key.created' else 'refund.created' end, 're' || substr(x, 2), at
    from facts where n % 10 = 0`,
  `insert into look_up_budgets (adapter, organization_id, merchant_id, tokens, refilled_at)
    select distinct 'PAYPAY', organization_id, 'm' || merchant, 5.0, :now from facts`,
  `insert into late_payments (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, provider, amount,
      currency, status, created_at)
    select 'lp' || substr(x, 2), organization_id, true, 'm' || merchant, 'pi' || substr(x, 2), 'pa' || substr(x, 2),
      'PAYPAY', 1000, 'JPY', case when n % 3 = 0 and n < :rows * 0.2 then 'held' else 'kept' end, at
    from facts where status = 'cancelled' and n % 2 = 0`,
  `insert into refunds (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, amount, currency,
      provider, adapter, processing_mode, status, error, next_step, next_check_at, created_at, updated_at)
    select 're' || substr(x, 2), organization_id, true, 'm' || merchant, 'pi' || substr(x, 2), 'pa' || substr(x, 2),
      1000, 'JPY', 'PAYPAY', 'PAYPAY', 'pgw_processed',
      case when n % 17 = 0 and n < :rows * 0.2 then 'failed' when n > :rows * 0.9 and n % 7 = 0 then 'pending' else 'succeeded' end,
      case when n % 17 = 0 and n < :rows * 0.2 then '{}'::json end,
      case when not (n % 17 = 0 and n < :rows * 0.2) and n > :rows * 0.9 and n % 7 = 0 then 'look_up' end,
      case when not (n % 17 = 0 and n < :rows * 0.2) and n > :rows * 0.9 and n % 7 = 0
        then :now + make_interval(secs => n % 200 - 10) end, at, at
    from facts where status = 'succeeded' and n % 50 = 0`,
];

/** Fills a migrated, empty database whose pieces reach back far enough. Takes a minute for half a million. */
export async function writeRows(client: pg.Client, rows: number, now_ms: number): Promise<Grown> {
  const merchants = Math.min(10_000, Math.ceil(rows / 20));
  const now = `'${new Date(now_ms).toISOString()}'::timestamptz`;
  const fillIn = (text: string) =>
    text
      .replaceAll(':rows', `${rows}::bigint`)
      .replaceAll(':merchants', `${merchants}::bigint`)
      .replaceAll(/(?<!:):now/g, now);
  // Rows that are right by construction: foreign keys and proofs are not asked of each.
  await client.query(
    "set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB'",
  );
  await client.query(ID);
  await client.query(fillIn(FACTS));
  for (const text of ROWS) {
    const [table = ''] = /(?<=insert into )\w+/.exec(text) ?? [];
    process.stdout.write(` ${table}`);
    await client.query(fillIn(text));
  }
  await client.query('drop table facts; drop function id_of(text, timestamptz, bigint)');
  await client.query('vacuum analyze');
  console.log('');
  const organization = `org_${'1'.padStart(26, '0')}`;
  return {
    rows,
    merchants,
    organization,
    merchant: 'm1',
    quiet_merchant: 'm0',
    store: 's1',
    endpoint: `we_${'1'.padStart(26, '0')}`,
    now_ms,
  };
}
