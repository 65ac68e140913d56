// Cash without a network, in a real Chromium against a real gateway: written before it is sent, sent with one key for
// ever, in order, and told exactly once.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { type BrowserStand, NO_CHROMIUM, startBrowserStand } from './browser-stand.ts';
import {
  comeOnline,
  openTillPage,
  passOnce,
  readDatabases,
  setUp,
  statesOf,
  takeCash,
  waitForEnds,
} from './queue-till.ts';
import { waitUntil } from './wait-until.ts';

const skip = NO_CHROMIUM;
const stand = (skip ? null : await startBrowserStand({ after })) as BrowserStand;
const { gateway, line } = stand ?? {};

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

const keysOf = () => new Set(line.confirms().map(({ idempotency_key }) => idempotency_key)).size;
const statusOf = async ({ id }: { id: string }) => (await gateway.retrieve(id))['status'];

test('with a network the confirm is answered at once, and no trace of it stays', { skip }, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  assert.deepEqual(await takeCash(page, intent), ['answered', 'succeeded']);
  assert.deepEqual(await statesOf(page), []);
  assert.equal((await readDatabases(page)).includes('_secret_'), false);
  assert.deepEqual([line.confirms().length, await page.evaluate(() => window.told)], [1, []]);
});

test('offline it is kept, and sent once with its key when the network is there again', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  await page.context().setOffline(true);
  assert.deepEqual(await takeCash(page, intent), ['no_answer', 'unknown_outcome']);
  assert.deepEqual(await statesOf(page), ['waiting']);
  assert.equal(await statusOf(intent), 'requires_payment_method');
  await page.context().setOffline(false);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  assert.deepEqual(
    [await statusOf(intent), await statesOf(page), line.confirms().length],
    ['succeeded', [], 1],
  );
});

test('an answer that was lost is fetched with the same key, and the payment is told once', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  line.break('drop_answer', 1);
  assert.deepEqual(await takeCash(page, intent), ['no_answer', 'unknown_outcome']);
  assert.equal(await statusOf(intent), 'succeeded', 'the gateway has it already');
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  await passOnce(page);
  assert.deepEqual([await statesOf(page), keysOf(), line.confirms().length], [[], 1, 2]);
});

test('it is tried again by itself, after failures of every kind', { skip }, async (t) => {
  const page = await openTillPage(stand, t);
  for (const fault of [500, 503, 'drop_request'] as const) {
    line.seen.splice(0);
    const intent = await gateway.createIntent();
    line.break(fault, 2);
    assert.equal((await takeCash(page, intent))[0], 'no_answer');
    await waitUntil('the payment', async () => (await statusOf(intent)) === 'succeeded');
    assert.deepEqual([keysOf(), line.confirms().length], [1, 3], String(fault));
  }
  assert.equal((await waitForEnds(page, 3)).length, 3);
});

test('a gateway that hangs keeps nobody waiting at the till', { skip }, async (t) => {
  const page = await openTillPage(stand, t, { patience_ms: 200 });
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  assert.deepEqual(await takeCash(page, intent), ['no_answer', 'connection_error']);
  assert.deepEqual(await statesOf(page), ['waiting']);
  await page.reload();
  await setUp(stand, page);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  assert.equal(keysOf(), 1);
});

test('what was taken offline is sent in its order, also when the clock was set back in between', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intents = await Promise.all([1, 2, 3, 4].map(() => gateway.createIntent()));
  line.break('drop_request');
  for (const [place, intent] of intents.entries()) {
    await page.clock.setSystemTime(Date.now() + (place % 2 === 0 ? 9 : -9) * 3_600_000);
    await takeCash(page, intent);
  }
  await page.reload();
  // The tries that were made so far.
  line.seen.splice(0);
  line.heal();
  await setUp(stand, page);
  const ids = intents.map(({ id }) => id);
  assert.deepEqual(
    await waitForEnds(page, 4),
    ids.map((id) => [id, 'answered', 'succeeded']),
  );
  const order = line.confirms().map(({ path }) => path.split('/')[3]);
  assert.deepEqual([...new Set(order)], ids);
});

test('a person who presses twice has taken the money once', { skip }, async (t) => {
  const page = await openTillPage(stand, t, { by_hand: true });
  const intent = await gateway.createIntent();
  const { id, payment_token } = intent;
  line.break('drop_request', 1);
  assert.equal((await takeCash(page, intent))[0], 'no_answer');
  const both = await page.evaluate((given) => Promise.all([window.takeCash(given), window.takeCash(given)]), {
    id,
    payment_token,
  });
  assert.deepEqual(both, [
    ['answered', 'succeeded'],
    ['answered', 'succeeded'],
  ]);
  assert.deepEqual([await statesOf(page), keysOf()], [[], 1]);
});

test('what the gateway refuses stays until a person has seen it, and is not sent again', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t, { by_hand: true });
  const intent = await gateway.createIntent();
  line.break('drop_request', 1);
  await takeCash(page, intent);
  await gateway.send('POST', `/v1/payment_intents/${intent.id}/cancel`, {});
  await comeOnline(page);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'refused', 'invalid_payment_state']]);
  const [entry] = await page.evaluate(() => window.queue.pending());
  assert.ok(entry);
  const { state, payment_intent, error, fields, durable } = entry;
  assert.deepEqual(
    [state, payment_intent, error?.status, error?.details?.['status'], fields, durable],
    ['refused', intent.id, 409, 'cancelled', { payment_method_type: 'cash' }, true],
  );
  assert.equal((await readDatabases(page)).includes('_secret_'), false, 'its token is of no use any more');
  assert.equal(JSON.stringify(entry).includes('_secret_'), false);
  const sent = line.confirms().length;
  await page.reload();
  await setUp(stand, page);
  await passOnce(page);
  assert.deepEqual([await statesOf(page), line.confirms().length], [['refused'], sent]);
  const acknowledged = await page.evaluate(
    async (id) => [await window.queue.acknowledge(id), await window.queue.acknowledge(id)],
    entry.id,
  );
  assert.deepEqual([acknowledged, await statesOf(page)], [[true, false], []]);
});

test('what waits cannot be acknowledged away', { skip }, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  line.break('drop_request');
  await takeCash(page, intent);
  const acknowledged = await page.evaluate(async () => {
    const [entry] = await window.queue.pending();
    return window.queue.acknowledge(entry?.id ?? '');
  });
  assert.deepEqual([acknowledged, await statesOf(page)], [false, ['waiting']]);
});

test('a gateway that says to come again in years is not asked at once', { skip }, async (t) => {
  const page = await openTillPage(stand, t, { by_hand: true });
  const longest = await page.evaluate(async () => {
    const waits: number[] = [];
    const { setTimeout } = window;
    window.setTimeout = ((work: () => void, ms = 0) => {
      waits.push(ms);
      return setTimeout(work, ms);
    }) as typeof window.setTimeout;
    const queue = window.parts.makeOfflineQueue({ name: 'years', random: () => 0 });
    const error = Object.assign(new Error('later'), {
      kind: 'rate_limit_exceeded',
      retry_after_seconds: 1e12,
    });
    queue.attach(async () => ({ kind: 'no_answer', error }) as never);
    await queue.submit({
      payment_intent: 'pi_1',
      payment_token: 'pi_1_secret_1',
      idempotency_key: 'key',
      fields: { payment_method_type: 'cash' },
    });
    await queue.resume('pi_none_secret_none');
    queue.detach();
    return Math.max(...waits);
  });
  assert.equal(longest, 2 ** 31 - 1, 'a longer timer of a browser ends at once');
});
