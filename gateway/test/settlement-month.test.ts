// A month of a small chain, day by day: PayPay's files, the card processor's batch, the payment page's signed news and
// the tills' own lists of orders, with differences put in on purpose. Exactly those are found, and the books are balanced.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writePlayedPayments } from '../src/commands/played-payments.ts';
import { insertSignedNews } from '../src/db/signed-news.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { importBytes, makeFiles } from './support/reconciliation.ts';
import { injectDifferences } from './support/settlement-injections.ts';
import {
  accountOf,
  DAYS,
  dateAfter,
  type Injection,
  MONTH_BEGINS,
  type Month,
  makeMonth,
  STORES,
} from './support/settlement-month.ts';

const COUNT = 100_000;
const SEED = 20_260_101;
const CHUNK = 2_000;

async function writeMonth({ context, organization_id }: TestGateway, month: Month): Promise<void> {
  const owner = { organization_id, livemode: false };
  for (let at = 0; at < month.payments.length; at += CHUNK) {
    const payments = month.payments.slice(at, at + CHUNK);
    await writePlayedPayments(context, context.db, owner, payments);
  }
  await context.db.withTransaction(async (tx) => {
    for (const { payment, amount, at } of month.signed) {
      const { attempt_id, merchant_id, intent_id, currency, provider_payment_id } = payment;
      await insertSignedNews(tx, {
        ...owner,
        attempt_id,
        dedupe_key: attempt_id,
        merchant_id,
        payment_intent_id: intent_id,
        provider: 'MPGS',
        result: 'paid',
        amount,
        currency,
        provider_payment_id,
        received_at: at,
      });
    }
  });
}

async function tellPaypay({ paypay }: TestGateway, month: Month): Promise<void> {
  for (let at = 0; at < month.paypay.length; at += 5_000) {
    const movements = month.paypay
      .slice(at, at + 5_000)
      .map(({ merchant_id, ...row }) => ({ merchant_id: accountOf(merchant_id), ...row }));
    await paypay.control('POST', '/movements', { movements });
  }
}

async function importPaypayFiles(gateway: TestGateway, date: string): Promise<void> {
  for (const { name, url } of await makeFiles(gateway, date)) {
    await importBytes(gateway, name, Buffer.from(await (await fetch(url)).arrayBuffer()));
  }
}

type Found = Record<
  | 'source'
  | 'kind'
  | 'provider'
  | 'business_date'
  | 'merchant_id'
  | 'field'
  | 'attempt_id'
  | 'refund_id'
  | 'provider_payment_id'
  | 'provider_reference',
  string | null
>;

/** What an exception is of, and what it is about. */
function describe(found: Found): string {
  const { source, kind, provider, business_date, field, attempt_id, refund_id } = found;
  const about = field ?? refund_id ?? attempt_id ?? found.provider_reference ?? found.provider_payment_id;
  return `${source} ${kind} ${provider} ${business_date} ${about}`;
}

/** What has to be found of a difference, typed by hand for each kind. */
function expectedOf({ what, business_date, payment, reference }: Injection): string[] {
  const attempt = payment?.attempt_id;
  const paypay = (kind: string, about: string | null | undefined) => [
    `file ${kind} PAYPAY ${business_date} ${about}`,
  ];
  switch (what) {
    case 'paypay_missing':
      return paypay('missing_there', attempt);
    case 'paypay_foreign':
      return paypay('missing_here', reference);
    case 'paypay_amount':
      return paypay('amount_differs', attempt);
    case 'paypay_failed':
      return paypay('status_differs', attempt);
    case 'paypay_refund_missing':
      return paypay('missing_there', reference);
    case 'paypay_given_back':
      return paypay('missing_here', attempt);
    default:
      return [];
  }
}

test('a month of 100,000 payments is reconciled with exactly the differences that were put into it', async (t) => {
  const gateway = await startTestGateway(t);
  for (const { id, merchant_id } of STORES)
    await gateway.saveStore({
      merchant: { id: merchant_id, name: merchant_id },
      store: { id, name: id },
      payment_processor_configs: [
        { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: accountOf(merchant_id) } },
      ],
    });
  const month = makeMonth(SEED, COUNT);
  injectDifferences(month, SEED);
  await writeMonth(gateway, month);
  await tellPaypay(gateway, month);
  for (let day = 0; day < DAYS; day += 1) {
    const date = dateAfter(MONTH_BEGINS, day);
    gateway.clock.set(`${date}T17:30:00.000Z`);
    await importPaypayFiles(gateway, date);
  }
  const exceptions = await gateway.query<Found>('select * from reconciliation_exceptions');
  assert.deepEqual(exceptions.map(describe).sort(), month.injections.flatMap(expectedOf).sort());
});
