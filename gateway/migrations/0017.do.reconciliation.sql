-- What providers' files of a day say, held against our books. A file is of one account at a provider, and an account
-- can serve the stores of several organizations: each has a row of its own for the file, with its own counts and its
-- own differences, and sees nothing of the others'.

create table reconciliation_files (
  id text primary key,
  organization_id text not null references organizations (id),
  livemode boolean not null,
  provider text not null,
  account text not null,
  -- Money that was held first stands in a file of its own.
  contents text not null check (contents in ('payments', 'held_payments')),
  file_name text not null,
  sha256 bytea not null check (length(sha256) = 32),
  source text not null check (source in ('notification', 'by_hand')),
  -- The stretch of time that it tells of, without its end.
  period_begins_at timestamptz(3) not null,
  period_ends_at timestamptz(3) not null check (period_ends_at > period_begins_at),
  -- A file of the same period takes the place of the one before.
  status text not null check (status in ('importing', 'imported', 'replaced')),
  replaced_by text,
  -- How much of the file is this organization's own.
  payments_count integer not null default 0,
  amount_paid bigint not null default 0,
  refunds_count integer not null default 0,
  amount_refunded bigint not null default 0,
  -- Rows that move money and belong to nothing that the gateway knows.
  unknown_count integer not null default 0,
  amount_unknown bigint not null default 0,
  differences_count integer not null default 0,
  received_at timestamptz(3) not null,
  imported_at timestamptz(3),
  check ((status = 'importing') = (imported_at is null)),
  check ((status = 'replaced') = (replaced_by is not null)),
  -- The same file is imported once, whatever it is called and however it came.
  unique (organization_id, livemode, provider, account, sha256)
);
create index reconciliation_files_in_order on reconciliation_files (organization_id, livemode, id collate "C");
create index reconciliation_files_by_id on reconciliation_files (id collate "C");
-- Which file tells of a moment, and which one a new one replaces.
create index reconciliation_files_by_period
  on reconciliation_files (provider, account, contents, organization_id, livemode, period_begins_at)
  where status = 'imported';

create table reconciliation_differences (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  file_id text not null references reconciliation_files (id),
  kind text not null check (kind in ('missing_here', 'missing_there', 'amount_differs', 'status_differs')),
  merchant_id text,
  payment_intent_id text,
  attempt_id text,
  refund_id text,
  provider_payment_id text,
  -- What the provider holds as the merchant's id, and the line of the file, where there is one.
  provider_reference text,
  line integer,
  amount_here bigint,
  amount_there bigint,
  currency currency_code not null,
  status_here text,
  status_there text,
  happened_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  resolved_at timestamptz(3),
  resolved_by text,
  resolution_reason text,
  check ((resolved_at is null) = (resolved_by is null))
);
create index reconciliation_differences_by_file on reconciliation_differences (file_id, id collate "C");
create index reconciliation_differences_open on reconciliation_differences (organization_id, livemode, id collate "C")
  where resolved_at is null;
-- A payment or a refund is reported as missing once, also after somebody has settled it.
create unique index reconciliation_differences_missing_once
  on reconciliation_differences (coalesce(refund_id, attempt_id))
  where kind = 'missing_there';

-- In which file a payment or a refund was found. What is in none, once all files that could hold it are there, is
-- missing at the provider. A row for each, forgotten after the retention.
create table reconciliation_matches (
  object_id text not null,
  file_id text not null references reconciliation_files (id),
  organization_id text not null,
  primary key (object_id, file_id)
);
create index reconciliation_matches_by_file on reconciliation_matches (file_id, object_id);

-- What an account took in a stretch of time. Only payments that succeeded are in it, so that an attempt enters it
-- once. Rows from before we noted when money moved stand where they changed last.
create index payment_attempts_paid
  on payment_attempts (adapter, provider_account, coalesce(paid_at, updated_at))
  where status = 'paid' and provider_account is not null;

-- Whose stores had an account.
create index former_processor_configs_by_account on former_processor_configs (provider, account);

-- Notifications that announce a file: where it is, and when it is fetched next.
alter table provider_notifications add column file_url text;
alter table provider_notifications add column next_attempt_at timestamptz(3);
alter table provider_notifications add column attempts_made integer not null default 0;
create index provider_notifications_with_file on provider_notifications (next_attempt_at)
  where worked_off_at is null and file_url is not null;
