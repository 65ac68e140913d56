// What the app of an external terminal reports: taken, declined, could not, or took another amount. One write each, and
// nobody who could be asked afterwards.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Json } from './support/client.ts';
import { type CreatedIntent, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

const CARD = { payment_method_type: 'credit_card', provider: 'VISA' };
const DECLINED = { ...CARD, external_status: 'declined', external_reason: 'Insufficient funds' };
const ERROR = { ...CARD, external_status: 'error', external_reason: 'The card was removed too early' };
const approved = (intent: { id: string }) => ({ ...CARD, external_ref_id: intent.id });

const attemptsOf = (intent: { id: string }) =>
  gateway.query<Json>('select * from payment_attempts where payment_intent_id = $1 order by id', [intent.id]);
const versionOf = async (intent: { id: string }) =>
  (
    await gateway.query<{ version: number }>('select version from payment_intents where id = $1', [intent.id])
  )[0]?.version;

test('a decline ends the intent as failed, with the reason, an event, and an attempt for the files', async () => {
  const intent = await gateway.createIntent({ amount: 8_000 });
  const { status, json } = await gateway.terminalFor(intent).confirm(DECLINED);
  const error = { code: 'card_declined', message: 'Insufficient funds', provider: 'VISA' };
  assert.deepEqual(
    [status, json.status, json.provider, json.last_payment_error],
    [200, 'failed', 'VISA', error],
  );
  const shown = (await client.retrieve(intent.id)).json;
  assert.deepEqual(
    [shown.status, shown.amount_received, shown.processing_mode, shown.last_payment_error],
    ['failed', 0, 'external', error],
  );
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'failed']);
  const [attempt, ...others] = await attemptsOf(intent);
  assert.deepEqual(
    [attempt?.['status'], attempt?.['amount'], attempt?.['external_ref_id'], attempt?.['paid_at']],
    ['declined', 8_000, null, null],
  );
  assert.deepEqual([attempt?.['error'], attempt?.['next_check_at'], others.length], [error, null, 0]);
  assert.equal(await versionOf(intent), 2, 'one write');
});

test('after a decline the order can be paid by another intent', async () => {
  const intent = await gateway.createIntent();
  await client.confirm(intent.id, DECLINED);
  const again = await gateway.createIntent({ merchant_ref_id: intent['merchant_ref_id'] });
  assert.equal((await client.confirm(again.id, approved(again))).json.status, 'succeeded');
});

test('a terminal’s error leaves the order open: a fresh token pays it, the old one repeats the answer', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  const { status, json } = await terminal.confirm(ERROR);
  const error = { code: 'terminal_error', message: ERROR.external_reason, provider: 'VISA' };
  assert.deepEqual([status, json.status, json.last_payment_error], [200, 'requires_payment_method', error]);
  const shown = (await client.retrieve(intent.id)).json;
  assert.deepEqual([shown.status, shown.last_payment_error], ['requires_payment_method', error]);
  assert.equal('provider' in shown || 'processing_mode' in shown || 'outcome' in shown, false);
  assert.deepEqual(await gateway.eventsOf(intent), ['created']);
  assert.equal(await versionOf(intent), 2, 'one write');

  assert.deepEqual((await terminal.confirm(ERROR)).json, json);
  assert.equal((await terminal.confirm(approved(intent))).json.code, 'invalid_token');
  const fresh = await client.reissueToken(intent.id);
  const paid = await gateway.terminalFor(fresh.json).confirm(approved(intent));
  assert.deepEqual([paid.status, paid.json.status], [200, 'succeeded']);
  assert.equal('last_payment_error' in paid.json, false);
  assert.deepEqual(
    (await attemptsOf(intent)).map((attempt) => attempt['status']),
    ['ended_unpaid', 'paid'],
  );
});

test('a success is never taken for the repetition of an error with the same reference', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  assert.equal((await terminal.confirm({ ...ERROR, external_ref_id: intent.id })).status, 200);
  assert.equal((await terminal.confirm(approved(intent))).json.code, 'invalid_token');
  const answer = await client.confirm(intent.id, approved(intent));
  assert.deepEqual([answer.status, answer.json.status], [200, 'succeeded']);
});

