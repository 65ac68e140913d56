-- The core of the gateway: who may ask (organizations, keys, merchants, stores), what they ask for (payment
-- intents and their attempts), what was said (events, webhooks, notifications), and what guards repetition
-- (idempotency keys, request signatures). Every table carries the organization. Amounts are minor units in
-- bigint, and the rules that protect money stand in the table itself, whatever the code above it does.

-- Closed lists as domains: PostgreSQL keeps a domain's check ready, while it prepares a table's checks anew for
-- every statement, which would be a third of the cost of a payment's insert.
create domain payment_intent_status as text check (value in
  ('requires_payment_method', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled'));
create domain payment_attempt_status as text check (value in
  ('asked', 'waiting', 'working', 'unknown', 'authorized', 'paid', 'declined', 'ended_unpaid', 'reversed'));
create domain capture_method as text check (value in ('automatic', 'manual'));
create domain processing_mode as text check (value in ('pgw_processed', 'external', 'manual'));
create domain payment_outcome as text check (value in ('unknown'));
create domain currency_code as text check (value ~ '^[A-Z]{3}$');
-- What may be asked for, in minor units.
create domain payable_amount as bigint check (value between 1 and 99999999999);

create table organizations (
  id text primary key,
  name text not null,
  -- Methods that a terminal may confirm with a payment token alone; the others need the backend's signature.
  client_confirm_methods text[] not null default '{qr_mpm,qr_cpm,credit_card,e_money,cash}',
  created_at timestamptz(3) not null
);

create table merchants (
  organization_id text not null references organizations,
  livemode boolean not null,
  id text not null,
  name text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode, id)
);

-- A request may be signed with a merchant id in place of a key id.
create index merchants_by_id on merchants (id);

create table stores (
  organization_id text not null,
  livemode boolean not null,
  id text not null,
  merchant_id text not null,
  name text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode, id),
  foreign key (organization_id, livemode, merchant_id) references merchants
);

create index stores_by_merchant on stores (organization_id, livemode, merchant_id);

create table payment_processor_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_store_id text not null,
  provider text not null,
  is_active boolean not null,
  credentials_sealed bytea not null,
  updated_at timestamptz(3) not null,
  primary key (organization_id, livemode, merchant_store_id, provider),
  foreign key (organization_id, livemode, merchant_store_id) references stores
);

create table api_keys (
  id text primary key,
  organization_id text not null references organizations,
  livemode boolean not null,
  -- Set: the key acts for this merchant only.
  merchant_id text,
  secret_sealed bytea not null,
  -- Whether the signature form that uses the raw secret as HMAC key is accepted.
  allow_raw_secret boolean not null default true,
  created_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);

create index api_keys_by_organization on api_keys (organization_id, livemode);

create table publishable_keys (
  id text primary key,
  organization_id text not null references organizations,
  livemode boolean not null,
  allowed_origins text[] not null default '{}',
  created_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);

create table payment_intents (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  merchant_terminal_id text,
  merchant_ref_id text not null,
  amount payable_amount not null,
  currency currency_code not null,
  payment_method_types text[] not null check (cardinality(payment_method_types) > 0),
  capture_method capture_method not null,
  description text,
  metadata json,
  tax_amount bigint check (tax_amount between 0 and amount),
  receipt_number text,
  status payment_intent_status not null,
  amount_capturable bigint not null default 0,
  amount_received bigint not null default 0,
  amount_refunded bigint not null default 0,
  processing_mode processing_mode,
  provider text,
  cancellation_reason text,
  last_payment_error json,
  outcome payment_outcome,
  next_check_at timestamptz(3),
  attempt_id text,
  payment_token_hash bytea,
  -- A confirm moves only the second on: afterwards the token reads and cancels, but confirms nothing new.
  payment_token_confirm_until timestamptz(3),
  payment_token_expires_at timestamptz(3),
  payment_token_attempt_id text,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  -- More can be neither held nor taken than was asked for, and no more returned than was taken.
  check (amount_capturable >= 0 and amount_received >= 0 and amount_capturable + amount_received <= amount),
  check (amount_refunded between 0 and amount_received),
  -- Success without money, and money without success, do not exist.
  check ((status = 'succeeded') = (amount_received > 0)),
  check (amount_capturable = 0 or status = 'processing')
) with (fillfactor = 70);

-- An order is paid once: one open or paid intent for a reference. After a failed or cancelled one it may be
-- tried again. This index, and nothing in the code, is what makes it true.
create unique index payment_intents_one_per_ref
  on payment_intents (organization_id, livemode, merchant_ref_id, merchant_id)
  where status not in ('failed', 'cancelled');
-- The others, so that a reference finds all of its intents; a payment that succeeds is never in it.
create index payment_intents_freed_refs on payment_intents (organization_id, livemode, merchant_ref_id)
  where status in ('failed', 'cancelled');

-- The sweep that expires intents reads only those that can expire.
create index payment_intents_expiring on payment_intents (expires_at)
  where status in ('requires_payment_method', 'requires_action');

-- Lists are newest first; ids are ULIDs, so their order is the order of creation. Each list walks its own index:
-- an organization may have thousands of merchants, and a merchant hundreds of stores. They are ordered by bytes,
-- which the primary key is not: it would be tempting to walk that, past the payments of all other organizations.
create index payment_intents_by_organization
  on payment_intents (organization_id, livemode, id collate "C");
