// The till's words. Japanese stands in the page itself; here is its English, and in both languages what is said only
// when something happens. Amounts of yen look alike in both.

export type Language = 'ja' | 'en';
export interface Both {
  ja: string;
  en: string;
}

/** English of the elements with data-words; their Japanese is what stands in till.html. */
export const PAGE_ENGLISH: Record<string, string> = {
  shop_name: 'Hidamari Coffee',
  orders: 'Today’s orders',
  menu: 'Menu',
  order: 'Order',
  empty_order: 'Choose something from the menu.',
  total: 'Total',
  charge: 'Charge',
  how_to_pay: 'How would they like to pay?',
  method_qr: 'Show a code',
  method_scan_title: 'Scan',
  method_scan: 'The customer’s code',
  method_card_title: 'Card',
  method_card: 'At the terminal',
  method_cash_title: 'Cash',
  method_cash: 'With change worked out',
  cancel_order: 'Cancel the order',
  scan_this: 'Scan this with PayPay',
  cancel_payment: 'Cancel the payment',
  scan_title: 'Read the customer’s code',
  customer_code: 'Customer’s code',
  scan_hint: 'Use the reader, or type the digits.',
  wallet_link: 'Take a code out of the simulator’s wallet',
  take_code: 'Pay with this code',
  another_method: 'Pay another way',
  card_title: 'Present the card',
  terminal_app: 'Terminal app',
  stand_in: 'Stand-in',
  terminal_hint: 'On a real terminal its own app opens here. Choose what it answers.',
  approve: 'Approve',
  decline: 'Decline',
  terminal_error: 'Terminal error',
  terminal_left: 'Closes without an answer',
  cash_title: 'Cash',
  received: 'Received',
  take_cash: 'Cash received',
  waiting: 'One moment',
  try_again: 'Try again',
  next_order: 'Next order',
  orders_of_today: 'Today’s orders',
  close: 'Close',
  no_orders: 'There are no orders yet today.',
};

