// The three formats of the accounting export: held byte for byte to files that were typed by hand, read back by parsers
// that are not ours, and the XML held to its schema.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportKey,
  type ExportTransaction,
} from '../domain/accounting-export.ts';
import { EXPORT_XML_SCHEMA } from '../domain/accounting-export-schema.ts';
import { EXPORT_WRITERS } from './accounting-export-writers.ts';

const KEY: ExportKey = {
  organization_id: 'org_1',
  livemode: false,
  merchant_id: '1',
  merchant_store_id: '2',
  business_date: '2026-01-28',
  currency: 'JPY',
  format: 'json',
};

function write(format: ExportFormat, key: ExportKey, pages: ExportTransaction[][]): string {
  const writer = EXPORT_WRITERS[format];
  const all = pages.flat();
  const sum = (name: 'amount' | 'tax_amount') => all.reduce((total, one) => total + one[name], 0);
  const totals = {
    gross_revenue: sum('amount'),
    tax_collected: sum('tax_amount'),
    net_revenue: sum('amount') - sum('tax_amount'),
  };
  const lines = pages.map((page, at) => writer.lines(key, page, at === 0));
  return writer.begin(key) + lines.join('') + writer.end(key, totals, all.length === 0);
}

const TRANSACTIONS: ExportTransaction[] = [
  {
    transaction_id: 'TXN-001',
    timestamp: '2026-01-28T10:30:00Z',
    amount: 100_000,
    tax_amount: 8_000,
    payment_method: 'CREDIT_CARD',
    receipt_number: 'RCP-001',
  },
  {
    transaction_id: 'TXN-002',
    timestamp: '2026-01-28T11:15:00Z',
    amount: 50_000,
    tax_amount: 4_000,
    payment_method: 'PAYPAY',
    receipt_number: '=領収書,"甲" <&>',
  },
  {
    transaction_id: 'RE-001',
    timestamp: '2026-01-28T12:00:00Z',
    amount: -10_000,
    tax_amount: -800,
    payment_method: 'CREDIT_CARD',
    receipt_number: null,
  },
];

const BY_HAND: Record<ExportFormat, string> = {
  json: `{
  "export_type": "daily_settlement",
  "date": "2026-01-28",
  "merchant_id": 1,
  "store_id": 2,
  "currency": "JPY",
  "transactions": [
    {"transaction_id":"TXN-001","timestamp":"2026-01-28T10:30:00Z","amount":100000,"tax_amount":8000,"payment_method":"CREDIT_CARD","receipt_number":"RCP-001"},
    {"transaction_id":"TXN-002","timestamp":"2026-01-28T11:15:00Z","amount":50000,"tax_amount":4000,"payment_method":"PAYPAY","receipt_number":"=領収書,\\"甲\\" <&>"},
    {"transaction_id":"RE-001","timestamp":"2026-01-28T12:00:00Z","amount":-10000,"tax_amount":-800,"payment_method":"CREDIT_CARD","receipt_number":null}
  ],
  "totals": {
    "gross_revenue": 140000,
    "tax_collected": 11200,
    "net_revenue": 128800
  }
}
`,
  csv: [
    '\ufeffexport_type,date,merchant_id,store_id,currency,transaction_id,timestamp,amount,tax_amount,payment_method,receipt_number,gross_revenue,tax_collected,net_revenue',
    'daily_settlement,2026-01-28,1,2,JPY,TXN-001,2026-01-28T10:30:00Z,100000,8000,CREDIT_CARD,RCP-001,,,',
    `daily_settlement,2026-01-28,1,2,JPY,TXN-002,2026-01-28T11:15:00Z,50000,4000,PAYPAY,"'=領収書,""甲"" <&>",,,`,
    'daily_settlement,2026-01-28,1,2,JPY,RE-001,2026-01-28T12:00:00Z,-10000,-800,CREDIT_CARD,,,,',
    'daily_settlement,2026-01-28,1,2,JPY,,,,,,,140000,11200,128800',
    '',
  ].join('\r\n'),
  xml: `<?xml version="1.0" encoding="UTF-8"?>
<accounting_export xmlns="urn:mpac-pgw:accounting-export:1">
  <export_type>daily_settlement</export_type>
  <date>2026-01-28</date>
  <merchant_id>1</merchant_id>
  <store_id>2</store_id>
  <currency>JPY</currency>
  <transactions>
    <transaction>
      <transaction_id>TXN-001</transaction_id>
      <timestamp>2026-01-28T10:30:00Z</timestamp>
      <amount>100000</amount>
      <tax_amount>8000</tax_amount>
      <payment_method>CREDIT_CARD</payment_method>
      <receipt_number>RCP-001</receipt_number>
    </transaction>
    <transaction>
      <transaction_id>TXN-002</transaction_id>
      <timestamp>2026-01-28T11:15:00Z</timestamp>
      <amount>50000</amount>
      <tax_amount>4000</tax_amount>
      <payment_method>PAYPAY</payment_method>
      <receipt_number>=領収書,"甲" &lt;&amp;&gt;</receipt_number>
    </transaction>
    <transaction>
      <transaction_id>RE-001</transaction_id>
      <timestamp>2026-01-28T12:00:00Z</timestamp>
      <amount>-10000</amount>
      <tax_amount>-800</tax_amount>
      <payment_method>CREDIT_CARD</payment_method>
    </transaction>
  </transactions>
  <totals>
    <gross_revenue>140000</gross_revenue>
    <tax_collected>11200</tax_collected>
    <net_revenue>128800</net_revenue>
  </totals>
</accounting_export>
`,
};

