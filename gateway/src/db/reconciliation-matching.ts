// What of ours a provider's file can be about: the payments and refunds that its rows name, the organizations that an
// account serves, and what none of its files has although one of them should.
import type { AttemptStatus } from '../domain/attempt.ts';
import type { RefundStatus } from '../domain/refund.ts';
import type { Db, Statement } from './pool.ts';

/** An account at a provider, in one mode. */
export interface Account {
  provider: string;
  account: string;
  livemode: boolean;
}

interface Found {
  id: string;
  organization_id: string;
  merchant_id: string;
  payment_intent_id: string;
  amount: number;
  currency: string;
}

export interface FoundPayment extends Found {
  status: AttemptStatus;
  provider_payment_id: string | null;
  paid_at: string | null;
  updated_at: string;
}

export interface FoundRefund extends Found {
  status: RefundStatus;
  attempt_id: string;
}

// Late money can be another amount than was asked for; of held money a part may have been taken.
const AMOUNT = `coalesce(
      (select l.amount from late_payments l
       where l.payment_intent_id = a.payment_intent_id and l.attempt_id = a.id
       order by l.id collate "C" desc limit 1),
      case when a.authorize_only then coalesce(a.capture_amount, a.amount) else a.amount end)`;

const FIND_PAYMENTS: Statement = {
  name: 'find_payments_of_reconciliation',
  // Both ways are looks into an index. An id is only believed of an attempt that began with this account.
  text: `select a.id, a.organization_id, a.merchant_id, a.payment_intent_id, a.status, a.provider_payment_id,
      a.paid_at, a.updated_at, a.currency, ${AMOUNT} as amount
    from (
      select a.id from unnest($4::text[]) as r (id) join payment_attempts a on a.id = r.id
      union
      select a.id from unnest($5::text[]) as r (id)
      join payment_attempts a on a.adapter = $1 and a.provider_payment_id = r.id
    ) named join payment_attempts a on a.id = named.id
    where a.adapter = $1 and a.livemode = $3 and (a.provider_account is null or a.provider_account = $2)`,
};

/** By our ids and by those of the provider, whichever a row has. */
export async function listNamedPayments(
  db: Db,
  { provider, account, livemode }: Account,
  ids: string[],
  provider_payment_ids: string[],
): Promise<FoundPayment[]> {
  return db.query<FoundPayment>(FIND_PAYMENTS, [provider, account, livemode, ids, provider_payment_ids]);
}

const FIND_ELSEWHERE: Statement = {
  name: 'find_matched_elsewhere',
  text: `select distinct m.object_id from reconciliation_matches m join reconciliation_files f on f.id = m.file_id
    where m.object_id = any ($4::text[]) and f.provider = $1 and f.account = $2 and f.livemode = $3
      and f.status = 'imported' and (f.period_ends_at <= $5 or f.period_begins_at >= $6)`,
};

/** Which of these payments and refunds stand in a file of another day already. */
export async function listMatchedElsewhere(
  db: Db,
  { provider, account, livemode }: Account,
  object_ids: string[],
  from: string,
  to: string,
): Promise<string[]> {
  const values = [provider, account, livemode, object_ids, from, to];
  return (await db.query<{ object_id: string }>(FIND_ELSEWHERE, values)).map(({ object_id }) => object_id);
}

const FIND_REFUNDS: Statement = {
  name: 'find_refunds_of_reconciliation',
  text: `select r.id, r.organization_id, r.merchant_id, r.payment_intent_id, r.attempt_id, r.status, r.amount, r.currency
    from unnest($4::text[]) as named (id) join refunds r on r.id = named.id
    join payment_attempts a on a.id = r.attempt_id
    where r.adapter = $1 and r.livemode = $3 and (a.provider_account is null or a.provider_account = $2)`,
};

export async function listNamedRefunds(
  db: Db,
  { provider, account, livemode }: Account,
  ids: string[],
): Promise<FoundRefund[]> {
  return db.query<FoundRefund>(FIND_REFUNDS, [provider, account, livemode, ids]);
}