test('declines and errors under a key are replayed, and so is a success that is named', async () => {
  for (const fields of [
    DECLINED,
    ERROR,
    { ...CARD, external_status: 'success', external_ref_id: 'named-1' },
  ]) {
    const intent = await gateway.createIntent();
    const options = { idempotency_key: `key of ${intent.id}` };
    const first = await client.confirm(intent.id, fields, options);
    assert.equal(first.status, 200, first.text);
    const again = await client.confirm(intent.id, fields, options);
    assert.deepEqual([again.status, again.text], [200, first.text]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal((await attemptsOf(intent)).length, 1);
  }
});

test('e-money reports as cards do, and with manual capture a decline ends the intent, too', async () => {
  const suica = await gateway.createIntent({ capture_method: 'manual' });
  const fields = { payment_method_type: 'e_money', provider: 'SUICA', external_status: 'declined' };
  const { json } = await gateway.terminalFor(suica).confirm(fields);
  assert.deepEqual(
    [json.status, json.last_payment_error.code, json.last_payment_error.provider],
    ['failed', 'card_declined', 'SUICA'],
  );
  const held = await gateway.createIntent({ capture_method: 'manual' });
  const answer = await client.confirm(held.id, { ...approved(held), external_amount: 1_000 });
  assert.deepEqual([answer.json.status, 'outcome' in answer.json], ['processing', false]);
});

test('a terminal that does not tell the brand is named TERMINAL', async () => {
  const intent = await gateway.createIntent();
  const unread = { ...ERROR, provider: 'TERMINAL' };
  const { json } = await client.confirm(intent.id, unread);
  assert.deepEqual([json.status, json.provider], ['requires_payment_method', 'TERMINAL']);
  const paid = await client.confirm(intent.id, { ...approved(intent), provider: 'TERMINAL' });
  assert.deepEqual([paid.json.status, paid.json.provider], ['succeeded', 'TERMINAL']);
});

test('the amount and currency that the terminal states are accepted when they are the intent’s', async () => {
  const intent = await gateway.createIntent({ amount: 2_500 });
  const fields = { ...approved(intent), external_amount: 2_500, external_currency: 'jpy' };
  assert.equal((await gateway.terminalFor(intent).confirm(fields)).json.status, 'succeeded');
  const [attempt] = await attemptsOf(intent);
  assert.equal(attempt?.['paid_at'], new Date(gateway.clock.now()).toISOString());
});

async function payAnotherAmount(changes: Json = {}, stated: Json = { external_amount: 900 }) {
  const intent = await gateway.createIntent(changes);
  const answer = await gateway.terminalFor(intent).confirm({ ...approved(intent), ...stated });
  assert.equal(answer.status, 200, answer.text);
  return { intent, answer };
}

test('another amount or currency is not accepted as paid; it is told, and waits for a person', async () => {
  for (const [stated, told] of [
    [{ external_amount: 900 }, '900 JPY'],
    [{ external_currency: 'USD' }, '1000 USD'],
  ] as const) {
    const { intent, answer } = await payAnotherAmount({}, stated);
    const { status, outcome, last_payment_error, next_check_at } = answer.json;
    assert.deepEqual(
      [status, outcome, last_payment_error.code],
      ['processing', 'unknown', 'amount_mismatch'],
    );
    assert.ok(last_payment_error.message.includes(told), last_payment_error.message);
    assert.equal(next_check_at, undefined);
    const shown = (await client.retrieve(intent.id)).json;
    assert.deepEqual([shown.amount_received, shown.amount_capturable, shown.outcome], [0, 0, 'unknown']);
    assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing']);
    const repeated = await gateway.terminalFor(intent).confirm({ ...approved(intent), ...stated });
    assert.deepEqual(repeated.json, answer.json);
    assert.equal((await client.cancel(intent.id)).status, 409, 'nobody cancels what may be paid');
  }
  const lines = gateway.log.lines.filter(({ msg }) => msg?.toString().includes('a person must look'));
  assert.equal(lines.length, 2);
});

test('nobody is asked about a terminal’s payment, before or after a person has decided it', async (t) => {
  const own = await startTestGateway(t);
  const resolve = (intent: CreatedIntent, outcome: string) =>
    own.client.post(`/v1/payment_intents/${intent.id}/resolve`, { outcome, reason: 'Seen on the slip.' });
  for (const [outcome, changes, expected] of [
    ['paid', {}, ['succeeded', 1_000, 0]],
    ['paid', { capture_method: 'manual' }, ['processing', 0, 1_000]],
    ['not_paid', {}, ['requires_payment_method', 0, 0]],
  ] as const) {
    const intent = await own.createIntent({ expires_in_minutes: 1_440, ...changes });
    await own.client.confirm(intent.id, { ...approved(intent), external_amount: 900 });
    await own.runJob('measure');
    assert.match(await own.context.metrics.registry.metrics(), /^mpac_unresolved_outcomes 1$/m);
    own.clock.advance(3_600_000);
    await own.settle();
    const { status, json } = await resolve(intent, outcome);
    assert.equal(status, 200, JSON.stringify(json));
    assert.deepEqual([json.status, json.amount_received, json.amount_capturable], expected);
    own.clock.advance(3_600_000);
    await own.settle();
    const [attempt] = await own.query<Json>('select * from payment_attempts where payment_intent_id = $1', [
      intent.id,
    ]);
    assert.deepEqual([attempt?.['next_check_at'], attempt?.['checks_done']], [null, 0]);
    await own.runJob('measure');
    assert.match(await own.context.metrics.registry.metrics(), /^mpac_unresolved_outcomes 0$/m);
    if (outcome === 'not_paid') {
      const again = await own.client.confirm(intent.id, approved(intent));
      assert.deepEqual([again.status, again.json.status], [200, 'succeeded'], 'the reference is free again');
    }
    if ('capture_method' in changes) {
      assert.equal((await own.client.capture(intent.id)).json.status, 'succeeded');
    }
  }
  assert.deepEqual(own.log.lines.filter(({ level }) => level >= 50).length, 3, 'the three mismatches alone');
});

test('what the terminal reports must fit together, and belongs to a terminal', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  const ref = { ...CARD, external_ref_id: 'fits-1' };
  for (const [fields, field] of [
    [{ ...CARD, external_status: 'success' }, 'external_ref_id'],
    [{ ...CARD, external_status: 'approved' }, 'external_status'],
    [{ ...DECLINED, external_amount: 1_000 }, 'external_amount'],
    [{ ...ERROR, external_currency: 'JPY' }, 'external_currency'],
    [{ ...ref, external_amount: 0 }, 'external_amount'],
    [{ ...ref, external_amount: 1.5 }, 'external_amount'],
    [{ ...ref, external_currency: 'XXQ' }, 'external_currency'],
    [{ ...DECLINED, external_reason: 'x'.repeat(256) }, 'external_reason'],
    [{ ...DECLINED, external_reason: 'two\nlines' }, 'external_reason'],
    [{ payment_method_type: 'cash', external_status: 'declined' }, 'external_status'],
    [{ payment_method_type: 'cash', external_amount: 1_000 }, 'external_amount'],
    [{ payment_method_type: 'qr_mpm', provider: 'PAYPAY', external_reason: 'no' }, 'external_reason'],
  ] as const) {
    const { status, json }: Answer = await terminal.confirm(fields);
    assert.deepEqual([status, json.code, json.details?.field], [400, 'invalid_request', field]);
  }
  for (const bad of ['a\tb', 'a\u0000', ' a', 'a ', '\u3000a', 'a\u200bb', 'a\u202eb', '\ud800', ' ']) {
    const { status, json } = await terminal.confirm({ ...CARD, external_ref_id: bad });
    assert.deepEqual([status, json.details?.field], [400, 'external_ref_id'], JSON.stringify(bad));
  }
  assert.equal((await terminal.confirm({ ...CARD, external_ref_id: '承認 123/456-0042' })).status, 200);
});
