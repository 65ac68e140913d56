// Webhook endpoints as they are changed: settings, another secret, off and on again, deleted. Over HTTP, with a
// receiver that is really called.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { Client, Json } from './support/client.ts';
import { MERCHANT_ID, startTestGateway } from './support/gateway.ts';
import { makeSignal, type Received, startReceiver } from './support/webhooks.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const PATH = '/v1/webhook_endpoints';
const HOUR_MS = 3_600_000;

async function register(settings: Json, by: Client = client) {
  const answer = await by.post(PATH, settings);
  assert.equal(answer.status, 201, answer.text);
  return answer.json as { id: string; secret: string };
}

/** A receiver of an organization of its own, so that no other test's events come to it. */
async function makeStage(t: TestContext, answer?: Parameters<typeof startReceiver>[1]) {
  const organization = await gateway.addOrganization();
  const receiver = await startReceiver(t, answer);
  const endpoint = await register({ url: receiver.url }, organization.client);
  return { ...organization, receiver, endpoint, path: `${PATH}/${endpoint.id}` };
}

/** Everything that is due now, once. */
async function deliver(): Promise<void> {
  await gateway.runJob('fan_out');
  await gateway.runJob('align_deliveries');
  await gateway.runJob('deliveries');
}

const verify = (secret: string, { body, headers }: Received) => {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  // Its own clock is the machine's, so the signature is compared and the time is not.
  return String(signature)
    .split(' ')
    .includes(new Webhook(secret).sign(String(id), new Date(Number(at) * 1_000), body));
};

const auditOf = async (id: string, by: Client): Promise<Json[]> =>
  (await by.get(`/v1/audit_log?object=${id}`)).json;

test('what is given is changed, what is left out stays, and the change stands in the audit log', async (t) => {
  const { client: by, endpoint, path } = await makeStage(t);
  await by.patch(path, { description: 'Ledger' });
  const changed = await by.patch(path, {
    url: 'https://hooks.example.com/a?token=very-secret',
    enabled_events: ['payment_intent.*'],
  });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.url, 'https://hooks.example.com/a?token=very-secret');
  assert.deepEqual(changed.json.enabled_events, ['payment_intent.*']);
  assert.equal(changed.json.description, 'Ledger');
  assert.ok(!('secret' in changed.json));
  assert.deepEqual((await by.get(path)).json, changed.json);
  const cleared = await by.patch(path, { description: '' });
  assert.ok(!('description' in cleared.json));

  const entries = await auditOf(endpoint.id, by);
  assert.deepEqual(
    entries.map((entry) => entry['action']),
    ['updated', 'updated', 'updated', 'created'].map((verb) => `webhook_endpoint.${verb}`),
  );
  assert.deepEqual(entries[1]?.['details'], {
    url: 'https://hooks.example.com/a',
    enabled_events: ['payment_intent.*'],
  });
  for (const secret of ['whsec_', 'very-secret']) assert.ok(!JSON.stringify(entries).includes(secret));
  assert.ok(!gateway.log.texts.join('').includes(endpoint.secret));
});

test('a mistake in a change is answered with its field, and changes nothing', async (t) => {
  const { client: by, path } = await makeStage(t);
  const before = (await by.get(path)).json;
  const mistakes: [Json, string][] = [
    [{}, 'body'],
    [{ url: 'http://hooks.example.com/' }, 'url'],
    [{ url: 'https://169.254.169.254/latest' }, 'url'],
    [{ url: 'https://10.0.0.8/' }, 'url'],
    [{ url: 'https://[::ffff:10.0.0.8]/' }, 'url'],
    [{ enabled_events: ['payment_intent.paid'] }, 'enabled_events.0'],
    [{ status: 'deleted' }, 'status'],
    [{ merchant_id: MERCHANT_ID }, 'merchant_id'],
    [{ secret: 'whsec_mine' }, 'secret'],
  ];
  for (const [body, field] of mistakes) {
    const { status, json } = await by.patch(path, body);
    assert.deepEqual([status, json.details?.field], [400, field], JSON.stringify(body));
  }
  for (const hours of [-1, 1.5, 169]) {
    const { status, json } = await by.post(`${path}/roll_secret`, { expires_in_hours: hours });
    assert.deepEqual([status, json.details?.field], [400, 'expires_in_hours']);
  }
  assert.deepEqual((await by.get(path)).json, before);
});

