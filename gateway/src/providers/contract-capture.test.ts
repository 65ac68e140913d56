// The provider contract of held money, run for every provider that is asked to capture: taken once, as much as was
// asked for, the rest let go, and no silence or fault is ever taken for a yes or a no.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  begunKind,
  HASTY,
  learn,
  loadFixtures,
  openPlay,
  type Play,
  titleOf,
} from '../../test/support/contract-stage.ts';
import type { AskedFixture, Stage } from './contract-fixture.ts';
import type { AttemptFacts } from './provider.ts';
import { PROVIDERS } from './registry.ts';

test('a provider that is asked and can hold money can also be asked to take it', () => {
  for (const { name, start, capture, can_authorize } of PROVIDERS) {
    assert.equal(capture !== undefined, start !== undefined && can_authorize, name);
  }
});

for (const fixture of await loadFixtures()) {
  if (fixture.kind === 'asked' && fixture.provider.capture !== undefined) {
    describe(titleOf(fixture), () => holdCaptures(fixture));
  }
}

let made = 0;

/** Each asking has an id of its own. */
function makeCapture(amount: number) {
  made += 1;
  return { id: `ca_01J${String(made).padStart(23, '0')}`, amount };
}

function holdCaptures(fixture: AskedFixture): void {
  let play: Play;
  let holds: NonNullable<Stage['holds']>;
  before(async () => {
    play = await openPlay(fixture);
    assert.ok(play.stage.holds, 'the fixture tells what is held');
    holds = play.stage.holds;
  });
  after(() => play.close());

  /** An attempt whose money the provider holds: 1250. */
  async function hold(): Promise<AttemptFacts> {
    const attempt = await play.startWell({ authorize_only: true });
    assert.equal(await play.stage.pay(attempt.id), true);
    const held = await play.ask('lookUp', attempt);
    assert.equal(held.kind, 'authorized', JSON.stringify(held));
    return learn(attempt, held);
  }

  const cancelling = (attempt: AttemptFacts): AttemptFacts => ({
    ...attempt,
    cancel_requested_at: new Date(play.now()).toISOString(),
  });

  test('money is held, with its amount and its end, and none of it is taken', async () => {
    const attempt = await play.startWell({ authorize_only: true });
    assert.equal((await play.ask('lookUp', attempt)).kind, begunKind(fixture));
    await play.stage.pay(attempt.id);
    const held = await play.ask('lookUp', attempt);
    assert.equal(held.kind, 'authorized');
    assert.deepEqual(held.stated, { amount: 1250, currency: 'JPY' });
    assert.ok(held.provider_payment_id);
    assert.ok(Date.parse(held.capture_before ?? '') > play.now());
    assert.equal(held.refused, undefined);
    assert.deepEqual(await play.ask('lookUp', learn(attempt, held)), held);
    assert.deepEqual(await holds.listTaken(attempt.id), []);
  });

  for (const amount of [1250, 600, 1]) {
    test(`of 1250 that are held, ${amount} are taken, and the rest is let go`, async () => {
      const attempt = await hold();
      play.advance(5_000);
      const paid = await play.askCapture(attempt, makeCapture(amount));
      assert.equal(paid.kind, 'paid', JSON.stringify(paid));
      assert.deepEqual(paid.stated, { amount, currency: 'JPY' });
      assert.equal(paid.paid_at, new Date(play.now()).toISOString());
      assert.deepEqual(await play.ask('lookUp', attempt), paid);
      assert.deepEqual(await holds.listTaken(attempt.id), [amount]);
      assert.equal(await holds.isHeld(attempt.id), false);
    });
  }

  for (const fault of ['server_error_after_success', 'hang_after_success', 'slow_drip'] as const) {
    test(`a capture whose answer is lost by ${fault} is found, and money is taken once`, async () => {
      const attempt = await hold();
      await holds.setFault(fault, 'capture');
      const lost = await play.askCapture(attempt, makeCapture(600), HASTY);
      assert.ok(lost.kind === 'unknown' || lost.kind === 'paid', JSON.stringify(lost));
      const again = await play.askCapture(attempt, makeCapture(600));
      assert.deepEqual([again.kind, again.kind === 'paid' && again.stated?.amount], ['paid', 600]);
      assert.deepEqual(await holds.listTaken(attempt.id), [600]);
    });
  }

  for (const fault of ['server_error', 'hang', 'html_502', 'rate_limit', 'maintenance'] as const) {
    test(`a capture that met ${fault} is unknown, and the next asking takes the money`, async () => {
      const attempt = await hold();
      await holds.setFault(fault, 'capture');
      assert.equal((await play.askCapture(attempt, makeCapture(600), HASTY)).kind, 'unknown');
      assert.equal(await holds.isHeld(attempt.id), true);
      assert.equal((await play.askCapture(attempt, makeCapture(600))).kind, 'paid');
      assert.deepEqual(await holds.listTaken(attempt.id), [600]);
    });
  }

  test('two captures at the same time take the money once, and both come to know it', async () => {
    const attempt = await hold();
    const both = await Promise.all([
      play.askCapture(attempt, makeCapture(600)),
      play.askCapture(attempt, makeCapture(600)),
    ]);
    for (const result of both) assert.equal(result.kind, 'paid', JSON.stringify(result));
    assert.deepEqual(await holds.listTaken(attempt.id), [600]);
  });

  test('more than is held is refused with a reason, and the money stays held', async () => {
    const attempt = await hold();
    const refused = await play.askCapture(attempt, makeCapture(1251));
    assert.equal(refused.kind, 'authorized', JSON.stringify(refused));
    assert.ok(refused.refused?.code && refused.refused.message);
    assert.equal(await holds.isHeld(attempt.id), true);
  });

  test('a release lets all of it go, however often it is asked', async () => {
    const attempt = cancelling(await hold());
    assert.equal((await play.ask('cancel', attempt)).kind, 'reversed');
    assert.equal(await holds.isHeld(attempt.id), false);
    assert.equal((await play.ask('cancel', attempt)).kind, 'reversed');
    assert.equal((await play.ask('lookUp', attempt)).kind, 'reversed');
    assert.equal((await play.askCapture(attempt, makeCapture(600))).kind, 'reversed');
    assert.deepEqual(await holds.listTaken(attempt.id), []);
  });

  for (const fault of ['server_error', 'server_error_after_success', 'hang', 'hang_after_success'] as const) {
    test(`a release that met ${fault} is no yes and no no, and the next asking lets the money go`, async () => {
      const attempt = cancelling(await hold());
      await holds.setFault(fault, 'release');
      const first = await play.ask('cancel', attempt, HASTY);
      assert.ok(first.kind === 'unknown' || first.kind === 'reversed', JSON.stringify(first));
      assert.equal((await play.ask('cancel', attempt)).kind, 'reversed');
      assert.equal(await holds.isHeld(attempt.id), false);
    });
  }

  test('a release that comes after the capture finds the money taken', async () => {
    const attempt = await hold();
    await play.askCapture(attempt, makeCapture(600));
    const found = await play.ask('cancel', cancelling(attempt));
    assert.deepEqual([found.kind, found.kind === 'paid' && found.stated?.amount], ['paid', 600]);
    assert.deepEqual(await holds.listTaken(attempt.id), [600]);
  });

  const what_is_held = fixture.shown_by_customer ? 'all of it is let go' : 'nothing is let go';
  test(`a customer who authorises before the cancel was faster, and ${what_is_held}`, async () => {
    const attempt = await play.startWell({ authorize_only: true });
    await play.stage.pay(attempt.id);
    if (fixture.shown_by_customer) {
      assert.equal((await play.ask('cancel', cancelling(attempt))).kind, 'reversed');
      assert.equal(await holds.isHeld(attempt.id), false);
      return;
    }
    assert.equal((await play.ask('cancel', cancelling(attempt))).kind, 'authorized');
    assert.equal(await holds.isHeld(attempt.id), true);
  });

  test('a hold that ran out is over, for a look-up, a capture and a release', async () => {
    await holds.setLifetime(600);
    const attempt = await hold();
    await holds.setLifetime(86_400);
    play.advance(601_000);
    for (const result of [
      await play.ask('lookUp', attempt),
      await play.askCapture(attempt, makeCapture(600)),
      await play.ask('cancel', cancelling(attempt)),
    ]) {
      assert.deepEqual(
        [result.kind, result.kind === 'ended_unpaid' && result.reason],
        ['ended_unpaid', 'expired'],
      );
    }
    assert.deepEqual(await holds.listTaken(attempt.id), []);
  });

  test('another amount than was asked for is reported as the provider states it', async () => {
    const attempt = await hold();
    await play.askCapture(attempt, makeCapture(600));
    await play.stage.setFault('wrong_amount', 'lookUp');
    const result = await play.ask('lookUp', attempt);
    assert.ok(result.kind === 'paid' && result.stated !== undefined);
    assert.notEqual(result.stated.amount, 600);
  });

  test('no credentials, no way through and other people’s answers end no hold and take no money', async () => {
    const attempt = await hold();
    const nobody = createServer((request, response) => {
      request.resume();
      const { status, headers, body } = answers[0] ?? { status: 500, body: '' };
      response.writeHead(status, headers).end(body);
    });
    let answers = fixture.unlisted_answers;
    nobody.listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const elsewhere = play.stage.credentials(`http://127.0.0.1:${(nobody.address() as AddressInfo).port}`);
    const unknownToAll = async (credentials: Record<string, unknown>, what: string) => {
      for (const result of [
        await play.askCapture(attempt, makeCapture(600), { credentials }),
        await play.ask('cancel', cancelling(attempt), { credentials }),
      ]) {
        assert.equal(result.kind, 'unknown', what);
      }
    };
    await unknownToAll(play.stage.wrong_credentials(), 'credentials');
    for (; answers.length > 0; answers = answers.slice(1)) {
      await unknownToAll(elsewhere, JSON.stringify(answers[0]));
    }
    nobody.closeAllConnections();
    nobody.close();
    await once(nobody, 'close');
    await unknownToAll(elsewhere, 'nobody there');
    assert.equal(await holds.isHeld(attempt.id), true);
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
