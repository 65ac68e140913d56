// What a provider states for a merchant's day: recorded once, told once, replaced when it is issued again, and booked as
// stated; seen over HTTP and on the command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement } from '../src/domain/settlement.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import {
  booked,
  expecting,
  newSettlement,
  openExceptions,
  record,
  recordOne,
  STATED,
  toldOfSettlements,
} from './support/settlements.ts';

const NIGHT = '2026-01-14T17:00:00.000Z'; // two o'clock in Japan, a day later
const resolution = { reason: 'The processor confirmed it.', resolved_by: 'M. Sato' };

test('a settlement that agrees is reconciled, told once and booked as it is stated', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(NIGHT);
  const settlement = await recordOne(gateway);
  const { status, json } = await gateway.client.get(`/v1/settlements/${settlement.id}`);
  assert.equal(status, 200);
  assert.deepEqual(json, {
    id: settlement.id,
    object: 'settlement',
    livemode: false,
    merchant_id: 'merchant_001',
    provider: 'SP_NET',
    business_date: '2026-01-14',
    currency: 'JPY',
    source: 'file',
    file_name: 'settlement_20260114.csv',
    line: 2,
    transaction_count: 245,
    gross_amount: 12_500_000,
    refunded_amount: 0,
    fees_amount: 125_000,
    net_amount: 12_375_000,
    expected_transaction_count: 245,
    expected_gross_amount: 12_500_000,
    expected_refunded_amount: 0,
    status: 'reconciled',
    exceptions_count: 0,
    open_exceptions_count: 0,
    exceptions: [],
    created_at: NIGHT,
    updated_at: NIGHT,
  });
  assert.deepEqual(await toldOfSettlements(gateway), [`settlement.reconciled ${settlement.id}`]);
  assert.deepEqual(await booked(gateway), [
    'fee fees from receivable 125000 on 2026-01-15',
    'settlement bank from receivable 12375000 on 2026-01-15',
  ]);
  const [entry] = (await gateway.client.get(`/v1/audit_log?object=${settlement.id}`)).json;
  assert.deepEqual([entry.action, entry.actor_type], ['settlement.recorded', 'system']);
});

test('each sum that differs is an exception, and all of them are told with their settlement', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(NIGHT);
  const expected = { transaction_count: 246, gross_amount: 12_501_500, refunded_amount: 300 };
  const settlement = await recordOne(gateway, { expected });
  assert.deepEqual([settlement.status, settlement.open_exceptions_count], ['exceptions', 3]);
  const exceptions = (await openExceptions(gateway)).reverse();
  assert.deepEqual(
    exceptions.map(({ kind, field, count_here, count_there, amount_here, amount_there, line }) => [
      ...[kind, field, count_here ?? amount_here, count_there ?? amount_there, line],
    ]),
    [
      ['totals_differ', 'transaction_count', 246, 245, 2],
      ['totals_differ', 'gross_amount', 12_501_500, 12_500_000, 2],
      ['totals_differ', 'refunded_amount', 300, 0, 2],
    ],
  );
  const { json } = await gateway.client.get('/v1/events?type=settlement.exception');
  assert.equal(json.length, 1);
  const { object } = json[0].data;
  assert.deepEqual(
    [object.id, object.exceptions_count, object.exceptions],
    [settlement.id, 3, exceptions.map(({ id }) => id)],
  );
});

test('what a provider does not state is neither worked out nor booked, and a rebate goes the other way', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(NIGHT);
  await recordOne(gateway, { stated: { ...STATED, fees_amount: null, net_amount: null } });
  assert.deepEqual(await booked(gateway), []);
  await recordOne(gateway, {
    business_date: '2026-01-13',
    stated: { ...STATED, fees_amount: -500, net_amount: -1_000 },
  });
  assert.deepEqual(await booked(gateway), [
    'fee receivable from fees 500 on 2026-01-15',
    'settlement receivable from bank 1000 on 2026-01-15',
  ]);
  const { json } = await gateway.client.get('/v1/settlements?business_date_gte=2026-01-14');
  assert.deepEqual([json.length, json[0].fees_amount, json[0].net_amount], [1, null, null]);
});

