-- What providers settle, held against our books, merchant by merchant and day by day; and whatever differs, from all
-- sources, in one table that people work off. The differences of files become part of it and are called exceptions.

alter table reconciliation_files rename differences_count to exceptions_count;
-- The provider's day that a file tells of. All files until now are of days in Japan.
alter table reconciliation_files add business_date date;
update reconciliation_files set business_date = (period_begins_at at time zone 'Asia/Tokyo')::date;
alter table reconciliation_files alter business_date set not null;
-- Files from before have no settlements, and what their neighbours tell makes none of a part of a day.
alter table reconciliation_files add is_settled boolean not null default false;
alter table reconciliation_files alter is_settled set default true;
-- Files of two days on which nothing happened are the same bytes, and each of them tells of its day.
alter table reconciliation_files drop constraint reconciliation_files_organization_id_livemode_provider_acco_key;
alter table reconciliation_files add constraint reconciliation_files_imported_once
  unique (organization_id, livemode, provider, account, period_begins_at, period_ends_at, sha256);

alter table reconciliation_differences rename to reconciliation_exceptions;
alter index reconciliation_differences_pkey rename to reconciliation_exceptions_pkey;
alter index reconciliation_differences_by_file rename to reconciliation_exceptions_by_file;
alter table reconciliation_exceptions
  rename constraint reconciliation_differences_file_id_fkey to reconciliation_exceptions_file_id_fkey;
alter table reconciliation_exceptions
  rename constraint reconciliation_differences_check to reconciliation_exceptions_resolved_by_somebody;
alter table reconciliation_exceptions drop constraint reconciliation_differences_kind_check;
drop index reconciliation_differences_open;
drop index reconciliation_differences_missing_once;

create table settlements (
  id text primary key,
  organization_id text not null references organizations (id),
  livemode boolean not null,
  merchant_id text not null,
  -- Who owes us the money, as the books have it.
  provider text not null,
  -- The provider's own name of the account and the kind of file, where one day has several.
  account text,
  contents text check (contents in ('payments', 'held_payments')),
  business_date date not null,
  currency currency_code not null,
  source text not null check (source in ('file', 'by_hand', 'notifications')),
  file_name text,
  line integer,
  file_id text references reconciliation_files (id),
  card_batch_id text,
  -- As the provider states it. What it does not state is null, and is never worked out from the rest.
  transaction_count integer not null check (transaction_count >= 0),
  gross_amount bigint not null,
  refunded_amount bigint not null,
  fees_amount bigint,
  net_amount bigint,
  -- As we have it.
  expected_transaction_count integer not null check (expected_transaction_count >= 0),
  expected_gross_amount bigint not null,
  expected_refunded_amount bigint not null,
  status text not null check (status in ('reconciled', 'exceptions', 'replaced')),
  replaced_by text references settlements (id) deferrable initially deferred,
  exceptions_count integer not null default 0,
  open_exceptions_count integer not null default 0 check (open_exceptions_count between 0 and exceptions_count),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check ((status = 'replaced') = (replaced_by is not null)),
  check (case status when 'reconciled' then open_exceptions_count = 0
                     when 'exceptions' then open_exceptions_count > 0 else true end)
);
-- A merchant's day at a provider is settled once; a file that is issued again replaces it.
create unique index settlements_in_force on settlements
  (organization_id, livemode, merchant_id, provider, coalesce(account, ''), coalesce(contents, ''), business_date,
   currency)
  where status <> 'replaced';
create index settlements_in_order on settlements (organization_id, livemode, id collate "C");
create index settlements_by_merchant on settlements (organization_id, livemode, merchant_id, id collate "C");
create index settlements_by_id on settlements (id collate "C");
create index settlements_by_day on settlements (organization_id, livemode, business_date);
create index settlements_by_file on settlements (file_id) where file_id is not null;

alter table reconciliation_exceptions
  add source text not null default 'file' check (source in ('file', 'settlement', 'order_list')),
  add settlement_id text references settlements (id),
  add order_list_id text,
  add provider text,
  add business_date date,
  add field text
    check (field in ('transaction_count', 'gross_amount', 'refunded_amount', 'fees_amount', 'net_amount')),
  add count_here integer,
  add count_there integer,
  -- What was booked when a person settled it, in minor units: above zero, the provider owes us more.
  add adjustment_amount bigint check (adjustment_amount <> 0),
  alter file_id drop not null,
  -- A sum has no moment.
  alter happened_at drop not null,
  add constraint reconciliation_exceptions_kind_check check (kind in
    ('missing_here', 'missing_there', 'amount_differs', 'status_differs', 'totals_differ', 'cross_midnight')),
  add constraint reconciliation_exceptions_field_of_totals check ((kind = 'totals_differ') = (field is not null)),
  add constraint reconciliation_exceptions_adjusted_when_resolved
    check (adjustment_amount is null or resolved_at is not null);

-- They were named after what the table was called. The audit log keeps the old names, as it keeps everything.
update reconciliation_exceptions e
set id = 'rx' || substr(e.id, 3), provider = f.provider, business_date = f.business_date
from reconciliation_files f where f.id = e.file_id;

alter table reconciliation_exceptions
  alter source drop default,
  alter provider set not null,
  alter business_date set not null;

create index reconciliation_exceptions_in_order on reconciliation_exceptions (organization_id, livemode, id collate "C");
create index reconciliation_exceptions_open on reconciliation_exceptions (organization_id, livemode, id collate "C")
  where resolved_at is null;
create index reconciliation_exceptions_by_merchant
  on reconciliation_exceptions (organization_id, livemode, merchant_id, id collate "C");
create index reconciliation_exceptions_by_settlement on reconciliation_exceptions (settlement_id, id collate "C")
  where settlement_id is not null;
create index reconciliation_exceptions_by_order_list on reconciliation_exceptions (order_list_id, id collate "C")
  where order_list_id is not null;
-- A payment or a refund is reported as missing in files once, also after somebody has settled it.
create unique index reconciliation_exceptions_missing_once
  on reconciliation_exceptions (coalesce(refund_id, attempt_id))
  where kind = 'missing_there' and source = 'file';
-- What explained itself by a file that comes again without it is missing once more.
create index reconciliation_exceptions_explained
  on reconciliation_exceptions (coalesce(refund_id, attempt_id))
  where kind = 'cross_midnight' and source = 'file';
