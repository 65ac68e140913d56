// A month of a small chain, day by day: PayPay's files, the card processor's batch, the payment page's signed news and
// the tills' own lists of orders, with differences put in on purpose. Exactly those are found, and the books are balanced.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SYSTEM } from '../src/application/audit.ts';
import { saveCardProcessorConnection } from '../src/application/card-processor-connections.ts';
import { type PlayedPayment, writePlayedPayments } from '../src/commands/played-payments.ts';
import { insertSignedNews } from '../src/db/signed-news.ts';
import { bookProvider } from '../src/domain/books.ts';
import { startSettlementServers } from '../src/simulator/settlement-servers.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { importBytes, makeFiles } from './support/reconciliation.ts';
import { type Injected, injectDifferences, WRONG_SETTLEMENTS } from './support/settlement-injections.ts';
import {
  accountOf,
  businessDateIn,
  DAYS,
  dateAfter,
  type Injection,
  MERCHANTS,
  MONTH_BEGINS,
  type Month,
  makeMonth,
  numberOf,
  STORES,
  storeOf,
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

interface Found {
  source: string;
  kind: string;
  provider: string;
  business_date: string;
  merchant_id: string | null;
  field: string | null;
  attempt_id: string | null;
  refund_id: string | null;
  provider_reference: string | null;
  count_here: number | null;
  count_there: number | null;
  amount_here: number | null;
  amount_there: number | null;
}

/** What an exception is of, what it is about, and of sums by how much the other side has more. */
function describe(found: Found): string {
  const { source, kind, provider, business_date, merchant_id, field, attempt_id, refund_id } = found;
  const more =
    (found.count_there ?? 0) - (found.count_here ?? 0) + (found.amount_there ?? 0) - (found.amount_here ?? 0);
  const about = refund_id ?? attempt_id ?? found.provider_reference;
  const what = field === null ? (about ?? merchant_id) : `${merchant_id} ${field} ${more}`;
  return `${source} ${kind} ${provider} ${business_date} ${what}`;
}

const KINDS: Partial<Record<Injected, string>> = {
  paypay_missing: 'file missing_there',
  paypay_foreign: 'file missing_here',
  paypay_amount: 'file amount_differs',
  paypay_failed: 'file status_differs',
  paypay_refund_missing: 'file missing_there',
  paypay_given_back: 'file missing_here',
  page_untold: 'settlement missing_there',
  page_amount: 'settlement amount_differs',
  order_extra: 'order_list missing_here',
  order_missing: 'order_list missing_there',
  order_amount: 'order_list amount_differs',
  order_cancelled: 'order_list status_differs',
  order_crossing: 'order_list cross_midnight',
};

/** What is found of one payment, refund or order. */
function expectedOfOne({ what, business_date, payment, reference }: Injection): string[] {
  const kind = KINDS[what];
  if (kind === undefined) return [];
  // On the list of the day before stands what the books have on the day after.
  const date = what === 'order_crossing' ? dateAfter(business_date, -1) : business_date;
  const is_theirs = ['paypay_foreign', 'paypay_refund_missing', 'order_extra'].includes(what);
  const provider =
    what === 'order_extra' ? 'UNKNOWN' : bookProvider(payment.adapter, payment.payment_method_type);
  return [`${kind} ${provider} ${date} ${is_theirs ? reference : payment.attempt_id}`];
}

/** The processor states sums alone, so each merchant's day tells by how much it has more, or less. */
function expectedOfCards(injections: readonly Injection[]): string[] {
  const more = new Map<string, { count: number; gross: number }>();
  const add = (date: string, merchant_id: string, count: number, gross: number) => {
    const key = `${date} ${merchant_id}`;
    const sum = more.get(key) ?? { count: 0, gross: 0 };
    more.set(key, { count: sum.count + count, gross: sum.gross + gross });
  };
  for (const { what, business_date, merchant_id, payment, reference } of injections) {
    const { amount } = payment;
    if (what === 'card_missing' || what === 'card_crossing') add(business_date, merchant_id, -1, -amount);
    if (what === 'card_crossing') add(String(reference), merchant_id, 1, amount);
    if (what === 'card_extra') add(business_date, merchant_id, 1, amount);
    if (what === 'card_amount') add(business_date, merchant_id, 0, 1_000);
  }
  return [...more].flatMap(([key, { count, gross }]) => [
    ...(count === 0 ? [] : [`settlement totals_differ SP_NET ${key} transaction_count ${count}`]),
    ...(gross === 0 ? [] : [`settlement totals_differ SP_NET ${key} gross_amount ${gross}`]),
  ]);
}

/** Money for an order that was cancelled before it came is no secret of the till's. */
function expectedOfLateMoney({ outcome, at, attempt_id, merchant_store_id }: PlayedPayment): string[] {
  if (outcome !== 'late') return [];
  return [`order_list status_differs PAYPAY ${businessDateIn(storeOf(merchant_store_id), at)} ${attempt_id}`];
}

/** Of WRONG_SETTLEMENTS. */
const EXPECTED_OF_SETTLEMENTS = [
  'settlement totals_differ SP_NET 2026-01-06 coffee net_amount 1',
  'settlement missing_there SP_NET 2026-01-08 coffee',
  'settlement missing_here SP_NET 2026-01-10 MERCHANT-999',
];

/** What is in the one and not, or not as often, in the other. */
function without(all: readonly string[], taken: readonly string[]): string[] {
  const rest = [...taken];
  return all.filter((one) => {
    const place = rest.indexOf(one);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** What the processor says of a line that it sees another way. */
function complaintOf({ what, payment, amount }: Injection): string[] {
  const code = payment.external_ref_id;
  if (what === 'card_missing' || what === 'card_crossing') return [`${code} was never approved here.`];
  return what === 'card_amount' ? [`${code} was approved for ${amount}, not ${payment.amount}.`] : [];
}

async function openChain(gateway: TestGateway): Promise<void> {
  for (const { id, merchant_id, business_day_starts_at } of STORES)
    await gateway.saveStore({
      merchant: { id: merchant_id, name: merchant_id },
      store: { id, name: id, business_day_starts_at },
      payment_processor_configs: [
        { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: accountOf(merchant_id) } },
        { provider: 'MPGS', is_active: true, credentials: {} },
      ],
    });
}

/** The card processor with its own books of the month, and the gateway connected to it. */
async function openProcessor(t: TestContext, { context, organization_id, clock }: TestGateway, month: Month) {
  const directory = await mkdtemp(join(tmpdir(), 'mpac-month-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { processor, ftp, close } = await startSettlementServers({
    directory,
    now: clock.now,
    accounting_keys: [],
  });
  t.after(close);
  for (const { merchant_id, ...row } of month.processor)
    processor.authorize({ ...row, merchant_number: numberOf(merchant_id) });
  const settings = {
    host: '127.0.0.1',
    port: ftp.port,
    username: ftp.username,
    password: ftp.password,
    upload_directory: '/upload',
    download_directory: '/download',
    merchant_numbers: Object.fromEntries(MERCHANTS.map((id) => [numberOf(id), id])),
    starts_on: MONTH_BEGINS,
  };
  const owner = { organization_id, livemode: false };
  await saveCardProcessorConnection(context, owner, settings, { actor: SYSTEM, mark: null });
  return processor;
}

async function runCardBatches(gateway: TestGateway): Promise<void> {
  while ((await gateway.runJob('card_batches')) > 0);
}

async function postOrders({ client }: TestGateway, month: Month, date: string): Promise<void> {
  for (const { id, merchant_id } of STORES) {
    const orders = month.orders.get(`${id} ${date}`) ?? [];
    const body = { merchant_id, merchant_store_id: id, business_date: date, orders };
    const answer = await client.post('/v1/order_lists', body);
    assert.equal(answer.status, 201, answer.text);
  }
}

test('a month of 100,000 payments is reconciled with exactly the differences that were put into it', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse(`${MONTH_BEGINS}T00:00:00+09:00`) });
  await openChain(gateway);
  const month = makeMonth(SEED, COUNT);
  injectDifferences(month, SEED);
  await writeMonth(gateway, month);
  await tellPaypay(gateway, month);
  // As the database does by itself when it has minutes for what comes here in seconds.
  await gateway.query('analyze');
  const processor = await openProcessor(t, gateway, month);

  for (let day = 0; day < DAYS; day += 1) {
    const date = dateAfter(MONTH_BEGINS, day);
    // At two in the night of Japan, and at six, when the last bar has closed.
    gateway.clock.set(`${date}T17:00:00.000Z`);
    const fault = WRONG_SETTLEMENTS[date];
    if (fault !== undefined) processor.setFaults([fault]);
    await runCardBatches(gateway);
    while ((await gateway.runJob('signed_news')) > 0);
    gateway.clock.set(`${date}T21:00:00.000Z`);
    await importPaypayFiles(gateway, date);
    await postOrders(gateway, month, date);
  }
  assert.deepEqual(
    processor
      .listUploads()
      .flatMap(({ problems }) => problems.map(({ message }) => message))
      .sort(),
    month.injections.flatMap(complaintOf).sort(),
    'the processor has checked every line that was uploaded',
  );
  const exceptions = await gateway.query<Found>('select * from reconciliation_exceptions');
  const expected = [
    ...month.injections.flatMap(expectedOfOne),
    ...expectedOfCards(month.injections),
    ...month.payments.flatMap(expectedOfLateMoney),
    ...EXPECTED_OF_SETTLEMENTS,
  ];
  const found = exceptions.map(describe);
  assert.deepEqual(
    { not_found: without(expected, found), not_put_in: without(found, expected) },
    { not_found: [], not_put_in: [] },
  );
});
