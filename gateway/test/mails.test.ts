// The mail that says an endpoint was given up: written with the disabling, sent by a worker to a real mail server,
// tried again while that server is away.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { instant } from '../src/context.ts';
import { insertMails } from '../src/db/mails.ts';
import { startMailServer } from '../src/simulator/mail-server.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { startReceiver } from './support/webhooks.ts';

const PASSWORD = 'mail-password';

const startServer = (port = 0) => startMailServer({ port, account: { username: 'pgw', password: PASSWORD } });

/** A gateway that sends by this port, with an endpoint that answers 410. */
async function makeStage(t: TestContext, port: number | null) {
  const gateway = await startTestGateway(t, {
    config: {
      mail:
        port === null
          ? null
          : { smtp_url: `smtp://pgw:${PASSWORD}@127.0.0.1:${port}`, from: 'mpac-pgw <pgw@example.com>' },
    },
  });
  const receiver = await startReceiver(t, (response) => void response.writeHead(410).end());
  const register = () =>
    gateway.client.post('/v1/webhook_endpoints', { url: `${receiver.url}/path-part?key=query-part` });
  return {
    ...gateway,
    setAddress: (notification_email: string) =>
      gateway.client.patch('/v1/organization', { notification_email }),
    /** Until the endpoint is disabled; its id. */
    async loseEndpoint(): Promise<string> {
      const { json: endpoint } = await register();
      await gateway.createIntent();
      await gateway.runJob('fan_out');
      await gateway.runJob('deliveries');
      const { json } = await gateway.client.get(`/v1/webhook_endpoints/${endpoint.id}`);
      assert.equal(json.status, 'disabled');
      return endpoint.id;
    },
    mails: () =>
      gateway.query<Json & { error: string | null }>(
        'select status, attempts_made, next_attempt_at, error, recipient from mails order by id',
      ),
  };
}

test('an organization is told in Japanese and English that its endpoint was disabled', async (t) => {
  const server = await startServer();
  t.after(server.close);
  const stage = await makeStage(t, server.port);
  assert.equal((await stage.setAddress('ops@shop.example.com')).status, 200);
  const id = await stage.loseEndpoint();
  assert.equal(await stage.runJob('mails'), 1);
  assert.equal(server.mails.length, 1);
  const [mail] = server.mails;
  assert.ok(mail);
  assert.deepEqual([mail.from, mail.to], ['pgw@example.com', ['ops@shop.example.com']]);
  const { subject, text: body, headers, raw } = mail;
  assert.match(
    subject,
    /^\[mpac-pgw\] Webhook の送信を停止しました \/ Webhook endpoint disabled \(127\.0\.0\.1:\d+\)$/,
  );
  assert.match(headers, /^Message-ID: <ml_[0-9A-Z]{26}@example\.com>$/im);
  for (const part of [
    id,
    '受信サーバーが 410 (Gone) を返しました。',
    'The receiver answered 410 (Gone).',
    'テスト',
    `POST /v1/webhook_endpoints/${id}/resend  {"after_sequence":0,"status":"failed"}`,
  ]) {
    assert.ok(body.includes(part), `${part} is not in:\n${body}`);
  }
  for (const part of ['query-part', 'path-part', 'whsec_']) assert.ok(!raw.includes(part));
  assert.ok(!body.includes('query-part') && !body.includes('path-part'));
  assert.deepEqual(await stage.mails(), [
    {
      status: 'sent',
      attempts_made: 1,
      next_attempt_at: null,
      error: null,
      recipient: 'ops@shop.example.com',
    },
  ]);
  assert.equal(await stage.runJob('mails'), 0, 'it is sent once');
});

