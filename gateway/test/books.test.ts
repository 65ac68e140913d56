// What makes the books trustworthy: nothing in them is ever changed, nothing unbalanced gets in, a movement is booked
// with its payment or not at all, once, on its store's business day; and whoever tampers is found.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkBooks } from '../src/application/books.ts';
import { updatePaymentIntent } from '../src/db/payment-intents.ts';
import { assertBooksAgree, bookedOf } from './support/books.ts';
import { STORE_ID, startTestGateway, type TestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, clock } = gateway;
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, gateway.replicas[1]);
const stage = makeRefundStage(gateway);

test('what is booked is never changed, by nobody: an update, a delete and a truncate are refused', async () => {
  const intent = await stage.payCash();
  for (const statement of [
    'update book_entries set amount = amount + 1',
    'update book_entries set created_at = created_at where false',
    'delete from book_entries',
    'truncate book_entries',
    `insert into book_entries select * from book_entries on conflict (object_id, kind) do update set amount = 1`,
  ]) {
    await assert.rejects(gateway.query(statement), /book entries are never changed/, statement);
  }
  assert.deepEqual(await bookedOf(gateway, intent), ['payment receivable sales 1000 0 CASH']);
});

test('what is not balanced, or is nothing, does not get in', async () => {
  await stage.payCash();
  const insert = (changes: string) =>
    gateway.query(
      `insert into book_entries select (jsonb_populate_record(e, jsonb_build_object('object_id', 'pa_other') || $1::jsonb)).*
       from book_entries e limit 1`,
      [changes],
    );
  for (const [changes, refusal] of [
    ['{"credit_account": "receivable"}', /book_entries_check/],
    ['{"debit_account": "sales"}', /book_entries_check/],
    ['{"credit_account": "cash"}', /book_account_check/],
    ['{"debit_account": null}', /null value/],
    ['{"amount": 0}', /booked_amount_check/],
    ['{"amount": -1000}', /booked_amount_check/],
    ['{"tax_amount": 1001}', /book_entries_tax_amount_check|book_entries_check/],
    ['{"tax_amount": -1}', /book_entries_tax_amount_check|book_entries_check/],
    ['{"kind": "gift"}', /book_kind_check/],
    ['{"currency": "yen"}', /currency_code_check/],
  ] as const) {
    await assert.rejects(insert(changes), refusal, changes);
  }
});

test('a change that the database refuses leaves neither its payment nor its entry', async () => {
  const paid = await stage.payCash();
  const before = await gateway.query('select count(*)::int as count from book_entries');
  const [row] = await gateway.query<Record<string, never>>('select * from payment_intents where id = $1', [
    paid.id,
  ]);
  const [attempt] = await gateway.query<Record<string, never>>(
    'select * from payment_attempts where payment_intent_id = $1',
    [paid.id],
  );
  assert.ok(row && attempt);
  // The rows of another payment, which the constraint on amounts refuses.
  const open = await gateway.createIntent();
  const [other] = await gateway.query<Record<string, never>>('select * from payment_intents where id = $1', [
    open.id,
  ]);
  const id = `${String(attempt['id']).slice(0, -4)}ZZZZ`;
  const too_much = { ...other, status: 'succeeded', amount_received: 1_001, attempt_id: id, version: 2 };
  const change = {
    intent: too_much as never,
    attempt: { ...attempt, id, payment_intent_id: open.id } as never,
  };
  await assert.rejects(updatePaymentIntent(gateway.context.db, change), /violates check constraint/);
  // One whose entry cannot be booked takes its payment along: an attempt of a provider without a name.
  const nameless = { ...attempt, id, payment_intent_id: open.id, adapter: null } as never;
  const whole = {
    ...other,
    status: 'succeeded',
    amount_received: 1_000,
    attempt_id: id,
    version: 2,
  } as never;
  await assert.rejects(
    updatePaymentIntent(gateway.context.db, { intent: whole, attempt: nameless }),
    /null value/,
  );
  assert.equal(await gateway.statusOf(open), 'requires_payment_method');
  assert.deepEqual(await gateway.query('select count(*)::int as count from book_entries'), before);
});

