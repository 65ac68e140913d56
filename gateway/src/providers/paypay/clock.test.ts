// A gateway whose clock is wrong: PayPay refuses what was signed more than two minutes from its own time, and tells
// that time with every answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest } from '../../outbound/http.ts';
import { makePeerMemory } from '../../outbound/peer-memory.ts';
import { paypay } from './paypay.ts';
import {
  answer,
  details,
  EXPIRES_AT,
  makeAttempt,
  NOW,
  OPENED,
  opened,
  playPaypay,
  type Scripted,
} from './scripted-paypay.ts';
import { openPaypay } from './simulated-paypay.ts';

const at = (time: number, scripted: Scripted): Scripted => ({
  ...scripted,
  headers: { date: new Date(time).toUTCString() },
});
const signedAt = (asked: { headers: Record<string, unknown> } | undefined) =>
  Number(String(asked?.headers['authorization']).split(':')[4]);

for (const off_ms of [600_000, -600_000]) {
  test(`a gateway whose clock is ${off_ms / 60_000} minutes off opens a code, sees it paid and refunds it`, async (t) => {
    const stage = await openPaypay(t);
    const ours = NOW + off_ms;
    const context = { ...stage.context, now: () => ours };
    const attempt = makeAttempt({ created_at: new Date(ours).toISOString() });
    const started = await paypay.start?.(attempt, context);
    assert.equal(started?.kind, 'waiting', JSON.stringify(started));
    // The till counts down by our clock, and so do the look-ups.
    const left_ms = Date.parse(started.action?.expires_at ?? '') - ours;
    assert.ok(Math.abs(left_ms - 300_000) < 2_000, String(left_ms));
    const waiting = {
      ...attempt,
      provider_code_id: started.provider_code_id ?? null,
      action_expires_at: started.action?.expires_at ?? null,
    };
    assert.equal((await paypay.lookUp?.(waiting, context))?.kind, 'waiting');
    await stage.pay(attempt);
    const result = await paypay.lookUp?.(waiting, context);
    assert.equal(result?.kind, 'paid');
    assert.equal(result.paid_at, new Date(NOW).toISOString(), 'the time of the payment is PayPay’s');
    const refund = stage.makeRefund({ created_at: new Date(ours).toISOString() });
    assert.equal((await paypay.refund?.(waiting, refund, context))?.kind, 'refunded');
  });
}

test('a refusal whose Date shows that our clock is wrong is repeated once, signed with PayPay’s time', async (t) => {
  const theirs = NOW - 300_000;
  const script = [at(theirs, answer(401, 'UNAUTHORIZED')), at(theirs, opened())];
  const stage = await playPaypay(t, script);
  assert.equal((await paypay.start?.(makeAttempt(), stage.context))?.kind, 'waiting');
  assert.deepEqual(stage.paths(), ['POST /v2/codes', 'POST /v2/codes']);
  assert.equal(stage.asked[0]?.body, stage.asked[1]?.body);
  assert.equal(signedAt(stage.asked[0]), NOW / 1_000);
  assert.equal(signedAt(stage.asked[1]), theirs / 1_000);
});

test('a refusal that stays one is not repeated again, and says what our clock shows', async (t) => {
  const skewed = at(NOW - 300_000, answer(401, 'UNAUTHORIZED'));
  const stage = await playPaypay(t, [skewed, { ...skewed }]);
  const result = await paypay.start?.(makeAttempt(), stage.context);
  assert.equal(result?.kind, 'ended_unpaid');
  assert.match(result.message ?? '', /300 s ahead/);
  assert.equal(stage.asked.length, 2);
});

test('a refusal at the right time is not repeated: the clock was not the cause', async (t) => {
  for (const off_ms of [0, -30_000, 30_000]) {
    const stage = await playPaypay(t, [at(NOW + off_ms, answer(401, 'UNAUTHORIZED'))]);
    assert.equal((await paypay.start?.(makeAttempt(), stage.context))?.kind, 'ended_unpaid');
    assert.equal(stage.asked.length, 1);
  }
});

test('every answer of PayPay tells its time, and the next call is signed with it', async (t) => {
  const theirs = NOW + 20_000;
  const waits = () => answer(200, 'SUCCESS', details('CREATED'));
  const stage = await playPaypay(t, [at(theirs, waits()), at(theirs, waits()), at(NOW, waits()), waits()]);
  const context = { ...stage.context, memory: makePeerMemory() };
  for (let times = 0; times < 4; times += 1) await paypay.lookUp?.(makeAttempt(OPENED), context);
  const signed = stage.asked.map((asked) => signedAt(asked) - NOW / 1_000);
  assert.deepEqual(signed, [0, 20, 20, 0]);
});

test('a page that is not PayPay’s teaches no time', async (t) => {
  const proxy = at(NOW - 9_000_000, { status: 502, body: '<h1>Bad Gateway</h1>' });
  const stage = await playPaypay(t, [proxy, opened()]);
  const context = { ...stage.context, memory: makePeerMemory() };
  await paypay.start?.(makeAttempt(), context);
  const started = await paypay.start?.(makeAttempt(), context);
  assert.equal(signedAt(stage.asked[1]), NOW / 1_000);
  assert.equal(started?.kind === 'waiting' && started.action?.expires_at, EXPIRES_AT);
});

test('a Date that somebody on the way writes stops no payment: PayPay believes our own time, and that is used', async (t) => {
  const stage = await openPaypay(t);
  const { http } = stage.context;
  const relayed = {
    ...stage.context,
    http: {
      ...http,
      async request(wanted: HttpRequest) {
        const answer = await http.request(wanted);
        if (answer.kind === 'failed') return answer;
        const date = new Date(stage.now() - 600_000).toUTCString();
        return { ...answer, headers: { ...answer.headers, date } };
      },
    },
  };
  for (let times = 0; times < 4; times += 1) {
    const started = await paypay.start?.(stage.makeFresh(), relayed);
    assert.equal(started?.kind, 'waiting', JSON.stringify(started));
  }
  const statuses = () => stage.asked().map((asked) => asked.slice(-3));
  assert.deepEqual(statuses(), ['201', '401', '201', '201', '201'], 'only the second is signed with it');
  stage.advance(10 * 60_000);
  for (let times = 0; times < 2; times += 1) await paypay.start?.(stage.makeFresh(), relayed);
  assert.deepEqual(statuses(), ['201', '401', '201'], 'after a while it is tried once more');
});
