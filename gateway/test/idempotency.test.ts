// Once only: what the same Idempotency-Key gets, what is not kept, and that a retry finishes what a process
// that died has begun.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { send } from './support/client.ts';
import { MERCHANT_ID, startTestGateway, type TestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;
const CASH = { payment_method_type: 'cash' };

async function countIntents(merchant_ref_id: unknown, of: TestGateway = gateway): Promise<number> {
  const [row] = await of.query<{ count: number }>(
    'select count(*)::int as count from payment_intents where merchant_ref_id = $1',
    [merchant_ref_id],
  );
  return row?.count ?? 0;
}

test('the same key and body get the first answer again, byte for byte', async () => {
  const order = gateway.newOrder();
  const first = await client.create(order, { idempotency_key: 'k1' });
  gateway.clock.advance(60_000);
  const again = await client.create(order, { idempotency_key: 'k1' });
  assert.deepEqual([again.status, again.text], [201, first.text]);
  assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
  assert.equal(await countIntents(order['merchant_ref_id']), 1);
});

test('the answer is the first one even after the intent has moved on', async () => {
  const order = gateway.newOrder();
  const first = await client.create(order, { idempotency_key: 'k2' });
  await client.capture(first.json.id);
  assert.equal((await client.create(order, { idempotency_key: 'k2' })).text, first.text);
});

test('the same key with another body is a conflict and does nothing', async () => {
  const order = gateway.newOrder();
  await client.create(order, { idempotency_key: 'k3' });
  const other = gateway.newOrder();
  const { status, json } = await client.create(other, { idempotency_key: 'k3' });
  assert.deepEqual(
    [status, json.code, json.error.code],
    [409, 'idempotency_conflict', 'idempotency_conflict'],
  );
  assert.equal(json.details.field, 'Idempotency-Key');
  assert.equal(await countIntents(other['merchant_ref_id']), 0);
  const spaced = await client.create(JSON.stringify(order, null, 1), { idempotency_key: 'k3' });
  assert.equal(spaced.status, 409, 'the bytes decide');
});

test('a quoted key is the bare key', async () => {
  const order = gateway.newOrder();
  const bare = await client.create(order, { idempotency_key: 'key 4' });
  const quoted = await client.create(order, { idempotency_key: '"key 4"' });
  assert.equal(quoted.text, bare.text);
});

test('a key belongs to its holder, method and path', async () => {
  const narrow = gateway.clientFor(await gateway.addKey());
  const terminal_key = 'k5';
  const first = await gateway.createIntent();
  const second = await gateway.createIntent();
  const order = gateway.newOrder();
  assert.equal((await client.create(order, { idempotency_key: terminal_key })).status, 201);
  const elsewhere = await narrow.create(gateway.newOrder(), { idempotency_key: terminal_key });
  assert.equal(elsewhere.status, 201, 'another key holder');
  const captured = await client.capture(first.id, {}, { idempotency_key: terminal_key });
  assert.equal(captured.json.id, first.id, 'another path');
  assert.equal((await client.cancel(second.id, {}, { idempotency_key: terminal_key })).json.id, second.id);
  const third = await gateway.createIntent();
  assert.equal((await gateway.terminalFor(third).confirm(CASH, terminal_key)).json.payment_id, third.id);
});

test('an organization’s key that signs as several merchants has keys of its own for each', async () => {
  await gateway.saveStore({ merchant: { id: 'merchant_002' }, store: { id: 'store_of_002' } });
  const order = gateway.newOrder({ merchant_store_id: undefined });
  const made = [];
  for (const id of [MERCHANT_ID, 'merchant_002']) {
    const as_merchant = gateway.clientFor({ ...gateway.key, id });
    made.push((await as_merchant.create(order, { idempotency_key: 'order 1' })).json);
    // The id is not signed: within one second the same bytes would be the same signature.
    gateway.clock.advance(1_000);
  }
  const rows = await gateway.query('select merchant_id from payment_intents where id = any($1) order by 1', [
    made.map(({ id }) => id),
  ]);
  assert.deepEqual(rows, [{ merchant_id: MERCHANT_ID }, { merchant_id: 'merchant_002' }]);
});

test('a mistake is not kept: corrected, it works under the same key', async () => {
  const order = gateway.newOrder({ amount: 0 });
  assert.equal((await client.create(order, { idempotency_key: 'k6' })).status, 400);
  assert.equal((await client.create({ ...order, amount: 5 }, { idempotency_key: 'k6' })).status, 201);
  const intent = await gateway.createIntent();
  const line = { payment_method_type: 'qr_mpm', provider: 'LINE_PAY' };
  assert.equal((await client.confirm(intent.id, line, { idempotency_key: 'k6' })).status, 400);
  assert.equal((await client.confirm(intent.id, CASH, { idempotency_key: 'k6' })).status, 200);
});

test('a refusal that was decided on the payment is kept', async () => {
  const taken = await gateway.createIntent();
  const order = gateway.newOrder({ merchant_ref_id: taken['merchant_ref_id'] });
  const refused = await client.create(order, { idempotency_key: 'k7' });
  assert.equal(refused.status, 409);
  await client.cancel(taken.id);
  const again = await client.create(order, { idempotency_key: 'k7' });
  assert.deepEqual([again.status, again.text], [409, refused.text]);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal((await client.create(order, { idempotency_key: 'k7-new' })).status, 201);
});

test('every POST repeats its answer: confirm, capture, cancel, by key and by token', async () => {
  const [one, two, three, four] = await Promise.all(
    [{}, {}, { capture_method: 'manual' }, {}].map((changes) => gateway.createIntent(changes)),
  );
  assert.ok(one && two && three && four);
  const terminal = gateway.terminalFor(four);
  await client.confirm(three.id, CASH);
  for (const work of [
    () => client.confirm(one.id, CASH, { idempotency_key: 'k8' }),
    () => client.cancel(two.id, {}, { idempotency_key: 'k8' }),
    () => client.capture(three.id, { amount: 300 }, { idempotency_key: 'k8' }),
    () => terminal.confirmQr('k8'),
    () => terminal.cancel({}, 'k9'),
  ]) {
    const first = await work();
    const again = await work();
    assert.equal(first.status, 200, first.text);
    assert.deepEqual([again.status, again.text], [200, first.text]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
  }
  assert.deepEqual(await gateway.eventsOf(three), ['created', 'processing', 'succeeded']);
  assert.deepEqual(await gateway.eventsOf(four), ['created', 'requires_action', 'cancelled']);
});

test('a stored answer cannot be read in the database', async () => {
  const intent = await gateway.createIntent();
  const token = intent.payment_token.split('_secret_')[1] ?? '';
  const rows = await gateway.query<{ response_sealed: Buffer }>(
    'select response_sealed from idempotency_keys',
  );
  assert.ok(rows.length > 5);
  for (const { response_sealed } of rows) {
    assert.equal(response_sealed.includes(token), false);
    assert.equal(response_sealed.includes('payment_intent'), false);
  }
});

test('a key is kept for a day', async (t) => {
  const own = await startTestGateway(t);
  const order = own.newOrder();
  const first = await own.client.create(order, { idempotency_key: 'day' });
  own.clock.advance(24 * 3_600_000);
  await own.runJob('purge');
  assert.equal((await own.client.create(order, { idempotency_key: 'day' })).text, first.text);
  own.clock.advance(2 * 3_600_000);
  assert.ok((await own.runJob('purge')) > 0);
  assert.equal(
    (await own.client.create(order, { idempotency_key: 'day' })).status,
    409,
    'the order is still taken',
  );
});

test('ten equal requests at once do their work once, on two replicas', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [here, there] = own.replicas;
  assert.ok(here && there);
  const order = own.newOrder();
  const timestamp = Math.floor(own.clock.now() / 1_000);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      own
        .clientFor(own.key, n % 2 === 0 ? here : there)
        .create(order, { idempotency_key: 'same', timestamp }),
    ),
  );
  assert.deepEqual([...new Set(answers.map((answer) => `${answer.status} ${answer.text}`))].length, 1);
  assert.equal(answers[0]?.status, 201, answers[0]?.text);
  assert.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null).length, 1);
  assert.equal(await countIntents(order['merchant_ref_id'], own), 1);
});

