// A code that the customer shows, as far as the gateway itself decides: whose it is, and every refusal before anything
// is written. What a code pays, and that it pays once, is in scanned-codes-paid.test.ts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { ConfigError, readConfig } from '../src/config.ts';
import { RETAIL_CODE_TABLE, readRetailCodeTable } from '../src/domain/retail-code-table.ts';
import type { Answer, Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import { ROOT } from './support/sources.ts';

const gateway = await startTestGateway({ after });
const METHODS = { payment_method_types: ['qr_mpm', 'qr_cpm', 'credit_card', 'cash'] };
const PAYPAY_CODE = '900081818812345678901234';
const D_BARAI_CODE = '9000000212345678901234';

const confirm = async (fields: Json): Promise<Answer> =>
  gateway
    .terminalFor(await gateway.createIntent(METHODS))
    .confirm({ payment_method_type: 'qr_cpm', ...fields });

const refusal = ({ status, json }: Answer) => [
  status,
  json.code,
  json.details?.field,
  json.details?.constraint,
];

test('qr_cpm wants the code, and no other method takes one', async () => {
  const missing = await confirm({ provider: 'PAYPAY' });
  assert.deepEqual(refusal(missing), [400, 'invalid_request', 'customer_code', 'required']);
  assert.equal(missing.json.error.param, 'customer_code');
  for (const fields of [
    { payment_method_type: 'qr_mpm', provider: 'PAYPAY' },
    { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: '123456-0042' },
    { payment_method_type: 'cash' },
  ]) {
    const answer = await confirm({ ...fields, customer_code: PAYPAY_CODE });
    assert.deepEqual(refusal(answer), [400, 'invalid_request', 'customer_code', 'qr_cpm_only']);
  }
});

test('a code that is too long, or nothing at all, is refused by its field', async () => {
  const cases: [code: unknown, constraint: string][] = [
    ['9'.repeat(1_025), 'max_length'],
    ['', 'min_length'],
    [' \r\n', 'format'],
    [']C1\r', 'format'],
    ['9000\u00008181', 'format'],
    [900_081_818, 'type'],
  ];
  for (const [customer_code, constraint] of cases) {
    const answer = await confirm({ customer_code, provider: 'PAYPAY' });
    assert.deepEqual(refusal(answer), [400, 'invalid_request', 'customer_code', constraint], answer.text);
  }
});

test('a wallet that nobody here can ask is named, also when the caller did not name it', async () => {
  const cases: [code: string, wallet: string][] = [
    [D_BARAI_CODE, 'D_BARAI'],
    ['9000 0112 3456 7890', 'RAKUTEN_PAY'],
    ['3158 9900 1234 5678 901', 'MERPAY'],
    ['3158-9921-1234-5678-901', 'AU_PAY'],
    ['１０１２３４５６７８９０１２３４５６', 'WECHAT_PAY'],
    ['281234567890123456\r\n', 'ALIPAY_PLUS'],
    ['6212345678901234567', 'UNIONPAY_QR'],
    // D_BARAI's picture: the format, then a template with its issuer and a payment number.
    [Buffer.from('85054a50515231610c4f0490000002570412345678', 'hex').toString('base64'), 'D_BARAI'],
  ];
  for (const [customer_code, wallet] of cases) {
    for (const named of [{}, { provider: wallet }]) {
      const answer = await confirm({ customer_code, ...named });
      assert.deepEqual(refusal(answer), [400, 'provider_not_supported', 'provider', 'supported']);
      assert.equal(answer.json.message, `${wallet} is not supported for qr_cpm yet.`);
    }
  }
});

test('the code of a wallet that is no more is told as what it is', async () => {
  const answer = await confirm({ customer_code: '9000 0000 0012 3456 789' });
  assert.deepEqual(refusal(answer), [400, 'provider_not_supported', 'provider', 'supported']);
  assert.match(answer.json.message, /LINE_PAY, which ended on 2025-04-30/);
});

test('a code that nobody knows leaves it to the caller to name the wallet', async () => {
  const cases: [code: string, says: RegExp][] = [
    ['4901234567894', /belongs to no wallet that is known here/],
    ['AUPAY:ABCDEFGHIJKLMNOP', /belongs to no wallet/],
    [PAYPAY_CODE.slice(0, 20), /begins like one of PAYPAY and is too short/],
    [`${PAYPAY_CODE}1`, /begins like one of PAYPAY and is too long/],
    ['hQVKUFFSMWE', /is damaged/],
  ];
  for (const [customer_code, says] of cases) {
    const answer = await confirm({ customer_code });
    const expected = [400, 'invalid_request', 'provider', 'recognised_from_customer_code'];
    assert.deepEqual(refusal(answer), expected);
    assert.match(answer.json.message, says);
    assert.match(answer.json.message, /name the wallet as provider/);
    // The caller's word counts then.
    const named = await confirm({ customer_code, provider: 'MERPAY' });
    assert.equal(named.json.message, 'MERPAY is not supported for qr_cpm yet.');
  }
});

test('a code that plainly is another wallet’s than the caller says is refused, and both are named', async () => {
  const answer = await confirm({ customer_code: D_BARAI_CODE, provider: 'PAYPAY' });
  assert.deepEqual(refusal(answer), [400, 'invalid_request', 'provider', 'matches_customer_code']);
  assert.match(answer.json.message, /one of D_BARAI, not of PAYPAY/);
  // Who is no wallet may take the codes of many.
  const other = await confirm({ customer_code: D_BARAI_CODE, provider: 'ALL_WALLETS' });
  assert.equal(other.json.message, 'ALL_WALLETS is not supported for qr_cpm yet.');
});

test('a refused code leaves nothing behind: no attempt, no use of the token', async () => {
  const intent = await gateway.createIntent(METHODS);
  const terminal = gateway.terminalFor(intent);
  for (const fields of [
    {},
    { customer_code: 'nobody’s' },
    { customer_code: D_BARAI_CODE },
    { customer_code: D_BARAI_CODE, provider: 'PAYPAY' },
  ]) {
    const answer = await terminal.confirm({ payment_method_type: 'qr_cpm', ...fields }, 'one-key');
    assert.equal(answer.status, 400, answer.text);
  }
  const [counted] = await gateway.query<{ attempts: number; version: number }>(
    `select (select count(*)::int from payment_attempts a where a.payment_intent_id = p.id) as attempts, version
     from payment_intents p where id = $1`,
    [intent.id],
  );
  assert.deepEqual(counted, { attempts: 0, version: 1 });
  const cash = await terminal.confirm({ payment_method_type: 'cash' }, 'one-key');
  assert.equal(cash.json.status, 'succeeded', cash.text);
});

test('the refusals speak Japanese', async () => {
  const intent = await gateway.createIntent(METHODS);
  const said = async (fields: Json) =>
    (
      await gateway.client.confirm(
        intent.id,
        { payment_method_type: 'qr_cpm', ...fields },
        { headers: { 'accept-language': 'ja' } },
      )
    ).json.message;
  assert.match(await said({}), /customer_code は必須です/);
  assert.match(await said({ customer_code: '4901234567894' }), /provider を指定してください/);
  assert.match(
    await said({ customer_code: D_BARAI_CODE, provider: 'PAYPAY' }),
    /provider のコードではありません/,
  );
});

test('an operator’s file teaches the gateway another prefix', async (t) => {
  const read = readRetailCodeTable('[{"provider": "FAMIPAY", "prefix": "90000055", "lengths": [20]}]');
  assert.ok('table' in read);
  const own = await startTestGateway(t, { config: { retail_codes: read.table } });
  const intent = await own.createIntent(METHODS);
  const answer = await own
    .terminalFor(intent)
    .confirm({ payment_method_type: 'qr_cpm', customer_code: '9000 0055 1234 5678 9012' });
  assert.equal(answer.json.message, 'FAMIPAY is not supported for qr_cpm yet.');
});

async function write(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retail-codes-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'codes.json');
  await writeFile(path, text);
  return path;
}

