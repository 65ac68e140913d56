// A payment at an external terminal pays one order: its reference is refused a second time, whoever comes with it, at
// however many tills and replicas at once. What was not taken uses no reference up.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Client, Json } from './support/client.ts';
import { STORE_ID, startTestGateway } from './support/gateway.ts';
import { ROOT } from './support/sources.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, replicas } = gateway;
const here = client;
// Signed in the other form, because equal requests of one second would otherwise be one signature.
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, replicas[1]);

const card = (external_ref_id: string, more: Json = {}) => ({
  payment_method_type: 'credit_card',
  provider: 'VISA',
  external_ref_id,
  ...more,
});

test('a reference that has paid an order is refused for another, and the refusal says which and the way out', async () => {
  const first = await gateway.createIntent();
  assert.equal((await client.confirm(first.id, card('700001'))).status, 200);
  const second = await gateway.createIntent();
  const refused = await gateway.terminalFor(second).confirm(card('700001'));
  const { code, message, details } = refused.json;
  assert.deepEqual([refused.status, code], [409, 'idempotency_conflict']);
  assert.deepEqual(details, {
    field: 'external_ref_id',
    constraint: 'unique_terminal_payment',
    payment_intent: first.id,
    status: 'succeeded',
  });
  assert.ok(message.includes(first.id) && message.includes('123456-0042'), message);
  assert.equal(message.includes('700001'), false);
  assert.equal(await gateway.statusOf(second), 'requires_payment_method');
  assert.deepEqual(await gateway.eventsOf(second), ['created']);

  const way_out = await gateway.terminalFor(second).confirm(card('700001-0042'));
  assert.deepEqual([way_out.status, way_out.json.status], [200, 'succeeded']);
});

test('another brand, another method and a held payment are the same terminal’s', async () => {
  const first = await gateway.createIntent({ capture_method: 'manual' });
  assert.equal((await client.confirm(first.id, card('700002'))).json.status, 'processing');
  const second = await gateway.createIntent();
  const e_money = { payment_method_type: 'e_money', external_ref_id: '700002' };
  for (const fields of [card('700002'), card('700002', { provider: 'JCB' }), e_money]) {
    const { status, json } = await client.confirm(second.id, fields);
    assert.deepEqual([status, json.details.payment_intent], [409, first.id]);
  }
  await client.capture(first.id, { amount: 400 });
  assert.equal((await client.confirm(second.id, card('700002'))).json.details.status, 'succeeded');
});

test('what was not taken uses no reference up', async () => {
  const reference = '700003';
  for (const external_status of ['declined', 'error']) {
    const intent = await gateway.createIntent();
    assert.equal((await client.confirm(intent.id, card(reference, { external_status }))).status, 200);
  }
  const released = await gateway.createIntent({ capture_method: 'manual' });
  assert.equal((await client.confirm(released.id, card(reference))).json.status, 'processing');
  assert.equal((await client.cancel(released.id)).json.status, 'cancelled');
  const paid = await gateway.createIntent();
  assert.equal((await client.confirm(paid.id, card(reference))).json.status, 'succeeded');
});

test('a payment of another amount keeps its reference until a person has decided', async () => {
  const first = await gateway.createIntent();
  const doubtful = card('700004', { external_amount: 1 });
  assert.equal((await client.confirm(first.id, doubtful)).json.outcome, 'unknown');
  const second = await gateway.createIntent();
  assert.equal((await client.confirm(second.id, card('700004'))).json.details.payment_intent, first.id);
  const said = { outcome: 'not_paid', reason: 'It belongs to another order.' };
  assert.equal((await client.post(`/v1/payment_intents/${first.id}/resolve`, said)).status, 200);
  assert.equal((await client.confirm(second.id, card('700004'))).json.status, 'succeeded');
});

test('a reference is each merchant’s own, and cash has none', async () => {
  const other_place = {
    merchant: { id: 'merchant_002', name: 'Another' },
    store: { id: 'store_002', name: 'Another' },
  };
  await gateway.saveStore(other_place);
  const other = await gateway.addOrganization();
  for (const [by, store] of [
    [client, STORE_ID],
    [client, 'store_002'],
    [other.client, STORE_ID],
  ] as [Client, string][]) {
    const intent = await gateway.createIntent({ merchant_store_id: store }, by);
    assert.equal((await by.confirm(intent.id, card('700005'))).status, 200);
  }
  for (let times = 0; times < 2; times += 1) {
    const intent = await gateway.createIntent();
    const cash = { payment_method_type: 'cash', external_ref_id: '700005' };
    assert.equal((await client.confirm(intent.id, cash)).status, 200);
  }
});

