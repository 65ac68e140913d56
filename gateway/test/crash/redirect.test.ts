// The crash map of a payment on a provider's page: killed while the page is asked for, and killed between the arrival
// of the news and their being written. Nobody can be asked afterwards, so whoever tells it again has to be heard.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSimulatorServer } from '../../src/simulator/server.ts';
import { MPGS, newsPairs, RETURN_PATH, signNews } from '../support/mpgs-stage.ts';
import { startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { MERCHANT, makeCrashStage, STORE } from './crash-stage.ts';

async function openStage(t: TestContext) {
  const stage = await makeCrashStage(t);
  // In the test's own process: Plutu outlives whatever is killed.
  const simulator = await startSimulatorServer({ port: 0 });
  t.after(() => simulator.close());
  Object.assign(stage.env, { MPAC_SIMULATOR_URL: simulator.url });
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const config = { provider: 'MPGS', is_active: true, credentials: {} };
  const synced = await client.post('/v1/sync/merchants', {
    merchants: [
      {
        id: MERCHANT,
        name: 'Crash',
        stores: [{ id: STORE, name: 'Crash', payment_processor_configs: [config] }],
      },
    ],
  });
  assert.equal(synced.status, 200, synced.text);
  const order = { ...stage.newOrder(1_234), currency: 'USD', payment_method_types: ['credit_card'] };
  const { id } = (await client.create(order)).json as { id: string };
  const events = async () =>
    (
      await stage.query<{ type: string }>(
        `select type from events where object_json::json ->> 'id' = $1 order by id`,
        [id],
      )
    ).map(({ type }) => type.replace('payment_intent.', ''));
  async function control<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${simulator.url}/mpgs/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, path);
    return (await answer.json()) as T;
  }
  return { stage, gateway, client, id, events, control };
}

const tell = (gateway: { url: string }, query: string, accept = '*/*') =>
  fetch(`${gateway.url}${RETURN_PATH}?${query}`, { headers: { accept } });

for (const [who, accept] of [
  ['Plutu’s repetition', '*/*'],
  ['the browser', 'text/html'],
] as const) {
  test(`news that were killed before they were written are brought again by ${who}, and count once`, async (t) => {
    const { stage, gateway, client, id, events } = await openStage(t);
    assert.equal((await client.confirm(id, MPGS)).json.status, 'requires_action');
    const [attempt] = await stage.attempts(id);
    assert.ok(attempt);
    const query = signNews(newsPairs(attempt.id));
    const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
    const lost = assert.rejects(tell(gateway, query), TypeError);
    await lock.isInTheWay();
    await gateway.kill();
    await lock.dropWaiting();
    await lost;
    assert.equal((await stage.intent(id))?.status, 'requires_action');

    const again = await startGateway(t, 'serve', stage.env);
    for (let n = 0; n < 2; n += 1) assert.equal((await tell(again, query, accept)).status, 200);
    assert.equal((await stage.intent(id))?.status, 'succeeded');
    assert.deepEqual(await events(), ['created', 'requires_action', 'succeeded']);
  });
}

test('a confirm that is killed while it asks for the page leaves nothing to pay by, and can be made again', async (t) => {
  const { stage, gateway, client, id, control } = await openStage(t);
  await control('POST', '/faults', { fault: 'hang_after_success', times: 1 });
  const lost = assert.rejects(client.confirm(id, MPGS), TypeError);
  await waitUntil('the page', async () => {
    const { payments } = await control<{ payments: unknown[] }>('GET', '/payments');
    return payments.length > 0;
  });
  await gateway.kill();
  await lost;
  assert.equal((await stage.intent(id))?.outcome, 'unknown');

  await stage.passTime();
  await startWorkerProcess(t, stage.env);
  await waitUntil('the end', async () => (await stage.intent(id))?.status === 'requires_payment_method');
  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const confirmed = await again.confirm(id, MPGS);
  assert.deepEqual([confirmed.status, confirmed.json.status], [200, 'requires_action'], confirmed.text);
  assert.deepEqual(
    (await stage.attempts(id)).map(({ status }) => status),
    ['ended_unpaid', 'waiting'],
  );
});
