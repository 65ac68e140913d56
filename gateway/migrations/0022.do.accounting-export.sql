-- The accounting export: for each merchant where its files of a day go and how, for each store how far its days are
-- taken, and a row for every file: of one store, one business date, one currency and one format.

create table accounting_export_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  formats text[] not null check (cardinality(formats) between 1 and 3 and formats <@ array['json', 'csv', 'xml']),
  host text not null,
  port integer not null check (port between 1 and 65535),
  username text not null,
  -- The private key and its passphrase; and the half that anybody may know.
  credentials_sealed bytea not null,
  public_key text not null,
  -- What the server must prove to be, as ssh-keygen -l prints it. Null: nothing is sent there yet.
  host_key text check (host_key like 'SHA256:%'),
  directory text not null,
  -- Null: mails go where the organization's go.
  mail_to text,
  language text not null check (language in ('ja', 'en')),
  is_active boolean not null,
  -- The first business date of which there is a file.
  starts_on date not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode, merchant_id),
  foreign key (organization_id, livemode, merchant_id) references merchants
);
create index accounting_export_configs_by_master_key on accounting_export_configs
  (substring(credentials_sealed from 2 for 8), organization_id, livemode, merchant_id);

-- How far a store's days are taken, so that no day is left out after an outage, and none is looked for twice. The
-- payments of no store have the empty text as their store: it is no store's id.
create table accounting_export_stores (
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text not null,
  taken_through date not null,
  primary key (organization_id, livemode, merchant_id, merchant_store_id),
  foreign key (organization_id, livemode, merchant_id) references accounting_export_configs on delete cascade
);

create table accounting_exports (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  business_date date not null,
  currency currency_code not null,
  format text not null check (format in ('json', 'csv', 'xml')),
  file_name text not null,
  -- kept: there is nobody to send it to, so it only lies in the archive.
  status text not null check (status in ('pending', 'delivered', 'kept', 'failed')),
  attempts_made integer not null default 0 check (attempts_made between 0 and 6),
  next_attempt_at timestamptz(3),
  -- Who works on it has it until then; it also tells one worker's hold from the next one's.
  leased_until timestamptz(3),
  -- What the file came to, once it was made.
  size bigint,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  transactions_count bigint,
  gross_revenue bigint,
  tax_collected bigint,
  net_revenue bigint,
  -- Why the last attempt came to nothing.
  error text,
  mailed_at timestamptz(3),
  delivered_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check ((status = 'pending') = (next_attempt_at is not null)),
  check (net_revenue = gross_revenue - tax_collected)
);
-- A file is one file, however often it is asked for and by whomever.
create unique index accounting_exports_one_each on accounting_exports
  (organization_id, livemode, merchant_id, business_date, coalesce(merchant_store_id, ''), currency, format);
create index accounting_exports_due on accounting_exports (next_attempt_at) where next_attempt_at is not null;
create index accounting_exports_in_order on accounting_exports (organization_id, livemode, id collate "C");
