// Refunds at the same moment: over two replicas, over two real processes, and past the code altogether, by SQL. Never
// does more go back than was received.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Client, Json } from './support/client.ts';
import { type Replica, startTestGateway, type TestGateway } from './support/gateway.ts';
import { startGateway } from './support/process.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const stage = makeRefundStage(gateway);

/** Many partial refunds at once, from all sides; what was granted must be all that fits, and what was not, refused. */
async function race(
  own: TestGateway,
  intent: { id: string },
  clients: Client[],
  amounts: number[],
): Promise<number> {
  const { refund, refunded, rows } = makeRefundStage(own);
  const answers = await Promise.all(
    amounts.map((amount, index) =>
      refund(intent, { amount }, undefined, clients[index % clients.length] as Client),
    ),
  );
  for (const { status, text } of answers) assert.ok(status === 201 || status === 400, text);
  const granted = answers.filter(({ status }) => status === 201);
  const sum = granted.reduce((total, { json }) => total + (json.amount as number), 0);
  assert.ok(sum <= 1_000, `${sum} of 1000`);
  assert.equal(await refunded(intent), sum);
  assert.deepEqual(
    (await rows(intent)).map(({ id }) => id).sort(),
    granted.map(({ json }) => json.id as string).sort(),
  );
  const left = 1_000 - sum;
  for (const [index, { status }] of answers.entries()) {
    if (status !== 201) assert.ok((amounts[index] as number) > left, `${amounts[index]} would have fitted`);
  }
  return sum;
}

const here = gateway.client;
const [first, second] = gateway.replicas as [Replica, Replica];
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, second);

test('two replicas give back what was received, and not a yen more', async () => {
  for (const pay of [stage.payCash, stage.payQr]) {
    const intent = await pay();
    const amounts = Array.from({ length: 16 }, (_, index) => 60 + index * 7);
    await race(gateway, intent, [here, there], amounts);
    assert.equal(
      (await stage.atPaypay(intent)).reduce((sum, one) => sum + one.amount, 0),
      pay === stage.payQr ? await stage.refunded(intent) : 0,
    );
  }
});

test('the whole amount, asked for many times at once, goes back once', async () => {
  const intent = await stage.payQr();
  assert.equal(await race(gateway, intent, [here, there], Array(10).fill(1_000)), 1_000);
  assert.equal((await stage.atPaypay(intent)).length, 1);
});

test('one request sent to both replicas with one key is one refund', async () => {
  for (let round = 0; round < 8; round += 1) {
    const intent = await stage.payCash();
    const options = { idempotency_key: `both-${round}` };
    const body = { amount: 100 + round };
    const answers = await Promise.all([
      stage.refund(intent, body, options, here),
      stage.refund(intent, body, options, there),
    ]);
    for (const { status, headers, text } of answers)
      assert.ok(status === 201 || headers.has('retry-after'), text);
    assert.equal((await stage.rows(intent)).length, 1);
    assert.equal(await stage.refunded(intent), 100 + round);
  }
});

test('the answer and the look-up of another replica, both at once, end a refund once', async () => {
  const intent = await stage.payQr();
  const held = gateway.holdProviderAnswers(first);
  const answer = stage.refund(intent);
  await held.arrived;
  gateway.clock.advance(31_000);
  await gateway.runJob('refunds', second);
  const [row] = await stage.rows(intent);
  assert.equal(row?.status, 'succeeded', 'the other replica took it over after its lease');
  held.release();
  const { status, json } = await answer;
  assert.deepEqual([status, json.status, json.id], [201, 'succeeded', row?.id]);
  assert.deepEqual(
    (await gateway.eventsOf(intent)).filter((type) => type.startsWith('refund.')),
    ['refund.created', 'refund.succeeded'],
  );
  assert.equal((await stage.atPaypay(intent)).length, 1);
});

