// What a person decides about an exception: once, with a reason, in the audit log, in the books where an amount is
// given; also while somebody else decides, and while the file that it came from is replaced.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordExceptions } from '../src/application/settlements.ts';
import type { Answer, Json } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { booked, expecting, openExceptions, recordOne, toldOfSettlements } from './support/settlements.ts';

const resolution = { reason: 'The processor confirmed it.', resolved_by: 'M. Sato' };
const resolve = ({ client }: TestGateway, exception: Json | undefined, body: object = resolution) =>
  client.post(`/v1/reconciliation_exceptions/${exception?.['id']}/resolve`, body);

const nobodys = ({ organization_id }: TestGateway) => ({
  ...{ organization_id, livemode: false, source: 'file' as const, kind: 'missing_here' as const },
  ...{ provider: 'PAYPAY', business_date: '2026-01-14', currency: 'JPY', amount_there: 300 },
});

test('the last exception that is resolved reconciles its settlement, and what a person says is kept', async (t) => {
  const gateway = await startTestGateway(t);
  const { client, clock } = gateway;
  clock.set('2026-01-14T17:00:00.000Z');
  const expected = { transaction_count: 246, gross_amount: 12_501_500, refunded_amount: 0 };
  const settlement = await recordOne(gateway, { expected });
  const [amount, count] = await openExceptions(gateway);
  clock.set('2026-01-20T01:00:00.000Z');
  const first = await resolve(gateway, count);
  assert.deepEqual(
    [first.status, first.json.status, first.json.reason, first.json.resolved_by, first.json.resolved_at],
    [200, 'resolved', resolution.reason, 'M. Sato', '2026-01-20T01:00:00.000Z'],
  );
  const half = (await client.get(`/v1/settlements/${settlement.id}`)).json;
  assert.deepEqual([half.status, half.exceptions_count, half.open_exceptions_count], ['exceptions', 2, 1]);
  const second = await resolve(gateway, amount, { ...resolution, adjustment_amount: -1_500 });
  assert.equal(second.json.adjustment_amount, -1_500);
  const whole = (await client.get(`/v1/settlements/${settlement.id}`)).json;
  assert.deepEqual(
    [whole.status, whole.open_exceptions_count, whole.exceptions.length, whole.updated_at],
    ['reconciled', 0, 2, '2026-01-20T01:00:00.000Z'],
  );
  assert.deepEqual(await toldOfSettlements(gateway), [
    `settlement.exception ${settlement.id}`,
    `settlement.reconciled ${settlement.id}`,
  ]);
  // Booked on the day of the decision, which is not over.
  assert.deepEqual(
    (await booked(gateway)).at(-1),
    'adjustment adjustments from receivable 1500 on 2026-01-20',
  );
  const [entry] = (await client.get(`/v1/audit_log?object=${amount?.['id']}`)).json;
  assert.deepEqual(
    [
      entry.action,
      entry.reason,
      entry.on_behalf_of,
      entry.details.adjustment_amount,
      entry.details.settlement,
    ],
    ['reconciliation_exception.resolved', resolution.reason, 'M. Sato', -1_500, settlement.id],
  );
});

test('what cannot be decided is refused by name', async (t) => {
  const gateway = await startTestGateway(t);
  const { context } = gateway;
  await context.db.withTransaction((tx) => recordExceptions(context, tx, [nobodys(gateway)]));
  const [exception] = await openExceptions(gateway);
  const id = `/v1/reconciliation_exceptions/${exception?.['id']}/resolve`;
  const refused = async (body: object) => {
    const { status, json } = await gateway.client.post(id, body);
    return [status, json.details?.field];
  };
  assert.deepEqual(await refused({}), [400, 'reason']);
  assert.deepEqual(await refused({ ...resolution, adjustment_amount: 0 }), [400, 'adjustment_amount']);
  assert.deepEqual(await refused({ ...resolution, adjustment_amount: 1.5 }), [400, 'adjustment_amount']);
  assert.deepEqual(await refused({ ...resolution, amount: 5 }), [400, 'amount']);
  // Nobody knows whose it is, so it can be booked for nobody.
  assert.deepEqual(await refused({ ...resolution, adjustment_amount: 300 }), [400, 'adjustment_amount']);
  const japanese = await gateway.client.call(
    'POST',
    id,
    { ...resolution, adjustment_amount: 300 },
    {
      headers: { 'accept-language': 'ja' },
    },
  );
  assert.match(japanese.json.message, /加盟店/);
  assert.equal((await resolve(gateway, exception)).status, 200);
  assert.equal((await resolve(gateway, exception)).status, 409);
  const unknown = await resolve(gateway, { id: 'rx_01KF0M3T8G7W4Y5Q2Z9X6C1V0B' });
  assert.equal(unknown.status, 404);
});