for (const format of EXPORT_FORMATS) {
  test(`a file in ${format} is the one that was typed by hand, however its lines come in pages`, () => {
    assert.equal(write(format, KEY, [TRANSACTIONS]), BY_HAND[format]);
    const one_by_one = TRANSACTIONS.map((one) => [one]);
    assert.equal(write(format, KEY, one_by_one), BY_HAND[format]);
  });
}

const NO_SALES: Record<ExportFormat, string> = {
  json: `{
  "export_type": "daily_settlement",
  "date": "2026-01-28",
  "merchant_id": 1,
  "store_id": null,
  "currency": "JPY",
  "transactions": [],
  "totals": {
    "gross_revenue": 0,
    "tax_collected": 0,
    "net_revenue": 0
  }
}
`,
  csv: [
    '\ufeffexport_type,date,merchant_id,store_id,currency,transaction_id,timestamp,amount,tax_amount,payment_method,receipt_number,gross_revenue,tax_collected,net_revenue',
    'daily_settlement,2026-01-28,1,,JPY,,,,,,,0,0,0',
    '',
  ].join('\r\n'),
  xml: `<?xml version="1.0" encoding="UTF-8"?>
<accounting_export xmlns="urn:mpac-pgw:accounting-export:1">
  <export_type>daily_settlement</export_type>
  <date>2026-01-28</date>
  <merchant_id>1</merchant_id>
  <currency>JPY</currency>
  <transactions>
  </transactions>
  <totals>
    <gross_revenue>0</gross_revenue>
    <tax_collected>0</tax_collected>
    <net_revenue>0</net_revenue>
  </totals>
</accounting_export>
`,
};

test('a line end in a text stands in quotes, whichever it is', () => {
  for (const receipt_number of ['a\nb', 'a\rb', 'a\r\nb']) {
    const [sold] = TRANSACTIONS;
    assert.ok(sold);
    const text = write('csv', KEY, [[{ ...sold, receipt_number }]]);
    assert.ok(text.includes(`,CREDIT_CARD,"${receipt_number}",,,\r\n`), JSON.stringify(text));
  }
});

test('a day without sales in no store is a whole file in each format', () => {
  for (const format of EXPORT_FORMATS) {
    assert.equal(write(format, { ...KEY, merchant_store_id: null }, []), NO_SALES[format]);
  }
});

function assertValidXml(text: string): XmlDocument {
  const schema = XmlDocument.fromString(EXPORT_XML_SCHEMA);
  const validator = XsdValidator.fromDoc(schema);
  const document = XmlDocument.fromString(text);
  try {
    validator.validate(document);
    return document;
  } finally {
    validator.dispose();
    schema.dispose();
  }
}

test('the schema takes our files and refuses others', () => {
  for (const text of [BY_HAND.xml, NO_SALES.xml]) assertValidXml(text).dispose();
  assert.throws(() => assertValidXml(BY_HAND.xml.replace('<amount>100000', '<amount>much')));
  assert.throws(() => assertValidXml(BY_HAND.xml.replace('<currency>JPY</currency>', '')));
});

test('docs/accounting-export.xsd is the schema that is served', () => {
  const path = new URL('../../../../docs/accounting-export.xsd', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), EXPORT_XML_SCHEMA);
});

/** Any text that PostgreSQL can keep. */
const anyText = fc
  .string({ minLength: 1, maxLength: 40, unit: 'binary' })
  .map((text) => text.replaceAll('\u0000', '') || '-');
const anyTransaction: fc.Arbitrary<ExportTransaction> = fc.record(
  {
    transaction_id: anyText,
    timestamp: fc.constant('2026-01-28T10:30:00Z'),
    amount: fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }),
    tax_amount: fc.integer({ min: -1_000, max: 1_000 }),
    payment_method: fc.constantFrom('CASH', 'PAYPAY'),
    receipt_number: fc.option(anyText),
  },
  { noNullPrototype: true },
);

test('whatever texts are in it, a file is read back as what it was, and its totals are the sums of its lines', () => {
  fc.assert(
    fc.property(fc.array(anyTransaction, { maxLength: 12 }), anyText, (transactions, store) => {
      const key = { ...KEY, merchant_store_id: `s${store}` };
      const pages = transactions.map((one) => [one]);
      const gross = transactions.reduce((sum, { amount }) => sum + amount, 0);

      const json = JSON.parse(write('json', key, pages)) as {
        transactions: unknown[];
        totals: { gross_revenue: number };
      };
      assert.deepEqual(json.transactions, transactions);
      assert.equal(json.totals.gross_revenue, gross);

      const rows = parse(write('csv', key, pages), { columns: true, bom: true }) as Record<string, string>[];
      assert.equal(rows.length, transactions.length + 1);
      assert.equal(Number(rows.at(-1)?.['gross_revenue']), gross);
      for (const [at, { amount, transaction_id }] of transactions.entries()) {
        assert.equal(Number(rows[at]?.['amount']), amount);
        assert.equal(
          rows[at]?.['transaction_id']?.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''),
          transaction_id,
        );
        for (const column of ['transaction_id', 'receipt_number', 'store_id']) {
          assert.doesNotMatch(rows[at]?.[column] ?? '', /^[=+\-@\t\r\n＝＋－＠]/);
        }
      }

      const document = assertValidXml(write('xml', key, pages));
      const total = document.get('/x:accounting_export/x:totals/x:gross_revenue', {
        x: 'urn:mpac-pgw:accounting-export:1',
      });
      assert.equal(Number(total?.content), gross);
      document.dispose();
    }),
    { numRuns: 60 },
  );
});
