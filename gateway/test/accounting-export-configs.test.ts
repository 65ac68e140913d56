// Where a merchant's accounting exports go, by the API and by the command line: what is kept, what is refused, that keys
// are never told, and what the test of the connection says.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSshKey } from '../src/outbound/ssh-key.ts';
import { startSftpServer } from '../src/simulator/sftp-server.ts';
import { CONFIG_PATH, FIRST_DAY, makeAccountingStage } from './support/accounting-stage.ts';
import { MERCHANT_ID, STORE_ID } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const SFTP = { host: '127.0.0.1', port: 1_024, username: 'mpac' };
const PIN = `SHA256:${'A'.repeat(43)}`;

test('what is left out has its default at first, and then stays as it is', async (t) => {
  const stage = await makeAccountingStage(t);
  const save = (body: object) => stage.client.call('PUT', CONFIG_PATH, body);
  const first = await save({ host: 'sftp.example.com', username: 'mpac', generate_key: true });
  assert.equal(first.status, 200, first.text);
  const { public_key, ...rest } = first.json;
  assert.match(public_key, /^ssh-ed25519 [A-Za-z0-9+/=]+$/);
  assert.deepEqual(rest, {
    object: 'accounting_export_config',
    livemode: false,
    merchant_id: MERCHANT_ID,
    formats: ['json'],
    host: 'sftp.example.com',
    port: 22,
    username: 'mpac',
    directory: '/exports/mpac/{merchant_id}/',
    language: 'ja',
    is_active: true,
    starts_on: FIRST_DAY,
    created_at: '2026-01-15T10:00:00.000Z',
    updated_at: '2026-01-15T10:00:00.000Z',
  });
  const pinned = await save({ host_key: PIN, formats: ['csv', 'xml'], mail_to: 'books@example.com' });
  assert.deepEqual(pinned.json, {
    ...first.json,
    host_key: PIN,
    formats: ['csv', 'xml'],
    mail_to: 'books@example.com',
  });
  assert.deepEqual((await stage.client.get(CONFIG_PATH)).json, pinned.json);
  const moved = await save({ host: 'other.example.com', mail_to: '' });
  assert.equal(moved.json.host_key, undefined, 'a pin is of one server');
  assert.equal(moved.json.mail_to, undefined);
  const rolled = await save({ generate_key: true });
  assert.notEqual(rolled.json.public_key, public_key);
});

test('a private key is checked when it is saved, in the forms that people have, and never told again', async (t) => {
  const stage = await makeAccountingStage(t);
  const save = (body: object) => stage.client.call('PUT', CONFIG_PATH, { ...SFTP, ...body });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const openssh = createSshKey();
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const good: [object, RegExp][] = [
    [{ private_key: `${openssh.private_key}\n` }, /^ssh-ed25519 /],
    [{ private_key: String(rsa.export({ type: 'pkcs1', format: 'pem' })) }, /^ssh-rsa /],
    [{ private_key: String(rsa.export(pkcs8)) }, /^ssh-rsa /],
    [
      {
        private_key: String(rsa.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'p' })),
        passphrase: 'p',
      },
      /^ssh-rsa /,
    ],
    [{ private_key: String(ec.export({ type: 'sec1', format: 'pem' })) }, /^ecdsa-sha2-nistp256 /],
    [{ private_key: String(ec.export(pkcs8)) }, /^ecdsa-sha2-nistp256 /],
  ];
  for (const [body, public_key] of good) {
    const saved = await save(body);
    assert.equal(saved.status, 200, saved.text);
    assert.match(saved.json.public_key, public_key);
    assert.doesNotMatch(saved.text, /PRIVATE|passphrase/);
  }
  const bad: [object, string, RegExp][] = [
    [{ private_key: openssh.public_key }, 'private_key', /public key/],
    [{ private_key: 'nonsense' }, 'private_key', /cannot be read/],
    [
      { private_key: String(rsa.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'p' })) },
      'private_key',
      /passphrase/,
    ],
    [{ passphrase: 'alone' }, 'passphrase', /belongs to a private_key/],
    [{ private_key: openssh.private_key, generate_key: true }, 'generate_key', /not both/],
  ];
  for (const [body, field, says] of bad) {
    const refused = await save(body);
    assert.deepEqual([refused.status, refused.json.details?.field], [400, field], refused.text);
    assert.match(refused.json.message, says);
    assert.doesNotMatch(refused.text, /nonsense|alone|BEGIN/);
  }
  const audit = await stage.client.get('/v1/audit_log');
  assert.match(audit.text, /accounting_export\.configured/);
  assert.doesNotMatch(`${audit.text}${stage.gateway.log.texts.join('')}`, /PRIVATE KEY|passphrase":"p"/);
});

