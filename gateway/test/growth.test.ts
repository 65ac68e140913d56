// What keeps statements quick when much lies behind them: the claims of look-ups with many merchants and long
// backlogs, and lists that look far back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimDueAttempts } from '../src/db/look-ups.ts';
import { MERCHANT_ID, START_MS, startTestGateway, type TestGateway } from './support/gateway.ts';
import { readSources } from './support/sources.ts';

const at = (seconds: number) => new Date(START_MS + seconds * 1_000).toISOString();
const BUDGET = { per_second: 1, burst: 3 };

/** Attempts of a merchant that are due at the seconds given, copied from a real one. */
async function addDue(gateway: TestGateway, merchant_id: string, due_seconds: number[]): Promise<void> {
  await gateway.query(
    `insert into payment_attempts
     select copy.* from (select * from payment_attempts where merchant_id = $4 limit 1) a,
       unnest($2::int[]) with ordinality as due (seconds, n),
       jsonb_populate_record(null::payment_attempts, to_jsonb(a) || jsonb_build_object(
         'id', 'pa_' || $1 || '_' || due.n, 'merchant_id', $1::text,
         'next_check_at', $3::timestamptz + make_interval(secs => due.seconds))) copy`,
    [merchant_id, due_seconds, at(0), MERCHANT_ID],
  );
}

const list = (gateway: TestGateway, query: string) =>
  gateway.client.call('GET', `/v1/payment_intents?${query}`);

const claim = async (gateway: TestGateway, now: string, limit: number) =>
  (await claimDueAttempts(gateway.context.db, now, at(100_000), limit, BUDGET)).map(({ id }) => id).sort();

/** A gateway with one attempt to copy, which is not due itself. */
async function makeStage(t: Parameters<typeof startTestGateway>[0]): Promise<TestGateway> {
  const gateway = await startTestGateway(t);
  await gateway.openQr();
  await gateway.query('update payment_attempts set next_check_at = null');
  return gateway;
}

const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('a claim takes the first of those that have waited longest, before anybody’s second', async (t) => {
  const gateway = await makeStage(t);
  await addDue(gateway, 'a', [1, 2, 3, 4]);
  await addDue(gateway, 'b', [5, 6]);
  await addDue(gateway, 'c', [7]);
  await addDue(gateway, 'd', [99]);
  assert.deepEqual(await claim(gateway, at(10), 2), ['pa_a_1', 'pa_b_1']);
  assert.deepEqual(await claim(gateway, at(10), 9), ['pa_a_2', 'pa_a_3', 'pa_b_2', 'pa_c_1']);
  assert.deepEqual(await claim(gateway, at(10), 9), [], 'a’s bucket is empty, d is not due');
  assert.deepEqual(await claim(gateway, at(99), 9), ['pa_a_4', 'pa_d_1']);
});

test('a backlog that fills the head of all that is due hides nobody behind it', async (t) => {
  const gateway = await makeStage(t);
  // Longer than what a claim reads first, older than everybody else’s, and with an empty bucket.
  await addDue(gateway, 'a', count(1, 600));
  await addDue(gateway, 'b', [700, 701]);
  await addDue(gateway, 'c', [702]);
  assert.deepEqual(await claim(gateway, at(800), 3), ['pa_a_1', 'pa_b_1', 'pa_c_1']);
  assert.deepEqual(await claim(gateway, at(800), 9), ['pa_a_2', 'pa_a_3', 'pa_b_2']);
  await addDue(gateway, 'd', [750]);
  assert.deepEqual(await claim(gateway, at(800), 9), ['pa_d_1'], 'while a has used up its bucket');
  assert.deepEqual(await claim(gateway, at(802), 9), ['pa_a_4', 'pa_a_5']);
});

test('hundreds of merchants are claimed in turn, each within its bucket, and nobody is left out', async (t) => {
  const gateway = await makeStage(t);
  for (const n of count(1, 400)) await addDue(gateway, `m${n}`, [n, n + 400]);
  const claimed: string[] = [];
  for (;;) {
    const ids = await claim(gateway, at(900), 64);
    if (ids.length === 0) break;
    claimed.push(...ids);
  }
  assert.equal(claimed.length, 800);
  assert.equal(new Set(claimed).size, 800);
  const firsts = claimed.slice(0, 64).every((id) => id.endsWith('_1'));
  assert.ok(firsts, 'those that waited longest come first');
});

