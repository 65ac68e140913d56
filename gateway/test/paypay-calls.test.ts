// The whole gateway against a PayPay whose clock is another, or that wants Bearer tokens; and the hosts that it may not
// be set to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseWrongDefaults, runApi } from '../src/commands/run.ts';
import { readConfig } from '../src/config.ts';
import { startSimulatorServer } from '../src/simulator/server.ts';
import { START_MS, startTestGateway } from './support/gateway.ts';
import { merchantRow, paypayConfig, SYNC_PATH, storeRow, syncBody } from './support/merchants.ts';
import { makePaypayStage } from './support/paypay-stage.ts';

test('a gateway whose clock is ten minutes ahead of PayPay’s is paid all the same, and says so once', async (t) => {
  let now = () => START_MS;
  const simulator = await startSimulatorServer({ port: 0, now: () => now() - 600_000 });
  t.after(() => simulator.close());
  const gateway = await startTestGateway(t, { config: { simulator_url: simulator.url } });
  now = gateway.clock.now;
  const paypay = makePaypayStage(`${simulator.url}/paypay`, '');

  for (const refusals of [1, 1]) {
    const intent = await gateway.openQr();
    const left_ms = Date.parse(String(intent.confirmation.expires_at)) - gateway.clock.now();
    assert.ok(Math.abs(left_ms - 300_000) < 2_000, `the till shows the code for ${left_ms} ms`);
    gateway.clock.advance(2_500);
    await gateway.runJob('look_ups');
    assert.equal(await gateway.statusOf(intent), 'requires_action');
    await paypay.pay(intent.code);
    gateway.clock.advance(2_500);
    await gateway.runJob('look_ups');
    assert.equal(await gateway.statusOf(intent), 'succeeded');
    const { requests } = await paypay.control<{ requests: { answers: Record<string, number> }[] }>(
      'GET',
      '/requests',
    );
    const refused = requests.reduce((sum, { answers }) => sum + (answers['401'] ?? 0), 0);
    assert.equal(refused, refusals, 'only the very first call is refused for its time');
  }

  const warnings = gateway.log.lines.filter((line) => line.msg === 'our clock is off from a provider’s');
  assert.equal(warnings.length, 1);
  assert.ok(Math.abs(Number(warnings[0]?.['offset_seconds']) + 600) <= 1);
  const metrics = await gateway.context.metrics.registry.metrics();
  assert.match(metrics, /mpac_provider_clock_offset_seconds\{host="127\.0\.0\.1:\d+"\} -(599|600)/);
});

