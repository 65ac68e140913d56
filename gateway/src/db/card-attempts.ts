// The card attempts of a day, page by page, for the processor's file: the approved ones as the books have them, so that
// the file and the books cannot disagree, and the declined ones by the moment at which that was written down.
import type { CardAttempt } from '../domain/card-batch-file.ts';
import type { ConnectionOwner } from './card-processor-connections.ts';
import type { Db, Statement } from './pool.ts';

/** A stretch of time, without its end. */
export interface Stretch {
  from: string;
  to: string;
}

/** Where a page begins: behind this attempt. */
export interface AttemptPlace {
  at: string;
  attempt_id: string;
}

// The books' index is by business dates: those of a store are at most two days from the instant's.
const IN_STRETCH = `e.created_at >= $3::timestamptz and e.created_at < $4::timestamptz
    and e.business_date between ($3::timestamptz at time zone 'UTC')::date - 2
      and ($4::timestamptz at time zone 'UTC')::date + 1`;

const BOOKED = `
  from book_entries e
  where e.organization_id = $1 and e.livemode = $2 and e.provider = 'SP_NET' and e.currency = 'JPY'
    and ${IN_STRETCH}`;

// What came late has its own id in the books. There is little of it, so that it is read whole for each page.
const LIST: Statement = {
  name: 'list_card_attempts',
  text: `
    with approved as (
      select e.object_id as attempt_id, e.created_at as at, e.amount ${BOOKED} and e.kind = 'payment'
        and (e.created_at, e.object_id collate "C") > ($5::timestamptz, $6)
      order by e.created_at, e.object_id collate "C" limit $7::int
    ),
    late_entries as materialized (
      select e.object_id, e.created_at as at, e.amount ${BOOKED} and e.kind = 'late_payment'
        and e.created_at >= $5::timestamptz
    ),
    late as (
      select l.attempt_id, b.at, b.amount from late_entries b join late_payments l on l.id = b.object_id
      where (b.at, l.attempt_id collate "C") > ($5::timestamptz, $6)
      order by b.at, l.attempt_id collate "C" limit $7::int
    ),
    declined as (
      select a.id as attempt_id, a.updated_at as at, a.amount::bigint as amount from payment_attempts a
      where a.organization_id = $1 and a.livemode = $2 and a.adapter = 'TERMINAL'
        and a.payment_method_type = 'credit_card' and a.status in ('declined', 'ended_unpaid') and a.currency = 'JPY'
        and a.updated_at >= $3::timestamptz and a.updated_at < $4::timestamptz
        and (a.updated_at, a.id collate "C") > ($5::timestamptz, $6)
      order by a.updated_at, a.id collate "C" limit $7::int
    ),
    page as (
      select * from (
        select *, true as is_approved from approved
        union all select *, true from late
        union all select *, false from declined
      ) every_one
      order by at, attempt_id collate "C" limit $7::int
    )
    select p.attempt_id, p.at, to_char(p.at at time zone 'Asia/Tokyo', 'HH24:MI:SS') as local_time, p.amount,
      a.external_ref_id as approval_code, p.is_approved
    from page p join payment_attempts a on a.id = p.attempt_id
    order by p.at, p.attempt_id collate "C"`,
};

/** In the order of time and id; the amounts of approved ones are what was taken. */
export async function listCardAttempts(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
  { from, to }: Stretch,
  after: AttemptPlace | null,
  limit: number,
): Promise<(CardAttempt & { at: string })[]> {
  const place = after === null ? [from, ''] : [after.at, after.attempt_id];
  return db.query(LIST, [organization_id, livemode, from, to, ...place, limit]);
}

const OTHER_CURRENCIES: Statement = {
  name: 'sum_cards_in_other_currencies',
  text: `select e.merchant_id, e.currency, count(*)::int as payments_count, sum(e.amount)::bigint as payments_amount
    from book_entries e
    where e.organization_id = $1 and e.livemode = $2 and e.provider = 'SP_NET' and e.currency <> 'JPY'
      and e.kind in ('payment', 'late_payment')
      and ${IN_STRETCH}
    group by 1, 2 order by 1, 2`,
};

export interface OtherCurrency {
  merchant_id: string;
  currency: string;
  payments_count: number;
  payments_amount: number;
}

/** Approved, and in no file: its format has no currency. */
export async function sumCardsInOtherCurrencies(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
  { from, to }: Stretch,
): Promise<OtherCurrency[]> {
  return db.query<OtherCurrency>(OTHER_CURRENCIES, [organization_id, livemode, from, to]);
}
