// Codes that customers show: whose they are, by a table typed by hand; what scanners and keyboards make of them; and
// that no garbage breaks the reading and no mask shows more than it may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashRetailCode, maskRetailCode, normalizeRetailCode, readRetailCode } from './retail-code.ts';
import { RETAIL_CODE_TABLE, readRetailCodeTable } from './retail-code-table.ts';
import { readPresentedCode, readTlv } from './retail-code-tlv.ts';

const read = (scanned: string) => readRetailCode(scanned, RETAIL_CODE_TABLE);
const base64 = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64');

/** The format and one template, whose length is counted by hand in each use. */
const EMV = '8505 4350563031';
const JPQR = '8505 4A50515231';

test('each wallet is known by how its bar code begins', () => {
  const cases: [digits: string, provider: string, masked: string][] = [
    ['9000 8181 8812 3456 7890 1234', 'PAYPAY', '90008181…1234'],
    ['9000 8181 8812 3456 7890 12', 'PAYPAY', '90008181…9012'],
    ['9000 0002 1234 5678 9012 34', 'D_BARAI', '90000002…1234'],
    ['9000 0112 3456 7890', 'RAKUTEN_PAY', '900001…7890'],
    ['9000 0000 0012 3456 789', 'LINE_PAY', '…6789'],
    ['9000 0001 1234 5678 9012 34', 'ORIGAMI', '90000001…1234'],
    ['3158 9900 1234 5678 901', 'MERPAY', '31589900…8901'],
    ['3158 9921 1234 5678 901', 'AU_PAY', '31589921…8901'],
    ['3158 9931 1234 5678 901', 'YUCHO_PAY', '31589931…8901'],
    ['3158 9940 1234 5678 901', 'YUCHO_PAY', '31589940…8901'],
    ['3158 9995 1234 5678 901', 'PRING', '31589995…8901'],
    ['10 1234 5678 9012 3456', 'WECHAT_PAY', '10…3456'],
    ['15 1234 5678 9012 3456', 'WECHAT_PAY', '15…3456'],
    ['28 1234 5678 9012 345', 'ALIPAY_PLUS', '28…2345'],
    ['28 1234 5678 9012 3456', 'ALIPAY_PLUS', '28…3456'],
    ['28 9234 5678 9012 6456 7', 'ALIPAY_PLUS', '28…4567'],
    ['2510 0102 0123 4567 8901 2345', 'ALIPAY_PLUS', '25100102…2345'],
    ['62 1234 5678 9012 3456 7', 'UNIONPAY_QR', '62…4567'],
  ];
  for (const [scanned, provider, masked] of cases) {
    const found = read(scanned);
    assert.equal(found.wallet?.provider, provider, scanned);
    assert.deepEqual([found.format, found.problem, found.resembles], ['digits', null, null], scanned);
    assert.equal(found.masked, masked);
    assert.equal(found.code, scanned.replaceAll(' ', ''));
  }
});

test('the names of wallets that are gone are still known, with their last day', () => {
  assert.equal(read('9000000000123456789').wallet?.ended_on, '2025-04-30');
  assert.equal(read('9000000112345678901234').wallet?.ended_on, '2020-06-30');
  assert.equal(read('900081818812345678901234').wallet?.ended_on, undefined);
});

test('a code that fits nothing says why', () => {
  const cases: [scanned: string, problem: string, resembles: string | null][] = [
    ['', 'empty', null],
    [' \r\n', 'empty', null],
    [']C1\r', 'empty', null],
    ['4901234567894', 'unrecognised', null],
    ['16 1234 5678 9012 3456', 'unrecognised', null],
    ['3158 9941 1234 5678 901', 'unrecognised', null],
    ['3158 9930 1234 5678 901', 'unrecognised', null],
    ['90008181', 'too_short', 'PAYPAY'],
    ['9000 8181 8812 3456 7890 123', 'too_short', 'PAYPAY'],
    ['9000 8181 8812 3456 7890 12345', 'too_long', 'PAYPAY'],
    ['10 1234 5678 9012 345', 'too_short', 'WECHAT_PAY'],
    ['10 1234 5678 9012 3456 7', 'too_long', 'WECHAT_PAY'],
    // 900000 is nobody's by itself, and 900001 is Rakuten's whatever follows.
    ['9000 0212 3456 7890', 'unrecognised', null],
    ['9000 0112 3456 789', 'too_short', 'RAKUTEN_PAY'],
    ['AUPAY-ABCDEFGHIJKL', 'unrecognised', null],
    ['hQVKUFFSMQ', 'unrecognised', null],
    ['hQVKUFFSMWE', 'unreadable', null],
    ['hQVDUFYwMWE', 'unreadable', null],
  ];
  for (const [scanned, problem, resembles] of cases) {
    const found = read(scanned);
    assert.deepEqual([found.problem, found.resembles, found.wallet], [problem, resembles, null], scanned);
  }
});

