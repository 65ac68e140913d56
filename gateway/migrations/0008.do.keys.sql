-- Keys that live with their users: they have names, show when they were last used, and a key's secret can be
-- exchanged while the old one still works for some hours. Publishable keys say which web pages may call from a
-- browser, so they are also found by origin.

alter table api_keys
  add column name text,
  add column last_used_at timestamptz(3),
  -- Until then the secret before the present one signs, too; both lie in secret_sealed.
  add column previous_secret_expires_at timestamptz(3),
  add column previous_secret_last_used_at timestamptz(3);

-- Lists are newest first. The index also serves what the old one did.
create index api_keys_in_order on api_keys (organization_id, livemode, id collate "C");
drop index api_keys_by_organization;
-- Old secrets whose time is over are taken out of their boxes.
create index api_keys_with_previous_secret on api_keys (previous_secret_expires_at)
  where previous_secret_expires_at is not null;

alter table publishable_keys add column name text;

-- Their ids are random, so the order of creation needs the time.
create index publishable_keys_in_order on publishable_keys (organization_id, livemode, created_at, id);
-- A preflight names an origin and nobody else: is there any key that allows it?
create index publishable_keys_by_origin on publishable_keys using gin (allowed_origins) where revoked_at is null;
