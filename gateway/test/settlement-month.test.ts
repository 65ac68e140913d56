// A month of a small chain, day by day: PayPay's files, the card processor's batch, the payment page's signed news and
// the tills' own lists of orders, with differences put in on purpose. Exactly those are found, every
// day is settled once, and the books say what the payments, the settlements and the lists do.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SYSTEM } from '../src/application/audit.ts';
import { checkBooks } from '../src/application/books.ts';
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
  dayInJapan,
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
  resolved_by: string | null;
}

/** What an exception is of, what it is about, by how much the other side has more, and who has resolved it. */
function describe(found: Found): string {
  const { source, kind, provider, business_date, merchant_id, field, attempt_id, refund_id, resolved_by } =
    found;
  const more =
    (found.count_there ?? 0) - (found.count_here ?? 0) + (found.amount_there ?? 0) - (found.amount_here ?? 0);
  const about = field === null ? (refund_id ?? attempt_id ?? found.provider_reference) : null;
  const what = about ?? [merchant_id, field].filter((word) => word !== null).join(' ');
  return `${source} ${kind} ${provider} ${business_date} ${what} ${more} ${resolved_by ?? 'open'}`;
}

/** The kind of each, and by how much the other side then has more. */
const KINDS: Partial<Record<Injected, [kind: string, more: (injection: Injection) => number]>> = {
  paypay_missing: ['file missing_there', ({ payment }) => -payment.amount],
  paypay_foreign: ['file missing_here', ({ payment }) => payment.amount],
  paypay_amount: ['file amount_differs', () => 100],
  paypay_failed: ['file status_differs', () => 0],
  paypay_refund_missing: ['file missing_there', ({ payment }) => -(payment.refund?.amount ?? 0)],
  paypay_given_back: ['file missing_here', ({ payment }) => payment.amount],
  page_untold: ['settlement missing_there', ({ payment }) => -payment.amount],
  page_amount: ['settlement amount_differs', () => 50],
  order_extra: ['order_list missing_here', ({ payment }) => payment.amount],
  order_missing: ['order_list missing_there', ({ payment }) => -payment.amount],
  order_amount: ['order_list amount_differs', () => 10],
  order_cancelled: ['order_list status_differs', ({ payment }) => -payment.amount],
  order_crossing: ['order_list cross_midnight', () => 0],
  order_unrefunded: ['order_list status_differs', ({ payment }) => payment.refund?.amount ?? 0],
  order_method: ['order_list status_differs', () => 0],
};

/** What is found of one payment, refund or order. */
function expectedOfOne(injection: Injection): string[] {
  const { what, business_date, payment, reference } = injection;
  const [kind, more] = KINDS[what] ?? [];
  if (kind === undefined || more === undefined) return [];
  // On the list of the day before stands what the books have on the day after.
  const date = what === 'order_crossing' ? dateAfter(business_date, -1) : business_date;
  const is_theirs = ['paypay_foreign', 'paypay_refund_missing', 'order_extra'].includes(what);
  // Of an order that only the till knows, nobody but the drawer can have the money.
  const is_nobodys = what === 'order_extra' && payment.adapter !== 'CASH';
  const provider = is_nobodys ? 'UNKNOWN' : bookProvider(payment.adapter, payment.payment_method_type);
  const about = is_theirs ? reference : payment.attempt_id;
  const resolved_by = what === 'order_crossing' ? 'mpac-pgw' : 'open';
  return [`${kind} ${provider} ${date} ${about} ${more(injection)} ${resolved_by}`];
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
    ...(count === 0 ? [] : [`settlement totals_differ SP_NET ${key} transaction_count ${count} open`]),
    ...(gross === 0 ? [] : [`settlement totals_differ SP_NET ${key} gross_amount ${gross} open`]),
  ]);
}

/** Money for an order that was cancelled before it came is no secret of the till's. */
function expectedOfLateMoney(payment: PlayedPayment): string[] {
  const { outcome, at, attempt_id, merchant_store_id, amount } = payment;
  if (outcome !== 'late') return [];
  const date = businessDateIn(storeOf(merchant_store_id), at);
  return [`order_list status_differs PAYPAY ${date} ${attempt_id} ${-amount} open`];
}

