// What survives what: tabs beside each other, pages that are closed, browsers that are killed. Each confirm has one page
// that sends it and tells how it ended, and finds another when that page is gone.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { type BrowserStand, NO_CHROMIUM, startBrowserStand } from './browser-stand.ts';
import { openTillPage, passOnce, setUp, statesOf, takeCash, waitForEnds } from './queue-till.ts';
import { waitUntil } from './wait-until.ts';

const skip = NO_CHROMIUM;
const stand = (skip ? null : await startBrowserStand({ after })) as BrowserStand;
const { gateway, line } = stand ?? {};

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

const statusOf = async ({ id }: { id: string }) => (await gateway.retrieve(id))['status'];
const sentTo = ({ id }: { id: string }) => line.confirms().filter(({ path }) => path.includes(id));
const toldBy = (page: Page) => page.evaluate(() => window.told);

/** As an old WebView, or a page without https, has it. */
function withoutLocks(): void {
  Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
}

for (const [way, before] of [
  ['locks', undefined],
  ['a lease', withoutLocks],
] as const) {
  const open = before === undefined ? {} : { before };

  test(`of two tabs the one that took the money sends it and tells it, by ${way}`, { skip }, async (t) => {
    const context = await stand.openContext(t);
    const [here, there] = [
      await openTillPage(stand, t, { context, ...open }),
      await openTillPage(stand, t, { context, ...open }),
    ];
    const [mine, yours] = [await gateway.createIntent(), await gateway.createIntent()];
    await context.setOffline(true);
    await takeCash(here, mine);
    await takeCash(there, yours);
    line.seen.splice(0);
    await context.setOffline(false);
    assert.deepEqual(await waitForEnds(here, 1), [[mine.id, 'answered', 'succeeded']]);
    assert.deepEqual(await waitForEnds(there, 1), [[yours.id, 'answered', 'succeeded']]);
    await Promise.all([passOnce(here), passOnce(there)]);
    assert.deepEqual([(await toldBy(here)).length, (await toldBy(there)).length], [1, 1]);
    assert.deepEqual([sentTo(mine).length, sentTo(yours).length], [1, 1]);
  });

  test(`what a closed tab has left is sent and told by another, by ${way}`, { skip }, async (t) => {
    const context = await stand.openContext(t);
    const first = await openTillPage(stand, t, { context, ...open });
    const intents = [await gateway.createIntent(), await gateway.createIntent()];
    line.break('drop_request');
    for (const intent of intents) await takeCash(first, intent);
    const others = [
      await openTillPage(stand, t, { context, ...open }),
      await openTillPage(stand, t, { context, ...open }),
    ];
    await Promise.all(others.map(passOnce));
    await first.close({ runBeforeUnload: true });
    line.heal();
    await waitUntil('all to be told', async () => {
      await Promise.all(others.map(passOnce));
      return (await Promise.all(others.map(toldBy))).flat().length >= 2;
    });
    const told = (await Promise.all(others.map(toldBy))).flat();
    assert.deepEqual(told.sort(), intents.map(({ id }) => [id, 'answered', 'succeeded']).sort());
    assert.deepEqual(await Promise.all(intents.map(statusOf)), ['succeeded', 'succeeded']);
  });
}

test('a lease that has run out, or that a clock has left in the future, keeps nothing back', {
  skip,
}, async (t) => {
  for (const hours of [-1, 9]) {
    const context = await stand.openContext(t);
    const first = await openTillPage(stand, t, { context, before: withoutLocks });
    const intent = await gateway.createIntent();
    line.break('drop_request');
    await takeCash(first, intent);
    const [name = ''] = await first.evaluate(() => Object.keys({ ...localStorage }));
    await first.close();
    const second = await stand.openPage(t, { context, path: '/parts', before: withoutLocks });
    // A page that dies takes its lease back no more.
    await second.evaluate(([lease, until]) => localStorage.setItem(lease, String(until)), [
      name,
      Date.now() + hours * 3_600_000,
    ] as const);
    line.heal();
    await setUp(stand, second);
    assert.deepEqual(await waitForEnds(second, 1), [[intent.id, 'answered', 'succeeded']]);
  }
});

test('a frozen page whose entry another one has sent tells nothing when it thaws', { skip }, async (t) => {
  const context = await stand.openContext(t);
  const first = await openTillPage(stand, t, { context, before: withoutLocks, patience_ms: 1 });
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  assert.equal((await takeCash(first, intent))[0], 'no_answer');
  await line.waitForConfirms(1);
  // The browser let it sleep so long that its lease ran out.
  await first.evaluate(() => localStorage.clear());
  const second = await openTillPage(stand, t, { context, before: withoutLocks });
  assert.deepEqual(await waitForEnds(second, 1), [[intent.id, 'answered', 'succeeded']]);
  // Its own request ends only now, and is answered as the other one was.
  line.releaseHanging();
  await waitUntil('the answer', () => line.confirms().every(({ status }) => status === 200));
  await first.evaluate(() => window.queue.pending());
  assert.deepEqual([await toldBy(first), await toldBy(second)].flat().length, 1);
  assert.equal(await statusOf(intent), 'succeeded');
});

