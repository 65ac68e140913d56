-- What all migrations together come to. Written by "npm run golden" and held by a test; to change the
-- schema, add a migration.

create domain book_account as text CHECK ((VALUE = ANY (ARRAY['receivable'::text, 'sales'::text, 'late_money'::text, 'fees'::text, 'bank'::text, 'adjustments'::text])));
create domain book_kind as text CHECK ((VALUE = ANY (ARRAY['payment'::text, 'refund'::text, 'late_payment'::text, 'late_payment_refund'::text, 'late_payment_kept'::text, 'fee'::text, 'settlement'::text, 'fee_reversal'::text, 'settlement_reversal'::text, 'adjustment'::text])));
create domain booked_amount as bigint CHECK ((VALUE > 0));
create domain capture_method as text CHECK ((VALUE = ANY (ARRAY['automatic'::text, 'manual'::text])));
create domain currency_code as text CHECK ((VALUE ~ '^[A-Z]{3}$'::text));
create domain late_payment_policy as text CHECK ((VALUE = ANY (ARRAY['auto_refund'::text, 'hold'::text])));
create domain late_payment_status as text CHECK ((VALUE = ANY (ARRAY['held'::text, 'refunding'::text, 'refunded'::text, 'kept'::text])));
create domain payable_amount as bigint CHECK (((VALUE >= 1) AND (VALUE <= '99999999999'::bigint)));
create domain payment_attempt_status as text CHECK ((VALUE = ANY (ARRAY['asked'::text, 'waiting'::text, 'working'::text, 'unknown'::text, 'authorized'::text, 'paid'::text, 'declined'::text, 'ended_unpaid'::text, 'reversed'::text])));
create domain payment_intent_status as text CHECK ((VALUE = ANY (ARRAY['requires_payment_method'::text, 'requires_action'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])));
create domain payment_outcome as text CHECK ((VALUE = 'unknown'::text));
create domain processing_mode as text CHECK ((VALUE = ANY (ARRAY['pgw_processed'::text, 'external'::text, 'manual'::text])));
create domain refund_status as text CHECK ((VALUE = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])));
create domain refund_step as text CHECK ((VALUE = ANY (ARRAY['ask'::text, 'look_up'::text])));
create domain time_of_day as text CHECK ((VALUE ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text));
create domain time_zone as text CHECK ((('1970-01-01 00:00:00+00'::timestamp with time zone AT TIME ZONE VALUE) IS NOT NULL));

create function book_entry_id(object_id text, kind text) returns text language sql as $$
  select 'be_' || substr(object_id, strpos(object_id, '_') + 1, 10) || upper(left(md5(object_id || ' ' || kind), 16))
$$;

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

create function book_provider(adapter text, payment_method_type text) returns text language sql as $$
  select case when adapter = 'TERMINAL' and payment_method_type = 'credit_card' then 'SP_NET' else adapter end
$$;

create function business_date(at timestamp with time zone, time_zone text, starts_at text) returns date language plpgsql as $$
declare
  clock interval := make_interval(hours => left(starts_at, 2)::int, mins => right(starts_at, 2)::int);
  day date := (at at time zone time_zone) - clock;
begin
  if at < (day + clock) at time zone time_zone then return day - 1; end if;
  if at >= (day + 1 + clock) at time zone time_zone then return day + 1; end if;
  return day;
end
$$;

create function money_movements(payment_intent_ids text[]) returns TABLE(organization_id text, livemode boolean, merchant_id text, merchant_store_id text, provider text, currency text, kind text, debit_account text, credit_account text, amount bigint, tax_amount bigint, object_id text, payment_intent_id text, created_at timestamp with time zone) language sql as $$
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

create function prove_refunds_add_up() returns trigger language plpgsql as $$
declare
  touched text[] := array[to_jsonb(old) ->> tg_argv[0], to_jsonb(new) ->> tg_argv[0]];
  wrong text;
begin
  select p.id into wrong
  from payment_intents p
  left join refunds r on r.payment_intent_id = p.id and r.late_payment_id is null and r.status <> 'failed'
  where p.id = any (touched)
  group by p.id, p.amount_refunded
  having p.amount_refunded <> coalesce(sum(r.amount), 0);
  if wrong is not null then
    raise exception 'amount_refunded of % is not the sum of its refunds', wrong
      using errcode = 'check_violation', constraint = 'refunds_add_up', table = tg_table_name;
  end if;
  select r.id into wrong
  from refunds r join late_payments l on l.id = r.late_payment_id
  where r.payment_intent_id = any (touched) and r.status <> 'failed'
    and (r.amount > l.amount or r.attempt_id <> l.attempt_id);
  if wrong is not null then
    raise exception 'refund % gives back other money than its late payment brought', wrong
      using errcode = 'check_violation', constraint = 'refunds_of_late_payments', table = tg_table_name;
  end if;
  return null;
end
$$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% only grows: its rows are neither changed nor deleted', tg_table_name;
end
$$;

create function refuse_to_change_books() returns trigger language plpgsql as $$
begin
  raise exception 'book entries are never changed: book the opposite' using errcode = 'restrict_violation';
end
$$;

create function tax_share(tax bigint, part bigint, whole bigint) returns bigint language sql as $$ select div(tax::numeric * part, whole)::bigint $$;