test('the longest prefix decides, and a longer one of another length leaves the code to a shorter one', () => {
  const entries = [
    { provider: 'SHORT', prefix: '77', lengths: [16, 20] },
    { provider: 'LONG', prefix: '7700', lengths: [16] },
  ];
  const made = readRetailCodeTable(JSON.stringify(entries));
  assert.ok('table' in made);
  const nameOf = (code: string) => readRetailCode(code, made.table).wallet?.provider;
  assert.equal(nameOf('7700123412341234'), 'LONG');
  assert.equal(nameOf('7712123412341234'), 'SHORT');
  assert.equal(nameOf('77001234123412341234'), 'SHORT');
});

test('a code is the same whichever way it comes in', () => {
  const code = '900081818812345678901234';
  for (const scanned of [
    `${code}\r\n`,
    `\u0002${code}\u0003`,
    `\t${code} `,
    `]C1${code}`,
    `]Q3${code}\r`,
    '9000-8181-8812-3456-7890-1234',
    '9000 8181 8812 3456 7890 1234',
    '９０００８１８１８８１２３４５６７８９０１２３４',
    '９０００　８１８１　８８１２　３４５６　７８９０　１２３４',
    '９０００－８１８１ー８８１２−３４５６‐７８９０―１２３４',
    `\ufeff${code}`,
    '90008181\u200b8812345678901234',
  ])
    assert.equal(normalizeRetailCode(scanned), code, JSON.stringify(scanned));
  const image = base64(`${JPQR} 610C 4F04 90000002 5704 12345678`);
  assert.equal(normalizeRetailCode(`${image.slice(0, 16)}\r\n${image.slice(16)}\r\n`), image);
  const wide = [...image].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');
  assert.equal(normalizeRetailCode(wide), image);
  // What nobody here understands is passed on as it is, but for its edges.
  assert.equal(normalizeRetailCode(' AU-PAY 12 34\n'), 'AU-PAY 12 34');
});

test('a 2-D code is known by its issuer, or by the number that it carries', () => {
  const cases: [hex: string, format: string, provider: string | null][] = [
    // JPQR: the issuer with two digits in a byte, a payment number, some text of the issuer's own.
    [`${JPQR} 6111 4F04 90000002 5704 12345678 9903 7B7D20`, 'jpqr_cpm', 'D_BARAI'],
    // The same with the issuer as text.
    [`${JPQR} 6110 4F08 3331353839393030 5704 12345678`, 'jpqr_cpm', 'MERPAY'],
    // The issuer means nothing here; the number begins like a bar code of Merpay, padded to whole bytes.
    [`${JPQR} 6112 4F04 00000001 570A 3158990012345678901F`, 'jpqr_cpm', 'MERPAY'],
    // EMV: UnionPay's application, then the card's number, D and its date.
    [`${EMV} 6116 4F08 A000000333010101 570A 6250947000000014D301`, 'emv_cpm', 'UNIONPAY_QR'],
    // A tag of two bytes and a nested template stand between; the first of these says 2 bytes and has one.
    [`${EMV} 6113 5F2D046A61656E 6304 9F360200 4F04 31589921`, 'emv_cpm', null],
    [`${EMV} 6114 5F2D046A61656E 6305 9F36020001 4F04 31589921`, 'emv_cpm', 'AU_PAY'],
    // A length of two bytes: 81 80 says 128.
    [`${EMV} 618186 4F04 31589900 507E ${'41'.repeat(126)}`, 'emv_cpm', 'MERPAY'],
    // The first template that is known decides.
    [`${EMV} 6106 4F04 00000001 6106 4F04 31589995 6106 4F04 31589900`, 'emv_cpm', 'PRING'],
    // By two digits alone a 2-D code is nobody's: 28 and 10 begin many numbers.
    [`${JPQR} 610C 4F04 28123456 5704 10123456`, 'jpqr_cpm', null],
    [`${EMV} 6109 4F07 A0000000555555`, 'emv_cpm', null],
    [`${EMV}`, 'emv_cpm', null],
  ];
  for (const [hex, format, provider] of cases) {
    const found = read(base64(hex));
    const bad = hex.includes('6304');
    assert.equal(found.wallet?.provider ?? null, provider, hex);
    assert.equal(found.format, bad ? 'text' : format, hex);
    assert.equal(found.problem, bad ? 'unreadable' : provider === null ? 'unrecognised' : null, hex);
  }
});