test('a list of a stretch of time finds what its ids say otherwise, when the clock was set back meanwhile', async (t) => {
  const gateway = await startTestGateway(t);
  const before = await gateway.createIntent();
  gateway.clock.advance(-10 * 60_000);
  // Its time is earlier than that of the first, its id is later: ids of one process always ascend.
  const after = await gateway.createIntent();
  assert.ok(after.id > before.id);
  const ids = async (query: string) =>
    (await list(gateway, query)).json.map((intent: { id: string }) => intent.id);
  assert.deepEqual(await ids(`created_lt=${at(-1)}`), [after.id]);
  assert.deepEqual(await ids(`created_gte=${at(-1)}`), [before.id]);
  assert.deepEqual(await ids(`created_gte=${at(-700)}&created_lt=${at(1)}`), [after.id, before.id]);
});

test('each status is listed from its own place, newest first, by pages', async (t) => {
  const gateway = await startTestGateway(t);
  const intents = [];
  for (const n of count(1, 30)) intents.push(await gateway.createIntent({ description: String(n) }));
  const statuses = ['requires_payment_method', 'requires_action', 'processing', 'failed', 'cancelled'];
  const expected = new Map(statuses.map((status) => [status, [] as string[]]));
  for (const [n, { id }] of intents.entries()) {
    const status = statuses[n % 5] ?? '';
    await gateway.query('update payment_intents set status = $2 where id = $1', [id, status]);
    expected.get(status)?.unshift(id);
  }
  for (const [status, ids] of expected) {
    const first = await list(gateway, `status=${status}&limit=4`);
    const second = await list(gateway, `status=${status}&limit=4&starting_after=${ids[3]}`);
    const found = [...first.json, ...second.json].map((intent: { id: string }) => intent.id);
    assert.deepEqual(found, ids, status);
    assert.match(first.headers.get('link') ?? '', /rel="next"/);
    assert.equal(second.headers.get('link'), null);
  }
});

/** Lists that need none: what bounds them instead. */
const BOUNDED_OTHERWISE: Record<string, string> = {
  claim_due_: 'its text stands apart, and takes no more than its third parameter',
  list_partitions: 'the months that are kept',
  list_master_keys: 'the keys that an operator has made',
  list_held_orders_by_reference: 'the tries of the orders that it is asked for',
  list_references_of_neighbours: 'of those that it is asked for',
  list_order_lists_in_force: 'one for each of three days',
  list_news_settlements_in_force: 'the merchants of an organization',
  list_accounting_export_configs_at_account: 'the merchants of an organization that share an account',
  list_store_days_of_merchant: 'the stores of a merchant',
  list_exports_of_day: 'the files of one store’s day',
  list_sales_of_store: 'the limit stands in the text that both have in common',
  list_sales_of_no_store: 'the limit stands in the text that both have in common',
  list_unfounded_book_entries: 'those that it is asked for',
  list_book_entries_of_object: 'the kinds of movements',
  list_book_checks: 'the walks over the books',
  list_movement_totals: 'the merchants of an organization',
  claim_card_batch: 'the one that it is asked for',
  list_card_exceptions: 'what was found about one day’s file',
  list_merchants_settled_by_cards: 'the merchants of an organization',
  list_known_merchants: 'those that it is asked for',
  list_references_claimed_by_neighbours: 'those that it is asked for',
  list_listed_orders_by_reference: 'those that it is asked for',
  list_exceptions_of_order_list: 'the orders of one list, and what moved on its day',
  list_resolved_missing_of_files: 'what a person has resolved of two files',
};

test('every list and claim in the database has a limit', () => {
  const NAMED = /name: ['`]((?:list|claim|sift|delete_old|purge)_[a-z_]+)([\s\S]*?);\n/g;
  const found = readSources('gateway/src/db').flatMap(({ path, text }) =>
    [...text.matchAll(NAMED)].map(([, name = '', rest = '']) => ({ path, name, rest })),
  );
  assert.ok(found.length > 20, 'the statements were found');
  const unlimited = found.filter(
    ({ name, rest }) => !/\blimit\b|makeText/.test(rest) && !(name in BOUNDED_OTHERWISE),
  );
  assert.deepEqual(unlimited, []);
});
