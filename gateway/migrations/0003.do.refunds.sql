-- Money that goes back. A refund is written before its provider is asked and is its own schedule, as an attempt is;
-- its id is what the provider knows it by, and is never replaced by a new one. That no more goes back than was
-- received stands here, whatever the code above does: an intent's amount_refunded is at most what was received, and
-- it is the sum of the intent's refunds, proven at the end of every transaction that touches one of the two.

create domain refund_status as text check (value in ('pending', 'succeeded', 'failed'));
-- What the provider is asked next: to give the money back (with the same id, however often), or what became of it.
create domain refund_step as text check (value in ('ask', 'look_up'));

create table refunds (
  id text primary key,
  organization_id text not null,
  livemode boolean not null,
  merchant_id text not null,
  payment_intent_id text not null references payment_intents,
  -- The attempt that brought the money.
  attempt_id text not null references payment_attempts,
  -- Set: it gives back money that came after the end, which was never part of what the intent received.
  late_payment_id text references late_payments,
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
  -- The request that wants it: the retry of one whose process died goes on with this refund.
  idempotency_key_id bytea,
  -- Since when the provider may know of it; null before it was asked for the first time.
  asked_at timestamptz(3),
  next_step refund_step,
  next_check_at timestamptz(3),
  checks_done integer not null default 0,
  not_found_count integer not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- What is pending is due at some time, so that nothing is forgotten, and what has ended is not.
  check ((status = 'pending') = (next_check_at is not null)),
  check ((status = 'pending') = (next_step is not null)),
  check (outcome is null or status = 'pending'),
  check ((status = 'failed') = (error is not null))
) with (fillfactor = 70);

-- Lists are newest first, each by an index of its own, ordered by bytes as those of payment intents are.
create index refunds_by_organization on refunds (organization_id, livemode, id collate "C");
create index refunds_by_merchant on refunds (organization_id, livemode, merchant_id, id collate "C");
create index refunds_by_intent on refunds (payment_intent_id, id collate "C");
-- The row is its own schedule; by merchant first, as for attempts, so that a claim never wades through a backlog.
create index refunds_due on refunds (adapter, organization_id, merchant_id, next_check_at)
  where next_check_at is not null;
create index refunds_by_request on refunds (idempotency_key_id) where idempotency_key_id is not null;
-- The same late money goes back once.
create unique index refunds_one_per_late_payment on refunds (late_payment_id)
  where late_payment_id is not null and status <> 'failed';

-- Its argument is the column that names the intent. Deferred, because one statement writes the intent and the refund.
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

create constraint trigger refunds_add_up after insert or update or delete on refunds
  deferrable initially deferred for each row execute function prove_refunds_add_up('payment_intent_id');
-- The condition is looked at where the row is written, so that a payment pays nothing for it.
create constraint trigger refunds_add_up after update on payment_intents
  deferrable initially deferred for each row
  when (old.amount_refunded is distinct from new.amount_refunded)
  execute function prove_refunds_add_up('id');