test('what cannot work is refused with the field and the way out', async (t) => {
  const stage = await makeAccountingStage(t);
  const whole = { ...SFTP, generate_key: true };
  const cases: [object, string][] = [
    [{ username: 'mpac', generate_key: true }, 'host'],
    [{ host: 'a', generate_key: true }, 'username'],
    [{ host: 'a', username: 'b' }, 'private_key'],
    [{ ...whole, host: 'https://example.com' }, 'host'],
    [{ ...whole, host: '10.0.0.1' }, 'host'],
    [{ ...whole, host: '169.254.169.254' }, 'host'],
    [{ ...whole, host: '::ffff:10.0.0.1' }, 'host'],
    [{ ...whole, host: 'fe80::1' }, 'host'],
    [{ ...whole, host: 'intranet' }, 'host'],
    [{ ...whole, host: '2130706433' }, 'host'],
    [{ ...whole, port: 0 }, 'port'],
    [{ ...whole, port: 25 }, 'port'],
    [{ ...whole, username: 'a\r\nb' }, 'username'],
    [{ ...whole, directory: '../other' }, 'directory'],
    [{ ...whole, directory: '/a\nb' }, 'directory'],
    [{ ...whole, formats: [] }, 'formats'],
    [{ ...whole, formats: ['pdf'] }, 'formats.0'],
    [{ ...whole, host_key: 'MD5:aa:bb' }, 'host_key'],
    [{ ...whole, mail_to: 'nobody' }, 'mail_to'],
    [{ ...whole, starts_on: '2026-02-30' }, 'starts_on'],
    [{ ...whole, starts_on: '2020-01-01' }, 'starts_on'],
  ];
  for (const [body, field] of cases) {
    const refused = await stage.client.call('PUT', CONFIG_PATH, body);
    assert.deepEqual([refused.status, refused.json.details?.field], [400, field], refused.text);
  }
  assert.equal((await stage.client.get(CONFIG_PATH)).status, 404);
  const unknown = await stage.client.call('PUT', '/v1/merchants/nobody/accounting_export', whole);
  assert.equal(unknown.status, 404);
});

test('two merchants never share a directory, where their files could take each other’s place', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.gateway.saveStore({ merchant: { id: 'other' }, store: { id: 'other_store' } });
  const other = '/v1/merchants/other/accounting_export';
  const whole = { ...SFTP, generate_key: true };
  const inbox = await stage.client.call('PUT', CONFIG_PATH, { ...whole, directory: '/inbox' });
  assert.equal(inbox.status, 200, inbox.text);
  const same = await stage.client.call('PUT', other, { ...whole, directory: '/inbox/' });
  assert.deepEqual([same.status, same.json.details.field], [400, 'directory'], same.text);
  const capitals = { ...whole, host: 'LOCALHOST', directory: '/inbox' };
  assert.equal((await stage.client.call('PUT', CONFIG_PATH, { ...capitals, host: 'localhost' })).status, 200);
  assert.equal((await stage.client.call('PUT', other, capitals)).json.details?.field, 'directory');
  assert.equal((await stage.client.call('PUT', other, whole)).status, 200);
  const own_account = { ...whole, directory: '/inbox', username: 'other' };
  assert.equal((await stage.client.call('PUT', other, own_account)).status, 200);
});

test('the test of a connection says what is wrong, and shows the host key that is to be pinned', async (t) => {
  const stage = await makeAccountingStage(t);
  const server = await stage.connect();
  const check = async () => (await stage.client.call('POST', `${CONFIG_PATH}/test`, {})).json;
  const good = await check();
  assert.deepEqual([good.status, good.directory], ['succeeded', `/exports/mpac/${MERCHANT_ID}/`]);
  assert.match(good.host_key, /^SHA256:[A-Za-z0-9+/]{43}$/);
  assert.deepEqual(stage.arrived(), [], 'its file is taken away again');

  server.faults.add('refuse_auth');
  assert.deepEqual((await check()).failure, 'refused_auth');
  server.faults.clear();
  await stage.client.call('PUT', CONFIG_PATH, { host_key: PIN });
  const differs = await check();
  assert.deepEqual([differs.failure, differs.host_key], ['host_key_differs', good.host_key]);
  await server.close();
  assert.equal((await check()).failure, 'unreachable');
});