/** More than any account serves. */
const MOST_OWNERS = 1_000;

const PAID_BY: Statement = {
  name: 'list_organizations_paid_by_account',
  text: `select distinct organization_id from (
      select organization_id from payment_attempts
      where adapter = $1 and provider_account = $2 and status = 'paid' and livemode = $3
        and coalesce(paid_at, updated_at) >= $4 and coalesce(paid_at, updated_at) < $5
      union all
      select organization_id from former_processor_configs
      where provider = $1 and account = $2 and livemode = $3 and replaced_at > $4
    ) owners order by organization_id limit ${MOST_OWNERS}`,
};

/** Whose payments the account took in a stretch of time, and whose stores got another one only in it or later. */
export async function listOrganizationsOfAccount(
  db: Db,
  { provider, account, livemode }: Account,
  from: string,
  to: string,
): Promise<string[]> {
  const rows = await db.query<{ organization_id: string }>(PAID_BY, [provider, account, livemode, from, to]);
  return rows.map(({ organization_id }) => organization_id);
}

export interface SealedConfig {
  organization_id: string;
  merchant_store_id: string;
  credentials_sealed: Buffer;
}

const CONFIGS: Statement = {
  name: 'list_all_processor_configs',
  text: `select organization_id, merchant_store_id, credentials_sealed from payment_processor_configs
    where (organization_id, livemode, merchant_store_id) > ($3, $2, $4) and livemode = $2 and provider = $1
    order by organization_id, livemode, merchant_store_id limit $5`,
};

/** Settings of all stores for a provider, a page at a time: which account they name stands only in what is sealed. */
export async function listProviderConfigs(
  db: Db,
  provider: string,
  livemode: boolean,
  after: { organization_id: string; merchant_store_id: string },
  limit: number,
): Promise<SealedConfig[]> {
  const { organization_id, merchant_store_id } = after;
  return db.query<SealedConfig>(CONFIGS, [provider, livemode, organization_id, merchant_store_id, limit]);
}

/** What the account moved, in the order of the pages; the last one says where the next page begins. */
export interface Candidate {
  object_id: string;
  organization_id: string;
  merchant_id: string;
  payment_intent_id: string;
  attempt_id: string;
  refund_id: string | null;
  provider_payment_id: string | null;
  amount: number;
  currency: string;
  status: string;
  happened_at: string;
  /** The file of its day, if that is here. */
  file_id: string | null;
  business_date: string | null;
  /** In none of the files that could have it, all of which are here, and not reported before. */
  is_missing: boolean;
}

/** Where to look: one organization's part of an account, one kind of file, and a stretch of time. */
export interface MissingSearch extends Account {
  organization_id: string;
  contents: 'payments' | 'held_payments';
  from: string;
  to: string;
  /** So far from the edge of a day the neighbouring file may have what this one has not. */
  tolerance_ms: number;
}

const COVERING = (moment: string) => `
      select f.id, f.business_date from reconciliation_files f
      where f.provider = $1 and f.account = $2 and f.contents = $5 and f.organization_id = $4 and f.livemode = $3
        and f.status = 'imported' and f.period_begins_at <= ${moment} and f.period_ends_at > ${moment}
      order by f.period_begins_at desc limit 1`;

const TOLERANCE = `(select $8::integer * interval '1 millisecond') as tolerance (of)`;

/** Of a candidate `c`, which moved at `moved_at` and perhaps as late as `settled_at`. */
const IS_MISSING = `
      file.id is not null
      and not exists (
        select from reconciliation_matches m join reconciliation_files f on f.id = m.file_id
        where m.object_id = c.object_id and f.status = 'imported')
      and not exists (
        select from reconciliation_exceptions d
        where d.kind = 'missing_there' and d.source = 'file' and coalesce(d.refund_id, d.attempt_id) = c.object_id)
      and not exists (
        select from (
          select generate_series(c.moved_at - tolerance.of, c.settled_at + tolerance.of, interval '1 day') as at
          union all
          select c.settled_at + tolerance.of
        ) moments
        where not exists (${COVERING('moments.at')})) as is_missing`;