test('the same again changes nothing, by whichever way it comes', async (t) => {
  const gateway = await startTestGateway(t);
  const before = [
    await recordOne(gateway, expecting(12_499_000)),
    await recordOne(gateway, { provider: 'MPGS' }),
  ];
  const snapshot = async () => [
    await gateway.query('select * from settlements order by id'),
    await gateway.query('select * from reconciliation_exceptions order by id'),
    await gateway.query('select * from book_entries order by id'),
    await toldOfSettlements(gateway),
  ];
  const unchanged = await snapshot();
  gateway.clock.advance(60_000);
  const again = await record(
    gateway,
    newSettlement(gateway, { ...expecting(12_499_000), source: 'by_hand', file_name: 'copy.csv', line: 7 }),
    newSettlement(gateway, { provider: 'MPGS' }),
  );
  assert.deepEqual(
    again.map(({ id }) => id),
    before.map(({ id }) => id),
  );
  assert.deepEqual(await snapshot(), unchanged);
});

test('one that is issued again takes the place of the one before, and the books are turned back', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(NIGHT);
  const first = await recordOne(gateway, expecting(12_499_000));
  const [open] = await openExceptions(gateway);
  gateway.clock.advance(3_600_000);
  const stated = { ...STATED, gross_amount: 12_499_000, net_amount: 12_374_000 };
  const second = await recordOne(gateway, { ...expecting(12_499_000), stated });
  assert.equal(second.status, 'reconciled');
  const { json } = await gateway.client.get('/v1/settlements');
  assert.deepEqual(
    json.map((each: Json) => [each['id'], each['status'], each['replaced_by'], each['exceptions_count']]),
    [
      [second.id, 'reconciled', undefined, 0],
      [first.id, 'replaced', second.id, 0],
    ],
  );
  assert.equal((await gateway.client.get(`/v1/reconciliation_exceptions/${open?.['id']}`)).status, 404);
  assert.deepEqual(await booked(gateway), [
    'fee fees from receivable 125000 on 2026-01-15',
    'settlement bank from receivable 12375000 on 2026-01-15',
    'fee fees from receivable 125000 on 2026-01-15',
    'fee_reversal receivable from fees 125000 on 2026-01-15',
    'settlement bank from receivable 12374000 on 2026-01-15',
    'settlement_reversal receivable from bank 12375000 on 2026-01-15',
  ]);
  assert.deepEqual(await toldOfSettlements(gateway), [
    `settlement.exception ${first.id}`,
    `settlement.reconciled ${second.id}`,
  ]);
});

test('what was resolved stays resolved when it comes again, and what is new is open', async (t) => {
  const gateway = await startTestGateway(t);
  const line = {
    ...{ organization_id: gateway.organization_id, livemode: false, source: 'settlement' as const },
    ...{ provider: 'SP_NET', business_date: '2026-01-14', currency: 'JPY', merchant_id: 'merchant_001' },
  };
  const lost = { ...line, kind: 'missing_here' as const, provider_reference: 'TXN-1', amount_there: 500 };
  const other = { ...line, kind: 'missing_here' as const, provider_reference: 'TXN-2', amount_there: 500 };
  const explained = {
    ...line,
    kind: 'cross_midnight' as const,
    provider_reference: 'TXN-3',
    amount_there: 9,
  };
  const first = await recordOne(gateway, { exceptions: [lost, explained] });
  assert.deepEqual([first.exceptions_count, first.open_exceptions_count], [2, 1]);
  const [open] = await openExceptions(gateway);
  await gateway.client.post(`/v1/reconciliation_exceptions/${open?.['id']}/resolve`, resolution);
  const second = await recordOne(gateway, { exceptions: [lost, other], file_name: 'again.csv' });
  assert.deepEqual(
    [second.status, second.exceptions_count, second.open_exceptions_count],
    ['exceptions', 2, 1],
  );
  const { json } = await gateway.client.get(`/v1/reconciliation_exceptions?settlement=${second.id}`);
  assert.deepEqual(
    json.map((each: Json) => [each['provider_reference'], each['status'], each['resolved_by']]).sort(),
    [
      ['TXN-1', 'resolved', 'M. Sato'],
      ['TXN-2', 'open', undefined],
    ],
  );
  assert.deepEqual(await toldOfSettlements(gateway), [
    `settlement.exception ${first.id}`,
    `settlement.reconciled ${first.id}`,
    `settlement.exception ${second.id}`,
  ]);
});

