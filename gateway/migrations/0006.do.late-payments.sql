-- Late payments become objects that are decided: given back by policy or by a person, or kept. What was only ever
-- held until now takes one of four statuses, and says who decided, why, and what went wrong with giving it back.

-- What becomes of money that arrives when nobody wants it any more. Read only when that happens.
create domain late_payment_policy as text check (value in ('auto_refund', 'hold'));
create domain late_payment_status as text check (value in ('held', 'refunding', 'refunded', 'kept'));

alter table organizations add column late_payment_policy late_payment_policy not null default 'auto_refund';

alter table late_payments
  drop constraint late_payments_status_check,
  drop constraint late_payments_attempt_id_key,
  alter column status type late_payment_status,
  alter column amount type payable_amount,
  drop constraint late_payments_amount_check,
  -- The provider only reserves the money: there is nothing to keep, and giving it back means letting it go.
  add column authorized_only boolean not null default false,
  -- The refund under way, or the one that gave it back; null where a hold was let go, or the provider reversed it.
  add column refund_id text,
  -- Why it could not be given back the last time.
  add column error json,
  add column resolution_reason text,
  add column resolved_by text,
  add column resolved_at timestamptz(3),
  add check (status <> 'refunding' or error is null),
  add check (status <> 'kept' or not authorized_only),
  add check ((resolved_at is null) = (resolved_by is null));

-- The same money is found once, however often it is reported. Money that went back and came again is other money.
create unique index late_payments_one_per_attempt on late_payments (attempt_id) where status <> 'refunded';
create index late_payments_by_intent on late_payments (payment_intent_id, id collate "C");

-- Lists are newest first, ordered by bytes as those of payment intents are.
create index late_payments_by_organization on late_payments (organization_id, livemode, id collate "C");
create index late_payments_by_status on late_payments (organization_id, livemode, status, id collate "C");
-- What waits for a person; the gauges read nothing else.
create index late_payments_held on late_payments (created_at) where status = 'held';

create index audit_log_by_action on audit_log (organization_id, action, id collate "C");
