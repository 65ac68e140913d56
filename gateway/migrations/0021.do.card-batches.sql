-- The card processor's day (SP-NET): once a night the card attempts of Japan's calendar day go there as a file, and its
-- settlement file comes back. A row for each organization, mode and day is the schedule, the state and the record of
-- it, so that whoever dies in between leaves a row that says what is to be done next.

-- How an organization reaches its processor, in one mode.
create table card_processor_connections (
  organization_id text not null references organizations (id),
  livemode boolean not null,
  host text not null,
  port integer not null check (port between 1 and 65535),
  username text not null,
  password_sealed bytea not null,
  tls text not null check (tls in ('when_offered', 'required', 'off')),
  -- PEM; for a server whose certificate no public authority has signed.
  tls_ca text,
  upload_directory text not null,
  download_directory text not null,
  -- The processor's number of a merchant to our merchant id; null: the numbers are our ids.
  merchant_numbers json,
  mail_to text,
  language text not null check (language in ('ja', 'en')),
  is_active boolean not null,
  starts_on date not null,
  -- The first day that has no row yet. What a person runs by hand does not move it.
  next_business_date date not null,
  -- A change says which version it expects.
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode)
);
-- Bytes 2 to 9 of a sealed value name its key.
create index card_processor_connections_by_master_key on card_processor_connections
  (substring(password_sealed from 2 for 8), organization_id, livemode);

create table card_batches (
  id text primary key,
  organization_id text not null references organizations (id),
  livemode boolean not null,
  business_date date not null,
  step text not null check (step in ('upload', 'download', 'done', 'failed')),
  -- Of this step. A step that was done begins at nought again.
  attempts_made integer not null default 0,
  next_attempt_at timestamptz(3),
  -- Somebody is at work on it until then. The number of claims tells him from whoever took it over.
  leased_until timestamptz(3),
  claims_count integer not null default 0,
  -- What went wrong last and what to do, in a sentence without secrets.
  error text,
  -- One mail tells of one failure, however often it is tried again.
  mailed_at timestamptz(3),
  uploaded_count integer,
  approved_count integer,
  -- Of the approved ones, in yen.
  uploaded_amount bigint,
  upload_size bigint,
  upload_sha256 text check (upload_sha256 ~ '^[0-9a-f]{64}$'),
  uploaded_at timestamptz(3),
  settlement_file_name text,
  settlement_sha256 text check (settlement_sha256 ~ '^[0-9a-f]{64}$'),
  -- Of the file's numbers and the merchants that they were taken for: told otherwise, the same bytes are read anew.
  merchants_sha256 text check (merchants_sha256 ~ '^[0-9a-f]{64}$'),
  source text check (source in ('file', 'by_hand')),
  settlements_count integer,
  exceptions_count integer,
  finished_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (organization_id, livemode, business_date),
  check ((step in ('upload', 'download')) = (next_attempt_at is not null)),
  check ((step = 'done') = (finished_at is not null)),
  check ((upload_sha256 is null) = (uploaded_at is null)),
  check (approved_count between 0 and uploaded_count),
  check ((settlement_sha256 is null) = (source is null)),
  check ((settlement_sha256 is null) = (merchants_sha256 is null))
);
create index card_batches_due on card_batches (next_attempt_at) where next_attempt_at is not null;
create index card_batches_in_order on card_batches (organization_id, livemode, id collate "C");

-- The declined card attempts of a day. The approved ones are found by their book entries.
create index payment_attempts_declined_cards on payment_attempts (organization_id, livemode, updated_at, id collate "C")
  where adapter = 'TERMINAL' and payment_method_type = 'credit_card' and status in ('declined', 'ended_unpaid');

-- The approved ones, in the order of the file. Only cards are in it, so that nothing else pays for it.
create index book_entries_of_cards on book_entries (organization_id, livemode, created_at, object_id collate "C")
  where provider = 'SP_NET';
-- What came late is found without reading the rest of its day.
create index book_entries_of_late_cards on book_entries (organization_id, livemode, created_at)
  where provider = 'SP_NET' and kind = 'late_payment';

-- What a day's file has left that belongs to no settlement, looked for when it is issued again.
create index reconciliation_exceptions_of_cards on reconciliation_exceptions (organization_id, livemode, business_date)
  where provider = 'SP_NET' and source = 'settlement' and settlement_id is null;
