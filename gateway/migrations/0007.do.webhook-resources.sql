-- Webhook endpoints as resources: they can be changed, deleted and given another secret, deliveries can be made
-- again, and a mail says when an endpoint was given up.

-- Where the gateway writes to when something needs a person. Null: nowhere.
alter table organizations add column notification_email text;

-- A deleted endpoint keeps its row, because what it was given stays readable under its id, and because its
-- numbers must never be given again.
alter table webhook_endpoints drop constraint webhook_endpoints_status_check;
alter table webhook_endpoints add constraint webhook_endpoints_status_check
  check (status in ('enabled', 'disabled', 'deleted'));
alter table webhook_endpoints
  -- Each change expects the version before it.
  add column version integer not null default 1,
  -- After a roll two secrets sign until then.
  add column previous_secret_expires_at timestamptz(3);

drop index webhook_endpoints_by_organization;
create index webhook_endpoints_by_organization on webhook_endpoints (organization_id, livemode, id)
  where status <> 'deleted';
-- An event is for the endpoints of its merchant and for those of the organization. There may be thousands of
-- merchants with endpoints of their own, which must not be walked for each event.
create index webhook_endpoints_by_merchant
  on webhook_endpoints (organization_id, livemode, coalesce(merchant_id, '')) where status <> 'deleted';

alter table webhook_deliveries
  -- A resending, or the end of a pause, begins the schedule anew: what fails that was under way from the round
  -- before does not count in this one.
  add column round integer not null default 1,
  -- Attempts of earlier rounds: together with attempts_made the number of the last one.
  add column attempts_before integer not null default 0;

-- The intent that an event is about, itself or through its refund or late payment.
alter table events add column payment_intent_id text collate "C";

-- Mails on their way. The row is written with what it tells of, and is its own schedule.
create table mails (
  id text primary key,
  organization_id text not null references organizations,
  livemode boolean,
  recipient text not null,
  subject text not null,
  body text not null,
  -- not_configured: there was no mail server to send it by.
  status text not null default 'pending' check (status in ('pending', 'sent', 'failed', 'not_configured')),
  attempts_made integer not null default 0,
  next_attempt_at timestamptz(3),
  -- Why the last attempt failed.
  error text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create index mails_due on mails (next_attempt_at) where next_attempt_at is not null;
create index mails_by_age on mails (updated_at) where next_attempt_at is null;

-- The indexes of events and deliveries stand in 0010, which makes these tables anew.