create table accounting_export_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  formats text[] not null,
  host text not null,
  port integer not null,
  username text not null,
  credentials_sealed bytea not null,
  public_key text not null,
  host_key text,
  directory text not null,
  mail_to text,
  language text not null,
  is_active boolean not null,
  starts_on date not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint accounting_export_configs_pkey PRIMARY KEY (organization_id, livemode, merchant_id),
  constraint accounting_export_configs_organization_id_livemode_merchan_fkey FOREIGN KEY (organization_id, livemode, merchant_id) REFERENCES merchants(organization_id, livemode, id),
  constraint accounting_export_configs_formats_check CHECK ((((cardinality(formats) >= 1) AND (cardinality(formats) <= 3)) AND (formats <@ ARRAY['json'::text, 'csv'::text, 'xml'::text]))),
  constraint accounting_export_configs_host_key_check CHECK ((host_key ~~ 'SHA256:%'::text)),
  constraint accounting_export_configs_language_check CHECK ((language = ANY (ARRAY['ja'::text, 'en'::text]))),
  constraint accounting_export_configs_port_check CHECK (((port >= 1) AND (port <= 65535)))
);
CREATE INDEX accounting_export_configs_by_master_key ON accounting_export_configs USING btree (SUBSTRING(credentials_sealed FROM 2 FOR 8), organization_id, livemode, merchant_id);

create table accounting_export_stores (
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text not null,
  taken_through date not null,
  constraint accounting_export_stores_pkey PRIMARY KEY (organization_id, livemode, merchant_id, merchant_store_id),
  constraint accounting_export_stores_organization_id_livemode_merchant_fkey FOREIGN KEY (organization_id, livemode, merchant_id) REFERENCES accounting_export_configs(organization_id, livemode, merchant_id) ON DELETE CASCADE
);

create table accounting_exports (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  business_date date not null,
  currency currency_code not null,
  format text not null,
  file_name text not null,
  status text not null,
  attempts_made integer not null default 0,
  next_attempt_at timestamp(3) with time zone,
  leased_until timestamp(3) with time zone,
  size bigint,
  sha256 text,
  transactions_count bigint,
  gross_revenue bigint,
  tax_collected bigint,
  net_revenue bigint,
  error text,
  mailed_at timestamp(3) with time zone,
  delivered_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint accounting_exports_pkey PRIMARY KEY (id),
  constraint accounting_exports_attempts_made_check CHECK (((attempts_made >= 0) AND (attempts_made <= 6))),
  constraint accounting_exports_check CHECK (((status = 'pending'::text) = (next_attempt_at IS NOT NULL))),
  constraint accounting_exports_check1 CHECK ((net_revenue = (gross_revenue - tax_collected))),
  constraint accounting_exports_format_check CHECK ((format = ANY (ARRAY['json'::text, 'csv'::text, 'xml'::text]))),
  constraint accounting_exports_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint accounting_exports_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'kept'::text, 'failed'::text])))
);
CREATE INDEX accounting_exports_due ON accounting_exports USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX accounting_exports_in_order ON accounting_exports USING btree (organization_id, livemode, id COLLATE "C");
CREATE UNIQUE INDEX accounting_exports_one_each ON accounting_exports USING btree (organization_id, livemode, merchant_id, business_date, COALESCE(merchant_store_id, ''::text), currency, format);

create table api_keys (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  secret_sealed bytea not null,
  allow_raw_secret boolean not null default true,
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  name text,
  last_used_at timestamp(3) with time zone,
  previous_secret_expires_at timestamp(3) with time zone,
  previous_secret_last_used_at timestamp(3) with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);
CREATE INDEX api_keys_by_master_key ON api_keys USING btree (SUBSTRING(secret_sealed FROM 2 FOR 8), id);
CREATE INDEX api_keys_in_order ON api_keys USING btree (organization_id, livemode, id COLLATE "C");
CREATE INDEX api_keys_with_previous_secret ON api_keys USING btree (previous_secret_expires_at) WHERE (previous_secret_expires_at IS NOT NULL);

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
CREATE INDEX audit_log_by_action ON audit_log USING btree (organization_id, action, id COLLATE "C");
CREATE INDEX audit_log_by_object ON audit_log USING btree (object_id, id COLLATE "C");
CREATE INDEX audit_log_by_organization ON audit_log USING btree (organization_id, id COLLATE "C");
CREATE TRIGGER audit_log_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table book_checks (
  walk text not null,
  walked_to text not null,
  finished_at timestamp(3) with time zone,
  updated_at timestamp(3) with time zone not null,
  constraint book_checks_pkey PRIMARY KEY (walk),
  constraint book_checks_walk_check CHECK ((walk = ANY (ARRAY['events'::text, 'payments'::text, 'entries'::text])))
);

