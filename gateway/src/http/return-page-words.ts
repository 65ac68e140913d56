// What the page between a provider's and the merchant's says, in the languages of those who see it: Japanese, English,
// and Arabic, in which Plutu's page speaks by itself.
import type { ReturnOutcome } from './return-page.ts';

export interface ReturnWords {
  lang: 'ja' | 'en' | 'ar';
  dir: 'ltr' | 'rtl';
  outcomes: Record<ReturnOutcome, readonly [title: string, text: string]>;
  facts: { amount: string; about: string };
  back: string;
  leads_on: string;
}

const ENGLISH: ReturnWords = {
  lang: 'en',
  dir: 'ltr',
  outcomes: {
    paid: ['Payment complete', 'Thank you. Your payment has been received.'],
    failed: ['Payment not made', 'The payment was not made, and nothing was charged.'],
    pending: [
      'Your payment is being confirmed',
      'We do not know the result yet. Please do not pay again before the shop has told you how it ended.',
    ],
    late: [
      'Your payment arrived after the order was closed',
      'The shop has been told. Please contact it about the order, or about your money.',
    ],
    not_written: [
      'The result is being looked at',
      'This takes a moment longer than usual. Please leave this page open: it tries again by itself. Do not pay again.',
    ],
    not_genuine: [
      'This address tells nothing',
      'It does not come from the payment page in this form. Nothing was changed. Please go back to the shop.',
    ],
  },
  facts: { amount: 'Amount', about: 'Order' },
  back: 'Back to the shop',
  leads_on: 'You will be taken back in a few seconds.',
};

const JAPANESE: ReturnWords = {
  lang: 'ja',
  dir: 'ltr',
  outcomes: {
    paid: ['お支払いが完了しました', 'ありがとうございます。お支払いを受け付けました。'],
    failed: ['お支払いは行われませんでした', 'お支払いは行われず、請求は発生していません。'],
    pending: [
      'お支払いを確認しています',
      '結果はまだ確定していません。お店から結果の案内があるまで、もう一度お支払いにならないでください。',
    ],
    late: [
      '注文の終了後にお支払いが届きました',
      'お店に通知しました。ご注文またはご返金については、お店にお問い合わせください。',
    ],
    not_written: [
      '結果を確認しています',
      '通常より時間がかかっています。この画面を開いたままお待ちください。自動で再確認します。もう一度お支払いにならないでください。',
    ],
    not_genuine: [
      'このアドレスからは何も確認できません',
      '決済ページから届いた内容と一致しません。何も変更されていません。お店のページにお戻りください。',
    ],
  },
  facts: { amount: '金額', about: 'ご注文' },
  back: 'お店のページに戻る',
  leads_on: '数秒後に自動で移動します。',
};

const ARABIC: ReturnWords = {
  lang: 'ar',
  dir: 'rtl',
  outcomes: {
    paid: ['تم الدفع', 'شكرًا لك. لقد استلمنا دفعتك.'],
    failed: ['لم يتم الدفع', 'لم تتم عملية الدفع ولم يُخصم أي مبلغ.'],
    pending: [
      'جارٍ تأكيد دفعتك',
      'لا نعرف النتيجة بعد. يُرجى عدم الدفع مرة أخرى قبل أن يخبرك المتجر بالنتيجة.',
    ],
    late: ['وصلت دفعتك بعد إغلاق الطلب', 'تم إبلاغ المتجر. يُرجى التواصل معه بشأن الطلب أو بشأن أموالك.'],
    not_written: [
      'جارٍ التحقق من النتيجة',
      'يستغرق الأمر وقتًا أطول من المعتاد. يُرجى ترك هذه الصفحة مفتوحة، فهي تعيد المحاولة تلقائيًا. لا تدفع مرة أخرى.',
    ],
    not_genuine: [
      'لا يمكن التحقق من هذا العنوان',
      'هذا العنوان لا يطابق ما تُرسله صفحة الدفع. لم يتغير أي شيء. يُرجى العودة إلى المتجر.',
    ],
  },
  facts: { amount: 'المبلغ', about: 'الطلب' },
  back: 'العودة إلى المتجر',
  leads_on: 'ستتم إعادتك خلال ثوانٍ.',
};

const ALL: readonly ReturnWords[] = [ENGLISH, JAPANESE, ARABIC];

/** In the language that the browser likes best of those we have; English where it likes none of them. */
export function findReturnWords(accept_language: string | undefined): ReturnWords {
  let best = { words: ENGLISH, quality: 0 };
  for (const part of (accept_language ?? '').slice(0, 200).split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const given = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('q='));
    const quality = given === undefined ? 1 : Number(given.slice(2));
    const words = ALL.find(({ lang }) => lang === tag.split('-')[0]);
    if (words !== undefined && quality > best.quality) best = { words, quality };
  }
  return best.words;
}
