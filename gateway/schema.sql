-- What all migrations together come to. Written by "npm run golden" and held by a test; to change the
-- schema, add a migration.

create domain capture_method as text CHECK ((VALUE = ANY (ARRAY['automatic'::text, 'manual'::text])));
create domain currency_code as text CHECK ((VALUE ~ '^[A-Z]{3}$'::text));
create domain payable_amount as bigint CHECK (((VALUE >= 1) AND (VALUE <= '99999999999'::bigint)));
create domain payment_attempt_status as text CHECK ((VALUE = ANY (ARRAY['asked'::text, 'waiting'::text, 'working'::text, 'unknown'::text, 'authorized'::text, 'paid'::text, 'declined'::text, 'ended_unpaid'::text, 'reversed'::text])));
create domain payment_intent_status as text CHECK ((VALUE = ANY (ARRAY['requires_payment_method'::text, 'requires_action'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])));
create domain payment_outcome as text CHECK ((VALUE = 'unknown'::text));
create domain processing_mode as text CHECK ((VALUE = ANY (ARRAY['pgw_processed'::text, 'external'::text, 'manual'::text])));

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% only grows: its rows are neither changed nor deleted', tg_table_name;
end
$$;

create table api_keys (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  secret_sealed bytea not null,
  allow_raw_secret boolean not null default true,
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);
CREATE INDEX api_keys_by_organization ON api_keys USING btree (organization_id, livemode);

create table audit_log (
  id text not null,
  organization_id text not null,
  livemode boolean,
  merchant_id text,
  actor_type text not null,
  actor_id text not null,
  on_behalf_of text,
  action text not null,
  object_id text not null,
  reason text,
  details json,
  request_id text,
  created_at timestamp(3) with time zone not null,
  constraint audit_log_pkey PRIMARY KEY (id),
  constraint audit_log_actor_type_check CHECK ((actor_type = ANY (ARRAY['api_key'::text, 'command_line'::text, 'system'::text])))
);
CREATE INDEX audit_log_by_object ON audit_log USING btree (object_id, id COLLATE "C");
CREATE INDEX audit_log_by_organization ON audit_log USING btree (organization_id, id COLLATE "C");
CREATE TRIGGER audit_log_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table events (
  id text collate "C" not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  type text not null,
  object_json text not null,
  created_at timestamp(3) with time zone not null,
  fanned_out_at timestamp(3) with time zone,
  constraint events_pkey PRIMARY KEY (id)
) partition by RANGE (id);
CREATE INDEX events_to_fan_out ON events USING btree (id) WHERE (fanned_out_at IS NULL);