create table book_disagreements (
  object_id text not null,
  kind book_kind not null,
  organization_id text not null,
  livemode boolean not null,
  payment_intent_id text,
  fault text not null,
  found_at timestamp(3) with time zone not null,
  constraint book_disagreements_pkey PRIMARY KEY (object_id, kind),
  constraint book_disagreements_fault_check CHECK ((fault = ANY (ARRAY['missing'::text, 'differs'::text, 'unexpected'::text])))
);

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
  tax_amount bigint not null default 0,
  object_id text not null,
  payment_intent_id text,
  created_at timestamp(3) with time zone not null,
  constraint book_entries_pkey PRIMARY KEY (object_id, kind),
  constraint book_entries_check CHECK (((debit_account)::text <> (credit_account)::text)),
  constraint book_entries_check1 CHECK (((tax_amount >= 0) AND (tax_amount <= (amount)::bigint)))
);
CREATE INDEX book_entries_by_day ON book_entries USING btree (organization_id, livemode, business_date, merchant_id, merchant_store_id, created_at);
CREATE INDEX book_entries_of_cards ON book_entries USING btree (organization_id, livemode, created_at, object_id COLLATE "C") WHERE (provider = 'SP_NET'::text);
CREATE INDEX book_entries_of_late_cards ON book_entries USING btree (organization_id, livemode, created_at) WHERE ((provider = 'SP_NET'::text) AND ((kind)::text = 'late_payment'::text));
CREATE TRIGGER book_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON book_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_books();

create table card_batches (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  business_date date not null,
  step text not null,
  attempts_made integer not null default 0,
  next_attempt_at timestamp(3) with time zone,
  leased_until timestamp(3) with time zone,
  claims_count integer not null default 0,
  error text,
  mailed_at timestamp(3) with time zone,
  uploaded_count integer,
  approved_count integer,
  uploaded_amount bigint,
  upload_size bigint,
  upload_sha256 text,
  uploaded_at timestamp(3) with time zone,
  settlement_file_name text,
  settlement_sha256 text,
  merchants_sha256 text,
  source text,
  settlements_count integer,
  exceptions_count integer,
  finished_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint card_batches_pkey PRIMARY KEY (id),
  constraint card_batches_organization_id_livemode_business_date_key UNIQUE (organization_id, livemode, business_date),
  constraint card_batches_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint card_batches_check CHECK (((step = ANY (ARRAY['upload'::text, 'download'::text])) = (next_attempt_at IS NOT NULL))),
  constraint card_batches_check1 CHECK (((step = 'done'::text) = (finished_at IS NOT NULL))),
  constraint card_batches_check2 CHECK (((upload_sha256 IS NULL) = (uploaded_at IS NULL))),
  constraint card_batches_check3 CHECK (((approved_count >= 0) AND (approved_count <= uploaded_count))),
  constraint card_batches_check4 CHECK (((settlement_sha256 IS NULL) = (source IS NULL))),
  constraint card_batches_check5 CHECK (((settlement_sha256 IS NULL) = (merchants_sha256 IS NULL))),
  constraint card_batches_merchants_sha256_check CHECK ((merchants_sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint card_batches_settlement_sha256_check CHECK ((settlement_sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint card_batches_source_check CHECK ((source = ANY (ARRAY['file'::text, 'by_hand'::text]))),
  constraint card_batches_step_check CHECK ((step = ANY (ARRAY['upload'::text, 'download'::text, 'done'::text, 'failed'::text]))),
  constraint card_batches_upload_sha256_check CHECK ((upload_sha256 ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX card_batches_due ON card_batches USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX card_batches_in_order ON card_batches USING btree (organization_id, livemode, id COLLATE "C");

create table card_processor_connections (
  organization_id text not null,
  livemode boolean not null,
  host text not null,
  port integer not null,
  username text not null,
  password_sealed bytea not null,
  tls text not null,
  tls_ca text,
  upload_directory text not null,
  download_directory text not null,
  merchant_numbers json,
  mail_to text,
  language text not null,
  is_active boolean not null,
  starts_on date not null,
  next_business_date date not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint card_processor_connections_pkey PRIMARY KEY (organization_id, livemode),
  constraint card_processor_connections_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint card_processor_connections_language_check CHECK ((language = ANY (ARRAY['ja'::text, 'en'::text]))),
  constraint card_processor_connections_port_check CHECK (((port >= 1) AND (port <= 65535))),
  constraint card_processor_connections_tls_check CHECK ((tls = ANY (ARRAY['when_offered'::text, 'required'::text, 'off'::text])))
);
CREATE INDEX card_processor_connections_by_master_key ON card_processor_connections USING btree (SUBSTRING(password_sealed FROM 2 FOR 8), organization_id, livemode);

create table events (
  id text collate "C" not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text,
  type text not null,
  object_json text not null,
  created_at timestamp(3) with time zone not null,
  fanned_out_at timestamp(3) with time zone,
  payment_intent_id text collate "C",
  constraint events_pkey PRIMARY KEY (id)
) partition by RANGE (id);
CREATE INDEX events_by_organization ON events USING btree (organization_id, livemode, id);
CREATE INDEX events_by_payment_intent ON events USING btree (payment_intent_id, id) WHERE (payment_intent_id IS NOT NULL);
CREATE INDEX events_of_rare_types ON events USING btree (organization_id, livemode, type, id) WHERE (type <> ALL (ARRAY['payment_intent.created'::text, 'payment_intent.requires_action'::text, 'payment_intent.succeeded'::text]));
CREATE INDEX events_to_fan_out ON events USING btree (id) WHERE (fanned_out_at IS NULL);

create table former_processor_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_store_id text not null,
  provider text not null,
  account text not null,
  credentials_sealed bytea not null,
  replaced_at timestamp(3) with time zone not null,
  constraint former_processor_configs_pkey PRIMARY KEY (organization_id, livemode, merchant_store_id, provider, account),
  constraint former_processor_configs_organization_id_livemode_merchant_fkey FOREIGN KEY (organization_id, livemode, merchant_store_id) REFERENCES stores(organization_id, livemode, id)
);
CREATE INDEX former_processor_configs_by_account ON former_processor_configs USING btree (provider, account);
CREATE INDEX former_processor_configs_by_master_key ON former_processor_configs USING btree (SUBSTRING(credentials_sealed FROM 2 FOR 8), organization_id, livemode, merchant_store_id, provider, account);

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
  amount payable_amount not null,
  currency text not null,
  status late_payment_status not null,
  created_at timestamp(3) with time zone not null,
  authorized_only boolean not null default false,
  refund_id text,
  error json,
  resolution_reason text,
  resolved_by text,
  resolved_at timestamp(3) with time zone,
  kept_at timestamp(3) with time zone,
  constraint late_payments_pkey PRIMARY KEY (id),
  constraint late_payments_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES payment_attempts(id),
  constraint late_payments_payment_intent_id_fkey FOREIGN KEY (payment_intent_id) REFERENCES payment_intents(id),
  constraint late_payments_check CHECK ((((status)::text <> 'refunding'::text) OR (error IS NULL))),
  constraint late_payments_check1 CHECK ((((status)::text <> 'kept'::text) OR (NOT authorized_only))),
  constraint late_payments_check2 CHECK (((resolved_at IS NULL) = (resolved_by IS NULL)))
);
CREATE INDEX late_payments_by_intent ON late_payments USING btree (payment_intent_id, id COLLATE "C");
CREATE INDEX late_payments_by_organization ON late_payments USING btree (organization_id, livemode, id COLLATE "C");
CREATE INDEX late_payments_by_status ON late_payments USING btree (organization_id, livemode, status, id COLLATE "C");
CREATE INDEX late_payments_held ON late_payments USING btree (created_at) WHERE ((status)::text = 'held'::text);
CREATE UNIQUE INDEX late_payments_one_per_attempt ON late_payments USING btree (attempt_id) WHERE ((status)::text <> 'refunded'::text);

create table listed_orders (
  order_list_id text collate "C" not null,
  position integer not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_ref_id text not null,
  amount bigint not null,
  status text not null,
  payment_method_type text,
  refunded_amount bigint,
  result text not null,
  payment_intent_id text,
  amount_here bigint,
  refunded_amount_here bigint,
  status_here text,
  attempt_id text,
  provider text,
  booked_at timestamp(3) with time zone,
  constraint listed_orders_pkey PRIMARY KEY (order_list_id, "position"),
  constraint listed_orders_order_list_id_merchant_ref_id_key UNIQUE (order_list_id, merchant_ref_id),
  constraint listed_orders_order_list_id_fkey FOREIGN KEY (order_list_id) REFERENCES order_lists(id),
  constraint listed_orders_amount_check CHECK ((amount > 0)),
  constraint listed_orders_check CHECK (((refunded_amount >= 0) AND (refunded_amount <= amount))),
  constraint listed_orders_result_check CHECK ((result = ANY (ARRAY['matched'::text, 'missing_here'::text, 'amount_differs'::text, 'status_differs'::text, 'cross_midnight'::text]))),
  constraint listed_orders_status_check CHECK ((status = ANY (ARRAY['paid'::text, 'refunded'::text, 'cancelled'::text])))
);

create table look_up_budgets (
  adapter text not null,
  organization_id text not null,
  merchant_id text not null,
  tokens real not null,
  refilled_at timestamp(3) with time zone not null,
  constraint look_up_budgets_pkey PRIMARY KEY (adapter, organization_id, merchant_id)
);

create table mails (
  id text not null,
  organization_id text not null,
  livemode boolean,
  recipient text not null,
  subject text not null,
  body text not null,
  status text not null default 'pending'::text,
  attempts_made integer not null default 0,
  next_attempt_at timestamp(3) with time zone,
  error text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint mails_pkey PRIMARY KEY (id),
  constraint mails_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint mails_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'not_configured'::text])))
);
CREATE INDEX mails_by_age ON mails USING btree (updated_at) WHERE (next_attempt_at IS NULL);
CREATE INDEX mails_due ON mails USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);