test('a 2-D code that does not add up is refused, and not guessed', () => {
  const whole = `${JPQR} 610C 4F04 90000002 5704 12345678`;
  assert.equal(read(base64(whole)).wallet?.provider, 'D_BARAI');
  const cases: Record<string, string> = {
    'a length beyond the end': `${JPQR} 610D 4F04 90000002 5704 12345678`,
    'a length before the end': `${JPQR} 610B 4F04 90000002 5704 12345678`,
    'an inner length beyond its template': `${JPQR} 610C 4F04 90000002 5705 12345678`,
    'an open length': `${JPQR} 6180 4F04 90000002 0000`,
    'a length of three bytes': `${JPQR} 6183 000006 4F04 90000002`,
    'a tag without a length': `${JPQR} 61`,
    'a tag of four bytes': `${JPQR} 9F818181 01 00`,
    'padding between items': `${JPQR} 00 6106 4F04 90000002`,
    'another format': '8505 4A50515232 6106 4F04 90000002',
    'a format that comes second': `6106 4F04 90000002 ${JPQR}`,
    'templates in templates without end': `${JPQR} 610A 6108 6106 6104 6102 6100`,
  };
  for (const [what, hex] of Object.entries(cases))
    assert.equal(readPresentedCode(base64(hex)), null, `${what}: ${hex}`);
  for (const text of [
    `${base64(whole)}A`,
    base64(whole).slice(0, -3),
    `${base64(whole).slice(0, 12)}*`,
    'hQVKUFFS',
  ])
    assert.equal(readPresentedCode(text), null, text);
});

const anything = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('0', '1', '2', '8', '9', '-', ' ', '９', 'ー', ']', 'C', '\r'),
    maxLength: 40,
  }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => base64(EMV) + Buffer.from(bytes).toString('base64')),
  fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => Buffer.concat([Buffer.from('85054a50515231', 'hex'), bytes]).toString('base64')),
);

test('no text breaks the reading, and reading twice is reading once', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const once = read(text);
      assert.equal(normalizeRetailCode(once.code), once.code);
      assert.deepEqual(read(once.code), once);
      assert.equal(once.wallet === null, once.problem !== null);
    }),
    { seed: 20261121, numRuns: 2_000 },
  );
});

test('no bytes break the decoder, and what it takes it takes whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const items = readTlv(Buffer.from(bytes));
      if (items === null) return;
      const size = items.reduce((sum, { tag, value }) => sum + tag.length / 2 + value.length, 0);
      assert.ok(size + items.length <= bytes.length);
      assert.ok(bytes.length <= size + 3 * items.length);
    }),
    { seed: 20261121, numRuns: 2_000 },
  );
});

test('a mask never shows more than a prefix of the table and the last four, and always hides six', () => {
  const known = [...RETAIL_CODE_TABLE.keys(), 'hQVDUFYw', 'hQVKUFFS', ''];
  fc.assert(
    fc.property(
      fc.oneof(
        anything,
        fc.tuple(fc.constantFrom(...known), fc.stringMatching(/^\d{0,24}$/)).map((parts) => parts.join('')),
      ),
      (text) => {
        const { code, masked } = read(text);
        const [start, last, ...more] = masked.split('…');
        assert.deepEqual(more, []);
        assert.ok(known.includes(start ?? '?'), masked);
        assert.ok(last === '' || (last?.length === 4 && code.endsWith(last)), masked);
        if (masked !== '…') assert.ok(code.length - (start?.length ?? 0) - 4 >= 6, `${code} ${masked}`);
      },
    ),
    { seed: 20261121, numRuns: 2_000 },
  );
});

