// The mail that tells a person that a day's exchange with the card processor needs him, in Japanese or in English. It
// names the day, the reason and the way on; no secret, and nothing of what stands in a file.
import type { CardBatch } from './card-batch.ts';
import { cardBatchFileName, settlementFileName } from './card-batch-file.ts';

export type MailLanguage = 'ja' | 'en';

/** upload, download: it could not be transferred. missing: it never came. unreadable: it came, and cannot be right. */
export type CardBatchTrouble = 'upload' | 'download' | 'missing' | 'unreadable';

const WORDS: Record<CardBatchTrouble, Record<MailLanguage, { subject: string; what: string }>> = {
  upload: {
    ja: {
      subject: 'カード取引ファイルを送信できませんでした',
      what: 'カード会社への取引ファイルの送信が、再試行を含めてすべて失敗しました。',
    },
    en: {
      subject: 'Card transactions were not uploaded',
      what: 'The file of card transactions could not be uploaded to the card processor, retries included.',
    },
  },
  download: {
    ja: {
      subject: '精算ファイルを受信できませんでした',
      what: 'カード会社の精算ファイルの受信が、再試行を含めてすべて失敗しました。',
    },
    en: {
      subject: 'The card settlement file was not downloaded',
      what: 'The settlement file of the card processor could not be downloaded, retries included.',
    },
  },
  missing: {
    ja: {
      subject: '精算ファイルが届いていません',
      what: 'カード会社の精算ファイルが期限までに置かれませんでした。',
    },
    en: {
      subject: 'The card settlement file is missing',
      what: 'The card processor has not put the settlement file in its place in time.',
    },
  },
  unreadable: {
    ja: {
      subject: '精算ファイルを読み取れません',
      what: 'カード会社の精算ファイルは正しい形式ではないため、全体を取り込みませんでした。',
    },
    en: {
      subject: 'The card settlement file cannot be read',
      what: 'The settlement file of the card processor cannot be right, and nothing of it was taken.',
    },
  },
};

export function makeCardBatchMail(
  batch: Pick<CardBatch, 'id' | 'livemode' | 'business_date' | 'error'>,
  trouble: CardBatchTrouble,
  language: MailLanguage,
): { subject: string; body: string } {
  const { id, livemode, business_date, error } = batch;
  const { subject, what } = WORDS[trouble][language];
  const file = trouble === 'upload' ? cardBatchFileName(business_date) : settlementFileName(business_date);
  const by_hand = trouble !== 'upload';
  const body =
    language === 'ja'
      ? `${what}

  対象日:   ${business_date}
  ファイル: ${file}
  バッチ:   ${id}
  モード:   ${livemode ? '本番' : 'テスト'}
  理由:     ${error ?? '-'}

原因を取り除いてから、次のどちらかで再実行してください。何度実行しても結果は同じです。
  POST /v1/card_batches  {"business_date":"${business_date}"}
  mpac-pgw settlement run --date ${business_date}
${
  by_hand
    ? `カード会社から別の方法でファイルを受け取った場合は、手動で取り込めます。
  POST /v1/card_batches/${id}/settlement_file
  mpac-pgw settlement import ${file} --date ${business_date}
`
    : ''
}`
      : `${what}

  Day:    ${business_date}
  File:   ${file}
  Batch:  ${id}
  Mode:   ${livemode ? 'live' : 'test'}
  Reason: ${error ?? '-'}

Remove the cause, then run the day again. It may be run as often as you like.
  POST /v1/card_batches  {"business_date":"${business_date}"}
  mpac-pgw settlement run --date ${business_date}
${
  by_hand
    ? `If the processor gives you the file another way, supply it by hand.
  POST /v1/card_batches/${id}/settlement_file
  mpac-pgw settlement import ${file} --date ${business_date}
`
    : ''
}`;
  return { subject: `[mpac-pgw] ${subject} (${business_date})`, body };
}