test('two workers with the same file make one settlement', async (t) => {
  const gateway = await startTestGateway(t);
  for (let day = 10; day < 20; day += 1) {
    const settlements = ['merchant_001', 'merchant_002', 'merchant_003'].map((merchant_id) =>
      newSettlement(gateway, { merchant_id, business_date: `2026-01-${day}`, ...expecting(1_000) }),
    );
    const both = await Promise.all([
      record(gateway, ...settlements),
      record(gateway, ...settlements.toReversed()),
    ]);
    const [one, other] = both.map((each) => each.map(({ id }) => id).sort());
    assert.deepEqual(one, other);
  }
  const rows = await gateway.query<{ status: string; count: number }>(
    'select status, count(*)::int as count from settlements group by status',
  );
  assert.deepEqual(rows, [{ status: 'exceptions', count: 30 }]);
  assert.equal((await toldOfSettlements(gateway)).length, 30);
});

test('lists are narrowed, and go on from page to page', async (t) => {
  const gateway = await startTestGateway(t);
  const { client } = gateway;
  const made: Settlement[] = [];
  for (const [merchant_id, provider, business_date, gross] of [
    ['merchant_001', 'SP_NET', '2026-01-12', 12_500_000],
    ['merchant_001', 'MPGS', '2026-01-13', 12_500_000],
    ['merchant_002', 'SP_NET', '2026-01-13', 1],
    ['merchant_001', 'SP_NET', '2026-01-14', 2],
  ] as const)
    made.push(await recordOne(gateway, { merchant_id, provider, business_date, ...expecting(gross) }));
  const found = async (query: string) => {
    const { status, json, text } = await client.get(`/v1/settlements${query && `?${query}`}`);
    assert.equal(status, 200, text);
    return (json as Json[]).map(({ id }) => made.findIndex((each) => each.id === id));
  };
  assert.deepEqual(await found(''), [3, 2, 1, 0]);
  assert.deepEqual(await found('merchant_id=merchant_001'), [3, 1, 0]);
  assert.deepEqual(await found('provider=MPGS'), [1]);
  assert.deepEqual(await found('status=exceptions'), [3, 2]);
  assert.deepEqual(await found('business_date_gte=2026-01-13&business_date_lte=2026-01-13'), [2, 1]);
  assert.deepEqual(await found('merchant_id=merchant_001&provider=SP_NET&status=exceptions'), [3]);
  assert.deepEqual(await found(`starting_after=${made[2]?.id}`), [1, 0]);
  const page = await client.get('/v1/settlements?limit=3');
  assert.match(page.headers.get('link') ?? '', new RegExp(`starting_after=${made[1]?.id}`));

  const exceptions = async (query: string) =>
    ((await client.get(`/v1/reconciliation_exceptions${query && `?${query}`}`)).json as Json[]).map(
      ({ business_date }) => business_date,
    );
  assert.deepEqual(await exceptions(''), ['2026-01-14', '2026-01-13']);
  assert.deepEqual(await exceptions('merchant_id=merchant_002'), ['2026-01-13']);
  assert.deepEqual(await exceptions(`settlement=${made[3]?.id}`), ['2026-01-14']);
  assert.deepEqual(await exceptions('business_date_lte=2026-01-13&kind=totals_differ&source=settlement'), [
    '2026-01-13',
  ]);
  assert.deepEqual(await exceptions('source=order_list'), []);
  assert.deepEqual(await exceptions('status=resolved'), []);

  const lists = [
    'settlements',
    'reconciliation_exceptions',
    'balances',
    'card_batches',
    'accounting_exports',
  ];
  for (const list of lists) {
    const impossible = await client.get(`/v1/${list}?business_date_gte=2026-02-30`);
    assert.deepEqual([impossible.status, impossible.json.details?.field], [400, 'business_date_gte'], list);
  }
  const japanese = await client.call('GET', '/v1/settlements?status=lost', undefined, {
    headers: { 'accept-language': 'ja' },
  });
  assert.match(japanese.json.message, /status に使える値ではありません/);
});