test('a browser that is closed and opened again sends what it had kept', { skip }, async (t) => {
  const folder = await stand.makeProfileFolder(t);
  const intents = [await gateway.createIntent(), await gateway.createIntent()];
  const before = await stand.openProfile(t, folder);
  const page = await openTillPage(stand, t, { context: before });
  await before.setOffline(true);
  for (const intent of intents) await takeCash(page, intent);
  await before.close();
  const again = await openTillPage(stand, t, { context: await stand.openProfile(t, folder) });
  assert.deepEqual(
    await waitForEnds(again, 2),
    intents.map(({ id }) => [id, 'answered', 'succeeded']),
  );
});

test('a browser that is killed between writing and sending has written', { skip }, async (t) => {
  const folder = await stand.makeProfileFolder(t);
  const intent = await gateway.createIntent();
  const before = await stand.openProfile(t, folder);
  const page = await openTillPage(stand, t, { context: before });
  line.break('hang', 1);
  const taken = takeCash(page, intent).catch(() => 'killed');
  await line.waitForConfirms(1);
  await killBrowser(before);
  assert.equal(await taken, 'killed');
  const again = await openTillPage(stand, t, { context: await stand.openProfile(t, folder) });
  assert.deepEqual(await waitForEnds(again, 1), [[intent.id, 'answered', 'succeeded']]);
  assert.equal(new Set(line.confirms().map(({ idempotency_key }) => idempotency_key)).size, 1);
});

/** kill -9 of the browser itself. */
async function killBrowser(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  const pid = processInfo.find(({ type }) => type === 'browser')?.id;
  assert.ok(pid);
  const closed = new Promise<void>((resolve) => {
    context.once('close', () => resolve());
  });
  process.kill(pid, 'SIGKILL');
  await closed;
}

test('a client that is closed sends no more, and a later one on the same page goes on', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  const taken = takeCash(page, intent);
  await line.waitForConfirms(1);
  await page.evaluate(() => window.queue.detach());
  assert.equal((await taken)[0], 'no_answer', 'nobody waits for what is not coming');
  await page.evaluate(() => window.openQueue());
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  await page.reload();
  await setUp(stand, page);
  assert.deepEqual(await statesOf(page), []);
});

test('a refusal that comes late to a page that froze takes nothing back of what another has gone on with', {
  skip,
}, async (t) => {
  const context = await stand.openContext(t);
  const frozen = { context, before: withoutLocks, patience_ms: 1, by_hand: true };
  const first = await openTillPage(stand, t, frozen);
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  await takeCash(first, intent);
  await line.waitForConfirms(1);
  const fresh = await gateway.reissueToken(intent.id);
  await first.evaluate(() => localStorage.clear());
  const second = await openTillPage(stand, t, { context, before: withoutLocks, by_hand: true });
  await passOnce(second);
  assert.deepEqual(await statesOf(second), ['token_needed']);
  line.break('drop_request', 1);
  await second.evaluate((token) => window.queue.resume(token), fresh);
  assert.deepEqual(await statesOf(second), ['waiting']);
  // The first page's own request with the old token is refused only now.
  const answered = first.waitForResponse((response) => response.status() === 401);
  line.releaseHanging();
  await (await answered).finished();
  await passOnce(first);
  await passOnce(second);
  assert.deepEqual(await waitForEnds(second, 2), [
    [intent.id, 'refused', 'invalid_token'],
    [intent.id, 'answered', 'succeeded'],
  ]);
  assert.deepEqual([await toldBy(first), await statesOf(second)], [[], []]);
});

test('of two tabs that are about to open the app for one order, one may', { skip }, async (t) => {
  const context = await stand.openContext(t);
  const tabs = [await openTillPage(stand, t, { context }), await openTillPage(stand, t, { context })];
  const ends = await Promise.all(
    tabs.map((tab, place) =>
      tab.evaluate((key) => {
        const fields = { payment_method_type: 'credit_card' };
        const confirm = { payment_intent: 'pi_1', payment_token: 't', idempotency_key: key, fields };
        const launch = { method: 'credit_card' as const, amount: 1, currency: 'JPY', transaction_id: key };
        return window.queue.noteLaunch(confirm, launch).then(
          () => 'may',
          ({ code }: { code: string }) => code,
        );
      }, `key ${place}`),
    ),
  );
  assert.deepEqual(ends.sort(), ['launch_unresolved', 'may']);
});
