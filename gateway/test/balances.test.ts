// What business days came to, as a backend and the command line read it: each line is typed in by hand.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { MERCHANT_ID, STORE_ID, startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const stage = makeRefundStage(gateway);
const OTHER = { id: 'merchant_002', store: 'store_of_002' };

const list = async (query = '', by = client) => {
  const { status, json, headers } = await by.get(`/v1/balances${query}`);
  assert.equal(status, 200);
  return { lines: json as Json[], link: headers.get('link') };
};

const line = (changes: Json): Json => ({
  object: 'balance',
  merchant_id: MERCHANT_ID,
  merchant_store_id: STORE_ID,
  provider: 'CASH',
  business_date: '2026-01-15',
  currency: 'JPY',
  receivable: 0,
  bank: 0,
  fees: 0,
  adjustments: 0,
  sales: 0,
  late_money: 0,
  entries_count: 1,
  ...changes,
});

const FIRST_DAY = [
  line({ receivable: 1_200, sales: 1_200, entries_count: 3 }),
  line({ currency: 'USD', receivable: 75, sales: 75 }),
  line({ provider: 'SP_NET', receivable: 2_050, sales: 2_000, late_money: 50, entries_count: 2 }),
];
const OTHERS = [line({ merchant_id: OTHER.id, merchant_store_id: OTHER.store, receivable: 9, sales: 9 })];
// The refund is of the day on which the money went back.
const SECOND_DAY = [line({ business_date: '2026-01-16', receivable: -400, sales: -400 })];

test('a day’s money stands in one line for each merchant, store, provider and currency', async () => {
  await gateway.saveStore({ merchant: { id: OTHER.id }, store: { id: OTHER.store } });
  const first = await stage.payCash({ amount: 1_000 });
  const second = await stage.payCash({ amount: 500 });
  await stage.refund(second, { amount: 300 });
  await stage.payCash({ amount: 75, currency: 'USD' });
  await stage.payCard({ amount: 2_000 });
  const late = await gateway.createIntent({ amount: 50 });
  await client.cancel(late.id);
  const card = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'balance-1' };
  assert.equal((await client.confirm(late.id, card)).status, 409);
  await stage.payCash({ amount: 9, merchant_store_id: OTHER.store });
  clock.advance(86_400_000);
  await stage.refund(first, { amount: 400 });

  assert.deepEqual((await list()).lines, [...SECOND_DAY, ...FIRST_DAY, ...OTHERS]);
});

test('both sides of every line are the same number', async () => {
  for (const each of (await list()).lines as Record<string, number>[]) {
    const { receivable = 0, bank = 0, fees = 0, adjustments = 0, sales = 0, late_money = 0 } = each;
    assert.equal(receivable + bank + fees + adjustments, sales + late_money);
  }
});

test('filters work together, and a page leads to the next', async () => {
  assert.deepEqual((await list('?provider=SP_NET')).lines, [FIRST_DAY[2]]);
  assert.deepEqual((await list(`?merchant_id=${OTHER.id}`)).lines, OTHERS);
  assert.deepEqual((await list(`?merchant_store_id=${OTHER.store}&provider=CASH`)).lines, OTHERS);
  assert.deepEqual((await list('?business_date_gte=2026-01-16')).lines, SECOND_DAY);
  assert.deepEqual((await list('?business_date_lte=2026-01-15&limit=3')).lines, FIRST_DAY);
  assert.deepEqual((await list('?business_date_gte=2026-01-17')).lines, []);
  const seen: Json[] = [];
  for (let path: string | undefined = '?limit=2'; path !== undefined; ) {
    const { lines, link } = await list(path);
    seen.push(...lines);
    path = link === null ? undefined : /[?].*(?=>; rel="next")/.exec(link)?.[0];
  }
  assert.deepEqual(seen, [...SECOND_DAY, ...FIRST_DAY, ...OTHERS]);
});

test('a key of one merchant sees that merchant’s days only, whatever it asks for', async () => {
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: OTHER.id }));
  assert.deepEqual((await list('', narrowed)).lines, OTHERS);
  assert.deepEqual((await list(`?merchant_id=${MERCHANT_ID}`, narrowed)).lines, []);
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  assert.deepEqual((await list('', live)).lines, []);
  const { client: another } = await gateway.addOrganization();
  assert.deepEqual((await list('', another)).lines, []);
});

test('a day that no calendar has is refused by its name', async () => {
  for (const [query, field] of [
    ['business_date_gte=2026-02-30', 'business_date_gte'],
    ['business_date_lte=20260115', 'business_date_lte'],
    ['limit=0', 'limit'],
    ['provider=paypay', 'provider'],
    ['date=2026-01-15', 'date'],
  ] as const) {
    const { status, json } = await client.get(`/v1/balances?${query}`);
    assert.deepEqual([status, (json.details as Json)['field']], [400, field], query);
  }
});

test('the command line shows the same lines', async (t) => {
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const place = ['--organization', gateway.organization_id];
  const { code, stdout } = await runCli(
    t,
    ['books', 'balances', ...place, '--to', '2026-01-15', '--merchant', OTHER.id],
    {
      env,
    },
  );
  assert.equal(code, 0);
  const { object: _, ...shown } = OTHERS[0] ?? {};
  assert.deepEqual(JSON.parse(stdout), [shown]);
});
