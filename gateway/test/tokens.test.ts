// The payment token: one intent, one confirm, five minutes; and what it still may do afterwards.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Answer, type Json, send } from './support/client.ts';
import { START_MS, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const MINUTE_MS = 60_000;
const CASH = { payment_method_type: 'cash' };

function assertInvalid(answer: Answer): void {
  assert.equal(answer.status, 401, answer.text);
  assert.deepEqual([answer.json.code, answer.json.error.code], ['invalid_token', 'invalid_token']);
}

test('a token opens its own intent and no other, and a wrong one tells nothing', async () => {
  const mine = await gateway.createIntent();
  const yours = await gateway.createIntent();
  const wrong = [
    yours.payment_token,
    mine.payment_token.slice(0, -1),
    `${mine.payment_token}A`,
    mine.payment_token.toUpperCase(),
    `${mine.id}_secret_${'A'.repeat(32)}`,
    'nonsense',
    ' ',
  ];
  const messages = new Set<string>();
  for (const id of [mine.id, 'pi_01JXXXXXXXXXXXXXXXXXXXXXXX']) {
    for (const payment_token of wrong) {
      const terminal = gateway.terminalFor({ id, payment_token });
      for (const answer of [
        await terminal.retrieve(),
        await terminal.confirm(CASH),
        await terminal.cancel(),
      ]) {
        assertInvalid(answer);
        messages.add(JSON.stringify({ ...answer.json, request_id: '' }));
      }
    }
  }
  assert.equal(messages.size, 1, 'whether the intent exists cannot be told');
  assert.equal(await gateway.statusOf(mine), 'requires_payment_method');
});

test('a wrong token is the same refusal under a key that was used as under a new one', async () => {
  const intent = await gateway.createIntent();
  assert.equal((await gateway.terminalFor(intent).confirm(CASH, 'till-1')).status, 200);
  const guess = gateway.terminalFor({
    id: intent.id,
    payment_token: `${intent.id}_secret_${'A'.repeat(32)}`,
  });
  assertInvalid(await guess.confirm(CASH, 'till-2'));
  assertInvalid(await guess.confirm(CASH, 'till-1'));
});

test('a token counts only where the documents put it: the query of a GET, the body of a POST', async () => {
  const { id, payment_token } = await gateway.createIntent();
  const path = `/v1/payment_intents/${id}`;
  const json = { 'content-type': 'application/json' };
  const in_query = await send(
    gateway.url,
    'POST',
    `${path}/confirm?payment_token=${payment_token}`,
    json,
    CASH,
  );
  assert.equal(in_query.status, 401);
  for (const body of [{ ...CASH }, { ...CASH, payment_token: '' }, { ...CASH, payment_token: 7 }]) {
    assert.equal((await send(gateway.url, 'POST', `${path}/confirm`, json, body)).status, 401);
  }
  const bearer = { authorization: `Bearer ${payment_token}` };
  assert.equal((await send(gateway.url, 'GET', path, bearer, undefined)).status, 401);
  assert.equal((await send(gateway.url, 'GET', path, {}, undefined)).status, 401);
});

test('an unused token ends after five minutes, for everything', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  clock.advance(5 * MINUTE_MS);
  assert.equal((await terminal.retrieve()).status, 200, 'the last instant still counts');
  clock.advance(1);
  for (const answer of [await terminal.retrieve(), await terminal.confirm(CASH), await terminal.cancel()]) {
    assertInvalid(answer);
  }
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

test('the five minutes can be set', async (t) => {
  const own = await startTestGateway(t, { config: { payment_token_minutes: 1 } });
  const intent = await own.createIntent();
  own.clock.advance(MINUTE_MS + 1);
  assertInvalid(await own.terminalFor(intent).retrieve());
});

test('the same confirm again is answered as the first, without asking PayPay again', async () => {
  const intent = await gateway.openQr();
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  for (const key of [undefined, 'a', 'b']) {
    const again = await intent.terminal.confirmQr(key);
    assert.deepEqual([again.status, again.json], [200, intent.confirmation]);
  }
  assert.equal(await gateway.paypay.calls('create_code', merchantPaymentId), 1);
});

test('the same card confirm again records nothing twice', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  const fields = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'A1' };
  const first = await terminal.confirm(fields);
  const again = await terminal.confirm(fields);
  assert.deepEqual([again.status, again.json], [200, first.json]);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'succeeded']);
});

test('a token that has confirmed cannot confirm in another way', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  const fields = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'B1' };
  assert.equal((await terminal.confirm(fields)).status, 200);
  for (const other of [
    CASH,
    { ...fields, external_ref_id: 'A2' },
    { ...fields, provider: 'JCB' },
    { ...fields, payment_method_type: 'e_money' },
    { payment_method_type: 'qr_mpm', provider: 'PAYPAY' },
  ]) {
    assertInvalid(await terminal.confirm(other));
  }
  const qr = await gateway.openQr();
  assertInvalid(await qr.terminal.confirm(CASH));
});