test('the operator’s file is read at the start, and what is wrong with it is told by entry', async (t) => {
  const good = await write(t, '[{"provider": null, "prefix": "62"}]');
  const { retail_codes } = readConfig({ MPAC_RETAIL_CODES_FILE: good }, 'development');
  assert.equal(retail_codes.has('62'), false);
  assert.equal(readConfig({}, 'development').retail_codes.get('62')?.provider, 'UNIONPAY_QR');
  assert.throws(
    () => readConfig({ MPAC_RETAIL_CODES_FILE: `${good}.gone`, PORT: 'x' }, 'development'),
    (error: unknown) =>
      error instanceof ConfigError &&
      /^MPAC_RETAIL_CODES_FILE cannot be read: ENOENT/m.test(error.message) &&
      /^PORT must be/m.test(error.message),
  );
  const bad = await write(
    t,
    '[{"provider": "PAYPAY", "prefix": "90008181", "lengths": [24]}, {"provider": "au", "prefix": "3158"}]',
  );
  const ended = await runCli(t, ['serve'], {
    env: { MPAC_RETAIL_CODES_FILE: bad, MPAC_MODE: 'development' },
  });
  assert.notEqual(ended.code, 0);
  assert.match(ended.stderr, /MPAC_RETAIL_CODES_FILE: entry 2 \(\{"provider":"au".*provider must be a name/);
});

test('the page of scanned codes shows the table as it is', () => {
  const page = readFileSync(join(ROOT, 'docs/scanned-codes.md'), 'utf8');
  const table = /\| provider \| begins with \| digits \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(page)?.[1] ?? '';
  const shown = table
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [, name = '', prefixes = '', digits = ''] = row.split('|').map((cell) => cell.trim());
      const [, provider, ended_on] = /^`(\w+)`(?: \(ended on ([\d-]+)\))?$/.exec(name) ?? [];
      const [from = '', to = from] = prefixes.replace('application ', '').split(' to ');
      const lengths = digits === '2-D codes only' ? [] : digits.split(', ').map(Number);
      const list = [from];
      while (list.at(-1) !== to) list.push(String(Number(list.at(-1)) + 1));
      return list.map((prefix) => ({ provider, prefix, lengths, ...(ended_on && { ended_on }) }));
    });
  assert.deepEqual(shown, [...RETAIL_CODE_TABLE.values()]);
  const example = /### Another table.*?```json\n(.*?)```/s.exec(page)?.[1] ?? '';
  assert.ok('table' in readRetailCodeTable(example), example);
});