create table idempotency_keys (
  id bytea not null,
  organization_id text not null,
  fingerprint bytea not null,
  response_status smallint,
  response_sealed bytea,
  locked_until timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys USING btree (created_at);

create table late_payments (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null,
  attempt_id text not null,
  provider text not null,
  provider_payment_id text,
  amount bigint not null,
  currency text not null,
  status text not null,
  created_at timestamp(3) with time zone not null,
  constraint late_payments_pkey PRIMARY KEY (id),
  constraint late_payments_attempt_id_key UNIQUE (attempt_id),
  constraint late_payments_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES payment_attempts(id),
  constraint late_payments_payment_intent_id_fkey FOREIGN KEY (payment_intent_id) REFERENCES payment_intents(id),
  constraint late_payments_amount_check CHECK ((amount > 0)),
  constraint late_payments_status_check CHECK ((status = 'held'::text))
);

create table look_up_budgets (
  adapter text not null,
  organization_id text not null,
  merchant_id text not null,
  tokens real not null,
  refilled_at timestamp(3) with time zone not null,
  constraint look_up_budgets_pkey PRIMARY KEY (adapter, organization_id, merchant_id)
);

create table merchants (
  organization_id text not null,
  livemode boolean not null,
  id text not null,
  name text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint merchants_pkey PRIMARY KEY (organization_id, livemode, id),
  constraint merchants_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);
CREATE INDEX merchants_by_id ON merchants USING btree (id);

create table organizations (
  id text not null,
  name text not null,
  client_confirm_methods text[] not null default '{qr_mpm,qr_cpm,credit_card,e_money,cash}'::text[],
  created_at timestamp(3) with time zone not null,
  constraint organizations_pkey PRIMARY KEY (id)
);

create table payment_attempts (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  payment_intent_id text not null,
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
  cancel_requested_at timestamp(3) with time zone,
  cancellation_reason text,
  next_check_at timestamp(3) with time zone,
  checks_done integer not null default 0,
  not_found_count integer not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint payment_attempts_pkey PRIMARY KEY (id),
  constraint payment_attempts_payment_intent_id_fkey FOREIGN KEY (payment_intent_id) REFERENCES payment_intents(id)
) with (fillfactor=70);
CREATE INDEX payment_attempts_by_intent ON payment_attempts USING btree (payment_intent_id);
CREATE INDEX payment_attempts_by_provider_payment ON payment_attempts USING btree (adapter, provider_payment_id) WHERE (provider_payment_id IS NOT NULL);
CREATE INDEX payment_attempts_due ON payment_attempts USING btree (adapter, organization_id, merchant_id, next_check_at) WHERE (next_check_at IS NOT NULL);

create table payment_intents (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  merchant_terminal_id text,
  merchant_ref_id text not null,
  amount payable_amount not null,
  currency currency_code not null,
  payment_method_types text[] not null,
  capture_method capture_method not null,
  description text,
  metadata json,
  tax_amount bigint,
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
  next_check_at timestamp(3) with time zone,
  attempt_id text,
  payment_token_hash bytea,
  payment_token_confirm_until timestamp(3) with time zone,
  payment_token_expires_at timestamp(3) with time zone,
  payment_token_attempt_id text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  constraint payment_intents_pkey PRIMARY KEY (id),
  constraint payment_intents_check CHECK (((tax_amount >= 0) AND (tax_amount <= (amount)::bigint))),
  constraint payment_intents_check1 CHECK (((amount_capturable >= 0) AND (amount_received >= 0) AND ((amount_capturable + amount_received) <= (amount)::bigint))),
  constraint payment_intents_check2 CHECK (((amount_refunded >= 0) AND (amount_refunded <= amount_received))),
  constraint payment_intents_check3 CHECK ((((status)::text = 'succeeded'::text) = (amount_received > 0))),
  constraint payment_intents_check4 CHECK (((amount_capturable = 0) OR ((status)::text = 'processing'::text))),
  constraint payment_intents_payment_method_types_check CHECK ((cardinality(payment_method_types) > 0))
) with (fillfactor=70);
CREATE INDEX payment_intents_by_merchant ON payment_intents USING btree (organization_id, livemode, merchant_id, id COLLATE "C");
CREATE INDEX payment_intents_by_organization ON payment_intents USING btree (organization_id, livemode, id COLLATE "C");
CREATE INDEX payment_intents_by_store ON payment_intents USING btree (organization_id, livemode, merchant_store_id, id COLLATE "C") WHERE (merchant_store_id IS NOT NULL);
CREATE INDEX payment_intents_expiring ON payment_intents USING btree (expires_at) WHERE ((status)::text = ANY (ARRAY['requires_payment_method'::text, 'requires_action'::text]));
CREATE INDEX payment_intents_freed_refs ON payment_intents USING btree (organization_id, livemode, merchant_ref_id) WHERE ((status)::text = ANY (ARRAY['failed'::text, 'cancelled'::text]));
CREATE UNIQUE INDEX payment_intents_one_per_ref ON payment_intents USING btree (organization_id, livemode, merchant_ref_id, merchant_id) WHERE ((status)::text <> ALL (ARRAY['failed'::text, 'cancelled'::text]));

create table payment_processor_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_store_id text not null,
  provider text not null,
  is_active boolean not null,
  credentials_sealed bytea not null,
  updated_at timestamp(3) with time zone not null,
  constraint payment_processor_configs_pkey PRIMARY KEY (organization_id, livemode, merchant_store_id, provider),
  constraint payment_processor_configs_organization_id_livemode_merchan_fkey FOREIGN KEY (organization_id, livemode, merchant_store_id) REFERENCES stores(organization_id, livemode, id)
);

