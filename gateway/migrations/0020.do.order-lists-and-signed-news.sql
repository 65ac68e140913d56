-- Two more sides against which a day's money is held: the list of orders that a merchant's own system says it had, and
-- what a provider that nobody can ask has told and signed.

create table order_lists (
  id text primary key,
  organization_id text not null references organizations (id),
  livemode boolean not null,
  merchant_id text not null,
  -- Null: of a merchant's payments that belong to no store.
  merchant_store_id text,
  business_date date not null,
  currency text not null,
  -- Of the orders and of what was found about each: the same list with the same findings is not a new one.
  sha256 bytea not null check (length(sha256) = 32),
  -- A changed list of the same day takes the place of the one before.
  replaced_by text,
  orders_count integer not null check (orders_count >= 0),
  paid_amount bigint not null check (paid_amount >= 0),
  refunded_amount bigint not null check (refunded_amount between 0 and paid_amount),
  -- What the gateway wrote down on that day for that store, as it was when the list came.
  gateway_orders_count integer not null,
  gateway_paid_amount bigint not null,
  gateway_refunded_amount bigint not null,
  matched_count integer not null check (matched_count between 0 and orders_count),
  created_at timestamptz(3) not null
);
create unique index order_lists_one_per_day on order_lists
  (organization_id, livemode, merchant_id, business_date, coalesce(merchant_store_id, ''), currency)
  where replaced_by is null;

-- The orders of the lists that count, with what the gateway has of each. They are forgotten with the events of their
-- time; ids in the order of their bytes are in the order of time.
create table listed_orders (
  order_list_id text collate "C" not null references order_lists (id),
  -- Its place in the list, from 0, as errors and the list itself count.
  position integer not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_ref_id text not null,
  amount bigint not null check (amount > 0),
  status text not null check (status in ('paid', 'refunded', 'cancelled')),
  payment_method_type text,
  refunded_amount bigint check (refunded_amount between 0 and amount),
  result text not null check (result in
    ('matched', 'missing_here', 'amount_differs', 'status_differs', 'cross_midnight')),
  payment_intent_id text,
  amount_here bigint,
  refunded_amount_here bigint,
  status_here text,
  -- The payment that a provider's file must know, who keeps it, and when it was written down.
  attempt_id text,
  provider text,
  booked_at timestamptz(3),
  primary key (order_list_id, position),
  unique (order_list_id, merchant_ref_id)
);

-- What a provider's file, or its settlement, says of one payment.
create index reconciliation_exceptions_by_attempt on reconciliation_exceptions (attempt_id)
  where attempt_id is not null;

-- What a provider that cannot be asked has told of an attempt, proven by its signature. Nobody tells it again, so it
-- is kept for as long as the books are.
create table signed_news (
  attempt_id text not null,
  -- Hash of what was signed: the same news come by the provider's server and by the customer's browser.
  dedupe_key text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null,
  provider text not null,
  -- The kind of provider result: paid, ended_unpaid, unknown.
  result text not null,
  -- As stated, believed or not. Null: nothing was paid, or the amount is none.
  amount bigint check (amount >= 0),
  currency text,
  provider_payment_id text,
  received_at timestamptz(3) not null,
  primary key (attempt_id, dedupe_key),
  check ((amount is null) = (currency is null))
);
create index signed_news_by_time on signed_news (organization_id, livemode, provider, received_at);
create trigger signed_news_only_grow before update or delete or truncate on signed_news
  for each statement execute function refuse_change();

-- Until which day an organization's signed news have been held against its books.
create table signed_news_progress (
  organization_id text not null references organizations (id),
  livemode boolean not null,
  provider text not null,
  last_business_date date not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode, provider)
);

-- What was paid by such news before they were kept. Those that a person resolved had none.
insert into signed_news (attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id, provider,
                         result, amount, currency, provider_payment_id, received_at)
select a.id, 'kept_later', a.organization_id, a.livemode, a.merchant_id, a.payment_intent_id, a.adapter,
       'paid', a.amount, a.currency, a.provider_payment_id, coalesce(a.paid_at, a.updated_at)
from payment_attempts a
where a.adapter = 'MPGS' and a.status = 'paid'
  and not exists (select from audit_log l where l.object_id = a.payment_intent_id
                    and l.action = 'payment_intent.resolved');

-- Whoever has taken payments by it until now begins with the day before this one.
insert into signed_news_progress (organization_id, livemode, provider, last_business_date, updated_at)
select organization_id, livemode, 'MPGS', (now() at time zone 'Asia/Tokyo')::date - 2, now()
from (
  select organization_id, livemode from payment_processor_configs where provider = 'MPGS'
  union select organization_id, livemode from former_processor_configs where provider = 'MPGS'
) taking;
