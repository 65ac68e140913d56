-- A refund must be able to tell, as an attempt does, what the provider's last answer about it was called there (PayPay:
-- X-REQUEST-ID): it is what the provider's support asks for. Rows that there are have none, and the previous release
-- writes refunds without it beside this one.

alter table refunds add column provider_request_id text;
