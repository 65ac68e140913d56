// What a rendered code says, in Japanese and English: to those who look at it and to those who have it read to them.
import { toDecimal } from './money.ts';

export type Language = 'ja' | 'en';

/** What stands in the place of the code. `open` is the code itself. */
export type QRState = 'open' | 'checking' | 'paid' | 'expired' | 'cancelled' | 'failed';

interface Words {
  states: Record<QRState, string>;
  code: (wallet: string, amount: string) => string;
  time_left: (clock: string) => string;
  time_left_spoken: (seconds: number) => string;
}

export const WORDS: Record<Language, Words> = {
  ja: {
    states: {
      open: 'アプリでコードを読み取ってお支払いください',
      checking: 'お支払いを確認しています',
      paid: 'お支払いが完了しました',
      expired: 'コードの有効期限が切れました',
      cancelled: 'お支払いは中止されました',
      failed: 'お支払いできませんでした',
    },
    code: (wallet, amount) => `${wallet}のQRコード、${amount}`,
    time_left: (clock) => `残り ${clock}`,
    time_left_spoken: (seconds) =>
      seconds < 60 ? `残り${seconds}秒` : `残り約${Math.round(seconds / 60)}分`,
  },
  en: {
    states: {
      open: 'Scan the code with your app to pay',
      checking: 'Checking the payment',
      paid: 'Paid',
      expired: 'This code has expired',
      cancelled: 'The payment was cancelled',
      failed: 'The payment did not go through',
    },
    code: (wallet, amount) => `${wallet} QR code, ${amount}`,
    time_left: (clock) => `${clock} left`,
    time_left_spoken: (seconds) => {
      const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.round(seconds / 60), 'minute'];
      return `${seconds < 60 ? '' : 'about '}${count} ${unit}${count === 1 ? '' : 's'} left`;
    },
  },
};

const WALLETS: Record<string, string> = {
  PAYPAY: 'PayPay',
  LINE_PAY: 'LINE Pay',
  RAKUTEN_PAY: 'Rakuten Pay',
  D_BARAI: 'd払い',
  AU_PAY: 'au PAY',
  MERPAY: 'Merpay',
  ALIPAY_PLUS: 'Alipay+',
  WECHAT_PAY: 'WeChat Pay',
};

export function walletName(provider: string): string {
  return WALLETS[provider] ?? provider;
}

/** `¥1,500`, `$15.00`: as people of the language write it, with the digits of the currency's minor unit. */
export function amountText(amount: number, currency: string, language: Language): string {
  try {
    const decimal = toDecimal(amount, currency);
    const digits = decimal.split('.')[1]?.length ?? 0;
    const options: Intl.NumberFormatOptions = {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    };
    return new Intl.NumberFormat(language, options).format(Number(decimal));
  } catch {
    // A currency that is newer than this list, or than the browser.
    return `${amount} ${currency}`;
  }
}

/** `4:59`. */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
