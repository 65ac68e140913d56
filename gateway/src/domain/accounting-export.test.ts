// What files of the accounting export are called, and how text is made harmless: typed by hand, and for any id.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  defuseCell,
  exportDirectory,
  exportFileName,
  exportId,
  makeExportTransaction,
  pathPart,
  type SalesEntry,
  xmlText,
} from './accounting-export.ts';

const key = {
  merchant_id: '1',
  merchant_store_id: '2' as string | null,
  business_date: '2026-01-28',
  currency: 'JPY',
  format: 'csv' as const,
};

test('files are called as documented', () => {
  assert.equal(exportFileName(key), 'settlement_1_2_20260128.csv');
  assert.equal(exportFileName({ ...key, format: 'json' as const }), 'settlement_1_2_20260128.json');
  assert.equal(exportDirectory('/exports/mpac/{merchant_id}/', '1'), '/exports/mpac/1/');
});

test('what the document does not name has a name that is like it', () => {
  assert.equal(exportFileName({ ...key, currency: 'USD' }), 'settlement_1_2_20260128_USD.csv');
  assert.equal(exportFileName({ ...key, merchant_store_id: null }), 'settlement_1__20260128.csv');
  const named = { ...key, merchant_id: 'merchant_001', merchant_store_id: 'store_001' };
  assert.equal(exportFileName(named), 'settlement_merchant_001_store_001_20260128.csv');
});

test('an id is a part of a path and nothing more', () => {
  const cases: [string, string][] = [
    ['shop-1.tokyo', 'shop-1.tokyo'],
    ['.', '%2E'],
    ['..', '%2E.'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['a/b\\c', 'a%2Fb%5Cc'],
    ['a b\n', 'a%20b%0A'],
    ['~root', '%7Eroot'],
    ['100%', '100%25'],
    ['東京', '%E6%9D%B1%E4%BA%AC'],
    ['a'.repeat(80), 'a'.repeat(80)],
    // printf 'a%.0s' $(seq 81) | sha256sum | cut -c1-24
    ['a'.repeat(81), `${'a'.repeat(55)}~8c48280d57fb88f161adf34d`],
  ];
  for (const [id, part] of cases) assert.equal(pathPart(id), part, id);
});

test('two ids never share a name, and every name is one of a plain file', () => {
  const id = fc.oneof(
    fc.string({ minLength: 1, maxLength: 255, unit: 'binary' }),
    fc.string({ minLength: 70, maxLength: 255, unit: fc.constantFrom('a', 'b', '/') }),
    fc.constantFrom('.', '..', '...', '%2E', '~', '_', '__'),
  );
  fc.assert(
    fc.property(id, id, (one, other) => {
      const part = pathPart(one);
      assert.match(part, /^[A-Za-z0-9_%~-][A-Za-z0-9._%~-]{0,79}$/);
      assert.equal(part === pathPart(other), one === other);
      const name = exportFileName({ ...key, merchant_store_id: one });
      assert.ok(name.length <= 255);
      assert.equal(name === exportFileName({ ...key, merchant_store_id: other }), one === other);
      assert.notEqual(name, exportFileName({ ...key, merchant_store_id: null }));
    }),
  );
});

test('ids that are numbers are written as numbers, where nothing is lost', () => {
  const cases: [string | null, number | string | null][] = [
    ['1', 1],
    ['0', 0],
    ['999999999999999', 999_999_999_999_999],
    ['9999999999999999', '9999999999999999'],
    ['01', '01'],
    ['-1', '-1'],
    ['1.0', '1.0'],
    ['1e3', '1e3'],
    [' 1', ' 1'],
    ['store_1', 'store_1'],
    [null, null],
  ];
  for (const [id, written] of cases) assert.equal(exportId(id), written);
});

test('a line is known by the id that the merchant knows', () => {
  const entry = {
    object_id: 'pa_1',
    kind: 'payment',
    payment_intent_id: 'pi_1',
    provider: 'SP_NET',
    amount: 100_000,
    tax_amount: 8_000,
    receipt_number: 'RCP-001',
    refund_id: null,
    created_at: '2026-01-28T10:30:00.123Z',
  };
  const line = {
    transaction_id: 'pi_1',
    timestamp: '2026-01-28T10:30:00Z',
    amount: 100_000,
    tax_amount: 8_000,
    payment_method: 'CREDIT_CARD',
    receipt_number: 'RCP-001',
  };
  assert.deepEqual(makeExportTransaction(entry), line);
  const idOf = (changes: Partial<SalesEntry>) =>
    makeExportTransaction({ ...entry, ...changes }).transaction_id;
  assert.equal(idOf({ kind: 'refund', object_id: 're_1' }), 're_1');
  assert.equal(idOf({ kind: 'late_payment_kept', object_id: 'lp_1' }), 'lp_1');
  assert.equal(idOf({ kind: 'late_payment_refund', object_id: 'lp_1', refund_id: 're_2' }), 're_2');
  const methods = ['SP_NET', 'MPGS', 'TERMINAL', 'CASH', 'PAYPAY', 'NEW_WALLET'].map(
    (provider) => makeExportTransaction({ ...entry, provider }).payment_method,
  );
  assert.deepEqual(methods, ['CREDIT_CARD', 'CREDIT_CARD', 'E_MONEY', 'CASH', 'PAYPAY', 'NEW_WALLET']);
});

test('no cell is a formula', () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'];
  for (const text of formulas) assert.equal(defuseCell(text), `'${text}`);
  for (const text of ['RCP-001', '1=1', "'=1", '', ' =1', '領収書']) assert.equal(defuseCell(text), text);
});

test('what XML cannot hold is replaced, and the rest comes back', () => {
  assert.equal(xmlText('a<b>&"c\''), 'a&lt;b&gt;&amp;"c\'');
  assert.equal(xmlText('a\u0000b\u0008\u000b\u001f'), 'a\ufffdb\ufffd\ufffd\ufffd');
  assert.equal(xmlText('\ud800x\udc00\uffff\ufffe'), '\ufffdx\ufffd\ufffd\ufffd');
  assert.equal(xmlText('line\r\nend\ttab'), 'line&#13;\nend\ttab');
  assert.equal(xmlText('😀 領収書'), '😀 領収書');
});