test('a token that has confirmed goes on reading and cancelling beyond its five minutes', async () => {
  const intent = await gateway.openQr();
  clock.advance(4 * MINUTE_MS);
  assert.equal((await intent.terminal.retrieve()).json.status, 'requires_action');
  clock.advance(2 * MINUTE_MS);
  await gateway.settle();
  assert.equal((await intent.terminal.retrieve()).json.status, 'requires_payment_method', 'the code ran out');
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  assert.equal((await intent.terminal.retrieve()).json.status, 'cancelled');
  clock.advance(60 * MINUTE_MS);
  assertInvalid(await intent.terminal.retrieve());
});

test('the outcome of a payment can be read with the token after it succeeded', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  clock.advance(2_500);
  await gateway.settle();
  clock.advance(10 * MINUTE_MS);
  assert.equal((await intent.terminal.retrieve()).json.status, 'succeeded');
});

test('a fresh token revokes the old one, for reading too', async () => {
  const intent = await gateway.createIntent();
  const old = gateway.terminalFor(intent);
  const { status, json } = await client.reissueToken(intent.id);
  assert.equal(status, 200);
  assert.match(json.payment_token, new RegExp(`^${intent.id}_secret_`));
  assert.notEqual(json.payment_token, intent.payment_token);
  assert.equal(json.payment_token_expires_at, new Date(clock.now() + 5 * MINUTE_MS).toISOString());
  for (const answer of [await old.retrieve(), await old.confirm(CASH), await old.cancel()])
    assertInvalid(answer);
  assert.equal((await gateway.terminalFor(json).confirm(CASH)).status, 200);
});

test('an order that stays open longer than its token is paid with a fresh one', async () => {
  const intent = await gateway.createIntent();
  clock.advance(20 * MINUTE_MS);
  assertInvalid(await gateway.terminalFor(intent).confirm(CASH));
  const { json } = await client.reissueToken(intent.id);
  assert.equal((await gateway.terminalFor(json).confirm(CASH)).json.status, 'succeeded');
});

test('a fresh token does not let a second terminal open a second code', async () => {
  const intent = await gateway.openQr();
  const { json } = await client.reissueToken(intent.id);
  assertInvalid(await intent.terminal.confirmQr());
  const second = gateway.terminalFor(json);
  assert.equal((await second.retrieve()).json.status, 'requires_action');
  const answer = await second.confirm(CASH);
  assert.deepEqual([answer.status, answer.json.details.status], [409, 'requires_action']);
  assert.equal((await second.cancel()).json.status, 'cancelled');
});

test('a confirm that never began leaves the token for another method', async () => {
  const intent = await gateway.createIntent({ currency: 'USD' });
  const terminal = gateway.terminalFor(intent);
  assert.equal((await terminal.confirmQr()).status, 502);
  assert.equal((await terminal.confirm(CASH)).json.status, 'succeeded');
});

test('a confirm that never began does not make its token last longer', async () => {
  const intent = await gateway.createIntent({ currency: 'USD' });
  const terminal = gateway.terminalFor(intent);
  clock.advance(2 * MINUTE_MS);
  assert.equal((await terminal.confirmQr()).status, 502);
  clock.advance(3 * MINUTE_MS);
  assert.equal((await terminal.retrieve()).status, 200, 'the last instant still counts');
  clock.advance(1);
  for (const answer of [await terminal.retrieve(), await terminal.confirm(CASH), await terminal.cancel()]) {
    assertInvalid(answer);
  }
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

test('a till sees how its payment ended, also when the intent ran out while the code was open', async () => {
  const intent = await gateway.openQr({ expires_in_minutes: 60 });
  clock.advance(60 * MINUTE_MS);
  await gateway.settle();
  clock.advance(15 * MINUTE_MS);
  const { json } = await intent.terminal.retrieve();
  assert.deepEqual([json.status, json.cancellation_reason], ['cancelled', 'expired']);
  clock.advance(1);
  assertInvalid(await intent.terminal.retrieve());
});

test('a token is issued by the backend only, and a retry of the issue gives the same one', async () => {
  const intent = await gateway.createIntent();
  const path = `/v1/payment_intents/${intent.id}/payment_token`;
  const json = { 'content-type': 'application/json' };
  const { payment_token } = intent;
  assert.equal((await send(gateway.url, 'POST', path, json, { payment_token })).status, 401);
  const first = await client.reissueToken(intent.id, { idempotency_key: 'token-1' });
  const again = await client.reissueToken(intent.id, { idempotency_key: 'token-1' });
  assert.equal(again.text, first.text);
});

test('tokens of one order never come again, and none stands in a table', async () => {
  const intent = await gateway.createIntent();
  const tokens = new Set([intent.payment_token]);
  for (let n = 0; n < 5; n += 1) tokens.add((await client.reissueToken(intent.id)).json.payment_token);
  assert.equal(tokens.size, 6);
  const tables = await gateway.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  assert.ok(tables.length > 10);
  for (const { name } of tables) {
    for (const { row } of await gateway.query<Json & { row: string }>(
      `select t::text as row from ${name} t`,
    )) {
      for (const token of tokens) assert.equal(row.includes(token.split('_secret_')[1] ?? ''), false, name);
    }
  }
  assert.ok(clock.now() > START_MS);
});
