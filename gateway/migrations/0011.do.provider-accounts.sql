-- A payment stays with the account that it began with at its provider. A store's settings can name another account
-- while payments are open, and later when they are given back: the settings as they were are kept, and each attempt
-- remembers which account it began with. Nothing is filled in for rows that there are: an attempt without an account
-- is asked about with whatever its store has now, as before, and the settings of a store say themselves, once opened,
-- whose account they are. So the previous release can go on writing attempts beside this one.

-- Null: cash and terminals, where nobody is asked, and attempts that began before this migration.
alter table payment_attempts add column provider_account text;

-- What a store's settings were for an account that it had at a provider and has no more. Read only for attempts
-- that began with it. Kept for good: money can be given back, and come late, long after.
create table former_processor_configs (
  organization_id text not null,
  livemode boolean not null,
  merchant_store_id text not null,
  provider text not null,
  account text not null,
  credentials_sealed bytea not null,
  -- Since when the store has another account, the last time that it changed.
  replaced_at timestamptz(3) not null,
  primary key (organization_id, livemode, merchant_store_id, provider, account),
  foreign key (organization_id, livemode, merchant_store_id) references stores
);

-- For the exchange of the master key, as in every table that seals.
create index former_processor_configs_by_master_key on former_processor_configs
  (substring(credentials_sealed from 2 for 8), organization_id, livemode, merchant_store_id, provider, account);
