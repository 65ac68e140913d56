// A terminal has taken the money, and its report comes when the intent is over: refused as any confirm is, and kept as a
// late payment with its event. Once, by whoever and however often it is told.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { type CreatedIntent, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, replicas } = gateway;
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, replicas[1]);

const CARD = { payment_method_type: 'credit_card', provider: 'VISA' };
const card = (external_ref_id: string, more: Json = {}) => ({ ...CARD, external_ref_id, ...more });
const lateOf = async ({ id }: { id: string }) =>
  (await client.get(`/v1/late_payments?payment_intent=${id}`)).json as Json[];
const attemptsOf = ({ id }: { id: string }) =>
  gateway.query<Json>('select * from payment_attempts where payment_intent_id = $1 order by id', [id]);

async function cancelled(changes: Json = {}): Promise<CreatedIntent> {
  const intent = await gateway.createIntent(changes);
  assert.equal((await client.cancel(intent.id)).json.status, 'cancelled');
  return intent;
}

test('money that a terminal took for a cancelled intent is kept, told, and named by the refusal', async () => {
  const intent = await cancelled({ amount: 4_200 });
  const answer = await client.confirm(intent.id, card('late-1'));
  const [late, ...others] = await lateOf(intent);
  assert.ok(late !== undefined && others.length === 0);
  assert.deepEqual([answer.status, answer.json.code], [409, 'invalid_payment_state']);
  assert.deepEqual(answer.json.details, {
    status: 'cancelled',
    payment_intent: intent.id,
    constraint: 'late_payment',
    late_payment: late['id'],
    late_payment_status: 'held',
  });
  assert.ok(answer.json.message.includes(`/v1/late_payments/${late['id']}/resolve`), answer.json.message);
  assert.deepEqual(
    [late['status'], late['amount'], late['currency'], late['provider'], late['authorized_only']],
    ['held', 4_200, 'JPY', 'VISA', false],
    'held although the policy gives back at once: nobody can be asked',
  );
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'cancelled', 'late_payment.created']);
  const [attempt] = await attemptsOf(intent);
  assert.deepEqual(
    [attempt?.['id'], attempt?.['status'], attempt?.['external_ref_id'], attempt?.['next_check_at']],
    [late['attempt_id'], 'paid', 'late-1', null],
  );
  const shown = (await client.retrieve(intent.id)).json;
  assert.deepEqual([shown.status, shown.amount_received], ['cancelled', 0]);

  const said = { action: 'refund', reason: 'Voided at the terminal.', resolved_by: 'M. Sato' };
  const resolved = await client.post(`/v1/late_payments/${late['id']}/resolve`, said);
  assert.deepEqual([resolved.status, resolved.json.status], [200, 'refunded']);
  const again = await client.confirm(intent.id, card('late-1'));
  assert.deepEqual(
    [again.status, again.json.details.late_payment, again.json.details.late_payment_status],
    [409, late['id'], 'refunded'],
  );
  assert.equal((await lateOf(intent)).length, 1);
});

test('it is kept for an intent that is expired, failed, or paid by something else, too', async () => {
  const failed = await gateway.createIntent();
  await client.confirm(failed.id, { ...CARD, external_status: 'declined' });
  const paid = await gateway.createIntent();
  await client.confirm(paid.id, { payment_method_type: 'cash' });
  const twice = await gateway.createIntent();
  await client.confirm(twice.id, card('first-card'));
  const expired = await gateway.createIntent({ expires_in_minutes: 1 });
  const unswept = await gateway.createIntent({ expires_in_minutes: 2 });
  gateway.clock.advance(60_000);
  await gateway.runJob('expiry');
  gateway.clock.advance(60_000);
  for (const [intent, status] of [
    [failed, 'failed'],
    [paid, 'succeeded'],
    [twice, 'succeeded'],
    [expired, 'cancelled'],
    // Its time is over and the worker has not come by.
    [unswept, 'cancelled'],
  ] as const) {
    const answer = await client.confirm(intent.id, card(`over-${intent.id}`, { external_amount: 900 }));
    assert.deepEqual([answer.status, answer.json.details.status], [409, status], answer.text);
    const [late, ...others] = await lateOf(intent);
    assert.deepEqual([late?.['status'], late?.['amount'], others.length], ['held', 900, 0]);
    assert.equal(answer.json.details.late_payment, late?.['id']);
    assert.equal(await gateway.statusOf(intent), status);
    assert.equal((await gateway.eventsOf(intent)).at(-1), 'late_payment.created');
  }
});

test('the same report many times at once, in two replicas, is one late payment and one event', async () => {
  for (let round = 0; round < 10; round += 1) {
    const intent = await cancelled();
    const fields = card(`race-late-${round}`);
    const answers = await Promise.all(
      [client, there, client, there].map((by, at) =>
        by.confirm(intent.id, fields, { idempotency_key: `${intent.id} ${at}` }),
      ),
    );
    const late = await lateOf(intent);
    assert.equal(late.length, 1);
    for (const { status, json, text } of answers)
      assert.deepEqual([status, json.details.late_payment], [409, late[0]?.['id']], text);
    const told = (await gateway.eventsOf(intent)).filter((type) => type === 'late_payment.created');
    assert.equal(told.length, 1);
  }
});