create index payment_intents_by_merchant
  on payment_intents (organization_id, livemode, merchant_id, id collate "C");
create index payment_intents_by_store
  on payment_intents (organization_id, livemode, merchant_store_id, id collate "C")
  where merchant_store_id is not null;

create table payment_attempts (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  payment_intent_id text not null references payment_intents,
  merchant_id text not null,
  merchant_store_id text,
  payment_method_type text not null,
  provider text not null,
  adapter text not null,
  processing_mode processing_mode not null,
  status payment_attempt_status not null,
  amount payable_amount not null,
  currency currency_code not null,
  authorize_only boolean not null,
  external_ref_id text,
  return_url text,
  provider_payment_id text,
  provider_code_id text,
  action json,
  error json,
  cancel_requested_at timestamptz(3),
  cancellation_reason text,
  next_check_at timestamptz(3),
  checks_done integer not null default 0,
  not_found_count integer not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
) with (fillfactor = 70);

create index payment_attempts_by_intent on payment_attempts (payment_intent_id);
-- The row is its own schedule: whoever has a time here is looked up then. By merchant first: a claim steps from
-- merchant to merchant, so that it never wades through one's backlog.
create index payment_attempts_due on payment_attempts (adapter, organization_id, merchant_id, next_check_at)
  where next_check_at is not null;
-- Notifications sometimes name only the provider's id.
create index payment_attempts_by_provider_payment on payment_attempts (adapter, provider_payment_id)
  where provider_payment_id is not null;

create table late_payments (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null references payment_intents,
  -- The same money is found once, however often it is reported.
  attempt_id text not null unique references payment_attempts,
  provider text not null,
  provider_payment_id text,
  amount bigint not null check (amount > 0),
  currency text not null,
  status text not null check (status = 'held'),
  created_at timestamptz(3) not null
);

create table idempotency_keys (
  -- SHA-256 over key holder, method, path and key.
  id bytea primary key,
  organization_id text not null,
  -- SHA-256 of the body: the same key with another body is a mistake of the caller.
  fingerprint bytea not null,
  -- Null while the first request is at work; after locked_until another may take it over and finish it.
  response_status smallint,
  response_sealed bytea,
  locked_until timestamptz(3) not null,
  created_at timestamptz(3) not null
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

-- The signature scheme has no nonce. A signature is good for one idempotency key (null: for one request).
create table request_signatures (
  signature bytea primary key,
  organization_id text not null,
  idempotency_key_id bytea,
  created_at timestamptz(3) not null
);

create index request_signatures_by_age on request_signatures (created_at);

create table events (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  type text not null,
  -- Text, not jsonb: every delivery repeats these bytes.
  object_json text not null,
  created_at timestamptz(3) not null,
  -- Null until the event has been given to its organization's endpoints.
  fanned_out_at timestamptz(3)
);

create index events_to_fan_out on events (id) where fanned_out_at is null;

create table webhook_endpoints (
  id text primary key,
  organization_id text not null references organizations,
  livemode boolean not null,
  -- Set: only events of this merchant.
  merchant_id text,
  url text not null,
  -- Empty: all types.
  enabled_events text[] not null default '{}',
  description text,
  secret_sealed bytea not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_reason text,
  last_sequence bigint not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create index webhook_endpoints_by_organization on webhook_endpoints (organization_id, livemode);

create table webhook_deliveries (
  webhook_endpoint_id text not null references webhook_endpoints,
  -- Gap-free per endpoint: a receiver can prove that it missed nothing.
  sequence bigint not null,
  organization_id text not null,
  event_id text not null references events,
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  attempts_made integer not null default 0,
  next_attempt_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (webhook_endpoint_id, sequence),
  unique (webhook_endpoint_id, event_id)
);

-- By endpoint first: a claim steps from endpoint to endpoint, so that it never wades through one's backlog.
create index webhook_deliveries_due on webhook_deliveries (webhook_endpoint_id, next_attempt_at, sequence)
  where next_attempt_at is not null;

create table webhook_delivery_attempts (
  webhook_endpoint_id text not null,
  sequence bigint not null,
  attempt_number integer not null,
  organization_id text not null,
  -- The answer's status; null when there was none, and `error` says why.
  response_status smallint,
  error text,
  duration_ms integer not null,
  attempted_at timestamptz(3) not null,
  primary key (webhook_endpoint_id, sequence, attempt_number),
  foreign key (webhook_endpoint_id, sequence) references webhook_deliveries
);

-- What providers sent us, before anything in it is believed.
create table provider_notifications (
  id text primary key,
  provider text not null,
  dedupe_key text not null,
  attempt_id text,
  provider_payment_id text,
  body bytea not null,
  received_at timestamptz(3) not null,
  worked_off_at timestamptz(3),
  -- What became of it: look_up_due, unknown_payment, not_provable.
  result text,
  unique (provider, dedupe_key)
);

create index provider_notifications_waiting on provider_notifications (received_at) where worked_off_at is null;
create index provider_notifications_by_age on provider_notifications (worked_off_at)
  where worked_off_at is not null;

-- One bucket of look-ups for each account at a provider, shared by all workers.
create table look_up_budgets (
  adapter text not null,
  organization_id text not null,
  merchant_id text not null,
  tokens real not null,
  refilled_at timestamptz(3) not null,
  primary key (adapter, organization_id, merchant_id)
);

create table worker_heartbeats (
  worker_id text primary key,
  seen_at timestamptz(3) not null
);
