// The provider contract for those that cannot be asked: what a start leads to, what time alone may end, and that news
// count only under the secret of the store whose payment they name.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  HASTY,
  learn,
  loadFixtures,
  openPlay,
  type Play,
  titleOf,
} from '../../test/support/contract-stage.ts';
import type { ToldFixture, ToldStage } from './contract-fixture.ts';
import type { NotificationRequest } from './provider.ts';
import { PROVIDERS } from './registry.ts';

test('a provider that tells under a secret of the store’s can start, and gives back nothing by itself', () => {
  for (const provider of PROVIDERS.filter(({ secretOfNews }) => secretOfNews !== undefined)) {
    assert.ok(
      provider.start && provider.lookUp && provider.cancel && provider.readNotification,
      provider.name,
    );
    assert.equal(provider.refund, undefined);
    assert.equal(provider.can_authorize, false);
  }
});

for (const fixture of await loadFixtures()) {
  if (fixture.kind === 'told') describe(titleOf(fixture), () => holdTelling(fixture));
}

function holdTelling(fixture: ToldFixture): void {
  const { provider } = fixture;
  let play: Play<ToldStage>;
  before(async () => {
    play = await openPlay(fixture);
  });
  after(() => play.close());

  const secret = () => String(provider.secretOfNews?.(play.stage.credentials() as never));
  const read = (request: NotificationRequest | null, with_secret: string | null = secret()) => {
    assert.ok(request);
    const reading = provider.readNotification?.(request, with_secret);
    assert.ok(reading);
    play.keep(reading);
    return reading;
  };
  const resultOf = (request: NotificationRequest | null) => {
    const reading = read(request);
    assert.ok(reading.ok, JSON.stringify(reading));
    assert.ok(reading.notification.result);
    return reading.notification.result;
  };

  test('the credentials say whose account they are for, whatever their host, and tell no secret', () => {
    const account = provider.accountOf?.(play.stage.credentials());
    assert.ok(typeof account === 'string' && account !== '');
    assert.equal(provider.accountOf?.(play.stage.credentials('http://127.0.0.1:9')), account);
    for (const one of play.stage.secrets) assert.equal(account.includes(one), false);
    const { properties = {} } = provider.credentials as { properties?: object };
    const synced = Object.entries(play.stage.credentials()).filter(([name]) => name in properties);
    assert.equal(provider.accountOf?.(Object.fromEntries(synced)), account);
  });

  test('a started payment has a page and an end, and the news of its payment say so with their amount', async () => {
    const attempt = play.makeFresh();
    const started = await play.ask('start', attempt);
    assert.equal(started.kind, 'waiting', JSON.stringify(started));
    assert.equal(started.action?.type, 'redirect');
    assert.ok(Date.parse(started.action.expires_at) > play.now());
    const waiting = learn(attempt, started);
    assert.equal((await play.ask('lookUp', waiting)).kind, 'waiting');
    const news = await play.stage.pay(attempt.id);
    const named = read(news, null);
    assert.ok(named.ok);
    assert.deepEqual([named.notification.attempt_id, named.notification.result], [attempt.id, undefined]);
    const paid = resultOf(news);
    assert.equal(paid.kind, 'paid');
    assert.deepEqual(paid.stated, { amount: 1250, currency: fixture.attempt.currency });
    assert.ok(paid.provider_payment_id);
    assert.deepEqual(read(news), read(news));
    assert.equal(await play.stage.countCharges(attempt.id), 1);
  });

  test('a customer who turned back has paid nothing, and a decline is no yes', async () => {
    const attempt = await play.startWell();
    assert.equal(resultOf(await play.stage.turnBack(attempt.id)).kind, 'ended_unpaid');
    assert.equal(await play.stage.countCharges(attempt.id), 0);
    const other = await play.startWell();
    assert.notEqual(resultOf(await play.stage.decline(other.id)).kind, 'paid');
  });

  for (const fault of ['server_error_after_success', 'hang_after_success'] as const) {
    test(`a page whose address is lost by ${fault} is unknown, then over, and nobody can have paid`, async () => {
      const attempt = play.makeFresh();
      await play.stage.setFault(fault);
      assert.equal((await play.ask('start', attempt, HASTY)).kind, 'unknown');
      const again = await play.ask('start', attempt);
      assert.deepEqual(
        [again.kind, again.kind === 'ended_unpaid' && again.reason],
        ['ended_unpaid', 'refused'],
      );
      assert.equal((await play.ask('lookUp', attempt)).kind, 'ended_unpaid');
      assert.equal(await play.stage.countCharges(attempt.id), 0);
    });
  }

  for (const fault of ['server_error', 'hang', 'html_502', 'slow_drip', 'maintenance'] as const) {
    test(`a start that met ${fault} is unknown, and the next one opens the page`, async () => {
      const attempt = play.makeFresh();
      await play.stage.setFault(fault);
      assert.equal((await play.ask('start', attempt, HASTY)).kind, 'unknown');
      const again = await play.ask('start', attempt);
      // A drip ends after the page was opened: then its address is lost.
      assert.equal(again.kind, fault === 'slow_drip' ? 'ended_unpaid' : 'waiting');
    });
  }

  test('a start that was one too many was not begun', async () => {
    await play.stage.setFault('rate_limit');
    const started = await play.ask('start', play.makeFresh());
    assert.deepEqual(
      [started.kind, started.kind === 'ended_unpaid' && started.reason],
      ['ended_unpaid', 'refused'],
    );
  });

  test('a payment started twice at the same time has one page, and what is open stays open', async () => {
    const attempt = play.makeFresh();
    const both = await Promise.all([play.ask('start', attempt), play.ask('start', attempt)]);
    assert.deepEqual(both.map(({ kind }) => kind).sort(), ['ended_unpaid', 'waiting']);
    const opened = both.find(({ kind }) => kind === 'waiting');
    assert.ok(opened);
    assert.equal((await play.ask('start', learn(attempt, opened))).kind, 'waiting');
    assert.ok(await play.stage.pay(attempt.id));
    assert.equal(await play.stage.pay(attempt.id), null);
    assert.equal(await play.stage.countCharges(attempt.id), 1);
  });

  test('a cancel ends the attempt, and money that comes all the same is told', async () => {
    const attempt = await play.startWell();
    const cancelling = { ...attempt, cancel_requested_at: new Date(play.now()).toISOString() };
    for (const step of ['cancel', 'cancel', 'lookUp'] as const) {
      const ended = await play.ask(step, cancelling);
      assert.deepEqual(
        [ended.kind, ended.kind === 'ended_unpaid' && ended.reason],
        ['ended_unpaid', 'deleted'],
      );
    }
    assert.equal(resultOf(await play.stage.pay(attempt.id)).kind, 'paid');
  });

  test('without news time ends an attempt, and disputed news it does not end', async () => {
    const attempt = await play.startWell();
    play.advance(fixture.ended_after_ms);
    const ended = await play.ask('lookUp', attempt);
    assert.deepEqual(
      [ended.kind, ended.kind === 'ended_unpaid' && ended.reason],
      ['ended_unpaid', 'expired'],
    );
    for (const step of ['lookUp', 'cancel'] as const) {
      assert.equal((await play.ask(step, { ...attempt, is_disputed: true })).kind, 'unknown');
    }
    const late = await play.startWell();
    play.advance(365 * 24 * 3_600_000);
    assert.equal(resultOf(await play.stage.pay(late.id, { late: true })).kind, 'paid');
  });

  test('news say the same whenever they come: first, late, again, and after others of the same provider', async () => {
    const attempts = [await play.startWell(), await play.startWell(), await play.startWell()] as const;
    const [paid, left, declined] = attempts;
    const news = [
      await play.stage.pay(paid.id),
      await play.stage.turnBack(left.id),
      await play.stage.decline(declined.id),
    ];
    const first = news.map((one) => read(one));
    for (const [place, attempt] of attempts.entries()) {
      const reading = first[place];
      assert.equal(reading?.ok && reading.notification.attempt_id, attempt.id);
    }
    const keys = first.map((reading) => reading.ok && reading.notification.dedupe_key);
    assert.equal(new Set(keys).size, news.length);
    play.advance(24 * 3_600_000);
    assert.deepEqual(
      news.toReversed().map((one) => read(one)),
      first.toReversed(),
    );
  });

  test('news of another amount say which', async () => {
    const attempt = await play.startWell();
    const result = resultOf(await play.stage.pay(attempt.id, { wrong_amount: true }));
    assert.ok(result.kind === 'paid' && result.stated);
    assert.notEqual(result.stated.amount, 1250);
  });

  test('news that are forged, changed or garbage are refused', async () => {
    const attempt = await play.startWell();
    const news = await play.stage.pay(attempt.id);
    assert.ok(news);
    assert.deepEqual(read(play.stage.forge(news)), { ok: false, reason: 'bad_signature' });
    assert.equal(read(news, 'another').ok, false);
    for (const request of play.stage.tamper(news)) {
      assert.notEqual(request.query, news.query);
      assert.equal(read(request).ok, false, request.query);
    }
    for (const query of [
      '',
      '&',
      '=',
      '%',
      'a=b',
      '\u0000',
      '[]',
      `${news.query}&%ZZ`,
      'x'.repeat(100_000),
    ]) {
      assert.equal(read({ ...news, query }).ok, false, query.slice(0, 50));
      assert.deepEqual(read({ ...news, query }, null), { ok: false, reason: 'unreadable' });
    }
    // What is nobody's in the query counts for nothing.
    assert.deepEqual(read({ ...news, query: `from=mail&${news.query}&x[]=1&x=2` }), read(news));
  });

  test("answers that are not in the provider's book leave a start unknown", async () => {
    for (const scripted of fixture.unlisted_answers) {
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(scripted.status, scripted.headers).end(scripted.body);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const result = await play.ask('start', play.makeFresh(), { credentials: play.stage.credentials(host) });
      assert.equal(result.kind, 'unknown', JSON.stringify(scripted));
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      const unreached = await play.ask('start', play.makeFresh(), {
        credentials: play.stage.credentials(host),
      });
      assert.equal(unreached.kind === 'ended_unpaid' && unreached.reason, 'refused');
    }
  });

  test('refused credentials end a start, and so does what the provider cannot take', async () => {
    for (const [attempt, changes] of [
      [play.makeFresh(), { credentials: play.stage.wrong_credentials() }],
      [play.makeFresh({ currency: 'JPY' }), {}],
    ] as const) {
      const started = await play.ask('start', attempt, changes);
      assert.equal(started.kind === 'ended_unpaid' && started.reason, 'refused');
    }
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
