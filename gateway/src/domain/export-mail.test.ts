// The mail of an accounting export that was given up, word by word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeExportMail } from './export-mail.ts';

const failed = {
  id: 'ax_01KG3Q0C6E8G0J2M4P6R8T0V2X',
  merchant_id: '1',
  merchant_store_id: '2' as string | null,
  business_date: '2026-01-28',
  file_name: 'settlement_1_2_20260128.json',
  attempts_made: 6,
  error: 'The server did not answer.',
};

test('in English it is the documented one, and says truly what follows the last attempt', () => {
  assert.deepEqual(makeExportMail(failed, 'en'), {
    subject: 'Daily Settlement Export Failed - Merchant 1',
    body: `Dear Administrator,

The daily settlement export for 2026-01-28 failed to upload to the accounting system.

Details:
- Merchant ID: 1
- Store ID: 2
- Export Date: 2026-01-28
- Failure Reason: The server did not answer.
- Retry Attempt: 5/5

This was the last attempt: the system will not retry by itself. The file settlement_1_2_20260128.json
is exported again when you ask for it with POST /v1/accounting_exports or "mpac-pgw export run" (export ax_01KG3Q0C6E8G0J2M4P6R8T0V2X).

If the issue persists, please contact support.

Best regards,
MPAC SmartPOS Platform
`,
  });
});

test('in Japanese it says the same', () => {
  const { subject, body } = makeExportMail(failed, 'ja');
  assert.equal(subject, '日次売上データの送信に失敗しました - 加盟店 1');
  for (const line of [
    '2026-01-28 の日次売上データを会計システムへ送信できませんでした。',
    '- 加盟店 ID: 1',
    '- 店舗 ID: 2',
    '- 対象日: 2026-01-28',
    '- 失敗の理由: The server did not answer.',
    '- 再試行回数: 5/5',
  ]) {
    assert.ok(body.split('\n').includes(line), line);
  }
});

test('an id of an upstream system begins no line of its own', () => {
  const { subject, body } = makeExportMail(
    { ...failed, merchant_id: 'a\r\nBcc: x@example.com', merchant_store_id: null },
    'en',
  );
  assert.equal(subject, 'Daily Settlement Export Failed - Merchant a  Bcc: x@example.com');
  assert.match(body, /^- Merchant ID: a {2}Bcc: x@example\.com$/m);
  assert.match(body, /^- Store ID: -$/m);
});