test('while the first is running, the second is told to wait, and then gets its answer', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [here, there] = own.replicas;
  assert.ok(here && there);
  const intent = await own.createIntent();
  const paypay = own.holdProviderAnswers(here);
  const running = own.terminalFor(intent, here).confirmQr('slow-1');
  await paypay.arrived;
  const second = await own.terminalFor(intent, there).confirmQr('slow-1');
  assert.deepEqual([second.status, second.json.code], [409, 'idempotency_conflict']);
  assert.ok(Number(second.headers.get('retry-after')) >= 1);
  const without_key = await own.terminalFor(intent, there).confirmQr();
  assert.equal(without_key.status, 409);
  assert.ok(Number(without_key.headers.get('retry-after')) >= 1);
  paypay.release();
  const first = await running;
  assert.equal(first.status, 200);
  const third = await own.terminalFor(intent, there).confirmQr('slow-1');
  assert.deepEqual([third.status, third.text], [200, first.text]);
});

test('a retry finishes the work of a process that fell silent, and its late answer undoes nothing', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [silent, living] = own.replicas;
  assert.ok(silent && living);
  const intent = await own.createIntent();
  const paypay = own.holdProviderAnswers(silent);
  const lost = own.terminalFor(intent, silent).confirmQr('dead-1');
  await paypay.arrived;
  const terminal = own.terminalFor(intent, living);
  assert.equal((await terminal.confirmQr('dead-1')).status, 409, 'its lease is still running');

  own.clock.advance(30_000);
  const both = await Promise.all([terminal.confirmQr('dead-1'), terminal.confirmQr('dead-1')]);
  for (const answer of both) {
    if (answer.status === 200) assert.equal(answer.json.status, 'requires_action');
    else assert.equal(answer.json.code, 'idempotency_conflict', answer.text);
  }
  const replay = await terminal.confirmQr('dead-1');
  assert.deepEqual([replay.status, replay.headers.get('idempotency-replayed')], [200, 'true']);
  assert.equal((await own.paypay.payments()).length, 1, 'one code, however often it was asked for');

  // Paid and known to be paid; only then the first process hears of the code that it opened.
  await own.paypay.pay(replay.json.qr_content);
  own.clock.advance(3_000);
  const [attempt] = await own.query<{ id: string }>('select id from payment_attempts');
  await send(
    own.url,
    'POST',
    '/v1/webhooks/paypay',
    { 'content-type': 'application/json' },
    {
      merchantPaymentId: attempt?.id,
      status: 'COMPLETED',
    },
  );
  assert.equal(await own.runJob('notifications', living), 1);
  assert.equal(await own.runJob('look_ups', living), 1);
  assert.equal(await own.statusOf(intent), 'succeeded');
  paypay.release();
  const late = await lost;
  assert.equal(late.json.status, 'succeeded', late.text);
  own.clock.advance(3_600_000);
  await own.settle();
  assert.equal(await own.statusOf(intent), 'succeeded');
  assert.deepEqual(await own.latePaymentsOf(intent), []);
  assert.deepEqual(await own.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
  const kept = await terminal.confirmQr('dead-1');
  assert.equal(kept.text, replay.text, 'the answer that was given first stays the answer');
});