create table master_keys (
  id bytea not null,
  check_sealed bytea not null,
  seals boolean not null,
  created_at timestamp(3) with time zone not null,
  replaced_at timestamp(3) with time zone,
  constraint master_keys_pkey PRIMARY KEY (id),
  constraint master_keys_check CHECK ((seals = (replaced_at IS NULL))),
  constraint master_keys_id_check CHECK ((length(id) = 8))
);
CREATE UNIQUE INDEX master_keys_one_seals ON master_keys USING btree (seals) WHERE seals;

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

create table order_lists (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  merchant_store_id text,
  business_date date not null,
  currency text not null,
  sha256 bytea not null,
  replaced_by text,
  orders_count integer not null,
  paid_amount bigint not null,
  refunded_amount bigint not null,
  gateway_orders_count integer not null,
  gateway_paid_amount bigint not null,
  gateway_refunded_amount bigint not null,
  matched_count integer not null,
  created_at timestamp(3) with time zone not null,
  constraint order_lists_pkey PRIMARY KEY (id),
  constraint order_lists_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint order_lists_check CHECK (((refunded_amount >= 0) AND (refunded_amount <= paid_amount))),
  constraint order_lists_check1 CHECK (((matched_count >= 0) AND (matched_count <= orders_count))),
  constraint order_lists_orders_count_check CHECK ((orders_count >= 0)),
  constraint order_lists_paid_amount_check CHECK ((paid_amount >= 0)),
  constraint order_lists_sha256_check CHECK ((length(sha256) = 32))
);
CREATE UNIQUE INDEX order_lists_one_per_day ON order_lists USING btree (organization_id, livemode, merchant_id, business_date, COALESCE(merchant_store_id, ''::text), currency) WHERE (replaced_by IS NULL);

