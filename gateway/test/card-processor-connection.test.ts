// The connection to the card processor: set, told without its password, tested against a real server, taken away; and
// guarded, because whoever may set it chooses where the gateway connects to.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FTP_PASSWORD, startCardProcessor } from './support/card-processor-stage.ts';
import { makeCertificate, NO_OPENSSL } from './support/certificates.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const PATH = '/v1/card_processor_connection';
const gateway = await startTestGateway({ after });
const processor = await startCardProcessor({ after });

const put = (changes: Json = {}, by = gateway.client) => by.call('PUT', PATH, processor.settings(changes));

test('a connection is told as it was set, without its password, and every change stands in the audit log', async () => {
  assert.equal((await gateway.client.get(PATH)).status, 404);
  const answer = await put({ merchant_numbers: { 'MERCHANT-001': 'merchant_001' } });
  const { created_at, updated_at, ...told } = answer.json;
  assert.deepEqual(told, {
    object: 'card_processor_connection',
    livemode: false,
    host: '127.0.0.1',
    port: processor.server.port,
    username: 'mpac',
    tls: 'when_offered',
    upload_directory: '/upload',
    download_directory: '/download',
    merchant_numbers: { 'MERCHANT-001': 'merchant_001' },
    mail_to: 'ops@example.com',
    language: 'en',
    is_active: true,
    starts_on: '2026-01-15',
  });
  assert.equal(created_at, updated_at);
  assert.deepEqual((await gateway.client.get(PATH)).json, answer.json);
  await put({ language: 'ja' });
  const entries = (await gateway.client.get('/v1/audit_log?action=card_processor_connection.updated')).json;
  assert.deepEqual(
    [entries.length, entries[0].details.language, entries[0].details.password_changed, entries[0].actor_id],
    [2, 'ja', true, gateway.key.id],
  );
  for (const text of [answer.text, JSON.stringify(entries), ...gateway.log.texts])
    assert.equal(text.includes(FTP_PASSWORD), false, text);
  const rows = await gateway.query<{ row: string }>(
    'select row_to_json(c)::text as row from card_processor_connections c',
  );
  assert.equal(rows[0]?.row.includes(FTP_PASSWORD), false);
});

test('the password may be left out, unless the connection is pointed elsewhere', async () => {
  await put();
  const { password: _, ...rest } = processor.settings({ language: 'ja' });
  assert.equal((await gateway.client.call('PUT', PATH, rest)).status, 200);
  assert.equal((await gateway.client.post(`${PATH}/test`, {})).json.status, 'succeeded');
  for (const change of [{ host: 'localhost' }, { port: 2_121 }, { username: 'other' }, { tls: 'off' }]) {
    const answer = await gateway.client.call('PUT', PATH, { ...rest, ...change });
    assert.deepEqual([answer.status, answer.json.details.field], [400, 'password'], JSON.stringify(change));
  }
});

const REFUSED: [changes: Json, field: string][] = [
  [{ host: '10.0.0.1' }, 'host'],
  [{ host: '169.254.169.254' }, 'host'],
  [{ host: 'intranet' }, 'host'],
  [{ host: 'ftp.corp' }, 'host'],
  [{ host: 'ftp://ftp.example.com' }, 'host'],
  [{ host: 'ftp.example.com:21' }, 'host'],
  [{ host: 'ftp.example.com\r\nDELE x' }, 'host'],
  [{ host: '0x7f.1' }, 'host'],
  [{ port: 22 }, 'port'],
  [{ port: 0 }, 'port'],
  [{ tls: 'sometimes' }, 'tls'],
  [{ tls_ca: 'no certificate' }, 'tls_ca'],
  [{ upload_directory: '/upload\r\nDELE x' }, 'upload_directory'],
  [{ download_directory: '/download/../../etc' }, 'download_directory'],
  [{ merchant_numbers: { 'MERCHANT-001': 'merchant_unknown' } }, 'merchant_numbers.MERCHANT-001'],
  [{ merchant_numbers: { 'a\0': 'merchant_001' } }, 'merchant_numbers.a\0'],
  [{ merchant_numbers: { '': 'merchant_001' } }, 'merchant_numbers'],
  [{ merchant_numbers: { ['x'.repeat(256)]: 'merchant_001' } }, `merchant_numbers.${'x'.repeat(256)}`],
  [{ username: 'mpac\r\nDELE x' }, 'username'],
  [{ password: 'secret\nDELE x' }, 'password'],
  [{ mail_to: 'nobody' }, 'mail_to'],
  [{ starts_on: '2026-02-30' }, 'starts_on'],
  [{ starts_on: '2025-01-01' }, 'starts_on'],
  [{ unknown: 1 }, 'unknown'],
];

