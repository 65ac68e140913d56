// The mail that tells a merchant's administrator that an accounting export was given up, in English as it is
// documented, or in Japanese. Its line about the next attempt says what is true after the last one.
import { type AccountingExport, MOST_EXPORT_RETRIES } from './accounting-export.ts';

export type MailLanguage = 'ja' | 'en';

type FailedExport = Pick<
  AccountingExport,
  'id' | 'merchant_id' | 'merchant_store_id' | 'business_date' | 'file_name' | 'attempts_made' | 'error'
>;

export function makeExportMail(
  failed: FailedExport,
  language: MailLanguage,
): { subject: string; body: string } {
  // An id comes from an upstream system, and must not begin a line of its own.
  const merchant = onOneLine(failed.merchant_id);
  const store = failed.merchant_store_id === null ? '-' : onOneLine(failed.merchant_store_id);
  const facts = { ...failed, merchant, store, attempt: `${failed.attempts_made - 1}/${MOST_EXPORT_RETRIES}` };
  return language === 'en' ? inEnglish(facts) : inJapanese(facts);
}

type Facts = FailedExport & { merchant: string; store: string; attempt: string };

// The documented words, but for the line on what follows: this was the last of the five retries.
function inEnglish(facts: Facts) {
  const { merchant, store, business_date, attempt } = facts;
  return {
    subject: `Daily Settlement Export Failed - Merchant ${merchant}`,
    body: `Dear Administrator,

The daily settlement export for ${business_date} failed to upload to the accounting system.

Details:
- Merchant ID: ${merchant}
- Store ID: ${store}
- Export Date: ${business_date}
- Failure Reason: ${facts.error}
- Retry Attempt: ${attempt}

This was the last attempt: the system will not retry by itself. The file ${facts.file_name}
is exported again when you ask for it with POST /v1/accounting_exports or "mpac-pgw export run" (export ${facts.id}).

If the issue persists, please contact support.

Best regards,
MPAC SmartPOS Platform
`,
  };
}

function inJapanese(facts: Facts) {
  const { merchant, store, business_date, attempt } = facts;
  return {
    subject: `日次売上データの送信に失敗しました - 加盟店 ${merchant}`,
    body: `管理者 様

${business_date} の日次売上データを会計システムへ送信できませんでした。

詳細:
- 加盟店 ID: ${merchant}
- 店舗 ID: ${store}
- 対象日: ${business_date}
- 失敗の理由: ${facts.error}
- 再試行回数: ${attempt}

自動での再送はこれで終了しました。ファイル ${facts.file_name} は、
POST /v1/accounting_exports または "mpac-pgw export run" を実行すると再送されます (エクスポート ${facts.id})。

問題が解決しない場合は、サポートまでお問い合わせください。

MPAC SmartPOS Platform
`,
  };
}

function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