test('two real processes give back what was received, and not a yen more', async (t) => {
  const own = await startTestGateway(t, { now: 'real' });
  const env = {
    MPAC_MODE: 'production',
    DATABASE_URL: own.database_url,
    MPAC_MASTER_KEY: own.master_key,
    MPAC_SIMULATOR_URL: own.simulator_url,
    MPAC_RATE_LIMIT_PER_MERCHANT: '1000000',
    MPAC_RATE_LIMIT_GLOBAL: '1000000',
    MPAC_DATABASE_POOL: '8',
  };
  const processes = await Promise.all([startGateway(t, 'serve', env), startGateway(t, 'serve', env)]);
  const clients = [
    own.clientFor(own.key, processes[0]),
    own.clientFor({ ...own.key, form: 'raw' }, processes[1]),
  ];
  const own_stage = makeRefundStage(own);
  for (let round = 0; round < 4; round += 1) {
    const intent = await own_stage.payCash();
    const amounts = Array.from({ length: 20 }, (_, index) => 40 + ((index * 37 + round * 11) % 120));
    await race(own, intent, clients, amounts);
  }
  for (const process of processes) assert.equal(/"level":(50|60)/.test(process.stdout()), false);
});

const CHECK = /check constraint|is not the sum of its refunds|gives back other money|unique constraint/;

test('the database refuses what the code would let through', async () => {
  const intent = await stage.payCash();
  const { json } = await stage.refund(intent, { amount: 600 });
  const id = json.id as string;
  const refuse = (text: string, values: unknown[] = []) =>
    assert.rejects(gateway.query(text, values), CHECK, text);
  const insert = (amount: number, status = 'succeeded') =>
    `insert into refunds (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, amount, currency,
       provider, adapter, processing_mode, status, created_at, updated_at)
     select 're_${amount}_${status}', organization_id, livemode, merchant_id, payment_intent_id, attempt_id, ${amount},
       currency, provider, adapter, processing_mode, '${status}', created_at, updated_at
     from refunds where id = $1`;
  const set = (amount: number) =>
    `update payment_intents set amount_refunded = ${amount} where id = (select payment_intent_id from refunds where id = $1)`;
  const both = (amount: number, refunded: number) => `with new as (${insert(amount)}) ${set(refunded)}`;

  await refuse(insert(1), [id]);
  await refuse(set(599), [id]);
  await refuse(set(0), [id]);
  await refuse(set(601), [id]);
  await refuse(both(401, 1_001), [id]);
  await refuse(both(401, 1_000), [id]);
  await refuse(both(401, 600), [id]);
  await refuse(`update refunds set status = 'pending' where id = $1`, [id]);
  await refuse(`update refunds set amount = 500 where id = $1`, [id]);
  await refuse('delete from refunds where id = $1', [id]);
  await refuse(`update refunds set status = 'failed', error = '{}' where id = $1`, [id]);
  assert.equal(await stage.refunded(intent), 600);
  assert.equal((await stage.rows(intent)).length, 1);
  await gateway.query(both(400, 1_000), [id]);
  assert.equal(await stage.refunded(intent), 1_000, 'what adds up is let in');
});

test('late money goes back once, at most as much as came', async () => {
  const paid = await stage.payQr();
  const [row] = await gateway.query<Json>(
    `insert into late_payments (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, provider,
       amount, currency, status, created_at)
     select 'lp_1', organization_id, livemode, merchant_id, payment_intent_id, id, provider, 700, currency, 'held', created_at
     from payment_attempts where payment_intent_id = $1 returning attempt_id`,
    [paid.id],
  );
  assert.ok(row);
  const insert = (refund: string, amount: number, status = 'succeeded') =>
    gateway.query(
      `insert into refunds (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, late_payment_id,
         amount, currency, provider, adapter, processing_mode, status, error, created_at, updated_at)
       select $1, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, id, $2, currency, provider,
         provider, 'pgw_processed', $3::text, case when $3::text = 'failed' then '{}'::json end, created_at, created_at
       from late_payments where id = 'lp_1'`,
      [refund, amount, status],
    );
  await assert.rejects(insert('re_a', 701), CHECK);
  await insert('re_b', 700, 'failed');
  await insert('re_c', 700);
  await assert.rejects(insert('re_d', 1), CHECK);
  assert.equal(await stage.refunded(paid), 0, 'it never counted as received');
});