test('what cannot be right is refused by its field', async () => {
  await put();
  for (const [changes, field] of REFUSED) {
    const answer = await put(changes);
    assert.deepEqual(
      [answer.status, answer.json.details?.field],
      [400, field],
      `${JSON.stringify(changes)} ${answer.text}`,
    );
    assert.equal(answer.text.includes(FTP_PASSWORD), false);
  }
});

test('a key that stands beside a certificate does not come in', { skip: NO_OPENSSL }, async () => {
  const { cert, key } = makeCertificate('localhost');
  assert.equal((await put({ tls_ca: `${cert}` })).status, 200);
  const answer = await put({ tls_ca: `${cert}${key}` });
  assert.deepEqual([answer.status, answer.json.details?.field], [400, 'tls_ca'], answer.text);
});

test('a test says what is wrong in a sentence without the password', async () => {
  const attempts: [changes: Json, failure: string | undefined][] = [
    [{}, undefined],
    [{ password: 'another-password' }, 'refused_auth'],
    [{ upload_directory: '/nowhere' }, 'not_found'],
    [{ tls: 'required' }, 'tls_refused'],
    [{ port: 1_024 }, 'unreachable'],
  ];
  for (const [changes, failure] of attempts) {
    await put(changes);
    const { status, json, text } = await gateway.client.post(`${PATH}/test`, {});
    assert.deepEqual(
      [status, json.status, json.failure],
      [200, failure === undefined ? 'succeeded' : 'failed', failure],
      text,
    );
    assert.equal(/password-canary|another-password/.test(text), false);
  }
});

test('a key of one merchant touches none of it, and the other mode has its own', async () => {
  await put();
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  for (const answer of [
    await narrowed.get(PATH),
    await put({}, narrowed),
    await narrowed.call('DELETE', PATH),
    await narrowed.post(`${PATH}/test`, {}),
    await narrowed.get('/v1/card_batches'),
    await narrowed.post('/v1/card_batches', { business_date: '2026-01-14' }),
  ])
    assert.equal(answer.status, 403, answer.text);
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  assert.equal((await live.get(PATH)).status, 404);
});

test('two who set it at once leave one of the two, whole', async () => {
  await gateway.client.call('DELETE', PATH);
  const answers = await Promise.all(['ja', 'en', 'ja', 'en'].map((language) => put({ language })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const rows = await gateway.query<{ version: number }>('select version from card_processor_connections');
  assert.deepEqual(rows, [{ version: 4 }]);
});

test('a connection that is deleted is gone with its password', async () => {
  await put();
  const answer = await gateway.client.call('DELETE', PATH);
  assert.deepEqual(answer.json, { object: 'card_processor_connection', deleted: true });
  assert.equal((await gateway.client.get(PATH)).status, 404);
  assert.equal((await gateway.client.call('DELETE', PATH)).status, 404);
  assert.deepEqual(await gateway.query('select 1 from card_processor_connections'), []);
  const run = await gateway.client.post('/v1/card_batches', { business_date: '2026-01-14' });
  assert.deepEqual([run.status, run.json.code], [404, 'not_found']);
});
