// No secret is ever told: real processes at the most talkative level are given recognisable values in every place
// where a secret comes in, by requests good and bad and while everything around them breaks; then all that they said
// is searched, and so are their answers, their metrics, their traces, and every table that there is.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFtpServer } from '../src/simulator/ftp-server.ts';
import { MERCHANT, makeCrashStage } from './crash/crash-stage.ts';
import { makeTerminal, send, sendBytes, sign } from './support/client.ts';
import { runCli, startGateway, startWorkerProcess, waitUntil } from './support/process.ts';
import { startReceiver } from './support/webhooks.ts';

/** One that no wallet explains, and one that PayPay refuses; a third is issued by PayPay's simulator and pays. */
const CODE = '28canaryscanned99';
const REFUSED_CODE = '900081817734985201663094';
const APPROVAL = 'canary-approval';
const FTP_PASSWORD = 'canary-ftp-password';
const PASSPHRASE = 'canary-passphrase';
const GIVEN = {
  MPAC_PAYPAY_API_KEY: 'canary-paypay-key',
  MPAC_PAYPAY_API_SECRET: 'canary-paypay-secret',
  MPAC_PAYPAY_WEBHOOK_SECRET: 'canary-notification-secret',
  MPAC_MPGS_API_KEY: 'canary-plutu-key',
  MPAC_MPGS_ACCESS_TOKEN: 'canary-plutu-token',
  MPAC_MPGS_SECRET_KEY: 'canary-plutu-secret',
  MPAC_METRICS_TOKEN: 'canary-metrics-token',
  MPAC_PROVIDER_PROXY_URL: 'http://canary-proxy-user:canary-proxy-password@127.0.0.1:9',
};