test('an exception that belongs to no settlement is told by itself, and only the first of a heap are', async (t) => {
  const gateway = await startTestGateway(t);
  const { context } = gateway;
  const drafts = Array.from({ length: 130 }, (_, at) => ({ ...nobodys(gateway), line: at + 2 }));
  const explained = { ...nobodys(gateway), kind: 'cross_midnight' as const };
  await context.db.withTransaction((tx) => recordExceptions(context, tx, [explained, ...drafts]));
  const { json } = await gateway.client.get('/v1/events?type=settlement.exception&limit=100');
  assert.equal((await toldOfSettlements(gateway)).length, 100);
  const { object } = json[0].data;
  assert.deepEqual(
    [object.object, object.kind, object.merchant_id],
    ['reconciliation_exception', 'missing_here', undefined],
  );
  await gateway.runJob('measure');
  assert.match(await context.metrics.registry.metrics(), /^mpac_reconciliation_exceptions_open 130$/m);
});

test('of two people at once one resolves it, and a retry with the same key is the same decision', async (t) => {
  const gateway = await startTestGateway(t);
  const settlement = await recordOne(gateway, expecting(1));
  const [exception] = await openExceptions(gateway);
  const both = await Promise.all(
    ['A. Tanaka', 'M. Sato'].map((resolved_by) =>
      resolve(gateway, exception, { ...resolution, resolved_by, adjustment_amount: 5 }),
    ),
  );
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  assert.equal((await booked(gateway)).filter((each) => each.startsWith('adjustment')).length, 1);
  assert.equal((await gateway.client.get(`/v1/audit_log?object=${exception?.['id']}`)).json.length, 1);

  const next = await recordOne(gateway, { ...expecting(1), business_date: '2026-01-13' });
  const [other] = await openExceptions(gateway);
  const options = { idempotency_key: 'decide once' };
  const path = `/v1/reconciliation_exceptions/${other?.['id']}/resolve`;
  const answers: Answer[] = [];
  for (let tries = 0; tries < 3; tries += 1)
    answers.push(await gateway.client.call('POST', path, resolution, options));
  assert.deepEqual(
    answers.map(({ status, text }) => [status, text]),
    [1, 2, 3].map(() => [200, answers[0]?.text]),
  );
  assert.deepEqual(await toldOfSettlements(gateway), [
    `settlement.exception ${settlement.id}`,
    `settlement.reconciled ${settlement.id}`,
    `settlement.exception ${next.id}`,
    `settlement.reconciled ${next.id}`,
  ]);
});

test('when all exceptions of a settlement are resolved at once, it is reconciled once', async (t) => {
  const gateway = await startTestGateway(t);
  for (let day = 10; day < 16; day += 1) {
    const expected = { transaction_count: 1, gross_amount: 2, refunded_amount: 3 };
    const { id } = await recordOne(gateway, { expected, business_date: `2026-01-${day}` });
    const open = await openExceptions(gateway, `&settlement=${id}`);
    const answers = await Promise.all(open.map((each) => resolve(gateway, each)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    const told = (await toldOfSettlements(gateway)).filter((each) => each.endsWith(id));
    assert.deepEqual(told, [`settlement.exception ${id}`, `settlement.reconciled ${id}`]);
  }
});

test('what is resolved while a new file comes stays resolved, or was not resolved', async (t) => {
  const gateway = await startTestGateway(t);
  const outcomes = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    const business_date = `2026-01-${10 + round}`;
    await recordOne(gateway, { ...expecting(1), business_date });
    const [exception] = await openExceptions(gateway);
    // The same sum differs in the new one; that it is another one says what it is made of.
    const line = { ...nobodys(gateway), business_date, merchant_id: 'merchant_001', provider: 'SP_NET' };
    const changed = {
      ...expecting(1),
      business_date,
      exceptions: [{ ...line, kind: 'cross_midnight' as const }],
    };
    const [answer, settlement] = await Promise.all([
      resolve(gateway, exception),
      recordOne(gateway, changed),
    ]);
    const { json } = await gateway.client.get(
      `/v1/reconciliation_exceptions?settlement=${settlement.id}&kind=totals_differ`,
    );
    assert.equal(json.length, 1);
    assert.ok([200, 404, 409].includes(answer.status), answer.text);
    assert.equal(json[0].status, answer.status === 200 ? 'resolved' : 'open');
    const shown = (await gateway.client.get(`/v1/settlements/${settlement.id}`)).json;
    assert.equal(shown.status, answer.status === 200 ? 'reconciled' : 'exceptions');
    outcomes.add(shown.status);
    if (shown.status === 'exceptions') await resolve(gateway, json[0]);
  }
  assert.ok(outcomes.size > 0);
});
