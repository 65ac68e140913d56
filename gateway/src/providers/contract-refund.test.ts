// The provider contract of refunds, run for every provider that gives money back: once for each id, never more than
// was paid, and no silence or fault is ever taken for a yes or a no.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HASTY, loadFixtures, openPlay, type Play, titleOf } from '../../test/support/contract-stage.ts';
import type { AskedFixture, Stage } from './contract-fixture.ts';
import type { AttemptFacts, RefundFacts } from './provider.ts';
import { PROVIDERS } from './registry.ts';

test('who gives money back can also be asked what became of it', () => {
  for (const { name, refund, lookUpRefund, start } of PROVIDERS) {
    assert.equal(refund === undefined, lookUpRefund === undefined, name);
    assert.ok(refund === undefined || start !== undefined, `${name} took no money itself`);
  }
});

for (const fixture of await loadFixtures()) {
  if (fixture.kind === 'asked' && fixture.provider.refund !== undefined) {
    describe(titleOf(fixture), () => holdRefunds(fixture));
  }
}

let made = 0;

function makeRefund(amount: number, changes: Partial<RefundFacts> = {}): RefundFacts {
  made += 1;
  const id = `re_01J${String(made).padStart(23, '0')}`;
  const created_at = '2026-01-28T01:00:00.000Z';
  return { id, amount, currency: 'JPY', reason: null, created_at, asked_before: false, ...changes };
}

const again = (refund: RefundFacts): RefundFacts => ({ ...refund, asked_before: true });