test('of an order that two tills take at once, one payment pays it and the other is kept', async () => {
  for (let round = 0; round < 8; round += 1) {
    const intent = await gateway.createIntent();
    const answers = await Promise.all([
      client.confirm(intent.id, card(`till-${round}-a`)),
      there.confirm(intent.id, card(`till-${round}-b`)),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    const late = await lateOf(intent);
    assert.deepEqual([late.length, late[0]?.['id']], [1, refused?.json.details.late_payment]);
    const references = (await attemptsOf(intent)).map((attempt) => attempt['external_ref_id']).sort();
    assert.deepEqual(references, [`till-${round}-a`, `till-${round}-b`]);
  }
});

test('a report under a key is replayed, and another body under the key takes nothing', async () => {
  const intent = await cancelled();
  const options = { idempotency_key: `late ${intent.id}` };
  const first = await client.confirm(intent.id, card('keyed-1'), options);
  const again = await client.confirm(intent.id, card('keyed-1'), options);
  assert.deepEqual([again.status, again.text], [409, first.text]);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const other = await client.confirm(intent.id, card('keyed-2'), options);
  assert.deepEqual([other.status, other.json.code], [409, 'idempotency_conflict']);
  assert.equal((await lateOf(intent)).length, 1);
});

test('a token that can still read tells of one payment, and one that cannot opens nothing', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  assert.equal((await terminal.cancel()).json.status, 'cancelled');
  const answer = await terminal.confirm(card('token-1'));
  assert.deepEqual([answer.status, answer.json.details?.late_payment_status], [409, 'held'], answer.text);
  const again = await terminal.confirm(card('token-1'));
  assert.equal(again.json.details.late_payment, answer.json.details.late_payment);
  assert.equal((await terminal.confirm(card('token-2'))).json.code, 'invalid_token');
  gateway.clock.advance(3_600_000);
  assert.equal((await terminal.confirm(card('token-1'))).json.code, 'invalid_token');
  assert.equal((await lateOf(intent)).length, 1);
  assert.equal((await client.confirm(intent.id, card('token-2'))).json.code, 'invalid_payment_state');
  assert.equal((await lateOf(intent)).length, 2, 'a backend is always believed');
});

test('a token whose first try brought no money tells of the terminal’s; one that has paid is used up', async () => {
  const intent = await gateway.openQr();
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  const told = await intent.terminal.confirm(card('after-qr'));
  assert.deepEqual([told.status, told.json.details?.late_payment_status], [409, 'held'], told.text);
  const repeated = await intent.terminal.confirmQr();
  assert.deepEqual(
    [repeated.status, repeated.json.status],
    [200, 'cancelled'],
    'its own confirm is repeated',
  );

  const paid = await gateway.createIntent();
  const terminal = gateway.terminalFor(paid);
  assert.equal((await terminal.confirm(card('paid-1'))).status, 200);
  assert.equal((await terminal.confirm(card('paid-2'))).json.code, 'invalid_token');
  assert.deepEqual([(await lateOf(intent)).length, await lateOf(paid)], [1, []]);
});

test('where a backend has to confirm cards, a token leaves no late payment', async (t) => {
  const own = await startTestGateway(t);
  const set = await own.client.patch('/v1/organization', { client_confirm_methods: ['cash'] });
  assert.equal(set.status, 200, set.text);
  const intent = await own.createIntent();
  const terminal = own.terminalFor(intent);
  await terminal.cancel();
  assert.equal((await terminal.confirm(card('not-mine'))).json.code, 'forbidden');
  assert.deepEqual((await own.client.get('/v1/late_payments')).json, []);
});

test('what took no money, is not of a terminal, or paid another order leaves nothing', async () => {
  const other = await gateway.createIntent();
  await client.confirm(other.id, card('of-another'));
  const intent = await cancelled();
  for (const [fields, code] of [
    [{ ...CARD, external_status: 'declined' }, 'invalid_payment_state'],
    [card('x', { external_status: 'error' }), 'invalid_payment_state'],
    [{ payment_method_type: 'cash' }, 'invalid_payment_state'],
    [{ payment_method_type: 'qr_mpm', provider: 'PAYPAY' }, 'invalid_payment_state'],
    [card('of-another'), 'idempotency_conflict'],
  ] as const) {
    const answer = await client.confirm(intent.id, fields);
    assert.deepEqual([answer.status, answer.json.code], [409, code], answer.text);
    assert.equal(answer.json.details.late_payment, undefined);
  }
  // What has paid the intent itself is no second payment, whatever brand is told now.
  const same = await client.confirm(other.id, card('of-another', { provider: 'JCB' }));
  assert.deepEqual([same.status, same.json.code], [409, 'invalid_payment_state']);
  assert.deepEqual([await lateOf(intent), await lateOf(other)], [[], []]);
  assert.equal((await attemptsOf(intent)).length, 0);
});

test('a hold that is told too late is let go by a person’s word, and its reference names it for good', async () => {
  const intent = await cancelled({ capture_method: 'manual' });
  const told = await client.confirm(intent.id, card('hold-1'));
  const { late_payment } = told.json.details;
  const [late] = await lateOf(intent);
  assert.deepEqual([late?.['id'], late?.['status'], late?.['authorized_only']], [late_payment, 'held', true]);
  const said = { action: 'refund', reason: 'Voided at the terminal.' };
  const resolved = await client.post(`/v1/late_payments/${late_payment}/resolve`, said);
  assert.deepEqual([resolved.status, resolved.json.status], [200, 'refunded'], resolved.text);
  const [attempt] = await attemptsOf(intent);
  assert.deepEqual([attempt?.['status'], attempt?.['next_check_at']], ['reversed', null]);
  assert.equal((await gateway.eventsOf(intent)).at(-1), 'late_payment.refunded');
  const again = await client.confirm(intent.id, card('hold-1'));
  assert.equal(again.json.details.late_payment, late_payment);
  assert.equal((await lateOf(intent)).length, 1);
});

test('the refusal says in Japanese, too, where the money is', async () => {
  const intent = await cancelled();
  const answer = await client.confirm(intent.id, card('nihongo'), { headers: { 'accept-language': 'ja' } });
  assert.ok(answer.json.message.includes('details.late_payment'), answer.text);
});