test('work that is taken over is under a new lease: another retry waits', { timeout: 30_000 }, async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [silent, slow] = own.replicas;
  assert.ok(silent && slow);
  const intent = await own.createIntent();
  const first_answer = own.holdProviderAnswers(silent);
  const first = own.terminalFor(intent, silent).confirmQr('dead-2');
  await first_answer.arrived;
  own.clock.advance(30_000);
  const second_answer = own.holdProviderAnswers(slow);
  const second = own.terminalFor(intent, slow).confirmQr('dead-2');
  await second_answer.arrived;
  const third = await own.terminalFor(intent, slow).confirmQr('dead-2');
  assert.deepEqual([third.status, third.json.details.constraint], [409, 'in_progress']);
  assert.equal(await own.paypay.calls('create_code'), 2);
  second_answer.release();
  first_answer.release();
  for (const answer of [await first, await second]) {
    assert.deepEqual([answer.status, answer.json.status], [200, 'requires_action'], answer.text);
  }
});

test('a repeated confirm claims its key before PayPay is asked once more', { timeout: 30_000 }, async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent();
  const qr = { payment_method_type: 'qr_mpm', provider: 'PAYPAY' };
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await own.client.confirm(intent.id, qr)).status, 502);
  const answer = own.holdProviderAnswers(own.replicas[0] ?? assert.fail());
  const body = JSON.stringify(qr);
  const claimed = { idempotency_key: 'claim-1' };
  const running = own.client.confirm(intent.id, body, claimed);
  await answer.arrived;
  const again = await own.client.confirm(intent.id, body, claimed);
  assert.deepEqual([again.status, again.json.details.constraint], [409, 'in_progress']);
  const other_body = await own.client.confirm(intent.id, `${body} `, claimed);
  assert.deepEqual([other_body.status, other_body.json.details.constraint], [409, 'same_body']);
  assert.equal(await own.paypay.calls('create_code'), 2);
  answer.release();
  const first = await running;
  assert.deepEqual([first.status, first.json.status], [200, 'requires_action']);
  assert.equal((await own.client.confirm(intent.id, body, claimed)).text, first.text);
});

test('a claim whose process died before it asked anybody is taken over by one of several retries', async () => {
  const intent = await gateway.createIntent();
  const body = JSON.stringify(CASH);
  const path = `/v1/payment_intents/${intent.id}/confirm`;
  const id = createHash('sha256').update(`${gateway.key.id}\nPOST\n${path}\nraw-1`).digest();
  const expired = new Date(gateway.clock.now() - 1).toISOString();
  await gateway.query(
    `insert into idempotency_keys (id, organization_id, fingerprint, locked_until, created_at)
     values ($1, $2, $3, $4, $4)`,
    [id, gateway.organization_id, createHash('sha256').update(body).digest(), expired],
  );
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => client.confirm(intent.id, body, { idempotency_key: 'raw-1' })),
  );
  const succeeded = answers.filter((answer) => answer.status === 200);
  assert.ok(succeeded.length >= 1, answers.map((answer) => answer.text).join('\n'));
  for (const answer of answers) {
    if (answer.status === 200) assert.equal(answer.json.status, 'succeeded');
    else assert.equal(answer.json.code, 'idempotency_conflict', answer.text);
  }
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'succeeded']);
  const replay = await client.confirm(intent.id, body, { idempotency_key: 'raw-1' });
  assert.deepEqual([replay.status, replay.headers.get('idempotency-replayed')], [200, 'true']);
});

test('an outcome that is unknown is not kept: the retry with the same key brings the code', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  await gateway.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await terminal.confirmQr('again-1')).status, 502);
  const retry = await terminal.confirmQr('again-1');
  assert.deepEqual([retry.status, retry.json.status], [200, 'requires_action']);
  assert.equal((await terminal.confirmQr('again-1')).text, retry.text);
});