const SAID: Record<string, Both> = {
  order_number: { ja: '注文 {number}番', en: 'Order {number}' },
  add: { ja: '{name}、{price}を追加', en: 'Add {name}, {price}' },
  one_more: { ja: '{name}を1つ増やす', en: 'One more {name}' },
  one_less: { ja: '{name}を1つ減らす', en: 'One less {name}' },
  in_order: { ja: '{count}点', en: '{count} in the order' },
  exact: { ja: 'ちょうど', en: 'Exact' },
  change: { ja: 'おつり', en: 'Change' },
  missing: { ja: '不足', en: 'Still missing' },

  asked_in_app: {
    ja: 'お客様のアプリで確認を待っています',
    en: 'Waiting for the customer to confirm in the app',
  },
  working: { ja: '確認しています', en: 'One moment' },
  working_text: { ja: 'お待ちください', en: 'Please wait' },
  cancelling: { ja: '支払いを取り消しています', en: 'Cancelling the payment' },
  code_shown: {
    ja: '先に表示したコードのお支払いを待っています。新しいコードを出すには、取り消してください。',
    en: 'Waiting for the code that was shown before. Cancel the payment to show another one.',
  },
  finding_out: { ja: '支払いの結果を確認しています', en: 'Finding out what came of the payment' },

  paid: { ja: 'お支払いが完了しました', en: 'Paid' },
  paid_text: { ja: 'ありがとうございました。', en: 'Thank you.' },
  declined: { ja: 'お支払いできませんでした', en: 'Declined' },
  declined_text: {
    ja: 'お代はいただいていません。もう一度試すか、別の方法でお支払いください。',
    en: 'Nothing was taken. Try again, or pay another way.',
  },
  terminal_failed: { ja: '端末でエラーが起きました', en: 'The terminal failed' },
  terminal_failed_text: {
    ja: 'お代はいただいていません。端末を確かめて、もう一度試してください。',
    en: 'Nothing was taken. Look at the terminal, then try again.',
  },
  expired: { ja: '時間切れです', en: 'The time ran out' },
  expired_text: {
    ja: 'お代はいただいていません。もう一度お支払いに進めます。',
    en: 'Nothing was taken. The payment can be tried again.',
  },
  cancelled: { ja: '取り消しました', en: 'Cancelled' },
  cancelled_text: { ja: 'お代はいただいていません。', en: 'Nothing was taken.' },
  unclear: { ja: '結果を確認中です', en: 'Waiting: the outcome is unknown' },
  unclear_text: {
    ja: 'お金が動いたかまだ分かりません。別の方法で受け取らないでください。分かりしだい、ここに表示します。',
    en: 'Money may have moved. Do not take it another way. This page says so as soon as it is known.',
  },
  elsewhere: { ja: '別のレジで会計しています', en: 'At another till' },
  elsewhere_text: {
    ja: 'この注文は別のレジに移りました。結果は、ここと本日の注文に表示します。',
    en: 'Another till has taken over this order. How it ends is shown here and among today’s orders.',
  },
  queued: { ja: '受け取りを保存しました', en: 'Kept, to be sent' },
  queued_text: {
    ja: 'オフラインです。この端末に保存し、つながりしだい送ります。商品はお渡しください。',
    en: 'The till is offline. The payment is kept on this device and sent as soon as there is a connection.',
  },
  offline: {
    ja: 'オフラインです。会計中の現金はこのまま受け取れます。',
    en: 'Offline. Cash for an order at this till can be taken all the same.',
  },
  kept_waiting: { ja: '送信待ちの支払い: {count}件', en: 'Payments waiting to be sent: {count}' },
  kept_refused: {
    ja: '受け取った{amount}が記録できませんでした（{code}）。店長に知らせてから、確認済みにしてください。',
    en: '{amount} was taken and could not be recorded ({code}). Tell the manager, then mark it as seen.',
  },
  kept_launched: {
    ja: '{amount}のカード支払いの結果が届いていません。端末を確かめて、選んでください。',
    en: 'The terminal did not say how a card payment of {amount} ended. Look at it, and say so here.',
  },
  kept_unreadable: { ja: '読み取れない記録が1件あります。', en: 'There is a record that cannot be read.' },
  seen: { ja: '確認済み', en: 'Mark as seen' },
  approval_code: { ja: '承認番号', en: 'Approval code' },
  was_approved: { ja: '承認された', en: 'It was approved' },
  was_not_taken: { ja: '支払われていない', en: 'Nothing was taken' },

  receipt_number: { ja: '領収番号', en: 'Receipt' },
  tax: { ja: '（内消費税 {rate}%）', en: 'Tax included, {rate}%' },
  sum: { ja: '合計', en: 'Total' },
  paid_by: { ja: '支払方法', en: 'Paid by' },
  was_received: { ja: 'お預かり', en: 'Received' },
  cash: { ja: '現金', en: 'Cash' },
  reduced_rate: { ja: '※は軽減税率（8%）対象', en: '※ reduced rate of 8%' },

  status_open: { ja: '未払い', en: 'Open' },
  status_unclear: { ja: '結果を確認中', en: 'Unknown' },
  status_paid: { ja: '支払い済み', en: 'Paid' },
  status_declined: { ja: '支払い不可', en: 'Declined' },
  status_cancelled: { ja: '取消', en: 'Cancelled' },
  status_expired: { ja: '時間切れ', en: 'Expired' },
  status_refunding: { ja: '返金中', en: 'Refunding' },
  status_refunded: { ja: '返金済み', en: 'Refunded' },
  refund: { ja: '返金', en: 'Refund' },
  refund_sure: { ja: '{amount}を返金します', en: 'Refund {amount}' },
  refund_cash: { ja: '現金でお返しください', en: 'Hand the cash back' },
  keep: { ja: 'やめる', en: 'Keep it' },
  look: { ja: '結果を見る', en: 'See how it ended' },
  pay_now: { ja: '支払いへ', en: 'Take payment' },

  error_shop: {
    ja: 'お店のサーバーにつながりません。接続を確かめて、もう一度押してください。',
    en: 'The shop’s server cannot be reached. Look at the connection, then press again.',
  },
  error_gateway: {
    ja: '決済サーバーにつながりません。少し待って、もう一度押してください。',
    en: 'The payment gateway cannot be reached. Wait a moment, then press again.',
  },
  error_token: {
    ja: 'お支払いの有効期限が切れました。もう一度方法を選んでください。',
    en: 'The time to begin this payment was over. Choose the method again.',
  },
  error_code: {
    ja: 'このコードは使えません。お客様に新しいコードを出してもらい、もう一度読み取ってください。',
    en: 'This code cannot be used. Ask the customer for a fresh one and scan again.',
  },
  error_wallet: {
    ja: 'このお店では、このアプリは使えません。別の方法を選んでください。',
    en: 'This shop cannot take this app. Choose another way to pay.',
  },
  error_provider: {
    ja: '支払いを始められませんでした。お代はいただいていません。もう一度か、別の方法を選んでください。',
    en: 'The payment could not begin. Nothing was taken. Try again, or choose another way.',
  },
  error_left: {
    ja: 'カードの支払いは行われませんでした。方法を選んでください。',
    en: 'The card payment was left, and nothing was taken. Choose how to pay.',
  },
  error_terminal: {
    ja: '端末のアプリを開けません。前のカード支払いの結果を確かめるか、別の方法を選んでください。',
    en: 'The terminal’s app could not be opened. See how its last payment ended, or choose another way.',
  },
  error_state: {
    ja: 'この支払いはもう変わっています。本日の注文で確かめてください。',
    en: 'This payment has changed meanwhile. Look at today’s orders.',
  },
  error_refund: {
    ja: '返金の結果がまだ分かりません。もう一度押しても、返金は一度だけです。',
    en: 'Whether the refund was made is not known yet. Press again: it is made once.',
  },
  error_refused: {
    ja: '返金できませんでした。お金は戻っていません。',
    en: 'The provider refused the refund. Nothing was given back.',
  },
  error_other: {
    ja: 'うまくいきませんでした。もう一度お試しください。（{code}）',
    en: 'This did not work. Please try again. ({code})',
  },
};

let language: Language = 'ja';

export function setLanguage(wanted: Language): void {
  language = wanted;
}

export function currentLanguage(): Language {
  return language;
}

export const pick = (both: Both): string => both[language];

/** The words for this key, with `{names}` filled in. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = SAID[key]?.[language] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

export function yen(amount: number): string {
  return `¥${amount.toLocaleString('ja-JP')}`;
}