const PAID: Statement = {
  name: 'list_paid_of_reconciliation',
  // The page is cut before anything else is looked at, so that all pages together read each payment once.
  text: `select c.object_id, a.organization_id, a.merchant_id, a.payment_intent_id, a.id as attempt_id,
      null as refund_id, a.provider_payment_id, a.currency, a.status, c.moved_at as happened_at,
      file.id as file_id, file.business_date, ${AMOUNT} as amount, ${IS_MISSING}
    from (
      select id as object_id, coalesce(paid_at, updated_at) as moved_at, coalesce(paid_at, updated_at) as settled_at
      from payment_attempts, ${TOLERANCE}
      where adapter = $1 and provider_account = $2 and status = 'paid' and livemode = $3 and organization_id = $4
        and authorize_only = ($5 = 'held_payments')
        and coalesce(paid_at, updated_at) >= greatest($6::timestamptz - tolerance.of, $10::timestamptz)
        and coalesce(paid_at, updated_at) < $7::timestamptz + tolerance.of
        and (coalesce(paid_at, updated_at), id) > ($10::timestamptz, $11)
      order by coalesce(paid_at, updated_at), id limit $9
    ) c
    cross join ${TOLERANCE}
    join payment_attempts a on a.id = c.object_id
    left join lateral (${COVERING('c.moved_at')}) file on true
    order by c.moved_at, c.object_id`,
};

const REFUNDED: Statement = {
  name: 'list_refunded_of_reconciliation',
  // By their ids, which ascend with time: a refund that took longer than from $10 to $11 was decided by a person.
  text: `select c.object_id, r.organization_id, r.merchant_id, r.payment_intent_id, r.attempt_id,
      r.id as refund_id, a.provider_payment_id, r.currency, r.status, c.moved_at as happened_at,
      file.id as file_id, file.business_date, r.amount, ${IS_MISSING}
    from (
      select r.id as object_id, coalesce(r.asked_at, r.created_at) as moved_at,
             greatest(r.updated_at, coalesce(r.asked_at, r.created_at)) as settled_at
      from ${TOLERANCE} cross join refunds r join payment_attempts a on a.id = r.attempt_id
      where r.organization_id = $4 and r.livemode = $3 and r.id collate "C" > $10 and r.id collate "C" < $11
        and r.status = 'succeeded' and r.adapter = $1 and a.provider_account = $2
        and a.authorize_only = ($5 = 'held_payments')
        and r.updated_at >= $6::timestamptz - tolerance.of
        and coalesce(r.asked_at, r.created_at) < $7::timestamptz + tolerance.of
      order by r.id collate "C" limit $9
    ) c
    cross join ${TOLERANCE}
    join refunds r on r.id = c.object_id
    join payment_attempts a on a.id = r.attempt_id
    left join lateral (${COVERING('c.moved_at')}) file on true
    order by c.object_id collate "C"`,
};

function valuesOf(search: MissingSearch, limit: number): unknown[] {
  const { provider, account, livemode, organization_id, contents, from, to, tolerance_ms } = search;
  return [provider, account, livemode, organization_id, contents, from, to, tolerance_ms, limit];
}

/** A page of the payments that the account took in the time of a file, or near it, each with whether it is missing. */
export async function listPaidCandidates(
  db: Db,
  search: MissingSearch,
  after: Candidate | null,
  limit: number,
): Promise<Candidate[]> {
  const place = [after?.happened_at ?? '-infinity', after?.object_id ?? ''];
  return db.query<Candidate>(PAID, [...valuesOf(search, limit), ...place]);
}

/** The same of refunds, among those whose ids lie between two bounds. */
export async function listRefundedCandidates(
  db: Db,
  search: MissingSearch,
  ids: { from: string; to: string },
  after: Candidate | null,
  limit: number,
): Promise<Candidate[]> {
  const place = [after?.object_id ?? ids.from, ids.to];
  return db.query<Candidate>(REFUNDED, [...valuesOf(search, limit), ...place]);
}
