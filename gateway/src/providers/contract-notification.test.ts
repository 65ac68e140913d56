// The provider contract for notifications: the simulator sends them over real HTTP, and the adapter reads the
// bytes as they arrived.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { loadFixtures, openPlay, type Play, titleOf } from '../../test/support/contract-stage.ts';
import type { AskedFixture } from './contract-fixture.ts';
import type { NotificationRequest } from './provider.ts';

for (const fixture of await loadFixtures()) {
  if (fixture.kind === 'asked') describe(titleOf(fixture), () => holdNotifications(fixture));
}

function holdNotifications(fixture: AskedFixture): void {
  let play: Play;
  before(async () => {
    play = await openPlay(fixture);
  });
  after(() => play.close());

  test('a notification names its payment and no outcome, repeats itself with the same key in any order, and is refused when forged', {
    timeout: 30_000,
  }, async (t) => {
    // One of those that the last test looks for in everything that was told.
    const [secret] = play.stage.secrets;
    assert.ok(secret);
    const received: NotificationRequest[] = [];
    let wake = () => {};
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.push({
        headers: request.headers,
        body: Buffer.concat(chunks),
        query: '',
        remote_address: '127.0.0.1',
      });
      response.end('OK');
      wake();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    t.after(() => receiver.close());
    async function waitFor(count: number): Promise<NotificationRequest> {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const last = received[count - 1];
      assert.ok(last);
      return last;
    }
    const read = (request: NotificationRequest, with_secret: string | null = secret) => {
      const reading = fixture.provider.readNotification?.(request, with_secret);
      assert.ok(reading);
      play.keep(reading);
      return reading;
    };
    const port = (receiver.address() as AddressInfo).port;
    await play.stage.setNotificationTarget(`http://127.0.0.1:${port}/notifications`, secret);

    const attempt = await play.startWell();
    await play.stage.pay(attempt.id);
    const first = await waitFor(1);
    const reading = read(first);
    assert.ok(reading.ok, JSON.stringify(reading));
    const { notification } = reading;
    // News only say whom to ask about: in whatever order they come, nothing follows from them alone.
    assert.equal(notification.result, undefined);
    const paid = await play.ask('lookUp', attempt);
    assert.equal(notification.attempt_id ?? attempt.id, attempt.id);
    assert.equal(notification.provider_payment_id, paid.kind === 'paid' && paid.provider_payment_id);

    await play.stage.sendNotificationAgain(attempt.id);
    assert.deepEqual(read(await waitFor(2)), reading);

    const other = await play.startWell();
    await play.stage.pay(other.id);
    const news = read(await waitFor(3));
    assert.ok(news.ok && news.notification.dedupe_key !== notification.dedupe_key);
    // The first comes once more, after the news of another payment, and says what it said.
    assert.deepEqual(read(first), reading);
    assert.deepEqual(await play.ask('lookUp', attempt), paid);

    assert.deepEqual(read(play.stage.forge(first)), { ok: false, reason: 'bad_signature' });
    const tampered = { ...first, body: Buffer.from(first.body.toString().replace('1250', '1')) };
    assert.notDeepEqual(tampered.body, first.body);
    assert.deepEqual(read(tampered), { ok: false, reason: 'bad_signature' });
    for (const garbage of ['', '{', '[]', 'null', '<xml/>', '\u0000']) {
      const body = Buffer.from(garbage);
      assert.deepEqual(read({ ...first, body }, null), { ok: false, reason: 'unreadable' });
      assert.equal(read({ ...first, body }).ok, false);
    }
  });

  test('no secret stands in anything that was told or could be logged', () => play.assertNoSecretTold());
}
