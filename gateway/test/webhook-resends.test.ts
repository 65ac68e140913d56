// Deliveries as they are read, and as they are made again: one, many, and a ping.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { resendWebhookDeliveries } from '../src/db/webhook-resends.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { makeSignal, startReceiver } from './support/webhooks.ts';

const gateway = await startTestGateway({ after });
const { clock } = gateway;

/** An endpoint of an organization of its own, whose receiver answers as `mood` says. */
async function makeStage(t: TestContext) {
  const organization = await gateway.addOrganization();
  const mood = { status: 200 };
  const receiver = await startReceiver(t, (response: ServerResponse) =>
    response.writeHead(mood.status).end(),
  );
  const { json: endpoint } = await organization.client.post('/v1/webhook_endpoints', { url: receiver.url });
  const path = `/v1/webhook_endpoints/${endpoint.id}`;
  return { ...organization, mood, receiver, endpoint, path };
}

async function deliver(): Promise<void> {
  await gateway.runJob('fan_out');
  await gateway.runJob('align_deliveries');
  await gateway.runJob('deliveries');
}

test('each delivery is listed with its attempts, newest first, by status and page by page', async (t) => {
  const { client: by, mood, path } = await makeStage(t);
  await gateway.createIntent({}, by);
  await deliver();
  mood.status = 503;
  for (let count = 0; count < 2; count += 1) await gateway.createIntent({}, by);
  await deliver();

  const all = (await by.get(`${path}/deliveries`)).json as Json[];
  assert.deepEqual(
    all.map((one) => [one['sequence'], one['status'], one['event_type'], one['attempts_made']]),
    [
      [3, 'pending', 'payment_intent.created', 1],
      [2, 'pending', 'payment_intent.created', 1],
      [1, 'succeeded', 'payment_intent.created', 1],
    ],
  );
  const [attempt] = (all[0]?.['attempts'] ?? []) as Json[];
  assert.deepEqual(
    { ...attempt, duration_ms: typeof attempt?.['duration_ms'] },
    {
      attempt_number: 1,
      response_status: 503,
      duration_ms: 'number',
      attempted_at: new Date(clock.now()).toISOString(),
    },
  );
  assert.deepEqual((await by.get(`${path}/deliveries/3`)).json, all[0]);
  const sequencesOf = async (query: string) =>
    ((await by.get(`${path}/deliveries?${query}`)).json as Json[]).map((one) => one['sequence']);
  assert.deepEqual(await sequencesOf('status=pending'), [3, 2]);
  assert.deepEqual(await sequencesOf('status=succeeded'), [1]);
  assert.deepEqual(await sequencesOf('status=failed'), []);

  const page = await by.get(`${path}/deliveries?limit=2`);
  const next = /<https?:\/\/[^/]+(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  assert.deepEqual(
    ((await by.get(next)).json as Json[]).map((one) => one['sequence']),
    [1],
  );
  for (const [query, field] of [
    ['status=lost', 'status'],
    ['limit=0', 'limit'],
    ['starting_after=x', 'starting_after'],
  ]) {
    const { status, json } = await by.get(`${path}/deliveries?${query}`);
    assert.deepEqual([status, json.details.field], [400, field]);
  }
  assert.equal((await by.get(`${path}/deliveries/99`)).status, 404);
});

test('a delivery that succeeded is made again with the same id and bytes, and a new time and signature', async (t) => {
  const { client: by, receiver, endpoint, path } = await makeStage(t);
  await gateway.createIntent({}, by);
  await deliver();
  clock.advance(90_000);
  const resent = await by.post(`${path}/deliveries/1/resend`, {});
  assert.equal(resent.status, 200, resent.text);
  assert.deepEqual([resent.json.status, resent.json.attempts_made], ['pending', 0]);
  assert.equal(resent.json.attempts.length, 1, 'the attempt that was made stays');
  await deliver();

  const [first, second] = receiver.received;
  assert.ok(first && second);
  assert.equal(second.body, first.body);
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  const [at, again_at] = [first, second].map((one) => Number(one.headers['webhook-timestamp']));
  assert.equal((again_at ?? 0) - (at ?? 0), 90);
  const theirs = new Webhook(endpoint.secret).sign(
    String(second.headers['webhook-id']),
    new Date((again_at ?? 0) * 1_000),
    second.body,
  );
  assert.equal(second.headers['webhook-signature'], theirs);
  const { json } = await by.get(`${path}/deliveries/1`);
  assert.deepEqual(
    [json.status, json.attempts.map((one: Json) => one['attempt_number'])],
    ['succeeded', [1, 2]],
  );
  const [entry] = (await by.get(`/v1/audit_log?object=${endpoint.id}`)).json;
  assert.equal(entry.action, 'webhook_delivery.resent');
  assert.equal(entry.details.sequence, 1);
});

test('a resending begins the schedule anew', async (t) => {
  const { client: by, mood, receiver, path } = await makeStage(t);
  mood.status = 500;
  await gateway.createIntent({}, by);
  await deliver();
  clock.advance(5_500);
  await deliver();
  assert.equal((await by.get(`${path}/deliveries/1`)).json.attempts_made, 2);
  await by.post(`${path}/deliveries/1/resend`, {});
  await deliver();
  clock.advance(5_500);
  await deliver();
  assert.equal(receiver.received.length, 4, 'five seconds after the resending, not five minutes');
  const { json } = await by.get(`${path}/deliveries/1`);
  assert.equal(json.attempts_made, 2);
  assert.deepEqual(
    json.attempts.map((one: Json) => one['attempt_number']),
    [1, 2, 3, 4],
  );
});

test('an attempt that fails while its delivery is sent again does not put the new one off', async (t) => {
  const { client: by } = await gateway.addOrganization();
  const asked = makeSignal();
  const released = makeSignal();
  const receiver = await startReceiver(t, async (response) => {
    asked.give();
    await released.given;
    response.writeHead(500).end();
  });
  const { json: endpoint } = await by.post('/v1/webhook_endpoints', { url: receiver.url });
  const path = `/v1/webhook_endpoints/${endpoint.id}`;
  await gateway.createIntent({}, by);
  await gateway.runJob('fan_out');
  const delivering = gateway.runJob('deliveries');
  await asked.given;
  const resent = await by.post(`${path}/deliveries/1/resend`, {});
  released.give();
  await delivering;
  const { json } = await by.get(`${path}/deliveries/1`);
  assert.deepEqual(
    [json.status, json.attempts_made, json.next_attempt_at, json.attempts.length],
    ['pending', 0, resent.json.next_attempt_at, 1],
  );
});

test('everything after a sequence is sent again, or only what has one status', async (t) => {
  const { client: by, mood, receiver, endpoint, path } = await makeStage(t);
  for (let count = 0; count < 3; count += 1) await gateway.createIntent({}, by);
  await deliver();
  mood.status = 503;
  for (let count = 0; count < 2; count += 1) await gateway.createIntent({}, by);
  await deliver();
  mood.status = 200;

  const waiting = await by.post(`${path}/resend`, { after_sequence: 0, status: 'pending' });
  assert.deepEqual(waiting.json, {
    webhook_endpoint_id: endpoint.id,
    after_sequence: 0,
    last_sequence: 5,
    resent: 2,
    has_more: false,
  });
  await deliver();
  assert.equal(receiver.received.length, 7);
  const options = { idempotency_key: 'again' };
  const all = await by.post(`${path}/resend`, { after_sequence: 1 }, options);
  assert.equal(all.json.resent, 4);
  await by.post(`${path}/resend`, { after_sequence: 1 }, options);
  await deliver();
  assert.equal(receiver.received.length, 11);
  const again = receiver.received.slice(7).map(({ body }) => JSON.parse(body).sequence);
  assert.deepEqual(
    again.toSorted((a, b) => a - b),
    [2, 3, 4, 5],
  );
  assert.equal((await by.post(`${path}/resend`, { after_sequence: 99 })).json.resent, 0);
  const entries = (await by.get(`/v1/audit_log?object=${endpoint.id}`)).json as Json[];
  assert.equal(entries.filter((entry) => entry['action'] === 'webhook_endpoint.resent').length, 3);
});

test('no more is sent again at once than the limit, and the answer says where to go on', async (t) => {
  const { client: by, endpoint, path, organization_id } = await makeStage(t);
  await gateway.query(
    `with event as (
       insert into events (id, organization_id, livemode, type, object_json, created_at, fanned_out_at)
       select 'evt_01KEZVYM00' || to_char(n, 'FM0000000000000000'), $1, false, 'payment_intent.created', '{}',
              '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z'
       from generate_series(1, 1500) n returning id),
     counted as (update webhook_endpoints set last_sequence = 1500 where id = $2)
     insert into webhook_deliveries
       (webhook_endpoint_id, sequence, organization_id, event_id, status, created_at, updated_at)
     select $2, row_number() over (order by id), $1, id, 'succeeded', '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z'
     from event`,
    [organization_id, endpoint.id],
  );
  const first = await by.post(`${path}/resend`, { after_sequence: 100 });
  assert.deepEqual(
    [first.json.resent, first.json.last_sequence, first.json.has_more],
    [1_000, 1_100, true],
    first.text,
  );
  const rest = await by.post(`${path}/resend`, { after_sequence: first.json.last_sequence });
  assert.deepEqual([rest.json.resent, rest.json.has_more], [400, false]);
});

test('few that failed are found at once among all that arrived', async (t) => {
  const { endpoint, organization_id } = await makeStage(t);
  await gateway.query(
    `insert into webhook_deliveries
       (webhook_endpoint_id, sequence, organization_id, event_id, status, created_at, updated_at)
     select $2, n, $1, 'evt_01KEZVYN00' || to_char(n, 'FM0000000000000000'),
            case when n % 5000 = 0 then 'failed' else 'succeeded' end, '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z'
     from generate_series(1, 20000) n`,
    [organization_id, endpoint.id],
  );
  await gateway.query('analyze webhook_deliveries');
  const [top] = await gateway.context.db.withTransaction(async (tx) => {
    const run = (text: string) =>
      tx.query<{ 'QUERY PLAN': [{ Plan: Json }] }>({ name: `explain_${text.slice(0, 8)}`, text });
    const plans: { 'QUERY PLAN': [{ Plan: Json }] }[] = [];
    const explaining = {
      // As the gateway's connections have it: one plan for all values.
      async query({ text }: { text: string }, values: unknown[]) {
        await run(`prepare explained as ${text}`);
        const given = values.map((value) => `'${value}'`).join(', ');
        plans.push(...(await run(`explain (analyze, buffers, format json) execute explained(${given})`)));
        return [];
      },
    } as unknown as typeof tx;
    const filter = { after_sequence: 0, up_to_sequence: 20_000, status: 'failed' as const, limit: 1_000 };
    await resendWebhookDeliveries(explaining, endpoint.id, new Date(clock.now()).toISOString(), filter);
    return plans;
  });
  const plan = top?.['QUERY PLAN'][0].Plan ?? {};
  assert.equal(plan['Actual Rows'], 4);
  assert.ok(Number(plan['Shared Hit Blocks']) < 300, JSON.stringify(plan));
});

test('a ping comes to its endpoint alone, numbered like any other event', async (t) => {
  const { client: by, receiver, endpoint, path } = await makeStage(t);
  const other = await startReceiver(t);
  await by.post('/v1/webhook_endpoints', { url: other.url });
  await by.patch(path, { enabled_events: ['late_payment.*'] });
  const ping = await by.post(`${path}/ping`, {});
  assert.equal(ping.status, 201, ping.text);
  assert.deepEqual([ping.json.sequence, ping.json.status], [1, 'pending']);
  await deliver();
  const [received] = receiver.received;
  const body = JSON.parse(received?.body ?? '{}');
  assert.deepEqual([body.id, body.type, body.sequence], [ping.json.event_id, 'webhook_endpoint.ping', 1]);
  assert.equal(body.data.object.id, endpoint.id);
  assert.ok(!received?.body.includes('whsec_'));
  assert.equal(other.received.length, 0);
  assert.equal((await by.get(`/v1/events/${ping.json.event_id}`)).json.type, 'webhook_endpoint.ping');
  assert.equal((await by.get(`${path}/deliveries/1`)).json.status, 'succeeded');
});

test('pings and events at the same time leave no gap', async (t) => {
  const { client: by, path } = await makeStage(t);
  for (let count = 0; count < 8; count += 1) await gateway.createIntent({}, by);
  const pings = Array.from({ length: 8 }, () => by.post(`${path}/ping`, {}));
  await Promise.all([gateway.runJob('fan_out'), ...pings]);
  await deliver();
  const { json } = await by.get(`${path}/events?limit=100`);
  assert.deepEqual(
    (json as Json[]).map((event) => event['sequence']),
    Array.from({ length: 16 }, (_, place) => place + 1),
  );
});

test('a disabled endpoint is neither pinged nor sent anything again', async (t) => {
  const { client: by, path } = await makeStage(t);
  await gateway.createIntent({}, by);
  await deliver();
  await by.patch(path, { status: 'disabled' });
  for (const [place, body] of [
    ['ping', {}],
    ['resend', { after_sequence: 0 }],
    ['deliveries/1/resend', {}],
  ] as const) {
    const { status, json } = await by.post(`${path}/${place}`, body);
    assert.deepEqual([status, json.details.constraint], [400, 'endpoint_enabled'], place);
  }
});