test('a mail waits for a mail server that is away, and arrives when it is back', async (t) => {
  const server = await startServer();
  const stage = await makeStage(t, server.port);
  await stage.setAddress('ops@shop.example.com');
  await stage.loseEndpoint();
  await server.close();

  assert.equal(await stage.runJob('mails'), 1);
  const [waiting] = await stage.mails();
  assert.deepEqual([waiting?.['status'], waiting?.['attempts_made']], ['pending', 1]);
  assert.match(waiting?.error ?? '', /^The mail was not sent \(ESOCKET/);
  assert.equal(await stage.runJob('mails'), 0, 'not before its time');

  const back = await startServer(server.port);
  t.after(back.close);
  stage.clock.advance(66_000);
  assert.equal(await stage.runJob('mails'), 1);
  assert.equal(back.mails.length, 1);
  assert.deepEqual((await stage.mails())[0]?.['status'], 'sent');
});

test('a mail whose worker died is sent by another when its lease is over, under the same id', async (t) => {
  const server = await startServer();
  t.after(server.close);
  const stage = await makeStage(t, server.port);
  await stage.setAddress('ops@shop.example.com');
  await stage.loseEndpoint();
  const { mailer } = stage.context;
  const dead = Promise.reject(new Error('the process is gone'));
  dead.catch(() => {});
  // The mail leaves, and nobody writes that it did.
  stage.context.mailer = {
    send: async (mail) => {
      await mailer?.send(mail);
      return dead;
    },
  };
  await assert.rejects(stage.runJob('mails'), /the process is gone/);
  stage.context.mailer = mailer;
  assert.equal(await stage.runJob('mails'), 0, 'the lease holds');
  stage.clock.advance(180_000);
  assert.equal(await stage.runJob('mails'), 1);
  const ids = server.mails.map(({ headers }) => /^Message-ID: (.*)$/im.exec(headers)?.[1]);
  assert.equal(ids.length, 2);
  assert.equal(new Set(ids).size, 1, 'a mail system knows them as one');
  assert.deepEqual((await stage.mails())[0]?.['status'], 'sent');
});

test('a mail that is refused for more than a day is given up, and no password is told of it', async (t) => {
  const server = await startServer();
  t.after(server.close);
  server.faults.refuse_with = { code: 550, text: `No ${PASSWORD}` };
  const stage = await makeStage(t, server.port);
  await stage.setAddress('ops@shop.example.com');
  await stage.loseEndpoint();
  for (const wait_s of [0, 60, 600, 3_600, 14_400, 28_800, 43_200]) {
    // A wait is lengthened by a tenth at most.
    stage.clock.advance(wait_s * 1_100);
    assert.equal(await stage.runJob('mails'), 1);
  }
  stage.clock.advance(86_400_000);
  assert.equal(await stage.runJob('mails'), 0);
  const [mail] = await stage.mails();
  assert.deepEqual([mail?.['status'], mail?.['attempts_made']], ['failed', 7]);
  assert.match(mail?.error ?? '', /^The mail was not sent \(EENVELOPE, SMTP 550\)\.$/);
  assert.ok(stage.log.lines.some((line) => line.level === 50 && /given up/.test(line.msg ?? '')));
  assert.ok(!stage.log.texts.join('').includes(PASSWORD));
});

test('without a mail server the mail is kept, and the log warns', async (t) => {
  const stage = await makeStage(t, null);
  await stage.setAddress('ops@shop.example.com');
  await stage.loseEndpoint();
  assert.equal(await stage.runJob('mails'), 1);
  const [mail] = await stage.mails();
  assert.deepEqual([mail?.['status'], mail?.['next_attempt_at']], ['not_configured', null]);
  assert.ok(stage.log.lines.some((line) => line.level === 40 && /MPAC_SMTP_URL/.test(line.msg ?? '')));
  assert.equal(await stage.runJob('mails'), 0);
});

test('an address is set, changed, taken away and checked; without one nobody is written to', async (t) => {
  const stage = await makeStage(t, null);
  assert.equal(
    (await stage.setAddress('ops@shop.example.com')).json.notification_email,
    'ops@shop.example.com',
  );
  for (const wrong of [
    'ops',
    'ops@shop',
    'a@b.example.com, c@d.example.com',
    'x <ops@shop.example.com>',
    'a b@c.example.com',
  ]) {
    const { status, json } = await stage.setAddress(wrong);
    assert.deepEqual([status, json.details?.field], [400, 'notification_email'], wrong);
  }
  const kept = await stage.client.patch('/v1/organization', { late_payment_policy: 'hold' });
  assert.equal(kept.json.notification_email, 'ops@shop.example.com', 'what is left out stays');
  assert.ok(!('notification_email' in (await stage.setAddress('')).json));
  await stage.loseEndpoint();
  assert.deepEqual(await stage.mails(), []);
});

test('a mail is written once however often it is written, and sent once', async (t) => {
  const server = await startServer();
  t.after(server.close);
  const stage = await makeStage(t, server.port);
  const mail = {
    id: stage.context.makeId('ml'),
    organization_id: stage.organization_id,
    livemode: false,
    recipient: 'books@shop.example.com',
    subject: '精算 Settlement',
    body: 'Words.',
    created_at: instant(stage.context),
  };
  const other = { ...mail, id: stage.context.makeId('ml'), livemode: null, subject: 'Another' };
  await insertMails(stage.context.db, [mail, other]);
  await insertMails(stage.context.db, [{ ...mail, subject: 'written again' }]);
  await insertMails(stage.context.db, []);
  assert.equal(await stage.runJob('mails'), 2);
  await insertMails(stage.context.db, [mail]);
  assert.equal(await stage.runJob('mails'), 0);
  assert.deepEqual(server.mails.map(({ subject }) => subject).sort(), ['Another', '精算 Settlement']);
});