/** Of WRONG_SETTLEMENTS. The merchant that is missing lacks all its cards of that day, the strange one has some. */
function expectedOfSettlements({ payments }: Month): string[] {
  const lacking = payments.filter(
    ({ merchant_id, at, adapter, payment_method_type, outcome }) =>
      bookProvider(adapter, payment_method_type) === 'SP_NET' &&
      outcome === 'paid' &&
      merchant_id === 'coffee' &&
      dayInJapan(at) === '2026-01-08',
  );
  const more = -lacking.reduce((sum, { amount }) => sum + amount, lacking.length);
  return [
    'settlement totals_differ SP_NET 2026-01-06 coffee net_amount 1 open',
    `settlement missing_there SP_NET 2026-01-08 coffee ${more} open`,
    'settlement missing_here SP_NET 2026-01-10 MERCHANT-999 1001 open',
  ];
}

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
    ...expectedOfSettlements(month),
  ];
  const found = exceptions.map(describe);
  assert.deepEqual(
    { not_found: without(expected, found), not_put_in: without(found, expected) },
    { not_found: [], not_put_in: [] },
  );
  await assertSettled(gateway, exceptions);
  await assertBooked(gateway);
});

/** Each merchant's day at each provider is settled once, and is reconciled exactly where nothing of it is open. */
async function assertSettled(gateway: TestGateway, exceptions: readonly Found[]): Promise<void> {
  const keyOf = ({
    provider,
    merchant_id,
    business_date,
  }: Pick<Found, 'provider' | 'merchant_id' | 'business_date'>) =>
    `${provider} ${merchant_id} ${business_date}`;
  const open = exceptions.filter(
    ({ source, resolved_by }) => source !== 'order_list' && resolved_by === null,
  );
  const with_open = new Set(open.map(keyOf));
  const expected = Array.from({ length: DAYS }, (_, day) => dateAfter(MONTH_BEGINS, day)).flatMap(
    (business_date) =>
      [
        ...MERCHANTS.flatMap((merchant_id) => [
          { provider: 'PAYPAY', merchant_id, business_date },
          { provider: 'SP_NET', merchant_id, business_date },
        ]),
        { provider: 'MPGS', merchant_id: 'books', business_date },
      ]
        .map(keyOf)
        .filter((key) => key !== 'SP_NET coffee 2026-01-08')
        .map((key) => `${key} ${with_open.has(key) ? 'exceptions' : 'reconciled'}`),
  );
  const settlements = await gateway.query<Found & { status: string }>('select * from settlements');
  assert.deepEqual(settlements.map((one) => `${keyOf(one)} ${one.status}`).sort(), expected.sort());
}

/** The books say what the rows of payments say, have each settlement once, and each till's day sold what they have. */
async function assertBooked(gateway: TestGateway): Promise<void> {
  const { payments_count, disagreements } = await checkBooks(gateway.context, { book_missing: false });
  assert.deepEqual([payments_count, disagreements], [COUNT, []]);
  const [sums] = await gateway.query(
    `
    with booked as (
      select sum(amount) filter (where kind = 'settlement') as net, sum(amount) filter (where kind = 'fee') as fees,
        sum(amount) filter (where credit_account = 'sales' and business_date between $1 and $2) as sold,
        sum(amount) filter (where debit_account = 'sales' and business_date between $1 and $2) as returned
      from book_entries
    ), settled as (select sum(net_amount) as net, sum(fees_amount) as fees from settlements),
    listed as (select sum(gateway_paid_amount) as sold, sum(gateway_refunded_amount) as returned from order_lists)
    select (b.net - s.net)::int as net, (b.fees - s.fees)::int as fees, (b.sold - l.sold)::int as sold,
      (b.returned - l.returned)::int as returned
    from booked b, settled s, listed l`,
    [MONTH_BEGINS, dateAfter(MONTH_BEGINS, DAYS - 1)],
  );
  assert.deepEqual(sums, { net: 0, fees: 0, sold: 0, returned: 0 });
}
