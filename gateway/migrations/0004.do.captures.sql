-- Money that a provider holds for a later capture. The attempt remembers until when the hold lasts, and, before
-- the provider is asked to take the money, how much of it is to be taken: a process that dies in between leaves a
-- row that says what to ask for. The intent shows how long there is time. That no more is taken than was asked
-- for stands in the intent's own checks.
alter table payment_attempts
  add column capture_amount payable_amount,
  add column capture_requested_at timestamptz(3),
  add column capture_before timestamptz(3);
alter table payment_intents
  add column capture_before timestamptz(3);
