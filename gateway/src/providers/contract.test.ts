// The provider contract, run for every provider in the registry against its simulator over real HTTP. A new
// provider brings a fixture beside its adapter and changes nothing here. This file: the life of a payment.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  begunKind,
  HASTY,
  learn,
  loadFixtures,
  makeAttempt,
  openPlay,
  type Play,
  titleOf,
} from '../../test/support/contract-stage.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { TerminalReport } from '../domain/terminal-report.ts';
import type { AskedFixture, RecordedFixture } from './contract-fixture.ts';
import { type AttemptFacts, isOnlyTold } from './provider.ts';
import { PROVIDERS } from './registry.ts';

const fixtures = await loadFixtures();

test('every provider in the registry is held to the contract', () => {
  for (const provider of PROVIDERS) {
    const own = fixtures.filter((fixture) => fixture.provider === provider);
    assert.ok(own.length > 0, `${provider.name} needs a contract-fixture.ts beside its adapter`);
    for (const { kind } of own) {
      const wanted = isOnlyTold(provider) ? 'told' : provider.record === undefined ? 'asked' : 'recorded';
      assert.equal(kind, wanted, provider.name);
    }
  }
});

for (const fixture of fixtures) {
  if (fixture.kind === 'told') continue;
  describe(titleOf(fixture), () => {
    if (fixture.kind === 'asked') holdLife(fixture);
    else {
      holdRecords(fixture);
    }
  });
}

function holdRecords({ provider, attempts, reports }: RecordedFixture): void {
  const record = (attempt: AttemptFacts, report?: TerminalReport) => {
    const result: ProviderResult | undefined = provider.record?.(attempt, report);
    assert.ok(result);
    // A reference opens nothing by itself, and still belongs to nobody who reads what was told.
    if (attempt.external_ref_id !== null) {
      assert.equal(JSON.stringify(result).includes(attempt.external_ref_id), false);
    }
    return result;
  };

  test('takes an assertion as it is, and holds money only where it may', () => {
    const stated = { amount: 1250, currency: 'JPY' };
    for (const changes of attempts) {
      assert.deepEqual(record(makeAttempt(changes)), { kind: 'paid', stated });
      const held = record(makeAttempt({ ...changes, authorize_only: true }));
      assert.deepEqual(held, { kind: provider.can_authorize ? 'authorized' : 'paid', stated });
    }
  });

  test('says the same of the same assertion, however often it is made', () => {
    for (const attempt of attempts.map((changes) => makeAttempt(changes))) {
      const before = structuredClone(attempt);
      assert.deepEqual(record(attempt), record(attempt));
      assert.deepEqual(attempt, before);
    }
  });

  test('has nobody to ask: no look-up, no cancel, no capture, no refund, and no news', () => {
    const { start, lookUp, cancel, capture, refund, lookUpRefund, readNotification, credentials } = provider;
    const asking = [start, lookUp, cancel, capture, refund, lookUpRefund, readNotification];
    assert.deepEqual([...asking.filter((one) => one !== undefined), credentials], [null]);
  });

  test('is never told of a no where there is nobody who could say one', () => {
    assert.equal(reports.length > 0, provider.requires_external_ref === true);
  });

  for (const { report, says } of reports) {
    test(`takes a report of "${report.status}" with ${report.amount ?? 'no amount'} as "${says}", and gives its reason`, () => {
      for (const changes of attempts) {
        const result = record(makeAttempt(changes), report);
        assert.equal(result.kind, says);
        if (result.kind === 'paid') {
          assert.equal(result.stated?.amount, report.amount ?? 1250, 'as it was reported, not as we wish');
          continue;
        }
        assert.ok(result.kind === 'declined' || result.kind === 'ended_unpaid');
        assert.ok(result.code && result.message);
        assert.equal(result.message.includes(report.reason ?? ''), true);
      }
    });
  }
}