create table organizations (
  id text not null,
  name text not null,
  client_confirm_methods text[] not null default '{qr_mpm,qr_cpm,credit_card,e_money,cash}'::text[],
  created_at timestamp(3) with time zone not null,
  late_payment_policy late_payment_policy not null default 'auto_refund'::text,
  notification_email text,
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
  capture_amount payable_amount,
  capture_requested_at timestamp(3) with time zone,
  capture_before timestamp(3) with time zone,
  provider_account text,
  customer_code_hash bytea,
  customer_code_masked text,
  paid_at timestamp(3) with time zone,
  provider_request_id text,
  repeats_reference boolean not null default false,
  constraint payment_attempts_pkey PRIMARY KEY (id),
  constraint payment_attempts_payment_intent_id_fkey FOREIGN KEY (payment_intent_id) REFERENCES payment_intents(id)
) with (fillfactor=70);
CREATE INDEX payment_attempts_by_code_age ON payment_attempts USING btree (created_at) WHERE (customer_code_hash IS NOT NULL);
CREATE INDEX payment_attempts_by_intent ON payment_attempts USING btree (payment_intent_id);
CREATE INDEX payment_attempts_by_provider_payment ON payment_attempts USING btree (adapter, provider_payment_id) WHERE (provider_payment_id IS NOT NULL);
CREATE INDEX payment_attempts_by_time ON payment_attempts USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX payment_attempts_declined_cards ON payment_attempts USING btree (organization_id, livemode, updated_at, id COLLATE "C") WHERE ((adapter = 'TERMINAL'::text) AND (payment_method_type = 'credit_card'::text) AND ((status)::text = ANY (ARRAY['declined'::text, 'ended_unpaid'::text])));
CREATE INDEX payment_attempts_due ON payment_attempts USING btree (adapter, organization_id, merchant_id, next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX payment_attempts_for_a_person ON payment_attempts USING btree (updated_at) WHERE (((status)::text = 'unknown'::text) AND (next_check_at IS NULL));
CREATE UNIQUE INDEX payment_attempts_one_per_customer_code ON payment_attempts USING btree (organization_id, livemode, customer_code_hash) WHERE (customer_code_hash IS NOT NULL);
CREATE UNIQUE INDEX payment_attempts_one_per_reference ON payment_attempts USING btree (organization_id, livemode, merchant_id, external_ref_id) WHERE ((adapter = 'TERMINAL'::text) AND (external_ref_id IS NOT NULL) AND ((status)::text = ANY (ARRAY['authorized'::text, 'paid'::text, 'unknown'::text])) AND (NOT repeats_reference));
CREATE INDEX payment_attempts_paid ON payment_attempts USING btree (adapter, provider_account, COALESCE(paid_at, updated_at)) WHERE (((status)::text = 'paid'::text) AND (provider_account IS NOT NULL));

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
  capture_before timestamp(3) with time zone,
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
CREATE INDEX payment_intents_rare ON payment_intents USING btree (organization_id, livemode, status, id COLLATE "C") WHERE ((status)::text = ANY (ARRAY['processing'::text, 'failed'::text, 'cancelled'::text]));
CREATE INDEX payment_intents_rare_of_merchant ON payment_intents USING btree (organization_id, livemode, merchant_id, status, id COLLATE "C") WHERE ((status)::text = ANY (ARRAY['processing'::text, 'failed'::text, 'cancelled'::text]));
CREATE CONSTRAINT TRIGGER refunds_add_up AFTER UPDATE ON payment_intents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (old.amount_refunded IS DISTINCT FROM new.amount_refunded) EXECUTE FUNCTION prove_refunds_add_up('id');

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
CREATE INDEX payment_processor_configs_by_master_key ON payment_processor_configs USING btree (SUBSTRING(credentials_sealed FROM 2 FOR 8), organization_id, livemode, merchant_store_id, provider);

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
  file_url text,
  next_attempt_at timestamp(3) with time zone,
  attempts_made integer not null default 0,
  constraint provider_notifications_pkey PRIMARY KEY (id),
  constraint provider_notifications_provider_dedupe_key_key UNIQUE (provider, dedupe_key)
);
CREATE INDEX provider_notifications_by_age ON provider_notifications USING btree (worked_off_at) WHERE (worked_off_at IS NOT NULL);
CREATE INDEX provider_notifications_waiting ON provider_notifications USING btree (received_at) WHERE (worked_off_at IS NULL);
CREATE INDEX provider_notifications_with_file ON provider_notifications USING btree (next_attempt_at) WHERE ((worked_off_at IS NULL) AND (file_url IS NOT NULL));