test('a code that is open is not given up by a clock that runs behind PayPay’s', async (t) => {
  let now = () => START_MS;
  const simulator = await startSimulatorServer({ port: 0, now: () => now() + 600_000 });
  t.after(() => simulator.close());
  const gateway = await startTestGateway(t, { config: { simulator_url: simulator.url } });
  now = gateway.clock.now;
  const intent = await gateway.openQr();
  gateway.clock.advance(290_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  gateway.clock.advance(60_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method', 'the code ended by both clocks');
});

test('a store that says oauth2 is paid with Bearer tokens, and none of them is told', async (t) => {
  const gateway = await startTestGateway(t);
  const credentials = { merchant_id: 'paypay_merchant_123', auth: 'oauth2' };
  await gateway.saveStore({
    payment_processor_configs: [{ provider: 'PAYPAY', is_active: true, credentials }],
  });
  const headers = new Set<string>();
  const { http } = gateway.context;
  gateway.context.http = {
    ...http,
    request(request) {
      headers.add(request.headers?.['authorization'] ?? '');
      return http.request(request);
    },
  };
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  assert.equal(await gateway.paypay.calls('token'), 1);
  const [basic, bearer, ...others] = [...headers].map((header) => header.split(' '));
  assert.deepEqual([basic?.[0], bearer?.[0], others], ['Basic', 'Bearer', []]);
  const told =
    gateway.log.texts.join('') + JSON.stringify(await gateway.query('select * from payment_attempts'));
  for (const secret of [basic?.[1], bearer?.[1]]) {
    assert.ok(secret !== undefined && secret.length > 20);
    assert.equal(told.includes(secret), false);
  }
});

test('a store cannot say anything else for auth, nor where its tokens come from', async (t) => {
  const gateway = await startTestGateway(t);
  for (const [wrong, constraint] of [
    [{ auth: 'basic' }, 'enum'],
    [{ token_url: 'https://attacker.example/' }, 'unknown_field'],
  ] as const) {
    const credentials = { merchant_id: 'm', ...wrong };
    const body = syncBody(merchantRow('m1', storeRow('s1', paypayConfig({ credentials }))));
    const { status, json } = await gateway.client.post(SYNC_PATH, body);
    assert.equal(status, 400);
    assert.match(String(json.details.field), /^merchants\.0\.stores\.0\.payment_processor_configs\.0\.cred/);
    assert.equal(json.details.constraint, constraint);
  }
});

test('PayPay’s own id of its last answer stays with the attempt and with the refund', async (t) => {
  const gateway = await startTestGateway(t);
  const intent = await gateway.openQr();
  const requestId = async (table: 'payment_attempts' | 'refunds') => {
    const rows = await gateway.query<{ provider_request_id: string }>(
      `select provider_request_id from ${table} where payment_intent_id = $1`,
      [intent.id],
    );
    assert.match(rows[0]?.provider_request_id ?? '', /^OPA[0-9A-F]{32}$/);
    return rows[0]?.provider_request_id;
  };
  const opened = await requestId('payment_attempts');
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  const paid = await requestId('payment_attempts');
  await gateway.client.post('/v1/refunds', { payment_intent: intent.id, amount: 100 });
  await gateway.settle();
  const refunded = await requestId('refunds');
  assert.equal(new Set([opened, paid, refunded]).size, 3);
});

const SANDBOX = ['https://apigw.sandbox.paypay.ne.jp', 'https://stg-api.sandbox.paypay.ne.jp'];
const CONTRACT_TESTS = ['https://apigw.stg.paypay.ne.jp', 'https://perf-apigw.paypay.ne.jp'];
const LIVE = ['https://apigw.paypay.ne.jp', 'https://api.paypay.ne.jp'];

test('live payments are not set to a host for tests, nor test payments to a live one, by any name that PayPay has', async () => {
  const refused: [string, string][] = [
    ...[...SANDBOX, ...CONTRACT_TESTS].map((url): [string, string] => ['MPAC_PAYPAY_BASE_URL', url]),
    ['MPAC_PAYPAY_TOKEN_URL', `${SANDBOX[0]}/oauth2/token`],
    ...LIVE.map((url): [string, string] => ['MPAC_PAYPAY_TEST_BASE_URL', url]),
    ['MPAC_PAYPAY_TEST_TOKEN_URL', `${LIVE[0]}/oauth2/token`],
    ['MPAC_PAYPAY_BASE_URL', 'https://APIGW.SANDBOX.paypay.ne.jp:443/x'],
    ['MPAC_PAYPAY_TEST_BASE_URL', 'https://apigw.paypay.ne.jp./x'],
  ];
  for (const [name, url] of refused) {
    const config = readConfig({ [name]: url }, 'development');
    assert.throws(() => refuseWrongDefaults(config), /payments never go there/, `${name}=${url}`);
  }
  await assert.rejects(
    runApi(readConfig({ MPAC_PAYPAY_BASE_URL: SANDBOX[0] }, 'development')),
    /apigw\.sandbox\.paypay\.ne\.jp is a host for tests at PayPay, and live payments never go there/,
  );
});

test('hosts that PayPay calls deprecated, and those that are not PayPay’s, are taken as they are set', () => {
  for (const url of [...LIVE, 'https://egress.example/paypay', 'https://paypay.ne.jp.example']) {
    refuseWrongDefaults(readConfig({ MPAC_PAYPAY_BASE_URL: url }, 'development'));
  }
  for (const url of [...SANDBOX, ...CONTRACT_TESTS, 'http://127.0.0.1:8090/paypay']) {
    refuseWrongDefaults(readConfig({ MPAC_PAYPAY_TEST_BASE_URL: url }, 'development'));
  }
  assert.throws(() => readConfig({ MPAC_PAYPAY_AUTH: 'basic' }, 'development'), /opa_hmac, oauth2/);
});

test('a base URL that no path can be put behind is refused at the start, and what it holds is not shown', () => {
  for (const name of ['MPAC_PAYPAY_BASE_URL', 'MPAC_PAYPAY_TEST_BASE_URL', 'MPAC_MPGS_BASE_URL']) {
    for (const url of [
      'https://r.example/x?y=canary',
      'https://r.example/x#canary',
      'https://u:canary@r.example',
    ]) {
      assert.throws(
        () => readConfig({ [name]: url, MPAC_BASE_URL: 'https://pay.example' }, 'development'),
        ({ message }: Error) =>
          message.startsWith(`${name} must be a URL without`) && !message.includes('canary'),
      );
    }
    readConfig({ [name]: 'https://r.example:8443/paypay/v1/' }, 'development');
  }
});

test('with oauth2 neither the secret nor a token is sent in the clear, but to this machine', () => {
  const config = (changes: Record<string, string>) =>
    readConfig({ MPAC_PAYPAY_AUTH: 'oauth2', ...changes }, 'development');
  for (const name of ['MPAC_PAYPAY_BASE_URL', 'MPAC_PAYPAY_TOKEN_URL']) {
    assert.throws(() => refuseWrongDefaults(config({ [name]: 'http://proxy.example/x' })), /in the clear/);
    refuseWrongDefaults(config({ [name]: 'https://proxy.example/x' }));
    refuseWrongDefaults(config({ [name]: 'http://127.0.0.1:8090/paypay' }));
  }
  refuseWrongDefaults(readConfig({ MPAC_PAYPAY_BASE_URL: 'http://proxy.example' }, 'development'));
});