create table provider_notifications (
  id text not null,
  provider text not null,
  dedupe_key text not null,
  attempt_id text,
  provider_payment_id text,
  body bytea not null,
  received_at timestamp(3) with time zone not null,
  worked_off_at timestamp(3) with time zone,
  result text,
  constraint provider_notifications_pkey PRIMARY KEY (id),
  constraint provider_notifications_provider_dedupe_key_key UNIQUE (provider, dedupe_key)
);
CREATE INDEX provider_notifications_by_age ON provider_notifications USING btree (worked_off_at) WHERE (worked_off_at IS NOT NULL);
CREATE INDEX provider_notifications_waiting ON provider_notifications USING btree (received_at) WHERE (worked_off_at IS NULL);

create table publishable_keys (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  allowed_origins text[] not null default '{}'::text[],
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  constraint publishable_keys_pkey PRIMARY KEY (id),
  constraint publishable_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);

create table request_signatures (
  signature bytea not null,
  organization_id text not null,
  idempotency_key_id bytea,
  created_at timestamp(3) with time zone not null,
  constraint request_signatures_pkey PRIMARY KEY (signature)
);
CREATE INDEX request_signatures_by_age ON request_signatures USING btree (created_at);

create table schema_version (
  version bigint not null,
  name text,
  md5 text,
  run_at timestamp with time zone,
  constraint schema_version_pkey PRIMARY KEY (version)
);

create table stores (
  organization_id text not null,
  livemode boolean not null,
  id text not null,
  merchant_id text not null,
  name text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint stores_pkey PRIMARY KEY (organization_id, livemode, id),
  constraint stores_organization_id_livemode_merchant_id_fkey FOREIGN KEY (organization_id, livemode, merchant_id) REFERENCES merchants(organization_id, livemode, id)
);
CREATE INDEX stores_by_merchant ON stores USING btree (organization_id, livemode, merchant_id);

create table webhook_deliveries (
  webhook_endpoint_id text not null,
  sequence bigint not null,
  organization_id text not null,
  event_id text collate "C" not null,
  status text not null default 'pending'::text,
  attempts_made integer not null default 0,
  next_attempt_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint webhook_deliveries_pkey PRIMARY KEY (webhook_endpoint_id, event_id),
  constraint webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])))
) partition by RANGE (event_id);
CREATE INDEX webhook_deliveries_by_sequence ON webhook_deliveries USING btree (webhook_endpoint_id, sequence);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries USING btree (webhook_endpoint_id, next_attempt_at, sequence) WHERE (next_attempt_at IS NOT NULL);

create table webhook_delivery_attempts (
  webhook_endpoint_id text not null,
  sequence bigint not null,
  attempt_number integer not null,
  organization_id text not null,
  response_status smallint,
  error text,
  duration_ms integer not null,
  attempted_at timestamp(3) with time zone not null,
  event_id text collate "C" not null default ''::text,
  constraint webhook_delivery_attempts_pkey PRIMARY KEY (webhook_endpoint_id, sequence, attempt_number, event_id)
) partition by RANGE (event_id);

create table webhook_endpoints (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  url text not null,
  enabled_events text[] not null default '{}'::text[],
  description text,
  secret_sealed bytea not null,
  status text not null default 'enabled'::text,
  disabled_reason text,
  last_sequence bigint not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint webhook_endpoints_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text])))
);
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints USING btree (organization_id, livemode);

create table worker_heartbeats (
  worker_id text not null,
  seen_at timestamp(3) with time zone not null,
  constraint worker_heartbeats_pkey PRIMARY KEY (worker_id)
);
