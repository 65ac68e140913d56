-- What only grows is cut by time, a month to a piece, so that what is past its time goes by dropping a table: a
-- delete of so many rows would cost as much as all the inserts did, and leave the table as large as it was. Ids
-- carry their time and ascend by bytes, so the id of the event is the cut of all three tables: the events, their
-- deliveries, and the attempts at those. A primary key may then stay what it is.
--
-- Rows that are there already stay where they lie: the table that holds them becomes the first piece. It is read
-- once, and its indexes are built anew; nothing is copied. Nothing refers to a piece by a foreign key, because
-- every detaching would then search the table that refers, and take its lock. What the keys said is kept by the
-- statements: a delivery is written by the statement that reads its event and its endpoint.

create function pg_temp.id_bound(month timestamptz) returns text language plpgsql as $$
declare
  ms bigint := extract(epoch from month) * 1000;
  digits text := '';
begin
  for place in 1..10 loop
    digits := substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (ms % 32)::int + 1, 1) || digits;
    ms := ms / 32;
  end loop;
  return 'evt_' || digits;
end
$$;

-- Cuts one table. `key` is the event's id in it; the primary key and the indexes are made by the caller.
create function pg_temp.partition_by_event(name text, key text) returns void language plpgsql as $$
declare
  old_name text := name || '_before';
  this_month timestamptz := date_trunc('month', now(), 'UTC');
  month timestamptz;
  has_rows boolean;
  one record;
begin
  execute format('alter table %I rename to %I', name, old_name);
  -- Everything that hangs on a table has a name of its own, which the new one needs.
  for one in select conname from pg_constraint where conrelid = old_name::regclass and contype in ('p', 'u', 'f') loop
    execute format('alter table %I drop constraint %I', old_name, one.conname);
  end loop;
  for one in select indexrelid::regclass as index_name from pg_index where indrelid = old_name::regclass loop
    execute format('drop index %s', one.index_name);
  end loop;
  execute format('create table %I (like %I including defaults including constraints) partition by range (%I)',
                 name, old_name, key);
  execute format('create table %I partition of %I default', name || '_default', name);
  execute format('select exists (select from %I)', old_name) into has_rows;
  for ahead in 0..3 loop
    month := (this_month at time zone 'UTC' + make_interval(months => ahead)) at time zone 'UTC';
    -- The old rows, where there are any, take the place of this month and of all before it.
    continue when ahead = 0 and has_rows;
    execute format('create table %I partition of %I for values from (%L) to (%L)',
                   name || to_char(month at time zone 'UTC', '_YYYY_MM'), name, pg_temp.id_bound(month),
                   pg_temp.id_bound((month at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
  end loop;
  if not has_rows then
    execute format('drop table %I', old_name);
    return;
  end if;
  month := (this_month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
  -- A clock that was wrong has made ids of a time to come.
  execute format('with moved as (delete from %I where %I >= %L returning *) insert into %I select * from moved',
                 old_name, key, pg_temp.id_bound(month), name);
  execute format('alter table %I attach partition %I for values from (minvalue) to (%L)',
                 name, old_name, pg_temp.id_bound(month));
end
$$;

alter table webhook_delivery_attempts drop constraint webhook_delivery_attempts_webhook_endpoint_id_sequence_fkey;
alter table webhook_deliveries drop constraint webhook_deliveries_event_id_fkey;

alter table events alter column id type text collate "C";
select pg_temp.partition_by_event('events', 'id');
alter table events add primary key (id);
create index events_to_fan_out on events (id) where fanned_out_at is null;
-- Lists of events, newest first: an organization's, and those about one payment.
create index events_by_organization on events (organization_id, livemode, id);
create index events_by_payment_intent on events (payment_intent_id, id) where payment_intent_id is not null;

alter table webhook_deliveries alter column event_id type text collate "C";
select pg_temp.partition_by_event('webhook_deliveries', 'event_id');
alter table webhook_deliveries add primary key (webhook_endpoint_id, event_id);
-- Not unique, because a unique index would have to hold the event's id, too. A number is given once because it
-- is counted up in the endpoint's own row, under its lock.
create index webhook_deliveries_by_sequence on webhook_deliveries (webhook_endpoint_id, sequence);
-- By endpoint first: a claim steps from endpoint to endpoint, so that it never wades through one's backlog.
create index webhook_deliveries_due on webhook_deliveries (webhook_endpoint_id, next_attempt_at, sequence)
  where next_attempt_at is not null;
-- What waits for its endpoint to be enabled again, and what was given up: both are few, and are looked for.
create index webhook_deliveries_waiting on webhook_deliveries (webhook_endpoint_id, sequence)
  where status = 'pending' and next_attempt_at is null;
create index webhook_deliveries_failed on webhook_deliveries (webhook_endpoint_id, sequence)
  where status = 'failed';

-- The default is for workers of the release before, which still write while this one comes in.
alter table webhook_delivery_attempts add column event_id text collate "C" not null default '';
update webhook_delivery_attempts a set event_id = d.event_id
  from webhook_deliveries d where d.webhook_endpoint_id = a.webhook_endpoint_id and d.sequence = a.sequence;
select pg_temp.partition_by_event('webhook_delivery_attempts', 'event_id');
alter table webhook_delivery_attempts add primary key (webhook_endpoint_id, sequence, attempt_number, event_id);

-- Types that an ordinary payment never has: their lists would otherwise walk past all payments of a year.
create index events_of_rare_types on events (organization_id, livemode, type, id)
  where type not in ('payment_intent.created', 'payment_intent.requires_action', 'payment_intent.succeeded');

-- Payment intents are not cut: an order's reference is unique over all time, which only one index over all of them
-- can prove. What keeps them quick is that no list walks past what it does not show. A payment that goes well is
-- never in these indexes, so they cost it nothing.
create index payment_intents_rare on payment_intents (organization_id, livemode, status, id collate "C")
  where status in ('processing', 'failed', 'cancelled');
create index payment_intents_rare_of_merchant
  on payment_intents (organization_id, livemode, merchant_id, status, id collate "C")
  where status in ('processing', 'failed', 'cancelled');
create index refunds_by_status on refunds (organization_id, livemode, status, id collate "C");

-- A claim of look-ups reads the oldest that are due, whoever's they are; only when most of those are of a few with
-- a backlog does it go from merchant to merchant.
create index payment_attempts_by_time on payment_attempts (next_check_at) where next_check_at is not null;
create index refunds_by_time on refunds (next_check_at) where next_check_at is not null;
