// Thousands of made-up stories of one payment, each by its own seed: lost and late answers, hidden pages, dead tokens, a
// second page, cancels in the middle. Whatever happens, an attempt has one end, the end is true, and nobody waits forever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MPACGateway } from '../src/mpac-gateway.ts';
import type { PaymentFailure } from '../src/payment-events.ts';
import { type LineFault, ScriptedGateway } from './scripted-gateway.ts';
import { startVirtualPage, type VirtualPage } from './virtual-page.ts';

const STORIES = Number(process.env['MPAC_STORIES'] ?? 3_000);
const FIRST_STORY = Number(process.env['MPAC_FIRST_STORY'] ?? 1);
const FAULTS: LineFault[] = ['drop_request', 'drop_answer', 'late', 'proxy', 'limit', 'garbage'];

/** The same numbers for the same seed: a story that goes wrong can be told again. */
function makeChance(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function tellStory(page: VirtualPage, seed: number): Promise<void> {
  const chance = makeChance(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)] as T;
  const gateway = new ScriptedGateway(page, chance() < 0.2);
  const trouble = pick([0, 0.1, 0.5]);
  gateway.nextFate = () => pick(['usual', 'usual', 'usual', 'refused', 'unknown']);
  const log: string[] = [];
  const mps = new MPACGateway({
    publicKey: 'pk_test_1',
    environment: 'sandbox',
    baseUrl: 'https://pgw.example.com',
    platform: {
      fetch: gateway.fetch,
      now: page.now,
      random: chance,
      sleep: (ms) => new Promise((resolve) => void page.later(ms, resolve)),
    },
  });

  let calls = 0;
  let others = 0;
  let causes = 1;
  let waiting = 0;
  let ends = 0;
  let is_calm = false;
  /** Confirms whose attempt was told to have failed. */
  const failed = new Set<string>();
  const follow = (name: string, call: Promise<unknown>) => {
    waiting += 1;
    call
      .then(
        () => log.push(`  ${name}: well`),
        (error) => log.push(`  ${name}: ${error.kind ?? error}`),
      )
      .finally(() => {
        waiting -= 1;
      });
  };
  let page_token = '';
  /** It was told that it cannot look any more, has nothing to look after, or another page goes its own way. */
  let needs_token = true;
  const retrieve = (token: string) => {
    page_token = token;
    needs_token = others > 0;
    follow('retrieve', mps.retrievePaymentIntent(token));
  };
  const confirm = () => {
    calls += 1;
    causes += 1;
    const idempotencyKey = `key_${calls}`;
    const call =
      chance() < 0.8
        ? mps.confirmQRPayment('PAYPAY', { idempotencyKey })
        : mps.confirmCashPayment({ idempotencyKey });
    follow(idempotencyKey, call);
  };
  const told = { success: 0 };
  mps.on('payment_success', () => {
    log.push('  payment_success');
    ends += 1;
    told.success += 1;
    assert.ok(gateway.has_money, 'the money is there');
  });
  mps.on('payment_failed', ({ reason }: PaymentFailure) => {
    log.push(`  payment_failed ${reason}`);
    ends += 1;
    assert.equal(told.success, 0, 'a success is the last word');
    // It is told a moment after it is known, and in that moment the next attempt may begin.
    for (const [key, sent_at] of gateway.sent_at) if (sent_at < page.now() - 1) failed.add(key);
    // A page that tries again at once, in the middle of the telling.
    if (!is_calm && chance() < 0.1) retrieve(gateway.reissue());
    if (!is_calm && chance() < 0.1) confirm();
  });
  mps.on('error', ({ error }) => {
    log.push(`  error ${error.kind}`);
    needs_token = true;
  });

  const acts: Record<string, () => void> = {
    confirm,
    'confirm twice': () => {
      confirm();
      confirm();
    },
    cancel: () => follow('cancel', mps.cancel()),
    retrieve: () => gateway.token !== '' && retrieve(gateway.token),
    'fresh token': () => retrieve(gateway.reissue()),
    'token replaced behind the page': () => void gateway.reissue(),
    'token dead': () => gateway.endToken(),
    paid: () => gateway.end('paid'),
    declined: () => gateway.end('declined'),
    'run out': () => gateway.end('run_out'),
    'backend cancels': () => gateway.end('cancelled'),
    'another page confirms': () => {
      causes += 1;
      others += 1;
      needs_token = true;
      const fields = pick([
        '{"payment_method_type":"qr_mpm","provider":"PAYPAY"}',
        '{"payment_method_type":"qr_cpm"}',
      ]);
      gateway.confirm(`other_${calls}_${causes}`, fields);
    },
    hide: () => page.setHidden(true),
    show: () => page.setHidden(false),
    online: () => page.tell('online'),
    pageshow: () => page.tell('pageshow'),
  };
  const names = Object.keys(acts);

  try {
    retrieve(gateway.token);
    await page.runFor(100);
    gateway.nextFault = () => (chance() < trouble ? pick(FAULTS) : 'none');
    for (let act = 0; act < 14; act += 1) {
      const name = chance() < 0.3 ? 'confirm' : pick(names);
      log.push(name);
      if (['declined', 'backend cancels', 'cancel', 'run out'].includes(name)) causes += 1;
      acts[name]?.();
      const ms = pick([0, 10, 50, 90, 700, 3_000, 20_000, 70_000]);
      log.push(`  ${ms} ms`);
      await page.runFor(ms);
    }
    // All is well again, the customer makes up his mind, and the backend hands out a fresh token.
    log.push('all is well');
    is_calm = true;
    gateway.nextFault = () => 'none';
    page.setHidden(false);
    await page.runFor(300_000);
    gateway.end(pick(['paid', 'run_out', 'declined']));
    await page.runFor(60_000);
    // Else it has to have found out by itself.
    if (needs_token || calls === 0 || page_token !== gateway.token) {
      log.push('fresh token');
      retrieve(gateway.reissue());
      await page.runFor(60_000);
    }
    assert.equal(waiting, 0, 'each promise has ended');
    for (const key of failed)
      assert.ok(!gateway.tries.get(key)?.took, `${key} was told as failed, and took money`);
    assert.ok(told.success <= 1, 'a success is told once');
    assert.ok(ends <= causes, 'an end has a cause');
    assert.equal(told.success === 1, gateway.has_money, 'whether it is paid is known');
    if (calls > 0 || gateway.has_ended) {
      assert.ok(ends > 0, 'who tried hears of an end');
      assert.ok(
        mps.outcome !== null && mps.outcome.result !== 'unknown',
        `the end is known: ${mps.outcome?.result}`,
      );
      assert.equal(mps.outcome?.result === 'success', gateway.has_money);
    }
    mps.destroy();
    const before = log.length;
    assert.equal(page.left(), 0, 'nothing is left of it');
    await page.runFor(60_000);
    assert.equal(log.length, before);
  } catch (error) {
    throw new Error(`story ${seed}: ${(error as Error).message}\n${log.join('\n')}`, { cause: error });
  }
}

test(`in ${STORIES} stories each attempt has one end, and the end is true`, async () => {
  const page = startVirtualPage();
  for (let seed = FIRST_STORY; seed < FIRST_STORY + STORIES; seed += 1) await tellStory(page, seed);
});
