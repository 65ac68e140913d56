-- What a payment must be able to tell later about the one try that paid it. All of it is new knowledge: rows that
-- there are have none of it, and the previous release writes attempts without it beside this one.

-- A code that a customer shows pays once. Its hash tells a repetition from a second use; what is shown of it is
-- masked. The code itself is never stored.
alter table payment_attempts add column customer_code_hash bytea;
alter table payment_attempts add column customer_code_masked text;

-- When the money moved: as the provider states it, else when we heard of it. A provider's files are by this day.
alter table payment_attempts add column paid_at timestamptz(3);

-- The provider's own id of its last answer (PayPay: X-REQUEST-ID), for its support.
alter table payment_attempts add column provider_request_id text;
