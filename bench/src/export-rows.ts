// A store's days of very many payments, written by the set: intents, attempts and the entries of the books, which is all
// that an accounting export reads.
import type pg from 'pg';

export interface SoldDay {
  business_date: string;
  payments: number;
}

export interface Shop {
  organization_id: string;
  merchant_id: string;
  merchant_store_id: string;
}

/** In the order of time as in that of ids, from eight in the morning in Japan on; ten per cent of tax is in the price. */
const FACTS = `create temporary table sold as
  select n, :date::text || lpad(n::text, 16, '0') as x, 100 + n % 5000 as amount,
    (:date::date::timestamp at time zone 'Asia/Tokyo') + interval '8 hours' + n * (interval '14 hours' / :payments) as at
  from generate_series(1, :payments) n`;

const ROWS: readonly string[] = [
  `insert into payment_intents (id, organization_id, livemode, merchant_id, merchant_store_id, merchant_ref_id, amount,
      currency, payment_method_types, capture_method, status, amount_received, tax_amount, receipt_number, attempt_id,
      created_at, updated_at, expires_at)
    select 'pi_' || x, :organization, false, :merchant, :store, 'order ' || x, amount, 'JPY', '{credit_card}', 'automatic',
      'succeeded', amount, amount / 11, 'R' || n, 'pa_' || x, at, at, at + interval '30 minutes' from sold`,
  `insert into payment_attempts (id, organization_id, livemode, payment_intent_id, merchant_id, merchant_store_id,
      payment_method_type, provider, adapter, processing_mode, status, amount, currency, authorize_only, external_ref_id,
      paid_at, created_at, updated_at)
    select 'pa_' || x, :organization, false, 'pi_' || x, :merchant, :store, 'credit_card', 'VISA', 'TERMINAL', 'external',
      'paid', amount, 'JPY', false, x, at, at, at from sold`,
  `insert into book_entries (id, organization_id, livemode, merchant_id, merchant_store_id, provider, business_date,
      currency, kind, debit_account, credit_account, amount, tax_amount, object_id, payment_intent_id, created_at)
    select book_entry_id('pa_' || x, 'payment'), :organization, false, :merchant, :store, 'SP_NET', :date::date, 'JPY',
      'payment', 'receivable', 'sales', amount, amount / 11, 'pa_' || x, 'pi_' || x, at from sold`,
];

export async function writeSoldDay(client: pg.Client, shop: Shop, day: SoldDay): Promise<void> {
  const fillIn = (text: string) =>
    text
      .replaceAll(/(?<!:):date/g, `'${day.business_date}'`)
      .replaceAll(':payments', String(day.payments))
      .replaceAll(':organization', client.escapeLiteral(shop.organization_id))
      .replaceAll(':merchant', client.escapeLiteral(shop.merchant_id))
      .replaceAll(':store', client.escapeLiteral(shop.merchant_store_id));
  // Rows that are right by construction: foreign keys are not asked of each.
  await client.query('set session_replication_role = replica; set synchronous_commit = off');
  await client.query(fillIn(FACTS));
  for (const text of ROWS) await client.query(fillIn(text));
  await client.query('drop table sold');
}
