// The mail server against the mailer that really sends, and the page on which its mails are read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMailer } from '../outbound/mail.ts';
import { makeMailSimulator } from './mail-routes.ts';
import { startMailServer } from './mail-server.ts';
import { startSimulatorServer } from './server.ts';

const LONG = '精算ファイルが届きませんでした。'.repeat(20);
const TEXTS = [
  'Plain words.',
  'a = b & <b>c</b>',
  `${LONG}\n\nThe settlement file did not arrive.\n`,
  `\u{1f4b4} 100 %`,
];

test('what is sent arrives as it was written, in English and in Japanese', async (t) => {
  const server = await startMailServer({ port: 0, now: () => Date.parse('2026-01-29T02:00:00.000Z') });
  t.after(server.close);
  const mailer = makeMailer({ smtp_url: server.url, from: 'mpac-pgw <pgw@example.com>' });
  for (const [at, text] of TEXTS.entries()) {
    const subject = `[mpac-pgw] 精算 Settlement (${at}) ${LONG.slice(0, at * 30)}`;
    const answer = await mailer.send({ id: `ml_${at}`, to: 'books@shop.example.com', subject, text });
    assert.deepEqual(answer, { kind: 'sent' });
    const mail = server.mails.at(-1);
    assert.deepEqual([mail?.from, mail?.to], ['pgw@example.com', ['books@shop.example.com']]);
    assert.equal(mail?.subject.trimEnd(), subject.trimEnd());
    assert.equal(mail?.text.replaceAll('\r\n', '\n').trimEnd(), text.trimEnd());
    assert.equal(mail?.received_at, '2026-01-29T02:00:00.000Z');
  }
  assert.equal(server.mails.length, TEXTS.length);
});

test('who does not know the account sends nothing, and a refusal is the mailer’s answer', async (t) => {
  const account = { username: 'pgw', password: 'p:w%rd @' };
  const server = await startMailServer({ port: 0, account });
  t.after(server.close);
  const mail = { id: 'ml_1', to: 'books@shop.example.com', subject: 'x', text: 'y' };
  const from = 'pgw@example.com';
  const stranger = makeMailer({ smtp_url: `smtp://pgw:wrong@127.0.0.1:${server.port}`, from });
  assert.equal((await stranger.send(mail)).kind, 'failed');
  const mailer = makeMailer({ smtp_url: server.url, from });
  server.faults.refuse_with = { code: 550, text: 'Nobody lives here.' };
  const refused = await mailer.send(mail);
  assert.deepEqual(refused, { kind: 'failed', message: 'The mail was not sent (EENVELOPE, SMTP 550).' });
  assert.equal(server.mails.length, 0);
  server.faults.refuse_with = null;
  assert.deepEqual(await mailer.send(mail), { kind: 'sent' });
});

test('mails are read on the simulators’ page, and no text of theirs is markup', async (t) => {
  const mail_server = await startMailServer({ port: 0 });
  t.after(mail_server.close);
  const simulators = await startSimulatorServer({ port: 0, simulators: [makeMailSimulator(mail_server)] });
  t.after(() => simulators.close());
  const read = async (path: string) => (await fetch(simulators.url + path)).text();
  assert.match(await read('/'), /href="&#47;mail"|href="\/mail"/);
  assert.match(await read('/mail'), /No mail yet/);
  const mailer = makeMailer({ smtp_url: mail_server.url, from: 'pgw@example.com' });
  await mailer.send({ id: 'ml_1', to: 'a@example.com', subject: '<i>一', text: 'earlier <script>' });
  await mailer.send({ id: 'ml_2', to: 'a@example.com', subject: 'second', text: 'later' });
  const page = await read('/mail');
  assert.ok(page.indexOf('later') < page.indexOf('earlier'), 'newest first');
  assert.ok(!/<i>|earlier <script>/.test(page));
  const { mails } = (await (await fetch(`${simulators.url}/mail/control`)).json()) as {
    mails: { subject: string }[];
  };
  assert.deepEqual(
    mails.map(({ subject }) => subject),
    ['<i>一', 'second'],
  );
});