function holdLife(fixture: AskedFixture): void {
  let play: Play;
  before(async () => {
    play = await openPlay(fixture);
  });
  after(() => play.close());

  test('the credentials say whose account they are for, whatever their secrets, and tell none', () => {
    const { accountOf } = fixture.provider;
    const credentials = play.stage.credentials();
    const account = accountOf?.(credentials);
    assert.ok(typeof account === 'string' && account !== '');
    assert.equal(accountOf?.(play.stage.credentials('http://127.0.0.1:9')), account);
    for (const secret of play.stage.secrets) assert.equal(account.includes(secret), false);
    // What only the gateway adds is no part of it: a store's own credentials name the account, too.
    const { properties = {} } = fixture.provider.credentials as { properties?: object };
    const synced = Object.fromEntries(Object.entries(credentials).filter(([name]) => name in properties));
    assert.equal(accountOf?.(synced), account);
  });

  const begun = begunKind(fixture);
  /** What the till has to show, where the customer does not. */
  function assertShown(result: ProviderResult): void {
    assert.equal(result.kind, begun, JSON.stringify(result));
    if (result.kind !== 'waiting') return;
    assert.ok(result.action, 'the till has something to show');
    assert.ok(Date.parse(result.action.expires_at) > play.now());
  }

  test('a started payment waits with what the till has to show, and is paid once the customer paid', async () => {
    const attempt = play.makeFresh();
    const started = await play.ask('start', attempt);
    assertShown(started);
    const waiting = learn(attempt, started);
    assert.equal((await play.ask('lookUp', waiting)).kind, begun);

    assert.equal(await play.stage.pay(attempt.id), true);
    const paid = await play.ask('lookUp', waiting);
    assert.equal(paid.kind, 'paid');
    assert.deepEqual(paid.stated, { amount: 1250, currency: 'JPY' });
    assert.ok(paid.provider_payment_id);
    assert.equal(paid.paid_at, new Date(play.now()).toISOString());
    assert.equal(await play.stage.countCharges(attempt.id), 1);
  });

  test('a payment that the provider declined is declined', async () => {
    const attempt = await play.startWell();
    await play.stage.decline(attempt.id);
    assert.equal((await play.ask('lookUp', attempt)).kind, 'declined');
    assert.equal(await play.stage.countCharges(attempt.id), 0);
  });

  for (const fault of ['server_error_after_success', 'hang_after_success', 'slow_drip'] as const) {
    test(`an answer lost by ${fault} is unknown, is found by look-up, and is charged once`, async () => {
      const attempt = play.makeFresh();
      await play.stage.setFault(fault, 'start');
      assert.equal((await play.ask('start', attempt, HASTY)).kind, 'unknown');
      const found = await play.ask('lookUp', attempt);
      assertShown(found);
      assert.equal(await play.stage.pay(attempt.id), true);
      assert.equal((await play.ask('lookUp', learn(attempt, found))).kind, 'paid');
      assert.equal((await play.ask('lookUp', attempt)).kind, 'paid');
      assert.equal((await play.ask('start', attempt)).kind, 'paid');
      assert.equal(await play.stage.countCharges(attempt.id), 1);
    });
  }

  for (const fault of ['server_error', 'hang', 'html_502'] as const) {
    test(`a request that never arrived (${fault}) is unknown, then not found, and can be started again`, async () => {
      const attempt = play.makeFresh();
      await play.stage.setFault(fault, 'start');
      assert.equal((await play.ask('start', attempt, HASTY)).kind, 'unknown');
      if (fixture.absent_after_ms !== undefined) {
        assert.equal((await play.ask('lookUp', attempt)).kind, 'unknown', 'it may still be on its way');
        play.advance(fixture.absent_after_ms);
      }
      assert.equal((await play.ask('lookUp', attempt)).kind, 'not_found');
      assert.equal((await play.ask('cancel', attempt)).kind, 'not_found');
      assert.equal((await play.ask('start', attempt)).kind, begun);
    });
  }

  test('a payment started twice, also at the same time, is one payment', async () => {
    const attempt = play.makeFresh();
    const both = await Promise.all([play.ask('start', attempt), play.ask('start', attempt)]);
    const again = await play.ask('start', attempt);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(again, both[0]);
    assert.equal(await play.stage.pay(attempt.id), true);
    assert.equal(await play.stage.pay(attempt.id), false);
    assert.equal((await play.ask('start', learn(attempt, again))).kind, 'paid');
    assert.equal(await play.stage.countCharges(attempt.id), 1);
  });

  test('a cancel before the payment makes sure that nobody can pay any more, however often it is asked', async () => {
    const attempt = await play.startWell();
    const cancelling = { ...attempt, cancel_requested_at: new Date(play.now()).toISOString() };
    const ended = await play.ask('cancel', cancelling);
    assert.deepEqual(
      [ended.kind, ended.kind === 'ended_unpaid' && ended.reason],
      ['ended_unpaid', 'deleted'],
    );
    assert.equal(await play.stage.pay(attempt.id), false);
    assert.equal((await play.ask('cancel', cancelling)).kind, 'ended_unpaid');
    assert.equal((await play.ask('lookUp', cancelling)).kind, 'ended_unpaid');
    assert.equal(await play.stage.countCharges(attempt.id), 0);
  });

  const what_is_found = fixture.shown_by_customer ? 'gives all of it back' : 'gives nothing back';
  test(`a cancel after the payment finds the money and ${what_is_found}`, async () => {
    const attempt = await play.startWell();
    await play.stage.pay(attempt.id);
    const cancelling = { ...attempt, cancel_requested_at: new Date(play.now()).toISOString() };
    if (fixture.shown_by_customer) {
      assert.equal((await play.ask('cancel', cancelling)).kind, 'reversed');
      assert.equal((await play.ask('lookUp', cancelling)).kind, 'reversed');
      assert.equal(await play.stage.countCharges(attempt.id), 1);
      return;
    }
    assert.equal((await play.ask('cancel', cancelling)).kind, 'paid');
    assert.equal((await play.ask('lookUp', cancelling)).kind, 'paid');
    assert.equal(await play.stage.countCharges(attempt.id), 1);
  });

  test('a cancel reaches a payment whose start was never answered', async () => {
    const attempt = play.makeFresh({ cancel_requested_at: new Date(play.now()).toISOString() });
    await play.stage.setFault('server_error_after_success', 'start');
    assert.equal((await play.ask('start', attempt)).kind, 'unknown');
    assert.equal((await play.ask('cancel', attempt)).kind, 'ended_unpaid');
    assert.equal(await play.stage.pay(attempt.id), false);
  });

  test('an unpaid payment ends by itself, and is dead from then on', async () => {
    const attempt = await play.startWell();
    play.advance(fixture.ended_after_ms);
    const ended = await play.ask('lookUp', attempt);
    assert.deepEqual(
      [ended.kind, ended.kind === 'ended_unpaid' && ended.reason],
      ['ended_unpaid', 'expired'],
    );
    assert.equal(await play.stage.pay(attempt.id), false);
    assert.equal((await play.ask('lookUp', attempt)).kind, 'ended_unpaid');
  });

  test('money that comes after the end is still found', async () => {
    const expired = await play.startWell();
    if (fixture.shown_by_customer) {
      play.advance(fixture.ended_after_ms);
      assert.equal(await play.stage.pay(expired.id, { late: true }), true);
      assert.equal((await play.ask('lookUp', expired)).kind, 'paid');
      return;
    }
    const cancelled = await play.startWell();
    await play.ask('cancel', cancelled);
    play.advance(fixture.ended_after_ms);
    await play.ask('lookUp', expired);
    for (const attempt of [expired, cancelled]) {
      assert.equal(await play.stage.pay(attempt.id, { late: true }), true);
      assert.equal((await play.ask('lookUp', attempt)).kind, 'paid');
    }
    const cancelling = { ...cancelled, cancel_requested_at: new Date(play.now()).toISOString() };
    assert.equal((await play.ask('lookUp', cancelling)).kind, 'paid');
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
