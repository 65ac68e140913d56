// A page that is gone while the card app is open, or before its result was sent, leaves nothing that is guessed, sent
// twice, or charged again.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { PendingEntry } from '../src/confirm-sender.ts';
import type { LaunchResult } from '../src/testing.ts';
import { NO_CHROMIUM } from './browser-stand.ts';
import { startStand } from './payment-page.ts';
import { makeTerminals } from './terminal-page.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const { gateway, line } = stand;
const { openTerminal, reload, pay, answer, pending, heard, statusOf, leaveLaunched } = makeTerminals(stand);

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

test(
  'a reload while the app is open: its result comes to the next page, is sent once, and told',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    const transaction_id = await leaveLaunched(page, intent);
    await reload(page, true);
    const { entry } = (await heard(page, 'launch_unresolved')) as unknown as { entry: PendingEntry };
    assert.equal(entry.launch?.transaction_id, transaction_id);
    assert.deepEqual(line.confirms(), [], 'nothing is guessed');
    await page.evaluate((id) => {
      const result = { status: 'success' as const, approval_code: '700501', brand: 'VISA' };
      window.app.tell(id, result);
      window.app.tell(id, result);
    }, transaction_id);
    const settled = await heard(page, 'confirm_settled');
    assert.deepEqual([settled['result'], settled['payment_intent_id']], ['answered', intent.id]);
    assert.deepEqual([await statusOf(intent), await pending(page)], ['succeeded', []]);
    assert.equal(line.confirms().length, 1);
    assert.deepEqual(await page.evaluate(() => window.app.launches), [], 'and nothing is launched again');
  },
);

test('an app that remembers is asked how a launch ended that an earlier page left', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  const transaction_id = await leaveLaunched(page, intent);
  await page.evaluate((id) => {
    // It ended while no page was there to be told.
    delete window.MPACNativeBridgeCallback;
    window.app.tell(id, { status: 'success', approval_code: '700601', brand: 'VISA' });
  }, transaction_id);
  await reload(page);
  assert.equal((await heard(page, 'confirm_settled'))['result'], 'answered');
  assert.equal(await statusOf(intent), 'succeeded');
  assert.equal((await gateway.retrieve(intent.id))['provider'], 'VISA');
});

test('a result that was written down and not sent is sent by the next page', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  await answer(page, { status: 'success', approval_code: '700701', brand: 'VISA' });
  await page.evaluate((token) => void window.pay(token), intent.payment_token);
  await line.waitForConfirms(1);
  await reload(page, true);
  assert.equal((await heard(page, 'confirm_settled'))['result'], 'answered');
  const keys = new Set(line.confirms().map(({ idempotency_key }) => idempotency_key));
  assert.deepEqual([await statusOf(intent), keys.size, await pending(page)], ['succeeded', 1, []]);
});

test(
  'an order whose launch nobody has settled is paid in no other way, and another one is',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    await leaveLaunched(page, intent);
    assert.equal((await pay(page, await gateway.createIntent())).code, 'launch_in_progress');
    await reload(page, true);
    await heard(page, 'launch_unresolved');
    const again = await pay(page, intent);
    assert.deepEqual([again.kind, again.code], ['invalid_request', 'launch_unresolved']);
    const cash = await page.evaluate(() =>
      window.mps.confirmCashPayment().then(
        () => 'taken',
        ({ code }: { code: string }) => code,
      ),
    );
    assert.deepEqual([cash, await statusOf(intent)], ['launch_unresolved', 'requires_payment_method']);
    assert.deepEqual(await page.evaluate(() => window.app.launches), []);
    assert.deepEqual(await pay(page, await gateway.createIntent()), { status: 'succeeded' });
  },
);

test('a person says how a launch ended: paid, not paid, or left', SKIP, async (t) => {
  for (const [told, status, sent] of [
    [{ status: 'success', approval_code: '700801', slip_number: '7' }, 'succeeded', 1],
    [{ status: 'error', reason: 'No card was charged' }, 'requires_payment_method', 1],
    [{ status: 'cancelled' }, 'requires_payment_method', 0],
  ] as [LaunchResult, string, number][]) {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    line.seen.splice(0);
    await leaveLaunched(page, intent);
    await reload(page, true);
    const { entry } = (await heard(page, 'launch_unresolved')) as unknown as { entry: PendingEntry };
    const report = (id: string, result: unknown) =>
      page.evaluate(
        ({ id, result }) =>
          window.mps.reportLaunch(id, result as LaunchResult).then(
            () => 'done',
            (error: { kind: string }) => error.kind,
          ),
        { id, result },
      );
    assert.equal(await report(entry.id, { status: 'perhaps' }), 'invalid_request');
    assert.equal(await report(entry.id, told), 'done');
    assert.equal(await report(entry.id, told), 'invalid_request', 'it is settled');
    assert.deepEqual([await statusOf(intent), line.confirms().length], [status, sent]);
    assert.deepEqual(await pending(page), []);
    await page.close();
  }
});

test(
  'while a card that was charged is not confirmed, the next page opens no app and takes no cash for the order',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    line.break(503);
    await answer(page, { status: 'success', approval_code: '701101', brand: 'VISA' });
    assert.deepEqual(await pay(page, intent), { status: 'queued' });
    await reload(page, true);
    const again = await pay(page, intent);
    assert.deepEqual([again.kind, again.code], ['invalid_payment_state', 'payment_under_way']);
    assert.deepEqual(await page.evaluate(() => window.app.launches), []);
    const cash = () =>
      page.evaluate(() =>
        window.mps.confirmCashPayment().then(
          () => 'taken',
          ({ code }: { code: string }) => code,
        ),
      );
    assert.equal(await cash(), 'payment_under_way');
    line.heal();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await heard(page, 'confirm_settled');
    assert.deepEqual([await statusOf(intent), await pending(page)], ['succeeded', []]);
  },
);

test('of two pages that open the app for one order at once, one does', SKIP, async (t) => {
  const page = await openTerminal(t);
  const other = await openTerminal(t, page.context());
  const intent = await gateway.createIntent();
  for (const one of [page, other]) await answer(one, 'silent');
  for (const one of [page, other])
    await one.evaluate((token) => {
      void window.pay(token).then((ended) => {
        window.heard.push({ name: 'ended', ...ended });
      });
    }, intent.payment_token);
  const loser = await Promise.any([page, other].map((one) => heard(one, 'ended').then(() => one)));
  const [{ length: opened }, { length: barred }] = (await Promise.all(
    [loser === page ? other : page, loser].map((one) => one.evaluate(() => window.app.launches)),
  )) as [unknown[], unknown[]];
  assert.equal((await heard(loser, 'ended'))['code'], 'launch_unresolved');
  assert.deepEqual([opened, barred, (await pending(page)).length], [1, 0, 1]);
});