create table publishable_keys (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  allowed_origins text[] not null default '{}'::text[],
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  name text,
  constraint publishable_keys_pkey PRIMARY KEY (id),
  constraint publishable_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);
CREATE INDEX publishable_keys_by_origin ON publishable_keys USING gin (allowed_origins) WHERE (revoked_at IS NULL);
CREATE INDEX publishable_keys_in_order ON publishable_keys USING btree (organization_id, livemode, created_at, id);

create table reconciliation_exceptions (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  file_id text,
  kind text not null,
  merchant_id text,
  payment_intent_id text,
  attempt_id text,
  refund_id text,
  provider_payment_id text,
  provider_reference text,
  line integer,
  amount_here bigint,
  amount_there bigint,
  currency currency_code not null,
  status_here text,
  status_there text,
  happened_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  resolved_at timestamp(3) with time zone,
  resolved_by text,
  resolution_reason text,
  source text not null,
  settlement_id text,
  order_list_id text,
  provider text not null,
  business_date date not null,
  field text,
  count_here integer,
  count_there integer,
  adjustment_amount bigint,
  constraint reconciliation_exceptions_pkey PRIMARY KEY (id),
  constraint reconciliation_exceptions_file_id_fkey FOREIGN KEY (file_id) REFERENCES reconciliation_files(id),
  constraint reconciliation_exceptions_settlement_id_fkey FOREIGN KEY (settlement_id) REFERENCES settlements(id),
  constraint reconciliation_exceptions_adjusted_when_resolved CHECK (((adjustment_amount IS NULL) OR (resolved_at IS NOT NULL))),
  constraint reconciliation_exceptions_adjustment_amount_check CHECK ((adjustment_amount <> 0)),
  constraint reconciliation_exceptions_field_check CHECK ((field = ANY (ARRAY['transaction_count'::text, 'gross_amount'::text, 'refunded_amount'::text, 'fees_amount'::text, 'net_amount'::text]))),
  constraint reconciliation_exceptions_field_of_totals CHECK (((kind = 'totals_differ'::text) = (field IS NOT NULL))),
  constraint reconciliation_exceptions_kind_check CHECK ((kind = ANY (ARRAY['missing_here'::text, 'missing_there'::text, 'amount_differs'::text, 'status_differs'::text, 'totals_differ'::text, 'cross_midnight'::text]))),
  constraint reconciliation_exceptions_resolved_by_somebody CHECK (((resolved_at IS NULL) = (resolved_by IS NULL))),
  constraint reconciliation_exceptions_source_check CHECK ((source = ANY (ARRAY['file'::text, 'settlement'::text, 'order_list'::text])))
);
CREATE INDEX reconciliation_exceptions_by_attempt ON reconciliation_exceptions USING btree (attempt_id) WHERE (attempt_id IS NOT NULL);
CREATE INDEX reconciliation_exceptions_by_file ON reconciliation_exceptions USING btree (file_id, id COLLATE "C");
CREATE INDEX reconciliation_exceptions_by_merchant ON reconciliation_exceptions USING btree (organization_id, livemode, merchant_id, id COLLATE "C");
CREATE INDEX reconciliation_exceptions_by_order_list ON reconciliation_exceptions USING btree (order_list_id, id COLLATE "C") WHERE (order_list_id IS NOT NULL);
CREATE INDEX reconciliation_exceptions_by_settlement ON reconciliation_exceptions USING btree (settlement_id, id COLLATE "C") WHERE (settlement_id IS NOT NULL);
CREATE INDEX reconciliation_exceptions_explained ON reconciliation_exceptions USING btree (COALESCE(refund_id, attempt_id)) WHERE ((kind = 'cross_midnight'::text) AND (source = 'file'::text));
CREATE INDEX reconciliation_exceptions_in_order ON reconciliation_exceptions USING btree (organization_id, livemode, id COLLATE "C");
CREATE UNIQUE INDEX reconciliation_exceptions_missing_once ON reconciliation_exceptions USING btree (COALESCE(refund_id, attempt_id)) WHERE ((kind = 'missing_there'::text) AND (source = 'file'::text));
CREATE INDEX reconciliation_exceptions_of_cards ON reconciliation_exceptions USING btree (organization_id, livemode, business_date) WHERE ((provider = 'SP_NET'::text) AND (source = 'settlement'::text) AND (settlement_id IS NULL));
CREATE INDEX reconciliation_exceptions_open ON reconciliation_exceptions USING btree (organization_id, livemode, id COLLATE "C") WHERE (resolved_at IS NULL);