test('without a pinned host key nothing is sent, and the reason says so', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.client.call('PUT', CONFIG_PATH, { host_key: '' });
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const [row] = await stage.list();
  assert.equal(row?.['status'], 'pending');
  assert.match(String(row?.['error']), /^No host key is pinned for 127\.0\.0\.1\./);
});

test('a key that no longer opens fails the attempt with a sentence, as anything else that a person has to mend', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.gateway.query(
    'update accounting_export_configs set credentials_sealed = set_byte(credentials_sealed, 60, 255 - get_byte(credentials_sealed, 60))',
  );
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const [row] = await stage.list();
  assert.deepEqual([row?.['status'], row?.['attempts_made']], ['pending', 1]);
  assert.match(String(row?.['error']), /^The private key cannot be opened/);
  const tried = await stage.client.call('POST', `${CONFIG_PATH}/test`, {});
  assert.deepEqual([tried.status, tried.json.failure], [200, 'key_not_readable'], tried.text);
});

test('an operator does all of it by commands', async (t) => {
  const stage = await makeAccountingStage(t, { now: 'real' });
  const folder = mkdtempSync(join(tmpdir(), 'mpac-export-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const key = createSshKey();
  writeFileSync(join(folder, 'key'), key.private_key);
  const server = await startSftpServer({
    directory: stage.served,
    port: 0,
    accounts: [{ username: 'mpac', public_key: key.public_key }],
  });
  t.after(() => server.close());
  const env = {
    DATABASE_URL: stage.gateway.database_url,
    MPAC_MASTER_KEY: stage.gateway.master_key,
    MPAC_DATA_DIR: stage.data_dir,
    MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
  };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(t, ['export', ...args], { env });
    return {
      code,
      stderr,
      stdout,
      json: stdout.startsWith('{') || stdout.startsWith('[') ? JSON.parse(stdout) : null,
    };
  };
  const merchant = ['--merchant', MERCHANT_ID];
  const place = ['--host', '127.0.0.1', '--port', String(server.port), '--username', 'mpac'];
  const saved = await run(
    'configure',
    ...merchant,
    ...place,
    '--key-file',
    join(folder, 'key'),
    '--formats',
    'csv',
  );
  assert.equal(saved.code, 0, saved.stderr);
  assert.equal(saved.json.public_key, key.public_key.split(' ').slice(0, 2).join(' '));
  const seen = await run('test', ...merchant);
  assert.equal(seen.json.failure, 'host_key_not_pinned', seen.stderr);
  await run('configure', ...merchant, '--host-key', seen.json.host_key);
  assert.equal((await run('test', ...merchant)).json.status, 'succeeded');

  const day = ['--date', '2026-01-14', ...merchant, '--store', STORE_ID];
  const made = await run('run', ...day, '--by', 'M. Sato');
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(
    [made.json.length, made.json[0].status, made.json[0].transactions_count],
    [1, 'delivered', 0],
  );
  assert.deepEqual(stage.arrived(), [`exports/mpac/${MERCHANT_ID}/${stage.nameOf('2026-01-14', 'csv')}`]);
  const as_json = await run('run', ...day, '--format', 'json');
  assert.equal(as_json.json[0].format, 'json', as_json.stderr);

  const list = await run('list', ...merchant);
  assert.match(
    list.stdout,
    /2026-01-14 {2}delivered {2}settlement_merchant_001_store_001_20260114\.csv {2}0 lines, 0 JPY/,
  );
  const shown = await run('show', made.json[0].id);
  assert.equal(shown.json.file_name, stage.nameOf('2026-01-14', 'csv'));
  const open_day = await run('run', '--date', '2999-01-01', ...merchant, '--store', STORE_ID);
  assert.deepEqual([open_day.code, open_day.stdout], [1, '']);
  assert.match(open_day.stderr, /is not over/);
  const nobody = await run('test', '--merchant', 'nobody');
  assert.match(nobody.stderr, /There is no test merchant nobody/);
  const [entry] = await stage.gateway.query<{ on_behalf_of: string }>(
    `select on_behalf_of from audit_log where action = 'accounting_export.run' order by id limit 1`,
  );
  assert.equal(entry?.on_behalf_of, 'M. Sato');
});