test('a key of one merchant sees that merchant’s, and decides nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const mine = await recordOne(gateway, expecting(1));
  const theirs = await recordOne(gateway, { merchant_id: 'merchant_002', ...expecting(1) });
  const [others, own] = await openExceptions(gateway);
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  const listed = async (path: string) => ((await narrowed.get(path)).json as Json[]).map(({ id }) => id);
  assert.deepEqual(await listed('/v1/settlements'), [mine.id]);
  assert.deepEqual(await listed('/v1/reconciliation_exceptions'), [own?.['id']]);
  assert.equal((await narrowed.get(`/v1/settlements/${theirs.id}`)).status, 404);
  assert.equal((await narrowed.get(`/v1/reconciliation_exceptions/${others?.['id']}`)).status, 404);
  assert.equal((await narrowed.get('/v1/settlements?merchant_id=merchant_002')).status, 403);
  const decided = await narrowed.post(`/v1/reconciliation_exceptions/${own?.['id']}/resolve`, resolution);
  assert.equal(decided.status, 403);
});

test('the command line lists settlements, shows one, and resolves what differs', async (t) => {
  const gateway = await startTestGateway(t);
  const agreeing = await recordOne(gateway, { business_date: '2026-01-13' });
  const settlement = await recordOne(gateway, expecting(12_501_500));
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(t, args, { env });
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    return stdout;
  };
  const listed = await cli('settlement', 'list', '--status', 'exceptions');
  assert.match(
    listed,
    new RegExp(`${settlement.id} +merchant_001 +SP_NET +2026-01-14 +JPY +file +exceptions +245`),
  );
  assert.ok(!listed.includes(agreeing.id));
  const day = JSON.parse(
    await cli('settlement', 'list', '--from', '2026-01-13', '--to', '2026-01-13', '--json'),
  );
  assert.deepEqual(
    day.map(({ id }: Json) => id),
    [agreeing.id],
  );
  const shown = await cli('settlement', 'show', settlement.id);
  assert.match(shown, /gross_amount +12500000 +12501500/);
  assert.match(shown, /rx_\w+ .* SP_NET +totals_differ +gross_amount .* 12501500 +12500000/);
  const [rx = ''] = /rx_\w+/.exec(await cli('reconciliation', 'exceptions')) ?? [];
  const said = ['--reason', 'A rebate.', '--by', 'M. Sato', '--adjustment', '-1500'];
  const resolved = JSON.parse(await cli('reconciliation', 'resolve', rx, ...said));
  assert.deepEqual(
    [resolved.status, resolved.resolved_by, resolved.adjustment_amount],
    ['resolved', 'M. Sato', -1_500],
  );
  assert.match(
    await cli('settlement', 'list', '--provider', 'SP_NET'),
    new RegExp(`${settlement.id} .* reconciled`),
  );
  assert.ok(
    (await booked(gateway)).some((entry) => entry.startsWith('adjustment adjustments from receivable 1500 ')),
  );
  const none = await runCli(t, ['settlement', 'show', 'st_none'], { env });
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.match(none.stderr, /no settlement with this id/);
});