test('of two orders that come with one reference at once, in two replicas, exactly one is paid', async () => {
  for (let round = 0; round < 25; round += 1) {
    const reference = `race-${round}`;
    const intents = await Promise.all([1, 2, 3, 4].map(() => gateway.createIntent()));
    // Two in each replica: they also meet in one statement.
    const answers = await Promise.all(
      intents.map((intent, index) => (index % 2 === 0 ? here : there).confirm(intent.id, card(reference))),
    );
    const told = answers.map(({ status, text }) => `${status} ${text}`).join('\n');
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409], told);
    const winner = answers.find(({ status }) => status === 200);
    for (const { status, json } of answers) {
      if (status === 409) assert.equal(json.details.payment_intent, winner?.json.id, told);
    }
    const statuses = await Promise.all(intents.map((intent) => gateway.statusOf(intent)));
    assert.deepEqual(statuses.sort(), [
      'requires_payment_method',
      'requires_payment_method',
      'requires_payment_method',
      'succeeded',
    ]);
  }
});

test('one confirm that is sent many times at once, by two tills, is one payment and one answer', async () => {
  for (let round = 0; round < 10; round += 1) {
    const intent = await gateway.createIntent();
    const terminals = replicas.map((replica) => gateway.terminalFor(intent, replica));
    const answers = await Promise.all(
      [0, 1, 0, 1].map((which) => terminals[which]?.confirm(card(`again-${round}`))),
    );
    for (const answer of answers) {
      assert.deepEqual([answer?.status, answer?.text], [200, answers[0]?.text]);
    }
    // Two replicas make ids of one instant; only their number tells.
    assert.deepEqual((await gateway.eventsOf(intent)).sort(), ['created', 'succeeded']);
  }
});

test('a refusal under a key is repeated to its retry', async () => {
  const [first, second] = [await gateway.createIntent(), await gateway.createIntent()];
  await client.confirm(first.id, card('700006'));
  const options = { idempotency_key: 'refused-once' };
  const refused = await client.confirm(second.id, card('700006'), options);
  const again = await client.confirm(second.id, card('700006'), options);
  assert.deepEqual([again.status, again.text], [409, refused.text]);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
});

test('a database that holds repetitions takes the index: the first keeps the reference, none is lost', async (t) => {
  const own = await startTestGateway(t);
  // As the database was before.
  await own.query('drop index payment_attempts_one_per_reference');
  await own.query('drop index payment_attempts_for_a_person');
  await own.query('alter table payment_attempts drop column repeats_reference');
  const intents: { id: string }[] = [];
  for (const reference of ['old', 'old', 'old', 'single']) {
    const intent = await own.createIntent({ capture_method: 'manual' });
    assert.equal((await own.client.confirm(intent.id, card(reference))).status, 200);
    intents.push(intent);
    own.clock.advance(1_000);
  }
  const file = join(ROOT, 'gateway/migrations/0014.do.external-references.sql');
  const statements = (await readFile(file, 'utf8')).replaceAll(/^--.*$/gm, '').split(';\n');
  await own.context.db.withTransaction(async (tx) => {
    for (const [at, text] of statements.entries()) await tx.query({ name: `migration_${at}`, text });
  });
  const marks = await own.query<{ repeats_reference: boolean }>(
    'select repeats_reference from payment_attempts order by created_at',
  );
  assert.deepEqual(
    marks.map((row) => row.repeats_reference),
    [false, true, true, false],
  );
  for (const reference of ['old', 'single']) {
    const intent = await own.createIntent();
    const { status, json } = await own.client.confirm(intent.id, card(reference));
    const holder = intents[reference === 'old' ? 0 : 3]?.id;
    assert.deepEqual([status, json.details.payment_intent], [409, holder]);
  }
  for (const intent of intents) assert.equal((await own.client.capture(intent.id)).json.status, 'succeeded');
});

test('who holds a reference is found by its index', async () => {
  const rows = await gateway.query<{ 'QUERY PLAN': string }>(
    `explain select p.* from payment_attempts a join payment_intents p on p.id = a.payment_intent_id
     where a.organization_id = 'o' and a.livemode = false and a.merchant_id = 'm' and a.external_ref_id = 'r'
       and a.adapter = 'TERMINAL' and a.external_ref_id is not null
       and a.status in ('authorized', 'paid', 'unknown') and not a.repeats_reference`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(plan, /payment_attempts_one_per_reference/);
});
