-- One payment at an external terminal pays one order. Its approval code is what names it, so the same code for a
-- second order is a mistake, or worse, and the database refuses it, whoever was asked and however many asked at once.

-- What there was before may hold repetitions, and they stay: the first keeps the reference, the others are marked.
-- Nobody else sets the mark.
alter table payment_attempts add column repeats_reference boolean not null default false;

-- Nobody may write a repetition between the marking and the index.
lock table payment_attempts in share row exclusive mode;

update payment_attempts set repeats_reference = true
from (
  select id, row_number() over (
    partition by organization_id, livemode, merchant_id, external_ref_id order by created_at, id
  ) as place
  from payment_attempts
  where adapter = 'TERMINAL' and external_ref_id is not null and status in ('authorized', 'paid', 'unknown')
) taken
where payment_attempts.id = taken.id and taken.place > 1;

-- A payment that was declined, or whose hold was released, has not used its reference up. `unknown` has: the terminal
-- reports another amount, and until a person has looked it may have paid.
create unique index payment_attempts_one_per_reference
  on payment_attempts (organization_id, livemode, merchant_id, external_ref_id)
  where adapter = 'TERMINAL' and external_ref_id is not null and status in ('authorized', 'paid', 'unknown')
    and not repeats_reference;

-- What nobody can be asked about waits for a person. It is counted with what is unknown, and next to always empty.
create index payment_attempts_for_a_person on payment_attempts (updated_at)
  where status = 'unknown' and next_check_at is null;