create table reconciliation_files (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  provider text not null,
  account text not null,
  contents text not null,
  file_name text not null,
  sha256 bytea not null,
  source text not null,
  period_begins_at timestamp(3) with time zone not null,
  period_ends_at timestamp(3) with time zone not null,
  status text not null,
  replaced_by text,
  payments_count integer not null default 0,
  amount_paid bigint not null default 0,
  refunds_count integer not null default 0,
  amount_refunded bigint not null default 0,
  unknown_count integer not null default 0,
  amount_unknown bigint not null default 0,
  exceptions_count integer not null default 0,
  received_at timestamp(3) with time zone not null,
  imported_at timestamp(3) with time zone,
  business_date date not null,
  is_settled boolean not null default true,
  constraint reconciliation_files_pkey PRIMARY KEY (id),
  constraint reconciliation_files_imported_once UNIQUE (organization_id, livemode, provider, account, period_begins_at, period_ends_at, sha256),
  constraint reconciliation_files_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint reconciliation_files_check CHECK ((period_ends_at > period_begins_at)),
  constraint reconciliation_files_check1 CHECK (((status = 'importing'::text) = (imported_at IS NULL))),
  constraint reconciliation_files_check2 CHECK (((status = 'replaced'::text) = (replaced_by IS NOT NULL))),
  constraint reconciliation_files_contents_check CHECK ((contents = ANY (ARRAY['payments'::text, 'held_payments'::text]))),
  constraint reconciliation_files_sha256_check CHECK ((length(sha256) = 32)),
  constraint reconciliation_files_source_check CHECK ((source = ANY (ARRAY['notification'::text, 'by_hand'::text]))),
  constraint reconciliation_files_status_check CHECK ((status = ANY (ARRAY['importing'::text, 'imported'::text, 'replaced'::text])))
);
CREATE INDEX reconciliation_files_by_id ON reconciliation_files USING btree (id COLLATE "C");
CREATE INDEX reconciliation_files_by_period ON reconciliation_files USING btree (provider, account, contents, organization_id, livemode, period_begins_at) WHERE (status = 'imported'::text);
CREATE INDEX reconciliation_files_in_order ON reconciliation_files USING btree (organization_id, livemode, id COLLATE "C");

create table reconciliation_matches (
  object_id text not null,
  file_id text not null,
  organization_id text not null,
  constraint reconciliation_matches_pkey PRIMARY KEY (object_id, file_id),
  constraint reconciliation_matches_file_id_fkey FOREIGN KEY (file_id) REFERENCES reconciliation_files(id)
);
CREATE INDEX reconciliation_matches_by_file ON reconciliation_matches USING btree (file_id, object_id);

create table refunds (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null,
  attempt_id text not null,
  late_payment_id text,
  amount payable_amount not null,
  currency currency_code not null,
  reason text,
  metadata json,
  provider text not null,
  adapter text not null,
  processing_mode processing_mode not null,
  status refund_status not null,
  outcome payment_outcome,
  provider_refund_id text,
  error json,
  idempotency_key_id bytea,
  asked_at timestamp(3) with time zone,
  next_step refund_step,
  next_check_at timestamp(3) with time zone,
  checks_done integer not null default 0,
  not_found_count integer not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  provider_request_id text,
  constraint refunds_pkey PRIMARY KEY (id),
  constraint refunds_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES payment_attempts(id),
  constraint refunds_late_payment_id_fkey FOREIGN KEY (late_payment_id) REFERENCES late_payments(id),
  constraint refunds_payment_intent_id_fkey FOREIGN KEY (payment_intent_id) REFERENCES payment_intents(id),
  constraint refunds_check CHECK ((((status)::text = 'pending'::text) = (next_check_at IS NOT NULL))),
  constraint refunds_check1 CHECK ((((status)::text = 'pending'::text) = (next_step IS NOT NULL))),
  constraint refunds_check2 CHECK (((outcome IS NULL) OR ((status)::text = 'pending'::text))),
  constraint refunds_check3 CHECK ((((status)::text = 'failed'::text) = (error IS NOT NULL)))
) with (fillfactor=70);
CREATE INDEX refunds_by_intent ON refunds USING btree (payment_intent_id, id COLLATE "C");
CREATE INDEX refunds_by_merchant ON refunds USING btree (organization_id, livemode, merchant_id, id COLLATE "C");
CREATE INDEX refunds_by_organization ON refunds USING btree (organization_id, livemode, id COLLATE "C");
CREATE INDEX refunds_by_request ON refunds USING btree (idempotency_key_id) WHERE (idempotency_key_id IS NOT NULL);
CREATE INDEX refunds_by_status ON refunds USING btree (organization_id, livemode, status, id COLLATE "C");
CREATE INDEX refunds_by_time ON refunds USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE INDEX refunds_due ON refunds USING btree (adapter, organization_id, merchant_id, next_check_at) WHERE (next_check_at IS NOT NULL);
CREATE UNIQUE INDEX refunds_one_per_late_payment ON refunds USING btree (late_payment_id) WHERE ((late_payment_id IS NOT NULL) AND ((status)::text <> 'failed'::text));
CREATE CONSTRAINT TRIGGER refunds_add_up AFTER INSERT OR DELETE OR UPDATE ON refunds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION prove_refunds_add_up('payment_intent_id');

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

