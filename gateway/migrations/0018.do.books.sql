-- The books: every movement of money is written down as a transfer from one account to another, once and for good,
-- by the statement that moves it. A row is balanced by itself, so the whole is: there is no second row that could be
-- missing. What a provider owes, what was sold and what each day came to is read from here. The day of a movement is
-- its store's business day, which begins at an hour of the store's choice in its own time zone.

-- PostgreSQL refuses a name that it does not know while it converts, so that no store has a zone in which none of its
-- payments could be booked.
create domain time_zone as text check ((timestamptz 'epoch' at time zone value) is not null);
create domain time_of_day as text check (value ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');

alter table stores
  add column time_zone time_zone not null default 'Asia/Tokyo',
  -- 05:00: the day ends at 05:00 of the next calendar day.
  add column business_day_starts_at time_of_day not null default '00:00',
  -- Other hours open no day again that was over by the hours before: nothing moves on a day before this one.
  add column business_days_from date;

-- The business day of an instant. A day begins when the clock shows its hour; where the clock is moved, an hour that
-- comes twice counts the second time, and one that never comes is counted on from the time before. domain/business-date.ts
-- says the same. PL/pgSQL keeps its plan, which a function in SQL makes anew for every statement that calls it.
create function business_date(at timestamptz, time_zone text, starts_at text) returns date
language plpgsql immutable strict parallel safe as $$
declare
  clock interval := make_interval(hours => left(starts_at, 2)::int, mins => right(starts_at, 2)::int);
  day date := (at at time zone time_zone) - clock;
begin
  if at < (day + clock) at time zone time_zone then return day - 1; end if;
  if at >= (day + 1 + clock) at time zone time_zone then return day + 1; end if;
  return day;
end
$$;

-- Who owes us the money. SP-NET settles the cards of a terminal; e-money is settled by the terminal's own operator.
create function book_provider(adapter text, payment_method_type text) returns text
language sql immutable parallel safe as $$
  select case when adapter = 'TERMINAL' and payment_method_type = 'credit_card' then 'SP_NET' else adapter end
$$;

-- How much of a tax belongs to a part of an amount. Parts that follow each other get the differences, so that all of
-- them add up to the whole.
create function tax_share(tax bigint, part bigint, whole bigint) returns bigint
language sql immutable parallel safe as $$ select div(tax::numeric * part, whole)::bigint $$;

-- An entry that follows from a row has its id from there: the same movement has the same id, whoever writes it down.
create function book_entry_id(object_id text, kind text) returns text
language sql immutable parallel safe as $$
  select 'be_' || substr(object_id, strpos(object_id, '_') + 1, 10) || upper(left(md5(object_id || ' ' || kind), 16))
$$;

-- Closed lists and signs as domains, whose checks PostgreSQL keeps ready: the payment pays for them.
create domain book_account as text check (value in
  ('receivable', 'sales', 'late_money', 'fees', 'bank', 'adjustments'));
create domain book_kind as text check (value in
  ('payment', 'refund', 'late_payment', 'late_payment_refund', 'late_payment_kept', 'fee', 'settlement',
   'fee_reversal', 'settlement_reversal', 'adjustment'));
create domain booked_amount as bigint check (value > 0);

-- Nothing here is ever dropped, and a movement is booked once over all time, which only one index over all rows can
-- prove: so the table is not cut by time.
create table book_entries (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  provider text not null,
  business_date date not null,
  currency currency_code not null,
  kind book_kind not null,
  debit_account book_account not null,
  credit_account book_account not null,
  amount booked_amount not null,
  -- What of the amount is tax, where it is a part of the sales.
  tax_amount bigint not null default 0,
  -- What moved: the attempt that brought the money, the refund, the late payment, the settlement.
  object_id text not null,
  payment_intent_id text,
  created_at timestamptz(3) not null,
  check (debit_account <> credit_account),
  check (tax_amount between 0 and amount),
  primary key (object_id, kind)
);

-- A day's entries, of an organization, a merchant or a store; of a store in their order, for the pages of its export.
create index book_entries_by_day
  on book_entries (organization_id, livemode, business_date, merchant_id, merchant_store_id, created_at);

create function refuse_to_change_books() returns trigger language plpgsql as $$
begin
  raise exception 'book entries are never changed: book the opposite' using errcode = 'restrict_violation';
end
$$;
create trigger book_entries_append_only before update or delete or truncate on book_entries
  for each statement execute function refuse_to_change_books();

-- Since when a person keeps it: from then on it counts as sold, until it goes back. The release before does not write
-- it, so rows that are only `kept` count as well.
alter table late_payments add column kept_at timestamptz(3);
update late_payments l set kept_at = coalesce(
  (select min(a.created_at) from audit_log a
   where a.organization_id = l.organization_id and a.action = 'late_payment.resolved' and a.object_id = l.id
     and a.details ->> 'action' = 'keep'),
  case when l.status = 'kept' then l.resolved_at end)
where l.resolved_at is not null;

-- What some payments have moved, as the rows of payments, refunds and late payments say it: what the books must have. It
-- fills them here with what moved before, and is what they are held against afterwards. A payment of which only the
-- books could tell when it was written down stands at the last change of its attempt.
create function money_movements(payment_intent_ids text[]) returns table (
  organization_id text, livemode boolean, merchant_id text, merchant_store_id text, provider text, currency text,
  kind text, debit_account text, credit_account text, amount bigint, tax_amount bigint, object_id text,
  payment_intent_id text, created_at timestamptz
) language sql stable parallel safe as $$
  select p.organization_id, p.livemode, p.merchant_id, p.merchant_store_id,
    book_provider(a.adapter, a.payment_method_type) as provider, p.currency::text as currency,
    'payment' as kind, 'receivable' as debit_account, 'sales' as credit_account, p.amount_received as amount,
    tax_share(coalesce(p.tax_amount, 0), p.amount_received, p.amount) as tax_amount,
    a.id as object_id, p.id as payment_intent_id,
    case when a.status = 'paid' then a.updated_at else coalesce(a.paid_at, a.updated_at) end as created_at
  from payment_intents p join payment_attempts a on a.id = p.attempt_id
  where p.id = any (payment_intent_ids) and p.amount_received > 0
union all
  select p.organization_id, p.livemode, p.merchant_id, p.merchant_store_id,
    book_provider(a.adapter, a.payment_method_type), r.currency::text, 'refund', 'sales', 'receivable', r.amount,
    tax_share(p.tax_received, r.refunded_before + r.amount, p.amount_received)
      - tax_share(p.tax_received, r.refunded_before, p.amount_received),
    r.id, r.payment_intent_id, r.updated_at
  from (
    select f.id, f.payment_intent_id, f.attempt_id, f.currency, f.amount::bigint as amount, f.updated_at,
      (sum(f.amount) over (partition by f.payment_intent_id order by f.updated_at, f.id collate "C") - f.amount)::bigint
        as refunded_before
    from refunds f
    where f.payment_intent_id = any (payment_intent_ids) and f.status = 'succeeded' and f.late_payment_id is null
  ) r
  join (
    select i.*, tax_share(coalesce(i.tax_amount, 0), i.amount_received, i.amount) as tax_received
    from payment_intents i
  ) p on p.id = r.payment_intent_id
  join payment_attempts a on a.id = r.attempt_id
union all
  select p.organization_id, p.livemode, p.merchant_id, p.merchant_store_id,
    book_provider(a.adapter, a.payment_method_type), l.currency, m.kind, m.debit_account, m.credit_account, l.amount,
    case when m.is_taxed and l.currency = p.currency
      then tax_share(coalesce(p.tax_amount, 0), l.amount, p.amount) else 0 end,
    l.id, l.payment_intent_id, coalesce(m.at, l.created_at)
  from (
    select late.*, coalesce(late.kept_at, case when late.status = 'kept' then late.resolved_at end) as counted_at
    from late_payments late
    where late.payment_intent_id = any (payment_intent_ids) and not late.authorized_only
  ) l
  join payment_intents p on p.id = l.payment_intent_id
  join payment_attempts a on a.id = l.attempt_id
  cross join lateral (values
    ('late_payment', 'receivable', 'late_money', true, false, l.created_at),
    ('late_payment_kept', 'late_money', 'sales', l.counted_at is not null, true, l.counted_at),
    ('late_payment_refund', case when l.counted_at is null then 'late_money' else 'sales' end, 'receivable',
     l.status = 'refunded', l.counted_at is not null,
     (select f.updated_at from refunds f where f.id = l.refund_id and f.status = 'succeeded'))
  ) m (kind, debit_account, credit_account, has_moved, is_taxed, at)
  where m.has_moved
$$;

-- Books what of some payments has moved and is in no book; says how many entries that are. What the release before this
-- one kept beside it is marked as what it counts as from here on.
create function book_missing_movements(payment_intent_ids text[]) returns bigint language plpgsql as $$
declare
  booked bigint;
begin
  update late_payments l set kept_at = l.resolved_at
  where l.payment_intent_id = any (payment_intent_ids) and l.status = 'kept' and l.kept_at is null;
  insert into book_entries (id, organization_id, livemode, merchant_id, merchant_store_id, provider, business_date,
                            currency, kind, debit_account, credit_account, amount, tax_amount, object_id,
                            payment_intent_id, created_at)
  select book_entry_id(m.object_id, m.kind), m.organization_id, m.livemode, m.merchant_id, m.merchant_store_id,
    m.provider,
    business_date(m.created_at, coalesce(s.time_zone, 'Asia/Tokyo'), coalesce(s.business_day_starts_at, '00:00')),
    m.currency, m.kind, m.debit_account, m.credit_account, m.amount, m.tax_amount, m.object_id,
    m.payment_intent_id, m.created_at
  from money_movements(payment_intent_ids) m
  left join stores s on s.organization_id = m.organization_id and s.livemode = m.livemode
    and s.id = m.merchant_store_id
  on conflict do nothing;
  get diagnostics booked = row_count;
  return booked;
end
$$;

-- How far the continuous check has come: the events of what changed, all payments by their ids, all entries by theirs.
create table book_checks (
  walk text primary key check (walk in ('events', 'payments', 'entries')),
  walked_to text not null,
  -- When the last round over everything ended.
  finished_at timestamptz(3),
  updated_at timestamptz(3) not null
);

-- Where rows and books say different things. A row stays until they agree.
create table book_disagreements (
  object_id text not null,
  kind book_kind not null,
  organization_id text not null,
  livemode boolean not null,
  payment_intent_id text,
  fault text not null check (fault in ('missing', 'differs', 'unexpected')),
  found_at timestamptz(3) not null,
  primary key (object_id, kind)
);
