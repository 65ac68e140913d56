-- A code that a customer shows pays once. Two tills that scanned the same code, or one till that puts an old code to a
-- new order, would each begin a payment of their own under an id that the wallet has not seen: the database refuses
-- the second, whichever replicas were asked. The column is younger than every row but the newest, and empty in all of
-- them, so both indexes begin empty; ordinary payments never touch them.
create unique index payment_attempts_one_per_customer_code
  on payment_attempts (organization_id, livemode, customer_code_hash)
  where customer_code_hash is not null;

-- Codes live for minutes. Their hashes are forgotten after a day: wallets may give a number again, and what is not
-- there cannot leak.
create index payment_attempts_by_code_age on payment_attempts (created_at) where customer_code_hash is not null;
