// Events as a backend reads them: all that has happened, also where nobody listens.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MOST_WALKED } from '../src/db/events.ts';
import type { Json } from './support/client.ts';
import { MERCHANT_ID, startTestGateway } from './support/gateway.ts';
import { startReceiver } from './support/webhooks.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;

const list = async (query = '', by = client): Promise<Json[]> => {
  const { status, json, text } = await by.get(`/v1/events${query}`);
  assert.equal(status, 200, text);
  return json;
};
const idsOf = (events: Json[]) => events.map((event) => event['id']);

test('an event is read by its id as it was delivered, without the number of the endpoint', async (t) => {
  const { client: by } = await gateway.addOrganization();
  const receiver = await startReceiver(t);
  await by.post('/v1/webhook_endpoints', { url: receiver.url });
  const intent = await gateway.createIntent({}, by);
  await gateway.runJob('fan_out');
  await gateway.runJob('deliveries');
  const delivered = receiver.received[0]?.body ?? '';
  const { sequence, ...event } = JSON.parse(delivered);
  const read = await by.get(`/v1/events/${event.id}`);
  assert.equal(read.text, delivered.replace(`,"sequence":${sequence}`, ''));
  assert.deepEqual(read.json, event);
  assert.equal(event.data.object.id, intent.id);
  assert.deepEqual(await list('', by), [event]);
});

