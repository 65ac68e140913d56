// What providers that cannot be asked have told of an attempt, proven by signature: kept before anything is done about
// it, and for good, because nobody tells it again.
import type { NewsLine } from '../domain/signed-news.ts';
import { type Db, parseInstant, type Statement, type Tx } from './pool.ts';

export interface SignedNews {
  attempt_id: string;
  /** The same for the same words, whoever brings them. */
  dedupe_key: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  payment_intent_id: string;
  provider: string;
  /** The kind of provider result. */
  result: string;
  /** Minor units as stated, believed or not. Null: no payment, or of an amount that is none. */
  amount: number | null;
  currency: string | null;
  provider_payment_id: string | null;
  received_at: string;
}

const INSERT: Statement = {
  name: 'insert_signed_news',
  text: `insert into signed_news
      (attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id, provider,
       result, amount, currency, provider_payment_id, received_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict (attempt_id, dedupe_key) do nothing`,
};

/** The same news again are no second ones. */
export async function insertSignedNews(tx: Tx, news: SignedNews): Promise<void> {
  const { attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id } = news;
  const { provider, result, amount, currency, provider_payment_id, received_at } = news;
  await tx.query(INSERT, [
    ...[attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id],
    ...[provider, result, amount, currency, provider_payment_id, received_at],
  ]);
}

export interface NewsDay {
  organization_id: string;
  livemode: boolean;
  provider: string;
  business_date: string;
}

const LINES: Statement = {
  name: 'list_news_lines',
  // The books' index is by business dates: those of a store are at most two days from Japan's.
  text: `
    with touched as (
      select n.attempt_id from signed_news n
      where n.organization_id = $1 and n.livemode = $2 and n.provider = $3 and n.received_at >= $4 and n.received_at < $5
      union
      select case when e.kind = 'payment' then e.object_id
                  else (select l.attempt_id from late_payments l where l.id = e.object_id) end
      from book_entries e
      where e.organization_id = $1 and e.livemode = $2 and e.provider = $3
        and e.created_at >= $4 and e.created_at < $5 and e.business_date between $6::date - 2 and $6::date + 2
        and e.kind in ('payment', 'late_payment')
    )
    select a.id as attempt_id, a.merchant_id, a.payment_intent_id, a.status, a.amount, a.currency,
      coalesce(told.rows, '[]') as told, coalesce(booked.rows, '[]') as booked
    from (select attempt_id from touched where attempt_id > $7 order by attempt_id limit $8) t
    join payment_attempts a on a.id = t.attempt_id
    left join lateral (
      select json_agg(json_build_object('result', n.result, 'amount', n.amount, 'currency', n.currency,
        'provider_payment_id', n.provider_payment_id, 'received_at', n.received_at)
        order by n.received_at, n.dedupe_key) as rows
      from signed_news n where n.attempt_id = a.id
    ) told on true
    left join lateral (
      select json_agg(json_build_object('amount', e.amount, 'currency', e.currency, 'created_at', e.created_at)
        order by e.created_at, e.object_id) as rows
      from (
        select a.id as object_id, 'payment' as kind
        union all
        select l.id, 'late_payment' from late_payments l
        where l.payment_intent_id = a.payment_intent_id and l.attempt_id = a.id
      ) o
      join book_entries e on e.object_id = o.object_id and e.kind = o.kind
    ) booked on true
    order by a.id`,
};

/** The attempts of which something was told or booked between two instants, with all of both. */
export async function listNewsLines(
  db: Db,
  day: NewsDay,
  { from, to }: { from: string; to: string },
  after: string,
  limit: number,
): Promise<NewsLine[]> {
  const { organization_id, livemode, provider, business_date } = day;
  const values = [organization_id, livemode, provider, from, to, business_date, after, limit];
  const lines = await db.query<NewsLine>(LINES, values);
  return lines.map((line) => ({
    ...line,
    told: line.told.map((news) => ({ ...news, received_at: parseInstant(news.received_at) })),
    booked: line.booked.map((money) => ({ ...money, created_at: parseInstant(money.created_at) })),
  }));
}

const DUE: Statement = {
  name: 'list_due_news_settlements',
  text: `select c.organization_id, c.livemode, p.last_business_date,
      case when p.last_business_date is null then least(c.since, (
        select min(n.received_at) from signed_news n
        where n.organization_id = c.organization_id and n.livemode = c.livemode and n.provider = $1
      )) end as since
    from (
      select organization_id, livemode, min(since) as since from (
        select organization_id, livemode, updated_at as since from payment_processor_configs where provider = $1
        union all
        select organization_id, livemode, replaced_at from former_processor_configs where provider = $1
      ) settings group by organization_id, livemode
    ) c
    left join signed_news_progress p
      on p.organization_id = c.organization_id and p.livemode = c.livemode and p.provider = $1
    where p.last_business_date is null or p.last_business_date < $2
    order by p.last_business_date nulls first, c.organization_id, c.livemode limit $3`,
};

export interface DueNews {
  organization_id: string;
  livemode: boolean;
  /** The last day that was held against the books; null: none yet. */
  last_business_date: string | null;
  /** Where there was none yet: since when there are settings or news. */
  since: string | null;
}

/** Who takes payments by a provider, and has a day that ended and was not looked at yet. */
export async function listDueNews(
  db: Db,
  provider: string,
  ended: string,
  limit: number,
): Promise<DueNews[]> {
  return db.query<DueNews>(DUE, [provider, ended, limit]);
}

const ADVANCE: Statement = {
  name: 'advance_news_progress',
  text: `insert into signed_news_progress as p (organization_id, livemode, provider, last_business_date, updated_at)
    values ($1, $2, $3, $4, $5)
    on conflict (organization_id, livemode, provider) do update
      set last_business_date = excluded.last_business_date, updated_at = excluded.updated_at
      where p.last_business_date < excluded.last_business_date
    returning organization_id`,
};

/** Takes a day. False when another worker has it: whoever asks meanwhile waits here for that one's end. */
export async function advanceNewsProgress(tx: Tx, day: NewsDay, now: string): Promise<boolean> {
  const { organization_id, livemode, provider, business_date } = day;
  return (await tx.query(ADVANCE, [organization_id, livemode, provider, business_date, now])).length > 0;
}

const IN_FORCE: Statement = {
  name: 'list_news_settlements_in_force',
  text: `select merchant_id, currency from settlements
    where organization_id = $1 and livemode = $2 and provider = $3 and business_date = $4
      and source = 'notifications' and status <> 'replaced'`,
};

/** Whose day was settled before, so that one that has come to nothing is replaced as well. */
export async function listNewsSettlementsInForce(
  db: Db,
  { organization_id, livemode, provider, business_date }: NewsDay,
): Promise<{ merchant_id: string; currency: string }[]> {
  return db.query(IN_FORCE, [organization_id, livemode, provider, business_date]);
}