test('a code too short to hide anything is not shown at all', () => {
  assert.equal(maskRetailCode('123456789', ''), '…');
  assert.equal(maskRetailCode('1234567890', ''), '…7890');
  assert.equal(maskRetailCode('900081811234567890', '90008181'), '90008181…7890');
  assert.equal(maskRetailCode('90008181123456789', '90008181'), '…6789');
  assert.equal(maskRetailCode('abcdefghijkl\u001d\u0007xy', ''), '…');
});

test('the same code is another one in another organization and in the other mode', () => {
  const place = { organization_id: 'org_1', livemode: false };
  const of = (code: string, changes: Partial<typeof place> = {}) =>
    hashRetailCode(code, { ...place, ...changes }).toString('hex');
  assert.equal(of('9000818188'), of('9000818188'));
  const all = [
    of('9000818188'),
    of('9000818189'),
    of('9000818188', { livemode: true }),
    of('9000818188', { organization_id: 'org_2' }),
  ];
  assert.equal(new Set(all).size, 4);
});

test('an operator’s file lays its entries over the table: new ones, others, and none', () => {
  const made = readRetailCodeTable(
    JSON.stringify([
      { provider: 'FAMIPAY', prefix: '90000055', lengths: [20] },
      { provider: 'AU_PAY', prefix: '31589921', lengths: [19, 24] },
      { provider: null, prefix: '62' },
      { provider: 'JCB_QR', prefix: 'A000000065' },
    ]),
  );
  assert.ok('table' in made);
  const nameOf = (code: string) => readRetailCode(code, made.table).wallet?.provider ?? null;
  assert.equal(nameOf('90000055123456789012'), 'FAMIPAY');
  assert.equal(nameOf('315899211234567890123456'), 'AU_PAY');
  assert.equal(nameOf('6212345678901234567'), null);
  assert.equal(nameOf('900081818812345678901234'), 'PAYPAY');
  assert.equal(nameOf(base64(`${EMV} 6109 4F07 A0000000651010`)), 'JCB_QR');
  assert.equal(read('90000055123456789012').wallet, null, 'the gateway’s own table stays as it is');
});

test('what is wrong with an operator’s file is told by its entry', () => {
  const problemsOf = (json: string) => {
    const made = readRetailCodeTable(json);
    return 'problems' in made ? made.problems.join('\n') : 'none';
  };
  assert.equal(problemsOf('[]'), 'none');
  assert.equal(problemsOf('[{'), 'is no JSON.');
  assert.match(problemsOf('{}'), /must be a list of entries/);
  const good = { provider: 'PAYPAY', prefix: '90008181', lengths: [22, 24] };
  const cases: [entry: unknown, problem: RegExp][] = [
    ['PAYPAY', /^entry 1 \("PAYPAY"\): must be an object\.$/],
    [null, /^entry 1 \(null\): must be an object/],
    [{ ...good, lenghts: [1] }, /^entry 1 .*"lenghts" is none of provider, prefix, lengths\.$/],
    [{ ...good, prefix: 90008181 }, /prefix must be 2 to 32 digits as text/],
    [{ ...good, prefix: '9000-8181' }, /prefix must be/],
    [{ ...good, prefix: '9' }, /prefix must be/],
    [{ ...good, provider: 'PayPay' }, /provider must be a name such as PAYPAY/],
    [{ prefix: '90008181', lengths: [22] }, /provider must be/],
    [{ ...good, provider: null }, /lengths means nothing without a provider/],
    [{ ...good, lengths: '22' }, /lengths must be a list/],
    [{ ...good, lengths: [] }, /lengths must be a list/],
    [{ ...good, lengths: [8] }, /each more than the prefix has digits/],
    [{ ...good, lengths: [22.5] }, /lengths must be a list/],
    [{ provider: 'PAYPAY', prefix: '90008181' }, /lengths must be a list/],
    [{ provider: 'JCB_QR', prefix: 'A000000065', lengths: [16] }, /an application id has no lengths/],
  ];
  for (const [entry, problem] of cases) assert.match(problemsOf(JSON.stringify([entry])), problem);
  const two = problemsOf(JSON.stringify([good, { ...good, lengths: [] }, good]));
  assert.match(two, /^entry 2 .*lengths must be a list.*\nentry 3 .*prefix stands in the file twice\.$/s);
});