test('after a roll both secrets sign until the old one ends, and then the new one alone', async (t) => {
  const { client: by, receiver, endpoint, path } = await makeStage(t);
  const rolled = await by.post(`${path}/roll_secret`, {});
  assert.equal(rolled.status, 200, rolled.text);
  assert.match(rolled.json.secret, /^whsec_/);
  assert.notEqual(rolled.json.secret, endpoint.secret);
  assert.equal(rolled.json.previous_secret_expires_at, new Date(clock.now() + 24 * HOUR_MS).toISOString());
  assert.ok(!('secret' in (await by.get(path)).json));

  const pingAndTake = async () => {
    await by.post(`${path}/ping`, {});
    await deliver();
    return receiver.received.at(-1) as Received;
  };
  const during = await pingAndTake();
  assert.equal(String(during.headers['webhook-signature']).split(' ').length, 2);
  assert.ok(verify(endpoint.secret, during) && verify(rolled.json.secret, during));
  clock.advance(24 * HOUR_MS - 1);
  assert.ok(verify(endpoint.secret, await pingAndTake()), 'to the last millisecond');
  clock.advance(1);
  const afterwards = await pingAndTake();
  assert.ok(!verify(endpoint.secret, afterwards) && verify(rolled.json.secret, afterwards));

  const at_once = await by.post(`${path}/roll_secret`, { expires_in_hours: 0 });
  const last = await pingAndTake();
  assert.ok(!verify(rolled.json.secret, last) && verify(at_once.json.secret, last));
  assert.ok(!('previous_secret_expires_at' in at_once.json));
});

test('a roll that is sent again with its key tells the same secret and rolls nothing', async (t) => {
  const { client: by, path } = await makeStage(t);
  const options = { idempotency_key: 'roll-1' };
  const first = await by.post(`${path}/roll_secret`, {}, options);
  const again = await by.post(`${path}/roll_secret`, {}, options);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
});

test('changes that arrive together all hold, whichever comes first', async (t) => {
  const { client: by, endpoint, path } = await makeStage(t);
  const changes = Array.from({ length: 6 }, (_, place) =>
    place % 2 === 0
      ? by.patch(path, place === 0 ? { description: 'Both' } : { enabled_events: ['late_payment.*'] })
      : by.post(`${path}/roll_secret`, { expires_in_hours: 1 }),
  );
  for (const { status, text } of await Promise.all(changes)) assert.equal(status, 200, text);
  const { json } = await by.get(path);
  assert.deepEqual([json.description, json.enabled_events], ['Both', ['late_payment.*']]);
  assert.equal((await auditOf(endpoint.id, by)).length, 7);
});

test('what was missed while an endpoint was off is delivered in order when it is on again, without a gap', async (t) => {
  const { client: by, receiver, path } = await makeStage(t);
  await gateway.createIntent({}, by);
  await deliver();
  const off = await by.patch(path, { status: 'disabled' });
  assert.deepEqual([off.json.status, off.json.disabled_reason], ['disabled', 'by_request']);
  for (let count = 0; count < 3; count += 1) await gateway.createIntent({}, by);
  await deliver();
  assert.equal(receiver.received.length, 1, 'nothing comes while it is off');
  assert.equal((await by.get(path)).json.last_sequence, 4, 'it goes on counting');
  const waiting = (await by.get(`${path}/deliveries?status=pending`)).json as Json[];
  assert.deepEqual(
    waiting.map((one) => [one['sequence'], 'next_attempt_at' in one]),
    [
      [4, false],
      [3, false],
      [2, false],
    ],
  );

  const on = await by.patch(path, { status: 'enabled' });
  assert.equal(on.status, 200, on.text);
  assert.ok(!('disabled_reason' in on.json));
  await gateway.createIntent({}, by);
  await deliver();
  const sequences = receiver.received.map(({ body }) => JSON.parse(body).sequence);
  assert.deepEqual(
    sequences.toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5],
  );
  const events = (await by.get(`${path}/events?after_sequence=0`)).json as Json[];
  assert.deepEqual(
    events.map((event) => event['sequence']),
    [1, 2, 3, 4, 5],
  );
});

test('a 410 that comes after the URL was changed does not disable the endpoint', async (t) => {
  const asked = makeSignal();
  const released = makeSignal();
  const { client: by, path } = await makeStage(t, async (response) => {
    asked.give();
    await released.given;
    response.writeHead(410).end();
  });
  await gateway.createIntent({}, by);
  await gateway.runJob('fan_out');
  const delivering = gateway.runJob('deliveries');
  await asked.given;
  const elsewhere = await startReceiver(t);
  await by.patch(path, { url: elsewhere.url });
  released.give();
  await delivering;
  assert.equal((await by.get(path)).json.status, 'enabled');
});