test('a change that comes too late, because somebody was faster, books nothing', async () => {
  const intent = await gateway.createIntent();
  const answers = await Promise.all(
    [client, there, client, there].map((by) => by.confirm(intent.id, { payment_method_type: 'cash' })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.deepEqual(await bookedOf(gateway, intent), ['payment receivable sales 1000 0 CASH']);
});

test('refunds that two replicas give at the same time share the tax to the last yen', async () => {
  for (let round = 0; round < 4; round += 1) {
    const intent = await stage.payCash({ amount: 1_000, tax_amount: 91 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        stage.refund(intent, { amount: 125 }, {}, n % 2 === 0 ? client : there),
      ),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map(() => 201),
    );
    const [sums] = await gateway.query(
      `select count(*)::int as count, sum(amount)::int as amount, sum(tax_amount)::int as tax_amount
       from book_entries where payment_intent_id = $1 and kind = 'refund'`,
      [intent.id],
    );
    assert.deepEqual(sums, { count: 8, amount: 1_000, tax_amount: 91 });
  }
  await assertBooksAgree(gateway);
});

test('a movement stands on the business day of its store, and stays there when the store changes its hours', async () => {
  const at = async (instant: string) => {
    clock.set(instant);
    const intent = await stage.payCash();
    const [row] = await gateway.query<{ business_date: string; created_at: string }>(
      'select business_date, created_at from book_entries where payment_intent_id = $1',
      [intent.id],
    );
    assert.equal(row?.created_at, new Date(instant).toISOString());
    return row.business_date;
  };
  const save = (business_day_starts_at: string, time_zone = 'Asia/Tokyo') =>
    gateway.saveStore({ store: { id: STORE_ID, business_day_starts_at, time_zone } });
  assert.equal(await at('2026-03-30T14:59:59.999Z'), '2026-03-30');
  assert.equal(await at('2026-03-30T15:00:00.000Z'), '2026-03-31');
  await save('05:00');
  // By the new hours it would be of the day before, which was over by those before, and perhaps exported.
  assert.equal(await at('2026-03-30T19:59:59.999Z'), '2026-03-31');
  assert.equal(await at('2026-03-31T19:59:59.999Z'), '2026-03-31');
  assert.equal(await at('2026-03-31T20:00:00.000Z'), '2026-04-01');
  await save('00:00', 'America/New_York');
  assert.equal(await at('2026-04-02T03:59:59.999Z'), '2026-04-01');
  assert.equal(await at('2026-04-02T04:00:00.000Z'), '2026-04-02');
  await save('00:00');
  // A refund is of the day on which the money went back, not of the day of its payment.
  clock.set('2026-04-03T14:00:00.000Z');
  const intent = await stage.payCash();
  clock.set('2026-04-03T15:00:00.000Z');
  await stage.refund(intent, { amount: 10 });
  assert.deepEqual(
    await gateway.query(
      'select kind, business_date from book_entries where payment_intent_id = $1 order by kind',
      [intent.id],
    ),
    [
      { kind: 'payment', business_date: '2026-04-03' },
      { kind: 'refund', business_date: '2026-04-04' },
    ],
  );
});

/** Lets a test do what nobody can: change what is booked. */
async function tamper(own: TestGateway, ...statements: string[]): Promise<void> {
  await own.query('alter table book_entries disable trigger book_entries_append_only');
  for (const statement of statements) await own.query(statement);
  await own.query('alter table book_entries enable trigger book_entries_append_only');
}

test('the command finds every fault that was put into the books, and nothing else, and books what is missing', async (t) => {
  const own = await startTestGateway(t);
  const owns = makeRefundStage(own);
  const intents = [];
  for (let n = 0; n < 12; n += 1) intents.push(await owns.payCash({ amount: 1_000 + n, tax_amount: 90 }));
  for (const intent of intents.slice(0, 4)) await owns.refund(intent, { amount: 500 });
  // What is beside a missing one is not at fault.
  for (const intent of intents.slice(0, 2)) await owns.refund(intent, { amount: 100 });
  const env = { DATABASE_URL: own.database_url, MPAC_MASTER_KEY: own.master_key };
  const check = async (...options: string[]) => {
    const { code, stdout } = await runCli(t, ['books', 'check', ...options], { env });
    return { code, result: JSON.parse(stdout) };
  };
  const clean = await check();
  assert.deepEqual(
    [clean.code, clean.result],
    [
      0,
      {
        payments_count: 12,
        entries_count: 18,
        booked_count: null,
        disagreements_count: 0,
        disagreements: [],
      },
    ],
  );

  const objects = await own.query<{ kind: string; object_id: string }>(
    'select kind, object_id from book_entries order by kind, amount, object_id',
  );
  const payments = objects.flatMap(({ kind, object_id }) => (kind === 'payment' ? object_id : []));
  const refunds = objects.flatMap(({ kind, object_id }) => (kind === 'refund' ? object_id : [])).slice(2);
  const faults: [object_id: string | undefined, kind: string, fault: string, statement: string][] = [
    [
      payments[0],
      'payment',
      'differs',
      `update book_entries set amount = amount - 1 where object_id = '${payments[0]}'`,
    ],
    [
      payments[1],
      'payment',
      'differs',
      `update book_entries set provider = 'PAYPAY' where object_id = '${payments[1]}'`,
    ],
    [
      payments[2],
      'payment',
      'differs',
      `update book_entries set currency = 'USD' where object_id = '${payments[2]}'`,
    ],
    [
      payments[3],
      'payment',
      'differs',
      `update book_entries set tax_amount = 89 where object_id = '${payments[3]}'`,
    ],
    [payments[4], 'payment', 'missing', `delete from book_entries where object_id = '${payments[4]}'`],
    [refunds[0], 'refund', 'missing', `delete from book_entries where object_id = '${refunds[0]}'`],
    [
      refunds[1],
      'refund',
      'differs',
      `update book_entries set debit_account = 'late_money' where object_id = '${refunds[1]}'`,
    ],
    [
      payments[6],
      'payment',
      'differs',
      `update book_entries set business_date = business_date - 3 where object_id = '${payments[6]}'`,
    ],
    [
      're_stray',
      'refund',
      'unexpected',
      `insert into book_entries select (jsonb_populate_record(e, '{"object_id": "re_stray"}')).* from book_entries e
       where object_id = '${refunds[2]}'`,
    ],
    [
      payments[5],
      'late_payment',
      'unexpected',
      `insert into book_entries select (jsonb_populate_record(e, '{"kind": "late_payment"}')).* from book_entries e
       where object_id = '${payments[5]}'`,
    ],
  ];
  await tamper(own, ...faults.map(([, , , statement]) => statement));
  const { code, result } = await check();
  assert.equal(code, 1);
  const found = (result.disagreements as Record<string, string>[]).map(({ object_id, kind, fault }) =>
    [object_id, kind, fault].join(' '),
  );
  const expected = faults.map(([object_id, kind, fault]) => [object_id, kind, fault].join(' '));
  assert.deepEqual(found.toSorted(), expected.toSorted());

  const booked = await check('--book-missing');
  assert.deepEqual([booked.code, booked.result.booked_count, booked.result.disagreements_count], [1, 2, 8]);
  await own.runJob('measure');
  assert.equal((await own.context.metrics.books_disagreements.get()).values[0]?.value, 8);
});

test('the worker comes by everything, again and again, and tells a fault once, by its ids', async (t) => {
  const own = await startTestGateway(t);
  const intent = await makeRefundStage(own).payCash({ merchant_ref_id: 'not-in-a-log' });
  await own.runJob('check_books');
  assert.deepEqual(await own.query('select * from book_disagreements'), []);
  const [entry] = await own.query<{ object_id: string }>('select object_id from book_entries');
  await tamper(own, 'update book_entries set amount = 999');
  const told = own.log.next(({ msg }) => msg === 'the books disagree; a person must look');
  for (let round = 0; round < 3; round += 1) await own.runJob('check_books');
  const line = await told;
  assert.deepEqual(
    [line['level'], line['object'], line['kind'], line['payment_intent'], line['fault']],
    [50, entry?.object_id, 'payment', intent.id, 'differs'],
  );
  const gauge = async () => {
    await own.runJob('measure');
    return (await own.context.metrics.books_disagreements.get()).values[0]?.value;
  };
  assert.equal(await gauge(), 1);
  await tamper(own, 'update book_entries set amount = 1000');
  await own.runJob('check_books');
  assert.equal(await gauge(), 0);
});

test('the worker does not wait for its round where something moved lately', async (t) => {
  const own = await startTestGateway(t);
  await own.runJob('check_books');
  const owns = makeRefundStage(own);
  await owns.payCash();
  // The slow walks stand beyond this payment, as they would in a database of millions.
  await own.query(`update book_checks set walked_to = 'zz' where walk <> 'events'`);
  await tamper(own, 'delete from book_entries');
  own.clock.advance(200_000);
  await own.runJob('check_books');
  assert.deepEqual(await own.query('select kind, fault from book_disagreements'), [
    { kind: 'payment', fault: 'missing' },
  ]);
});

test('what moved before there were books, and what an older release moves beside this one, is booked by its rows', async (t) => {
  const own = await startTestGateway(t);
  const owns = makeRefundStage(own);
  const paid = await owns.payCash({ amount: 1_001, tax_amount: 91 });
  for (const amount of [300, 300, 401]) {
    own.clock.advance(1_000);
    await owns.refund(paid, { amount });
  }
  const kept = await own.createIntent({ amount: 50, tax_amount: 5 });
  await own.client.cancel(kept.id);
  await own.client.confirm(kept.id, {
    payment_method_type: 'credit_card',
    provider: 'VISA',
    external_ref_id: 'b-1',
  });
  const [late] = (await own.client.get(`/v1/late_payments?payment_intent=${kept.id}`)).json;
  for (const action of ['keep', 'refund']) {
    own.clock.advance(1_000);
    await own.client.post(`/v1/late_payments/${late.id}/resolve`, { action, reason: 'I looked.' });
  }
  const all = `select id, organization_id, merchant_id, merchant_store_id, provider, business_date, currency, kind,
    debit_account, credit_account, amount, tax_amount, object_id, payment_intent_id, created_at
    from book_entries order by object_id, kind`;
  const before = await own.query(all);
  assert.equal(before.length, 4 + 3);
  await tamper(own, 'delete from book_entries');
  assert.equal((await checkBooks(own.context, { book_missing: true })).booked_count, 7);
  assert.deepEqual(await own.query(all), before);
});

test('late money that an older release kept beside this one counts as sold, and goes back from there', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent({ amount: 50, tax_amount: 5 });
  await own.client.cancel(intent.id);
  const card = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'b-2' };
  await own.client.confirm(intent.id, card);
  const [late] = (await own.client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json;
  const decide = (action: string) =>
    own.client.post(`/v1/late_payments/${late.id}/resolve`, { action, reason: 'I looked.' });
  await decide('keep');
  // The older release knows neither books nor `kept_at`.
  await own.query('update late_payments set kept_at = null');
  await tamper(own, `delete from book_entries where kind = 'late_payment_kept'`);
  assert.equal((await checkBooks(own.context, { book_missing: true })).booked_count, 1);
  await decide('refund');
  await own.settle();
  assert.deepEqual(await bookedOf(own, intent), [
    'late_payment receivable late_money 50 0 SP_NET',
    'late_payment_kept late_money sales 50 5 SP_NET',
    'late_payment_refund sales receivable 50 5 SP_NET',
  ]);
  await assertBooksAgree(own);
});