test('nothing secret stands in any output, answer, metric, trace or table, whatever is asked and whatever breaks', async (t) => {
  const stage = await makeCrashStage(t);
  const collector = await startReceiver(t, (response) => response.end('{}'));
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url };
  const env = {
    ...stage.env,
    ...GIVEN,
    ...traces,
    MPAC_BASE_URL: 'http://localhost:8080',
    LOG_LEVEL: 'trace',
  };
  const gateway = await startGateway(t, 'serve', env);
  const worker = await startWorkerProcess(t, env);
  const client = stage.clientAt(gateway);
  const { secret } = client.credentials;
  const told: string[] = [];
  const accounts = [{ username: 'canary', password: `${FTP_PASSWORD} of another` }];
  const ftp = await startFtpServer({
    directory: await mkdtemp(join(tmpdir(), 'mpac-canary-')),
    accounts,
    port: 0,
  });
  t.after(() => ftp.close());
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  const private_key = String(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export(cipher));
  const { code: paying_code } = await stage.paypay.control<{ code: string }>('POST', '/customer_codes', {});
  const secrets: Record<string, string> = {
    ...GIVEN,
    secret,
    'key made of the secret': createHash('sha256').update(secret).digest('hex'),
    'master key': stage.env.MPAC_MASTER_KEY,
    'scanned code': CODE,
    'scanned code that PayPay refuses': REFUSED_CODE,
    'scanned code that pays': paying_code,
    // What a mask hides, without what it shows.
    'inside of a scanned code': REFUSED_CODE.slice(8, -4),
    'inside of the scanned code that pays': paying_code.slice(8, -4),
    'scanned code as bytes': Buffer.from(REFUSED_CODE).toString('hex'),
    'approval code': APPROVAL,
    'FTP password': FTP_PASSWORD,
    passphrase: PASSPHRASE,
    'inside of a private key': private_key.split('\n')[9] ?? '',
    'proxy user': 'canary-proxy-user',
    'proxy password': 'canary-proxy-password',
    'PayPay’s scheme': 'hmac OPA-Auth',
    'our scheme': 'HMAC-SHA256 ak_',
  };
  const note = <A extends { text: string; status: number }>(answer: A): A => {
    if (answer.status >= 400) told.push(answer.text);
    return answer;
  };
  const asked = async (method: string, path: string, headers: Record<string, string>, body?: string) =>
    note(await send(gateway.url, method, path, headers, body));
  const json = { 'content-type': 'application/json' };
  const types = ['qr_mpm', 'qr_cpm', 'credit_card', 'cash'];
  const make = async () => {
    const answer = await client.create({ ...stage.newOrder(), payment_method_types: types });
    assert.equal(answer.status, 201, answer.text);
    secrets[`token of ${answer.json.id}`] = String(answer.json.payment_token).split('_secret_')[1] ?? '';
    return { ...answer.json, terminal: makeTerminal(gateway.url, answer.json) };
  };

  // Webhooks: one receiver that answers with what it was sent, and one that is not there.
  const mirror = await startReceiver(t, (response: ServerResponse, { headers }) => {
    response.writeHead(500, { 'x-mirror': String(headers['webhook-signature']) });
    response.end(JSON.stringify(headers));
  });
  for (const url of [`${mirror.url}?token=canary-hook-query`, 'http://127.0.0.1:9/canary-hook']) {
    const made = note(await client.post('/v1/webhook_endpoints', { url }));
    assert.equal(made.status, 201, made.text);
    secrets[`webhook secret of ${url}`] = String(made.json.secret).slice('whsec_'.length);
  }

  // The right way, and the picture of a code.
  const open = await make();
  const confirmed = await open.terminal.confirmQr('canary-idempotency');
  assert.equal(confirmed.status, 200, confirmed.text);
  const picture = new URL(confirmed.json.qr_code_url);
  secrets['picture signature'] = picture.searchParams.get('signature') ?? '';
  assert.ok(secrets['picture signature'].length > 10);
  assert.equal(
    (await send(gateway.url, 'GET', picture.pathname + picture.search, {}, undefined)).status,
    200,
  );
  await asked('GET', `${picture.pathname}${picture.search}x`, {});
  const card = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: APPROVAL };
  const paid = await make();
  assert.equal((await paid.terminal.confirm(card)).status, 200);
  note(await paid.terminal.confirm({ ...card, external_ref_id: `${APPROVAL}2` }));

  // The wrong way: in the wrong place, cut off, too much, under another name.
  const token = String(open['payment_token']);
  const path = `/v1/payment_intents/${open.id}`;
  await asked('GET', `${path}?payment_token=${token}&payment_token=${token}`, {});
  await asked('GET', `${path}/${token}?payment_token=${token}`, {});
  await asked('GET', `${path}?payment_token=${token}%ff`, {});
  await asked('POST', `${path}/confirm?payment_token=${token}`, json, '{}');
  await asked('POST', `${path}/confirm`, json, `{"payment_token":"${token}","customer_code":"${CODE}`);
  await asked(
    'POST',
    `${path}/confirm`,
    json,
    `{"payment_token":["${token}"],"customer_code":{"${CODE}":1}}`,
  );
  await asked('POST', `${path}/confirm`, { 'content-type': 'text/plain' }, `payment_token=${token}`);
  const cpm = { payment_method_type: 'qr_cpm', customer_code: CODE };
  const scanned = await make();
  const paid_by_code = await scanned.terminal.confirm(
    { ...cpm, customer_code: `${paying_code}\r\n` },
    'canary-scan',
  );
  assert.equal(paid_by_code.json.status, 'succeeded', paid_by_code.text);
  told.push(paid_by_code.text, (await scanned.terminal.retrieve()).text);
  // Used twice, misnamed, unknown to its wallet, and while the wallet breaks.
  assert.equal(
    note(await (await make()).terminal.confirm({ ...cpm, customer_code: paying_code })).status,
    409,
  );
  note(await (await make()).terminal.confirm({ ...cpm, customer_code: paying_code, provider: 'MERPAY' }));
  const refused = await make();
  const refusal = note(
    await refused.terminal.confirm({ ...cpm, customer_code: REFUSED_CODE }, 'canary-scan-2'),
  );
  assert.equal(refusal.status, 502, refusal.text);
  note(await refused.terminal.confirm({ ...cpm, customer_code: REFUSED_CODE }, 'canary-scan-2'));
  for (const fault of ['server_error', 'html_502'] as const) {
    await stage.paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
    note(
      await (await make()).terminal.confirm({
        ...cpm,
        customer_code: `90008181${fault.length}${'7'.repeat(15)}`,
      }),
    );
  }
  note(await (await make()).terminal.confirm({ ...cpm, provider: 'PAYPAY' }));
  note(await open.terminal.confirm(cpm));
  note(await (await make()).terminal.confirm(cpm));
  note(await (await make()).terminal.confirm({ ...cpm, customer_code: `${CODE}${'9'.repeat(2_000)}` }));
  await asked('GET', '/v1/payment_intents', { authorization: `Bearer ${secret}` });
  await asked('GET', '/v1/payment_intents', {
    authorization: `HMAC-SHA256 ${client.credentials.id}:${secret}`,
  });
  const stamp = Math.floor(Date.now() / 1_000);
  const signature = sign(client.credentials, {
    method: 'GET',
    path: '/v1/refunds',
    timestamp: stamp,
    body: '',
  });
  secrets['signature'] = signature;
  const authorization = `HMAC-SHA256 ${client.credentials.id}:${stamp}:${signature}`;
  await asked('GET', '/v1/payment_intents', { authorization });
  note(await client.create({ ...stage.newOrder(), secret_key: secret }));
  await sendBytes(gateway.url, `GET ${path}?payment_token=${token} HTTP/9.9\r\n\r\n`);
  await sendBytes(gateway.url, `POST / HTTP/1.1\r\nHost: x\r\nAuthorization : ${authorization}\r\n\r\n`);
  await sendBytes(gateway.url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${secret.repeat(1_000)}\r\n\r\n`);
  await asked('POST', '/v1/webhooks/paypay', { ...json, 'x-paypay-signature': signature }, `{"a":"${CODE}"`);
  await asked('GET', '/metrics', { authorization: `Bearer ${GIVEN.MPAC_METRICS_TOKEN}x` });

  // Files: an FTP server that says what it was told, an SFTP server that is not there, and what was misplaced on the way.
  const given = { host: '127.0.0.1', port: ftp.port, username: 'canary', password: FTP_PASSWORD };
  const connection = '/v1/card_processor_connection';
  assert.equal(note(await client.call('PUT', connection, given)).status, 200);
  for (const wrong of [
    { password: [FTP_PASSWORD] },
    { password: `${FTP_PASSWORD}\r\n` },
    { tls_ca: FTP_PASSWORD },
  ])
    assert.equal(note(await client.call('PUT', connection, { ...given, ...wrong })).status, 400);
  note(await client.call('PUT', connection, `{"password":"${FTP_PASSWORD}`));
  const tried = await client.post(`${connection}/test`, {});
  assert.equal(tried.json.failure, 'refused_auth', tried.text);
  const yesterday = new Date(Date.now() - 48 * 3_600_000).toISOString().slice(0, 10);
  const batch = await client.post('/v1/card_batches', { business_date: yesterday });
  assert.equal(batch.status, 202, batch.text);
  const accounting = `/v1/merchants/${MERCHANT}/accounting_export`;
  const sftp = { host: '127.0.0.1', port: 1_024, username: 'canary', host_key: `SHA256:${'A'.repeat(43)}` };
  const key = { private_key, passphrase: PASSPHRASE };
  const saved = note(await client.call('PUT', accounting, { ...sftp, ...key }));
  assert.equal(saved.status, 200, saved.text);
  for (const wrong of [
    { passphrase: `${PASSPHRASE}x` },
    { private_key: private_key.slice(0, -60) },
    { host: PASSPHRASE },
  ])
    assert.equal(note(await client.call('PUT', accounting, { ...sftp, ...key, ...wrong })).status, 400);
  const looked = await client.post(`${accounting}/test`, {});
  assert.equal(looked.json.status, 'failed', looked.text);
  const exported = await client.post('/v1/accounting_exports', {
    merchant_id: MERCHANT,
    business_date: yesterday,
  });
  assert.equal(exported.status, 202, exported.text);
  told.push(tried.text, batch.text, saved.text, looked.text, exported.text);
  const isTried = async (path: string) => (await client.get(path)).json.attempts_made > 0;
  await waitUntil('the batch to be tried', () => isTried(`/v1/card_batches/${batch.json.id}`));
  await waitUntil('the export to be tried', () => isTried(`/v1/accounting_exports/${exported.json[0].id}`));
  for (const path of [
    connection,
    accounting,
    '/v1/card_batches',
    '/v1/accounting_exports',
    '/v1/audit_log?limit=100',
  ])
    told.push((await client.get(path)).text);

  // Providers and the database break, and the database quotes the row that it refuses.
  for (const fault of ['html_502', 'server_error', 'lost_answer'] as const) {
    await stage.paypay.setFault(fault, { endpoint: 'create_code', times: 1 }).catch(() => {});
    note(await (await make()).terminal.confirmQr());
  }
  const refusedByRow = await make();
  await stage.query(
    `alter table payment_attempts add constraint canary check (external_ref_id is distinct from '${APPROVAL}3')`,
  );
  const broken = note(await refusedByRow.terminal.confirm({ ...card, external_ref_id: `${APPROVAL}3` }));
  assert.equal(broken.status, 500, broken.text);
  await waitUntil('deliveries to fail', async () => mirror.received.length >= 3);
  await stage.query('alter table webhook_deliveries rename to gone');
  const failed = (of: { stdout(): string }) => of.stdout().includes('job failed');
  await waitUntil('a job to crash', async () => failed(worker));
  await stage.query('alter table gone rename to webhook_deliveries');
  const other = { ...stage.env, LOG_LEVEL: 'trace' };
  told.push(
    ...Object.values(
      await runCli(t, ['serve'], { env: { ...other, MPAC_MASTER_KEY: `${stage.env.MPAC_MASTER_KEY}0` } }),
    ).map(String),
    ...Object.values(await runCli(t, ['serve'], { env: { ...other, MPAC_MASTER_KEY: 'cd'.repeat(32) } })).map(
      String,
    ),
    ...Object.values(
      await runCli(t, ['migrate'], {
        env: { ...other, DATABASE_URL: 'postgres://u:canary-password@127.0.0.1:1/x' },
      }),
    ).map(String),
  );
  secrets['database password'] = 'canary-password';

  const metrics = await send(
    gateway.url,
    'GET',
    '/metrics',
    { authorization: `Bearer ${GIVEN.MPAC_METRICS_TOKEN}` },
    undefined,
  );
  assert.equal(metrics.status, 200);
  const names = await stage.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`,
  );
  const tables: Record<string, string> = {};
  for (const { name } of names) {
    const rows = await stage.query<{ row: string }>(`select t::text as row from ${name} t`);
    tables[`the table ${name}`] = rows.map(({ row }) => row).join('\n');
  }
  await Promise.all([gateway.stop(), worker.stop()]);
  const searched: Record<string, string> = {
    'the API’s output': gateway.stdout() + gateway.stderr(),
    'the worker’s output': worker.stdout() + worker.stderr(),
    'refusals and commands': told.join('\n'),
    'the metrics': metrics.text,
    'the traces': collector.received.map(({ body }) => body).join('\n'),
    ...tables,
  };
  for (const [where, text] of Object.entries(searched)) {
    if (!(where in tables)) assert.ok(text.length > 100, `${where} says something: ${text}`);
    for (const [what, value] of Object.entries(secrets)) {
      // A terminal's approval code is a reference that merchants look for.
      if (what === 'approval code' && where === 'the table payment_attempts') continue;
      assert.ok(value.length > 9, `${what}: ${value}`);
      const at = text.indexOf(value);
      assert.equal(at, -1, `${what} stands in ${where}: ${text.slice(Math.max(0, at - 200), at + 20)}`);
    }
  }
  // What was searched is what was said: the tests before would pass with an empty log, too.
  for (const word of [String(open.id), 'outgoing call', 'unexpected error', 'provider asked'])
    assert.ok(searched['the API’s output']?.includes(word), word);
  for (const table of ['events', 'audit_log', 'payment_attempts', 'idempotency_keys', 'webhook_deliveries'])
    assert.ok(
      Object.entries(tables).some(([name, rows]) => name.includes(table) && rows !== ''),
      table,
    );
  assert.ok(tables['the table payment_attempts']?.includes('90008181…3094'), 'the mask is kept');
  assert.ok(searched['the traces']?.includes('provider PAYPAY start'));
  for (const word of ['webhook not delivered', 'job failed'])
    assert.ok(searched['the worker’s output']?.includes(word), word);
});
