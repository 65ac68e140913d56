-- Two things that an operator asked for. The master key can be exchanged while the gateway serves: the database
-- remembers which keys its secrets were sealed with, and which of them seals now, so that a process with a wrong
-- key is refused at its start. And the stores of a merchant are listed page by page.

-- One row for each master key that this database ever knew. It belongs to the whole gateway, to no organization.
create table master_keys (
  -- Tells keys apart; it is made from the key and says nothing of it.
  id bytea primary key check (length(id) = 8),
  -- A known text, sealed: who cannot open it does not have the key.
  check_sealed bytea not null,
  seals boolean not null,
  created_at timestamptz(3) not null,
  -- Since then another key seals.
  replaced_at timestamptz(3),
  check (seals = (replaced_at is null))
);

create unique index master_keys_one_seals on master_keys (seals) where seals;

-- Bytes 2 to 9 of a sealed value name its key. What a replaced key still seals is walked here, a batch at a time.
create index api_keys_by_master_key on api_keys (substring(secret_sealed from 2 for 8), id);
create index payment_processor_configs_by_master_key on payment_processor_configs
  (substring(credentials_sealed from 2 for 8), organization_id, livemode, merchant_store_id, provider);
create index webhook_endpoints_by_master_key on webhook_endpoints (substring(secret_sealed from 2 for 8), id);

-- The merchant first: an index that began like the primary key was taken for it while the table was small, and then
-- every look-up of one store, each payment's too, read all the stores of its organization.
drop index stores_by_merchant;
create index stores_by_merchant on stores (merchant_id, organization_id, livemode, id);
