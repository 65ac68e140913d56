// The bridge to the card app in a real browser, with the stand-in playing the app: what it is asked, and what is made of
// whatever comes back: in time, late, twice, of nobody, or broken.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { LaunchRequest } from '../src/confirm-sender.ts';
import type { BridgeStandIn } from '../src/testing.ts';
import { NO_CHROMIUM, type PagesStand, startPagesStand } from './browser-stand.ts';
import type { Scope } from './gateway-process.ts';

declare global {
  interface Window {
    app: BridgeStandIn;
    bridge: ReturnType<Window['parts']['makeWebViewBridge']>;
    late: unknown[];
    /** Launches, and says how that ended: the result, or the error's kind and code. */
    launch(changes?: Partial<LaunchRequest>): Promise<unknown>;
  }
}

const skip = NO_CHROMIUM;
const stand = (skip ? null : await startPagesStand({ after })) as PagesStand;

async function openTerminal(t: Scope, timeout_ms = 60_000): Promise<Page> {
  const page = await stand.openPage(t, { path: '/parts' });
  await page.evaluate((patience) => {
    window.app = window.testing.makeBridgeStandIn();
    window.bridge = window.parts.makeWebViewBridge({ timeout_ms: patience });
    window.late = [];
    window.bridge.onLateResult((...told) => window.late.push(told));
    const request = { method: 'credit_card', amount: 1_500, currency: 'JPY', transaction_id: 'pi_1-a' };
    window.launch = (changes = {}) =>
      window.bridge.launch({ ...(request as LaunchRequest), ...changes }).then(
        (result) => result,
        ({ kind, code }: { kind: string; code: string }) => [kind, code],
      );
  }, timeout_ms);
  return page;
}

const UNKNOWN = ['unknown_outcome', 'launch_unresolved'];
const NOT_LAUNCHED = ['invalid_request', 'not_launched'];

test('the app is asked in JSON, and its answer comes back to the launch that it is of', {
  skip,
}, async (t) => {
  const page = await openTerminal(t);
  const told = await page.evaluate(async () => {
    const asked: unknown[] = [];
    const [card, e_money] = await Promise.all([
      window.launch(),
      window.launch({ method: 'e_money', transaction_id: 'pi_2-b' }),
    ]);
    asked.push(...window.app.launches);
    return { asked, card, e_money };
  });
  const request = { amount: 1_500, currency: 'JPY' };
  assert.deepEqual(told.asked, [
    { ...request, method: 'credit_card', transaction_id: 'pi_1-a' },
    { ...request, method: 'e_money', transaction_id: 'pi_2-b' },
  ]);
  const [card, e_money] = [told.card, told.e_money] as Record<string, unknown>[];
  assert.deepEqual([card?.['status'], card?.['brand'], card?.['amount']], ['success', 'VISA', 1_500]);
  assert.deepEqual([e_money?.['status'], e_money?.['brand']], ['success', 'SUICA']);
});

test('without the object, its method or the app, the launch certainly did not happen', {
  skip,
}, async (t) => {
  const page = await openTerminal(t);
  const ends = await page.evaluate(async () => {
    window.app.uninstall();
    const not_installed = await window.launch();
    window.MPACNativeBridge = {};
    const no_method = await window.launch();
    delete window.MPACNativeBridge;
    return [not_installed, no_method, await window.launch()];
  });
  assert.deepEqual(ends, [NOT_LAUNCHED, NOT_LAUNCHED, NOT_LAUNCHED]);
});

test('an app that was left, that broke, or that says what nobody knows leaves the outcome unknown', {
  skip,
}, async (t) => {
  const page = await openTerminal(t);
  const ends = await page.evaluate(async () => {
    window.app.answer('left');
    const left = await window.launch();
    window.app.answer('silent');
    const texts = [];
    for (const text of ['', 'null', '{', '[]', '{"status": "success"', '{"transaction_id": 7}']) {
      const ended = window.launch();
      window.app.tellText(text);
      texts.push(await ended);
    }
    const strange = window.launch();
    window.app.tellText('{"transaction_id": "pi_1-a", "status": "approved"}');
    window.MPACNativeBridge = {
      launchCreditCard() {
        throw new Error('Java exception was raised during method invocation');
      },
    };
    const thrown = window.launch();
    window.app.tellText('{"transaction_id": "pi_1-a", "status": null}');
    return { left, texts, strange: await strange, thrown: await thrown };
  });
  assert.deepEqual(ends.left, UNKNOWN);
  for (const end of [...ends.texts, ends.strange, ends.thrown]) assert.deepEqual(end, UNKNOWN);
});