test('a deleted endpoint is gone, gets nothing more, and what it was given stays readable', async (t) => {
  const { client: by, receiver, endpoint, path } = await makeStage(t);
  const other = await startReceiver(t);
  await register({ url: other.url }, by);
  await gateway.createIntent({}, by);
  await deliver();
  await gateway.createIntent({}, by);
  await gateway.runJob('fan_out');

  const deleted = await by.call('DELETE', path);
  assert.equal(deleted.status, 200, deleted.text);
  assert.deepEqual(deleted.json, { id: endpoint.id, object: 'webhook_endpoint', deleted: true });
  await gateway.createIntent({}, by);
  await deliver();
  assert.equal(receiver.received.length, 1);
  assert.equal(other.received.length, 3, 'the other endpoint hears of everything');

  assert.equal((await by.get(PATH)).json.length, 1);
  for (const [method, place, body] of [
    ['GET', path, undefined],
    ['PATCH', path, { status: 'enabled' }],
    ['DELETE', path, undefined],
    ['POST', `${path}/roll_secret`, {}],
    ['POST', `${path}/ping`, {}],
    ['POST', `${path}/resend`, { after_sequence: 0 }],
    ['POST', `${path}/deliveries/1/resend`, {}],
  ] as const) {
    const { status, json } = await by.call(method, place, body);
    assert.deepEqual([status, json.code], [404, 'not_found'], `${method} ${place}`);
  }
  const given = (await by.get(`${path}/deliveries`)).json as Json[];
  assert.deepEqual(
    given.map((one) => [one['sequence'], one['status']]),
    [
      [2, 'failed'],
      [1, 'succeeded'],
    ],
  );
  assert.equal((await by.get(`${path}/events`)).json.length, 2);
  const [row] = await gateway.query<{ secret_sealed: Buffer }>(
    'select secret_sealed from webhook_endpoints where id = $1',
    [endpoint.id],
  );
  assert.ok((row?.secret_sealed.length ?? 99) < 60, 'no secret is kept');
});

test('what arrives while its endpoint is being deleted has arrived', async (t) => {
  const asked = makeSignal();
  const released = makeSignal();
  const { client: by, path } = await makeStage(t, async (response) => {
    asked.give();
    await released.given;
    response.end();
  });
  await gateway.createIntent({}, by);
  await gateway.runJob('fan_out');
  const delivering = gateway.runJob('deliveries');
  await asked.given;
  await by.call('DELETE', path);
  await gateway.runJob('align_deliveries');
  assert.equal((await by.get(`${path}/deliveries/1`)).json.status, 'failed');
  released.give();
  await delivering;
  const { json } = await by.get(`${path}/deliveries/1`);
  assert.deepEqual(
    [json.status, json.attempts.map((one: Json) => one['response_status'])],
    ['succeeded', [200]],
  );
});

test('deleting makes room for another endpoint', async () => {
  const { client: by } = await gateway.addOrganization();
  const ids = [];
  for (let count = 0; count < 16; count += 1) {
    ids.push((await register({ url: 'https://hooks.example.com/' }, by)).id);
  }
  assert.equal((await by.post(PATH, { url: 'https://hooks.example.com/' })).status, 400);
  await by.call('DELETE', `${PATH}/${ids[3]}`);
  assert.notEqual((await register({ url: 'https://hooks.example.com/' }, by)).id, ids[3]);
});

test('endpoints of a merchant take no room from anybody else, and are listed page by page', async () => {
  const { client: by, organization_id } = await gateway.addOrganization();
  const narrowed = gateway.clientFor(await gateway.addKey({ organization_id, merchant_id: MERCHANT_ID }));
  const ids: string[] = [];
  for (let count = 0; count < 16; count += 1) {
    ids.unshift((await register({ url: 'https://hooks.example.com/' }, narrowed)).id);
  }
  assert.equal((await narrowed.post(PATH, { url: 'https://hooks.example.com/' })).status, 400);
  const shared = await register({ url: 'https://hooks.example.com/' }, by);
  const pages: string[][] = [];
  let path: string | undefined = `${PATH}?limit=10`;
  while (path !== undefined) {
    const page: Awaited<ReturnType<Client['get']>> = await by.get(path);
    pages.push((page.json as Json[]).map((one) => String(one['id'])));
    path = /<https?:\/\/[^/]+(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  assert.deepEqual(pages, [[shared.id, ...ids.slice(0, 9)], ids.slice(9)]);
  const own = (await narrowed.get(`${PATH}?limit=100`)).json as Json[];
  assert.deepEqual(
    own.map((one) => one['id']),
    ids,
  );
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['starting_after=we_1', 'starting_after'],
  ]) {
    const { status, json } = await by.get(`${PATH}?${query}`);
    assert.deepEqual([status, json.details?.field], [400, field]);
  }
});

test("a merchant's key changes only that merchant's endpoints", async () => {
  const by = gateway.clientFor(await gateway.addKey({ merchant_id: MERCHANT_ID }));
  const shared = await register({ url: 'https://hooks.example.com/' });
  for (const [method, rest, body] of [
    ['PATCH', '', { status: 'disabled' }],
    ['DELETE', '', undefined],
    ['POST', '/roll_secret', {}],
    ['POST', '/ping', {}],
    ['POST', '/resend', { after_sequence: 0 }],
    ['GET', '/deliveries', undefined],
    ['GET', '/deliveries/1', undefined],
  ] as const) {
    assert.equal((await by.call(method, `${PATH}/${shared.id}${rest}`, body)).status, 404, method + rest);
  }
  const own = await register({ url: 'https://hooks.example.com/' }, by);
  assert.equal((await by.patch(`${PATH}/${own.id}`, { status: 'disabled' })).status, 200);
  assert.equal((await by.call('DELETE', `${PATH}/${own.id}`)).status, 200);
});
