// The second way to show PayPay whose a call is: a Bearer token, fetched by client credentials, as the source document
// of this gateway has it. Against the simulator, over real HTTP.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PaypayCredentials } from './credentials.ts';
import { paypay } from './paypay.ts';
import { openPaypay } from './simulated-paypay.ts';

async function openStage(t: TestContext, changes: Partial<PaypayCredentials> = {}) {
  const stage = await openPaypay(t, { credentials: { auth: 'oauth2', ...changes } });
  return {
    ...stage,
    fetched: () => stage.calls.filter((call) => call.path === '/paypay/oauth2/token').length,
  };
}

test('a payment is opened, paid, captured and refunded with a Bearer token, and no call is signed', async (t) => {
  const stage = await openStage(t);
  const held = await stage.hold();
  assert.equal((await paypay.capture?.(held, { id: 'ca_1', amount: 1250 }, stage.context))?.kind, 'paid');
  assert.equal((await paypay.refund?.(held, stage.makeRefund(), stage.context))?.kind, 'refunded');

  const [basic, ...bearers] = stage.sent.map((request) => request.headers?.['authorization'] ?? '');
  assert.match(basic ?? '', /^Basic /);
  assert.ok(bearers.length > 4);
  assert.equal(new Set(bearers).size, 1, 'one token serves all');
  assert.match(bearers[0] ?? '', /^Bearer [\w-]{20,}$/);
});

test('payments that begin together share one token', async (t) => {
  const stage = await openStage(t);
  const results = await Promise.all(
    Array.from({ length: 8 }, () => paypay.start?.(stage.makeFresh(), stage.context)),
  );
  assert.deepEqual(new Set(results.map((result) => result?.kind)), new Set(['waiting']));
  assert.equal(stage.fetched(), 1);
});

test('a token that PayPay withdrew is fetched anew, once, and the call goes through', async (t) => {
  const stage = await openStage(t);
  await paypay.start?.(stage.makeFresh(), stage.context);
  assert.deepEqual(await stage.control('DELETE', '/tokens'), { withdrawn: 1 });
  stage.advance(5_000);
  const before = stage.calls.length;
  assert.equal((await paypay.start?.(stage.makeFresh(), stage.context))?.kind, 'waiting');
  assert.deepEqual(
    stage.calls.slice(before).map((call) => `${call.path.replace('/paypay', '')} ${call.status}`),
    ['/v2/codes 401', '/oauth2/token 200', '/v2/codes 201'],
  );
});

test('a call whose fresh token is refused is not made again: the token is not what is wrong', async (t) => {
  const stage = await openStage(t, { merchant_id: 'your_merchant_id' });
  const result = await paypay.start?.(stage.makeFresh(), stage.context);
  assert.equal(result?.kind, 'ended_unpaid');
  assert.equal(result.code, 'UNAUTHORIZED');
  assert.deepEqual(
    stage.calls.map((call) => call.status),
    [200, 401],
  );
});

test('an account that PayPay refuses does not have the token that others share fetched for each of its calls', async (t) => {
  const stage = await openStage(t);
  const refused = {
    ...stage.context,
    credentials: { ...stage.context.credentials, merchant_id: 'your_merchant_id' },
  };
  for (let times = 0; times < 10; times += 1) {
    const result = await paypay.start?.(stage.makeFresh(), refused);
    assert.equal(result?.kind === 'ended_unpaid' && result.code, 'UNAUTHORIZED');
    assert.equal((await paypay.start?.(stage.makeFresh(), stage.context))?.kind, 'waiting');
  }
  assert.equal(stage.fetched(), 1);
});

test('a token is renewed before it ends', async (t) => {
  const stage = await openStage(t);
  await stage.control('POST', '/tokens', { lifetime_seconds: 600 });
  await paypay.start?.(stage.makeFresh(), stage.context);
  stage.advance(545_000);
  for (let times = 0; times < 2; times += 1) {
    assert.equal((await paypay.start?.(stage.makeFresh(), stage.context))?.kind, 'waiting');
  }
  assert.equal(stage.fetched(), 2);
  stage.advance(200_000);
  assert.equal((await paypay.start?.(stage.makeFresh(), stage.context))?.kind, 'waiting');
  assert.equal(stage.fetched(), 2, 'the renewed one is used');
  assert.equal(stage.calls.filter((call) => call.status === 401).length, 0);
});

for (const fault of ['server_error', 'hang', 'html_502', 'rate_limit', 'maintenance'] as const) {
  test(`a token endpoint that meets ${fault} means that PayPay was asked nothing`, async (t) => {
    const stage = await openStage(t);
    await stage.control('POST', '/faults', { fault, endpoint: 'token', times: 1 });
    const attempt = stage.makeFresh();
    const result = await paypay.start?.(attempt, stage.context);
    assert.equal(result?.kind, 'ended_unpaid', JSON.stringify(result));
    assert.equal(result.reason, 'refused');
    assert.match(result.code ?? '', /^provider_/);
    assert.equal(stage.calls.length, stage.fetched(), 'nothing but the token was asked for');
    const looked_up = { ...attempt, provider_code_id: '04-abc' };
    assert.equal((await paypay.lookUp?.(looked_up, stage.context))?.kind, 'waiting');
  });
}

test('a look-up whose token cannot be fetched is unknown, and never an outcome', async (t) => {
  const stage = await openStage(t, { api_secret: 'not-the-secret' });
  const result = await paypay.lookUp?.({ ...stage.makeFresh(), provider_code_id: '04-abc' }, stage.context);
  assert.deepEqual(result, {
    kind: 'unknown',
    reason: 'refused',
    message: 'The token endpoint answered 401 (invalid_client).',
  });
});

test('a changed secret has a token of its own', async (t) => {
  const stage = await openStage(t);
  await paypay.start?.(stage.makeFresh(), stage.context);
  const credentials = { ...stage.context.credentials, api_secret: 'not-the-secret' };
  const result = await paypay.start?.(stage.makeFresh(), { ...stage.context, credentials });
  assert.equal(result?.kind === 'ended_unpaid' && result.code, 'provider_refused');
});

test('the token endpoint is where the operator says, and never one of the other mode', async (t) => {
  const stage = await openStage(t);
  const token_url = `${stage.context.credentials.base_url}/oauth2/token`;
  const elsewhere = { ...stage.context.credentials, base_url: 'http://127.0.0.1:9/none', token_url };
  await paypay.lookUp?.(
    { ...stage.makeFresh(), provider_code_id: '04-abc' },
    { ...stage.context, credentials: elsewhere },
  );
  assert.equal(stage.fetched(), 1);
  const live = { ...stage.context.credentials, token_url: 'https://apigw.paypay.ne.jp/oauth2/token' };
  const result = await paypay.start?.(stage.makeFresh(), { ...stage.context, credentials: live });
  assert.match(result?.kind === 'ended_unpaid' ? (result.message ?? '') : '', /live host/);
});

test('a secret is not sent in the clear to another machine, nor a token', async (t) => {
  const stage = await openStage(t);
  const { credentials } = stage.context;
  for (const changes of [
    { token_url: 'http://proxy.example/oauth2/token' },
    { base_url: 'http://proxy.example', token_url: `${credentials.base_url}/oauth2/token` },
  ]) {
    const context = { ...stage.context, credentials: { ...credentials, ...changes } };
    const result = await paypay.start?.(stage.makeFresh(), context);
    assert.match(result?.kind === 'ended_unpaid' ? (result.message ?? '') : '', /in the clear/);
  }
  assert.deepEqual(stage.calls, []);
});