test('a result that comes after the patience, twice, or for an unknown launch is told as late', {
  skip,
}, async (t) => {
  const page = await openTerminal(t, 1);
  const seen = await page.evaluate(async () => {
    window.app.answer('silent');
    const timed_out = await window.launch();
    window.app.tell('pi_1-a', { status: 'success', approval_code: '1' });
    window.app.tell('pi_1-a', { status: 'success', approval_code: '1' });
    window.app.tell('pi_9-z', { status: 'declined' });
    // Not of a launch, and not readable: there is nobody to tell.
    window.app.tellText('{"transaction_id": "pi_9-z", "status": "?"}');
    window.app.tellText('nonsense');
    return { timed_out, late: window.late };
  });
  assert.deepEqual(seen.timed_out, UNKNOWN);
  const success = { status: 'success', approval_code: '1' };
  assert.deepEqual(seen.late, [
    ['pi_1-a', success],
    ['pi_1-a', success],
    ['pi_9-z', { status: 'declined' }],
  ]);
});

test('an app that knows only sendCreditCardResult is understood while its launch is under way', {
  skip,
}, async (t) => {
  const page = await openTerminal(t);
  const ends = await page.evaluate(async () => {
    window.app.answer('silent');
    const ended = window.launch();
    window.sendCreditCardResult?.('success', 'APP123', null);
    const success = await ended;
    // Late, it could be anybody's.
    window.sendCreditCardResult?.('success', 'APP123', null);
    const declined = window.launch();
    window.sendCreditCardResult?.('declined', null, 'No funds');
    return [success, await declined, window.late];
  });
  assert.deepEqual(ends, [
    { status: 'success', approval_code: 'APP123' },
    { status: 'declined', reason: 'No funds' },
    [],
  ]);
});

test('the app is asked how an earlier launch ended, and only its own answer counts', { skip }, async (t) => {
  const page = await openTerminal(t);
  const answers = await page.evaluate(async () => {
    await window.launch();
    const known = await window.bridge.lastResult('pi_1-a');
    const unknown = await window.bridge.lastResult('pi_9-z');
    window.MPACNativeBridge = { lastResult: () => '{"transaction_id": "pi_1-a", "status": "success"}' };
    return [known?.status, unknown, await window.bridge.lastResult('pi_9-z')];
  });
  assert.deepEqual(answers, ['success', null, null]);
});

test('a bridge that is closed takes its functions off the page, and leaves another’s there', {
  skip,
}, async (t) => {
  const page = await openTerminal(t);
  const left = await page.evaluate(() => {
    const other = window.parts.makeWebViewBridge();
    window.bridge.close();
    const has_others = typeof window.MPACNativeBridgeCallback;
    other.close();
    return [has_others, typeof window.MPACNativeBridgeCallback, typeof window.sendCreditCardResult];
  });
  assert.deepEqual(left, ['function', 'undefined', 'undefined']);
});

test('a result that does not say of which launch it is belongs to none while two could be meant', {
  skip,
}, async (t) => {
  const page = await openTerminal(t, 1);
  const ends = await page.evaluate(async () => {
    window.app.answer('silent');
    const overdue = await window.launch();
    const second = window.launch({ transaction_id: 'pi_2-b' });
    window.sendCreditCardResult?.('success', 'APP123', null);
    const third = window.launch({ transaction_id: 'pi_3-c' });
    window.sendCreditCardResult?.('success', 'APP124', null);
    return [overdue, await second, await third];
  });
  assert.deepEqual(ends, [UNKNOWN, UNKNOWN, { status: 'success', approval_code: 'APP124' }]);
});