function holdRefunds(fixture: AskedFixture): void {
  let play: Play;
  let refunds: NonNullable<Stage['refunds']>;
  before(async () => {
    play = await openPlay(fixture);
    assert.ok(play.stage.refunds, 'the fixture tells what went back');
    refunds = play.stage.refunds;
  });
  after(() => play.close());

  /** An attempt that the customer has paid: 1250. */
  async function sell(): Promise<AttemptFacts> {
    const attempt = await play.startWell();
    assert.equal(await play.stage.pay(attempt.id), true);
    const paid = await play.ask('lookUp', attempt);
    assert.ok(paid.kind === 'paid' && paid.provider_payment_id !== undefined);
    return { ...attempt, provider_payment_id: paid.provider_payment_id };
  }

  for (const [how, amounts] of [
    ['as a whole', [1_250]],
    ['in parts', [1, 249, 1_000]],
  ] as const) {
    test(`money goes back ${how}, to the last unit, and no further`, async () => {
      const attempt = await sell();
      for (const amount of amounts) {
        const refund = makeRefund(amount);
        assert.equal((await play.askRefund('refund', attempt, refund)).kind, 'refunded');
        assert.equal((await play.askRefund('lookUpRefund', attempt, refund)).kind, 'refunded');
      }
      const too_much = await play.askRefund('refund', attempt, makeRefund(1));
      assert.deepEqual(
        [too_much.kind, too_much.kind === 'refused' && too_much.because],
        ['refused', 'state'],
      );
      assert.deepEqual(await refunds.listAmounts(attempt.id), amounts);
      assert.equal((await play.ask('lookUp', attempt)).kind, 'paid', 'the payment is what it was');
    });
  }

  test('a refund that the provider works on is accepted, and done in its time', async () => {
    const attempt = await sell();
    await refunds.setDelay(3_600);
    const refund = makeRefund(500);
    assert.equal((await play.askRefund('refund', attempt, refund)).kind, 'accepted');
    assert.equal((await play.askRefund('lookUpRefund', attempt, refund)).kind, 'accepted');
    assert.equal((await play.askRefund('refund', attempt, again(refund))).kind, 'accepted');
    play.advance(3_600_000);
    assert.equal((await play.askRefund('lookUpRefund', attempt, refund)).kind, 'refunded');
    assert.deepEqual(await refunds.listAmounts(attempt.id), [500]);
    await refunds.setDelay(0);
  });

  test('asked twice, also at the same time, it is one refund', async () => {
    const attempt = await sell();
    const refund = makeRefund(500);
    const ask = (facts: RefundFacts) => play.askRefund('refund', attempt, facts);
    const kinds = (await Promise.all([ask(refund), ask(refund)])).map(({ kind }) => kind);
    assert.deepEqual([...kinds, (await ask(again(refund))).kind], ['refunded', 'refunded', 'refunded']);
    assert.deepEqual(await refunds.listAmounts(attempt.id), [500]);
  });

  for (const fault of ['server_error_after_success', 'hang_after_success', 'slow_drip'] as const) {
    test(`a refund whose answer is lost by ${fault} is unknown, and is found by our id`, async () => {
      const attempt = await sell();
      const refund = makeRefund(500);
      await refunds.setFault(fault, 'refund');
      assert.equal((await play.askRefund('refund', attempt, refund, HASTY)).kind, 'unknown');
      assert.equal((await play.askRefund('lookUpRefund', attempt, again(refund))).kind, 'refunded');
      assert.deepEqual(await refunds.listAmounts(attempt.id), [500]);
    });
  }

  for (const fault of ['server_error', 'hang', 'html_502'] as const) {
    test(`a refund that never arrived (${fault}) is unknown, then not found, and can be asked for again`, async () => {
      const attempt = await sell();
      const refund = makeRefund(500);
      await refunds.setFault(fault, 'refund');
      assert.equal((await play.askRefund('refund', attempt, refund, HASTY)).kind, 'unknown');
      assert.equal((await play.askRefund('lookUpRefund', attempt, again(refund))).kind, 'not_found');
      assert.equal((await play.askRefund('refund', attempt, again(refund))).kind, 'refunded');
      assert.deepEqual(await refunds.listAmounts(attempt.id), [500]);
    });
  }

  for (const fault of ['rate_limit', 'maintenance'] as const) {
    test(`${fault} puts a refund off, and says nothing of one that is there`, async () => {
      const attempt = await sell();
      const refund = makeRefund(500);
      await refunds.setFault(fault, 'refund');
      const put_off = await play.askRefund('refund', attempt, refund);
      assert.ok(put_off.kind === 'throttled' && put_off.retry_after_ms >= 1_000);
      assert.equal((await play.askRefund('refund', attempt, refund)).kind, 'refunded');
      await refunds.setFault(fault, 'lookUpRefund');
      assert.equal((await play.askRefund('lookUpRefund', attempt, refund)).kind, 'unknown');
      assert.deepEqual(await refunds.listAmounts(attempt.id), [500]);
    });
  }

  for (const fault of ['server_error', 'html_502', 'hang', 'slow_drip'] as const) {
    test(`a look-up that met ${fault} is no outcome of a refund`, async () => {
      const attempt = await sell();
      const refund = makeRefund(500);
      await play.askRefund('refund', attempt, refund);
      await refunds.setFault(fault, 'lookUpRefund');
      assert.equal((await play.askRefund('lookUpRefund', attempt, refund, HASTY)).kind, 'unknown');
      assert.equal((await play.askRefund('lookUpRefund', attempt, refund)).kind, 'refunded');
    });
  }

  test('refused credentials are a no to a first asking, and prove nothing of an earlier one', async () => {
    const attempt = await sell();
    const credentials = play.stage.wrong_credentials();
    const refund = makeRefund(500);
    const first = await play.askRefund('refund', attempt, refund, { credentials });
    assert.deepEqual([first.kind, first.kind === 'refused' && first.because], ['refused', 'other']);
    assert.equal((await play.askRefund('refund', attempt, again(refund), { credentials })).kind, 'unknown');
    assert.equal((await play.askRefund('lookUpRefund', attempt, refund, { credentials })).kind, 'unknown');
    assert.deepEqual(await refunds.listAmounts(attempt.id), []);
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
