// The provider contract when things go wrong: errors, silence, other people's answers, no way through. Nothing
// of that may ever be taken for an outcome of a payment.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { HASTY, loadFixtures, openPlay, type Play, titleOf } from '../../test/support/contract-stage.ts';
import type { AskedFixture, Step } from './contract-fixture.ts';
import type { AttemptFacts } from './provider.ts';

for (const fixture of await loadFixtures()) {
  if (fixture.kind === 'asked') describe(titleOf(fixture), () => holdFaults(fixture));
}

function holdFaults(fixture: AskedFixture): void {
  let play: Play;
  before(async () => {
    play = await openPlay(fixture);
  });
  after(() => play.close());

  for (const fault of [
    'server_error',
    'server_error_after_success',
    'hang',
    'hang_after_success',
    'slow_drip',
    'html_502',
    'rate_limit',
    'maintenance',
  ] as const) {
    test(`a cancel that met ${fault} is unknown, and the next one ends the payment`, async () => {
      const attempt = await play.startWell();
      await play.stage.setFault(fault, 'cancel');
      assert.equal((await play.ask('cancel', attempt, HASTY)).kind, 'unknown');
      assert.equal((await play.ask('cancel', attempt)).kind, 'ended_unpaid');
      assert.equal(await play.stage.pay(attempt.id), false);
    });
  }

  for (const fault of [
    'server_error',
    'html_502',
    'hang',
    'slow_drip',
    'rate_limit',
    'maintenance',
  ] as const) {
    test(`${fault} is never taken for an outcome`, async () => {
      const paid = await play.startWell();
      await play.stage.pay(paid.id);
      await play.stage.setFault(fault, 'lookUp');
      assert.equal((await play.ask('lookUp', paid, HASTY)).kind, 'unknown');
      assert.equal((await play.ask('lookUp', paid)).kind, 'paid');

      // Where the provider says that it has not even begun, the till may go on at once.
      const says_not_begun = fault === 'rate_limit' || fault === 'maintenance';
      const attempt = play.makeFresh();
      await play.stage.setFault(fault, 'start');
      const started = await play.ask('start', attempt, HASTY);
      assert.equal(started.kind, says_not_begun ? 'ended_unpaid' : 'unknown');
      assert.equal(await play.stage.countCharges(attempt.id), 0);
    });
  }

  test('a dripping answer is cut by the deadline', async () => {
    const attempt = await play.startWell();
    await play.stage.setFault('slow_drip', 'lookUp');
    const started_at = performance.now();
    const result = await play.ask('lookUp', attempt, { deadline_ms: 300 });
    assert.equal(result.kind === 'unknown' && result.reason, 'timeout');
    // The drip lasts ten seconds.
    assert.ok(performance.now() - started_at < 5_000);
  });

  test('another amount than ours is reported as the provider states it', async () => {
    const attempt = await play.startWell();
    await play.stage.pay(attempt.id);
    await play.stage.setFault('wrong_amount', 'lookUp');
    const result = await play.ask('lookUp', attempt);
    assert.equal(result.kind, 'paid');
    assert.ok(result.stated);
    assert.notEqual(result.stated.amount, 1250);
  });

  test("answers that are not in the provider's book are unknown in every step", async () => {
    const open = await play.startWell();
    for (const scripted of fixture.unlisted_answers) {
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(scripted.status, scripted.headers).end(scripted.body);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const credentials = play.stage.credentials(
        `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      );
      const asked: [Step, AttemptFacts][] = [
        ['start', play.makeFresh()],
        ['lookUp', open],
        ['lookUp', play.makeFresh()],
        ['cancel', open],
      ];
      for (const [step, attempt] of asked) {
        const result = await play.ask(step, attempt, { credentials });
        assert.equal(result.kind, 'unknown', `${step} ${JSON.stringify(scripted)}`);
      }
      server.closeAllConnections();
      server.close();
    }
  });

  test('refused credentials end a start, and are no outcome of a payment that is open', async () => {
    const credentials = play.stage.wrong_credentials();
    const open = await play.startWell();
    const started = await play.ask('start', play.makeFresh(), { credentials });
    assert.deepEqual(
      [started.kind, started.kind === 'ended_unpaid' && started.reason],
      ['ended_unpaid', 'refused'],
    );
    assert.equal((await play.ask('lookUp', open, { credentials })).kind, 'unknown');
    assert.equal((await play.ask('cancel', open, { credentials })).kind, 'unknown');
  });

  test('a provider that cannot be reached has begun nothing, and ends nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const credentials = play.stage.credentials(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    await once(server, 'close');
    const open = await play.startWell();
    const started = await play.ask('start', play.makeFresh(), { credentials });
    assert.deepEqual(
      [started.kind, started.kind === 'ended_unpaid' && started.reason],
      ['ended_unpaid', 'refused'],
    );
    assert.equal((await play.ask('lookUp', open, { credentials })).kind, 'unknown');
    assert.equal((await play.ask('cancel', open, { credentials })).kind, 'unknown');
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