test('events are listed newest first, page by page, each once', async () => {
  const { client: by } = await gateway.addOrganization();
  for (let count = 0; count < 5; count += 1) await gateway.createIntent({}, by);
  const all = idsOf(await list('', by));
  assert.equal(all.length, 5);
  assert.deepEqual(all, all.toSorted().reverse());
  const pages: unknown[] = [];
  let next: string | undefined = '/v1/events?limit=2&type=payment_intent.created';
  let count = 0;
  while (next !== undefined) {
    const page = await by.get(next);
    pages.push(...idsOf(page.json));
    next = /<https?:\/\/[^/]+(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    count += 1;
  }
  assert.deepEqual([pages, count], [all, 3]);
});

test('the list is narrowed by type, family, payment and time', async () => {
  const { client: by } = await gateway.addOrganization();
  const first = await gateway.createIntent({}, by);
  clock.advance(60_000);
  const from = new Date(clock.now()).toISOString();
  const second = await gateway.createIntent({}, by);
  await by.cancel(first.id);
  clock.advance(60_000);
  const to = new Date(clock.now()).toISOString();
  await by.cancel(second.id);

  const factsOf = (events: Json[]) =>
    events.map((event) => {
      const { object } = event['data'] as { object: Json };
      return `${String(event['type']).replace('payment_intent.', '')} ${object['id'] === first.id ? 1 : 2}`;
    });
  const everything = ['cancelled 2', 'cancelled 1', 'created 2', 'created 1'];
  assert.deepEqual(factsOf(await list('', by)), everything);
  assert.deepEqual(factsOf(await list('?type=payment_intent.*', by)), everything);
  assert.deepEqual(factsOf(await list('?type=payment_intent.created', by)), ['created 2', 'created 1']);
  assert.deepEqual(factsOf(await list('?type=refund.*', by)), []);
  assert.deepEqual(factsOf(await list(`?payment_intent=${first.id}`, by)), ['cancelled 1', 'created 1']);
  const gte = `created_gte=${from}`;
  assert.deepEqual(factsOf(await list(`?${gte}&created_lt=${to}`, by)), ['cancelled 1', 'created 2']);
  assert.deepEqual(factsOf(await list(`?created_lt=${from}`, by)), ['created 1']);
  assert.deepEqual(factsOf(await list(`?created_gte=${to}`, by)), ['cancelled 2']);
});

test('a refund’s events are among those of its payment', async () => {
  const { client: by } = await gateway.addOrganization();
  const intent = await gateway.createIntent({}, by);
  await by.confirm(intent.id, { payment_method_type: 'cash' });
  const refund = await by.post('/v1/refunds', { payment_intent: intent.id, amount: 100 });
  assert.equal(refund.status, 201, refund.text);
  const types = (await list(`?payment_intent=${intent.id}`, by)).map((event) => event['type']);
  assert.deepEqual(
    types.toSorted(),
    ['payment_intent.created', 'payment_intent.succeeded', 'refund.created', 'refund.succeeded'].toSorted(),
  );
});

test("a merchant's key sees that merchant's events only, and nobody sees another organization's", async () => {
  const { client: by, organization_id } = await gateway.addOrganization();
  await gateway.saveStore({
    organization_id,
    merchant: { id: 'merchant_other', name: 'Other' },
    store: { id: 'store_other', name: 'Other' },
  });
  const theirs = await gateway.createIntent({}, by);
  await gateway.createIntent({ merchant_store_id: 'store_other' }, by);
  const narrowed = gateway.clientFor(await gateway.addKey({ organization_id, merchant_id: MERCHANT_ID }));
  const seen = await list('', narrowed);
  assert.equal(seen.length, 1);
  const [event] = seen;
  assert.equal((event?.['data'] as { object: Json } | undefined)?.object['id'], theirs.id);
  const [other, own] = await list('', by);
  assert.deepEqual(own, event);
  assert.equal((await list(`?merchant_id=${MERCHANT_ID}`, by)).length, 1);

  assert.equal((await narrowed.get(`/v1/events/${event?.['id']}`)).status, 200);
  assert.equal((await narrowed.get(`/v1/events/${other?.['id']}`)).status, 404);
  assert.equal((await narrowed.get('/v1/events?merchant_id=merchant_other')).status, 403);
  assert.equal((await client.get(`/v1/events/${event?.['id']}`)).status, 404);
  assert.ok(!idsOf(await list('?limit=100')).includes(event?.['id']));
  const live = gateway.clientFor(await gateway.addKey({ organization_id, livemode: true }));
  assert.deepEqual(await list('', live), []);
  assert.equal((await live.get(`/v1/events/${event?.['id']}`)).status, 404);
});

test('a mistake in the query is answered with its field', async () => {
  for (const [query, field] of [
    ['type=payment', 'type'],
    ['type=payment_intent.paid', 'type'],
    ['payment_intent=pi_1', 'payment_intent'],
    ['created_gte=yesterday', 'created_gte'],
    ['limit=101', 'limit'],
    ['starting_after=pi_01KEZVYM000000000000000000', 'starting_after'],
    ['sequence=1', 'sequence'],
  ]) {
    const { status, json } = await client.get(`/v1/events?${query}`);
    assert.deepEqual([status, json.details?.field], [400, field], query);
  }
  assert.equal((await client.get('/v1/events/evt_none')).status, 404);
  for (const path of [
    '/v1/events/%00',
    '/v1/webhook_endpoints/we_%00/deliveries',
    '/v1/payment_intents/%00',
  ]) {
    const { status, json } = await client.get(path);
    assert.deepEqual([status, json.details?.field], [400, 'id'], path);
  }
});

test('lists of events walk their indexes, however many events there are', async () => {
  const { organization_id } = gateway;
  const planOf = async (conditions: string) => {
    const [{ 'QUERY PLAN': plan } = {}] = await gateway.query<{ 'QUERY PLAN'?: unknown }>(
      `explain (format json) select id from events where organization_id = '${organization_id}' and not livemode
       ${conditions} order by id desc limit 20`,
    );
    return JSON.stringify(plan);
  };
  await gateway.query(
    `insert into events (id, organization_id, livemode, type, object_json, created_at, fanned_out_at, payment_intent_id)
     select 'evt_01KEZVYM00' || to_char(n, 'FM0000000000000000'), 'org_' || n % 50, false, 'payment_intent.created',
            '{}', '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z', 'pi_' || n
     from generate_series(1, 20000) n`,
  );
  await gateway.query('analyze events');
  // The pieces of other months are empty here, and an empty table is best read as it is.
  assert.doesNotMatch(await planOf(''), /Seq Scan"[^}]*"events_default"/);
  assert.match(await planOf("and payment_intent_id = 'pi_7'"), /events_default_payment_intent_id/);
});

test('a merchant’s events are found far behind those of others, in pages that never walk too far', async () => {
  const { client: by, organization_id } = await gateway.addOrganization();
  await gateway.saveStore({
    organization_id,
    merchant: { id: 'merchant_quiet', name: 'Quiet' },
    store: { id: 'store_quiet', name: 'Quiet' },
  });
  const quiet = await gateway.createIntent({ merchant_store_id: 'store_quiet' }, by);
  // Whatever others do in the meantime: newer by their ids, a page and a half of what one page walks past.
  await gateway.query(
    `insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at, fanned_out_at)
     select 'evt_7' || lpad(n::text, 25, '0'), $1, false, 'merchant_loud', 'payment_intent.succeeded', '{}', $2, $2
     from generate_series(1, $3::int) n`,
    [organization_id, new Date(gateway.clock.now()).toISOString(), MOST_WALKED * 1.5],
  );
  const pages: number[] = [];
  const found: unknown[] = [];
  let path: string | null = '/v1/events?merchant_id=merchant_quiet&limit=2';
  while (path !== null) {
    const answer: Awaited<ReturnType<typeof by.call>> = await by.call('GET', path);
    assert.equal(answer.status, 200, answer.text);
    pages.push(answer.json.length);
    found.push(...answer.json.map((event: Json) => (event['data'] as { object: Json }).object['id']));
    const next: string | undefined = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    path = next === undefined ? null : next.slice(new URL(next).origin.length);
  }
  assert.deepEqual(pages, [0, 1]);
  assert.deepEqual(found, [quiet.id]);
  const rare = await by.call('GET', '/v1/events?type=payment_intent.cancelled');
  assert.deepEqual(rare.json, [], 'what is indexed apart is known to be absent at once');
  assert.equal(rare.headers.get('link'), null);
});

test('a merchant’s few of a rare type are found among those of others, in order, in pages that never walk too far', async () => {
  const { client: by, organization_id } = await gateway.addOrganization();
  const rows = async (type: string, merchant_id: string, from: number, to: number) =>
    gateway.query(
      `insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at, fanned_out_at)
       select 'evt_6' || lpad(n::text, 25, '0'), $1, false, $2, $3, '{}', $4, $4
       from generate_series($5::int, $6::int) n`,
      [organization_id, merchant_id, type, new Date(gateway.clock.now()).toISOString(), from, to],
    );
  const idOf = (n: number) => `evt_6${String(n).padStart(25, '0')}`;
  await rows('refund.failed', 'merchant_quiet', 1, 1);
  await rows('refund.created', 'merchant_quiet', 2, 2);
  await rows('refund.created', 'merchant_loud', 3, 3 + MOST_WALKED);
  await rows('refund.failed', 'merchant_quiet', MOST_WALKED + 100, MOST_WALKED + 100);
  const found: unknown[] = [];
  let path: string | null = '/v1/events?merchant_id=merchant_quiet&type=refund.*&limit=2';
  for (let page = 0; path !== null; page += 1) {
    assert.ok(page < 4);
    const answer: Awaited<ReturnType<typeof by.call>> = await by.call('GET', path);
    assert.equal(answer.status, 200, answer.text);
    found.push(...idsOf(answer.json));
    const next: string | undefined = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    if (page === 0) assert.ok(next !== undefined, 'the first page ends where its walk does');
    path = next === undefined ? null : next.slice(new URL(next).origin.length);
  }
  assert.deepEqual(found, [idOf(MOST_WALKED + 100), idOf(2), idOf(1)]);
});