create table settlements (
  id text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  provider text not null,
  account text,
  contents text,
  business_date date not null,
  currency currency_code not null,
  source text not null,
  file_name text,
  line integer,
  file_id text,
  card_batch_id text,
  transaction_count integer not null,
  gross_amount bigint not null,
  refunded_amount bigint not null,
  fees_amount bigint,
  net_amount bigint,
  expected_transaction_count integer not null,
  expected_gross_amount bigint not null,
  expected_refunded_amount bigint not null,
  status text not null,
  replaced_by text,
  exceptions_count integer not null default 0,
  open_exceptions_count integer not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint settlements_pkey PRIMARY KEY (id),
  constraint settlements_file_id_fkey FOREIGN KEY (file_id) REFERENCES reconciliation_files(id),
  constraint settlements_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint settlements_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES settlements(id) DEFERRABLE INITIALLY DEFERRED,
  constraint settlements_check CHECK (((open_exceptions_count >= 0) AND (open_exceptions_count <= exceptions_count))),
  constraint settlements_check1 CHECK (((status = 'replaced'::text) = (replaced_by IS NOT NULL))),
  constraint settlements_check2 CHECK (
CASE status
    WHEN 'reconciled'::text THEN (open_exceptions_count = 0)
    WHEN 'exceptions'::text THEN (open_exceptions_count > 0)
    ELSE true
END),
  constraint settlements_contents_check CHECK ((contents = ANY (ARRAY['payments'::text, 'held_payments'::text]))),
  constraint settlements_expected_transaction_count_check CHECK ((expected_transaction_count >= 0)),
  constraint settlements_source_check CHECK ((source = ANY (ARRAY['file'::text, 'by_hand'::text, 'notifications'::text]))),
  constraint settlements_status_check CHECK ((status = ANY (ARRAY['reconciled'::text, 'exceptions'::text, 'replaced'::text]))),
  constraint settlements_transaction_count_check CHECK ((transaction_count >= 0))
);
CREATE INDEX settlements_by_day ON settlements USING btree (organization_id, livemode, business_date);
CREATE INDEX settlements_by_file ON settlements USING btree (file_id) WHERE (file_id IS NOT NULL);
CREATE INDEX settlements_by_id ON settlements USING btree (id COLLATE "C");
CREATE INDEX settlements_by_merchant ON settlements USING btree (organization_id, livemode, merchant_id, id COLLATE "C");
CREATE UNIQUE INDEX settlements_in_force ON settlements USING btree (organization_id, livemode, merchant_id, provider, COALESCE(account, ''::text), COALESCE(contents, ''::text), business_date, currency) WHERE (status <> 'replaced'::text);
CREATE INDEX settlements_in_order ON settlements USING btree (organization_id, livemode, id COLLATE "C");

create table signed_news (
  attempt_id text not null,
  dedupe_key text not null,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null,
  provider text not null,
  result text not null,
  amount bigint,
  currency text,
  provider_payment_id text,
  received_at timestamp(3) with time zone not null,
  constraint signed_news_pkey PRIMARY KEY (attempt_id, dedupe_key),
  constraint signed_news_amount_check CHECK ((amount >= 0)),
  constraint signed_news_check CHECK (((amount IS NULL) = (currency IS NULL)))
);
CREATE INDEX signed_news_by_time ON signed_news USING btree (organization_id, livemode, provider, received_at);
CREATE TRIGGER signed_news_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON signed_news FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table signed_news_progress (
  organization_id text not null,
  livemode boolean not null,
  provider text not null,
  last_business_date date not null,
  updated_at timestamp(3) with time zone not null,
  constraint signed_news_progress_pkey PRIMARY KEY (organization_id, livemode, provider),
  constraint signed_news_progress_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);

create table stores (
  organization_id text not null,
  livemode boolean not null,
  id text not null,
  merchant_id text not null,
  name text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  time_zone time_zone not null default 'Asia/Tokyo'::text,
  business_day_starts_at time_of_day not null default '00:00'::text,
  business_days_from date,
  constraint stores_pkey PRIMARY KEY (organization_id, livemode, id),
  constraint stores_organization_id_livemode_merchant_id_fkey FOREIGN KEY (organization_id, livemode, merchant_id) REFERENCES merchants(organization_id, livemode, id)
);
CREATE INDEX stores_by_merchant ON stores USING btree (merchant_id, organization_id, livemode, id);

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
  round integer not null default 1,
  attempts_before integer not null default 0,
  constraint webhook_deliveries_pkey PRIMARY KEY (webhook_endpoint_id, event_id),
  constraint webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])))
) partition by RANGE (event_id);
CREATE INDEX webhook_deliveries_by_sequence ON webhook_deliveries USING btree (webhook_endpoint_id, sequence);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries USING btree (webhook_endpoint_id, next_attempt_at, sequence) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries USING btree (webhook_endpoint_id, sequence) WHERE (status = 'failed'::text);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries USING btree (webhook_endpoint_id, sequence) WHERE ((status = 'pending'::text) AND (next_attempt_at IS NULL));

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
  version integer not null default 1,
  previous_secret_expires_at timestamp(3) with time zone,
  constraint webhook_endpoints_pkey PRIMARY KEY (id),
  constraint webhook_endpoints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
  constraint webhook_endpoints_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text, 'deleted'::text])))
);
CREATE INDEX webhook_endpoints_by_master_key ON webhook_endpoints USING btree (SUBSTRING(secret_sealed FROM 2 FOR 8), id);
CREATE INDEX webhook_endpoints_by_merchant ON webhook_endpoints USING btree (organization_id, livemode, COALESCE(merchant_id, ''::text)) WHERE (status <> 'deleted'::text);
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints USING btree (organization_id, livemode, id) WHERE (status <> 'deleted'::text);

create table worker_heartbeats (
  worker_id text not null,
  seen_at timestamp(3) with time zone not null,
  constraint worker_heartbeats_pkey PRIMARY KEY (worker_id)
);
