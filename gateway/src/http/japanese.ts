// Refusals in Japanese, for a client that asks for it. A sentence for each rule that a field can break, and one
// for each refusal of the table; the facts stand in `details` in every language.
import type { ErrorName, GatewayError } from '../domain/error.ts';

const BY_NAME: Record<ErrorName, string> = {
  invalid_request: 'リクエストの内容が正しくありません。',
  provider_not_supported: 'この決済手段はこの店舗では利用できません。',
  unauthorized: '署名がないか、正しくありません。',
  invalid_token: '決済トークンが無効か、期限切れです。新しいトークンを発行してください。',
  forbidden: 'この操作を行う権限がありません。',
  payment_not_found: 'この ID の決済はありません。',
  not_found: '見つかりません。',
  request_timeout: 'リクエストが時間内に届きませんでした。再送してください。',
  idempotency_conflict: '同じキーまたは参照番号の別のリクエストと重複しています。',
  invalid_payment_state: '現在の決済の状態では、この操作はできません。details.status を確認してください。',
  conflict: '現在の状態では、この操作はできません。',
  body_too_large: 'リクエスト本文が大きすぎます。',
  unsupported_media_type: '本文は application/json で送信してください。',
  rate_limit_exceeded: 'リクエストが多すぎます。しばらくしてから再度お試しください。',
  headers_too_large: 'ヘッダーが大きすぎるか、多すぎます。',
  internal_error: 'サーバーでエラーが発生しました。同じ Idempotency-Key で再送してください。',
  unavailable: 'ただいま処理できません。しばらくしてから、同じ Idempotency-Key で再送してください。',
  provider_error: '決済事業者から確かな応答がありません。決済の状態を取得して確認してください。',
  provider_timeout:
    '決済事業者からの応答がなく、結果を確認中です。同じ Idempotency-Key で再送するか、状態を取得してください。',
};

const BY_CONSTRAINT: Record<string, (field: string) => string> = {
  late_payment: () =>
    '決済は終了しています。端末で受け取った金額は記録しました。details.late_payment を確認し、返金または受領を登録してください。',
  required: (field) => `${field} は必須です。`,
  unknown_field: (field) => `${field} という項目はありません。綴りを確認してください。`,
  min_value: (field) => `${field} の値が小さすぎます。`,
  max_value: (field) => `${field} の値が大きすぎます。`,
  type: (field) => `${field} の型が正しくありません。`,
  enum: (field) => `${field} に使える値ではありません。`,
  min_length: (field) => `${field} が短すぎます。`,
  max_length: (field) => `${field} が長すぎます。`,
  min_items: (field) => `${field} を空にすることはできません。`,
  max_items: (field) => `${field} が多すぎます。`,
  unique_items: (field) => `${field} に同じ値が二つあります。`,
  max_properties: (field) => `${field} の項目が多すぎます。`,
  format: (field) => `${field} の形式が正しくありません。`,
  json: () => '本文が UTF-8 の正しい JSON ではありません。',
  iso_4217: (field) => `${field} は JPY のような ISO 4217 の通貨コードにしてください。`,
  public_address: (field) => `${field} は公開されたホスト名かアドレスにしてください。`,
  own_directory: (field) => `${field} は別の加盟店またはモードの出力先です。別のディレクトリにしてください。`,
  range: (field) => `${field} の値が範囲外です。`,
  ended_day: (field) => `${field} の営業日はまだ終わっていません。終わってから再度お試しください。`,
  time_zone: (field) => `${field} は Asia/Tokyo のようなタイムゾーン名にしてください。`,
  exists: (field) => `${field} が登録されていません。先に同期してください。`,
  unique: (field) => `${field} はすでに使われています。details の決済を確認してください。`,
  unique_terminal_payment: () =>
    'この端末決済は details の決済に記録済みです。承認番号が同じ別の決済であれば、伝票番号を付けて確定してください。',
  terminal_only: (field) => `${field} は外部端末のカードと電子マネーにだけ指定できます。`,
  recorded_only: (field) => `${field} はほかで受け取った支払いの番号なので、この決済方法には指定できません。`,
  success_only: (field) => `${field} は external_status が success のときだけ指定できます。`,
  same_merchant: (field) => `${field} の店舗は別の加盟店に属しています。加盟店を移すことはできません。`,
  same_body: () => 'この Idempotency-Key は別の内容で使われています。新しいキーを使ってください。',
  in_progress: () => '同じ Idempotency-Key のリクエストを処理中です。少し待って再送してください。',
  timestamp: () => '署名の時刻がサーバーの時計とずれています。Unix 秒で、差は 300 秒以内にしてください。',
  allowed_by_payment_intent: () => 'この決済では、その支払方法は受け付けていません。',
  client_confirm_methods: () => 'この支払方法は、バックエンドから署名付きで確定してください。',
  origin: (field) => `${field} は https://shop.example.com のようなオリジンにしてください。`,
  needs_merchant: (field) =>
    `どの加盟店のものか分からない差異には記帳できません。${field} を外してください。`,
  needs_provider: (field) =>
    `ゲートウェイに記録のない注文の差異には、請求先が分からないため記帳できません。${field} を外してください。`,
  last_api_key: () => '組織の最後の API キーは失効できません。先に新しいキーを作成してください。',
  revoked: () => 'このキーは失効済みです。新しいキーを作成してください。',
  publishable_key: () =>
    'この公開可能キーでは、このページからのリクエストは許可されていません。allowed_origins を確認してください。',
  endpoint_enabled: () => 'この Webhook エンドポイントは停止中です。先に有効にしてください。',
  qr_cpm_only: () => 'customer_code は payment_method_type が qr_cpm のときだけ指定できます。',
  matches_customer_code: () => '読み取ったコードは、指定された provider のコードではありません。',
  recognised_from_customer_code: () =>
    '読み取ったコードから決済サービスを判別できません。もう一度読み取るか、provider を指定してください。',
  single_use: () => 'このコードはすでに使われています。お客様に新しいコードを表示してもらってください。',
  provider_answers: () =>
    '決済事業者が応答していないため、処理は開始されていません。しばらくしてから再送するか、別の支払方法をご利用ください。',
  min_properties: () => '変更する項目を一つ以上指定してください。',
  return_url: (field) => `${field} は http(s) の絶対 URL にしてください。本番の決済では https が必要です。`,
  webhook_url: () => 'Webhook の URL は、公開アドレスの https にしてください。',
};

/** The first language that the client asks for, of the two that we speak. */
export function wantsJapanese(accept_language: string | undefined): boolean {
  if (accept_language === undefined) return false;
  const spoken = accept_language
    .split(',')
    .map((part, index) => {
      const [language = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality =
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? '1';
      return { language: language.split('-')[0], quality: Number(quality), index };
    })
    .filter(({ language, quality }) => (language === 'ja' || language === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
  return spoken[0]?.language === 'ja';
}

export function japaneseMessage(refusal: GatewayError): string {
  const { field, constraint } = refusal.details;
  const sentence = constraint === undefined ? undefined : BY_CONSTRAINT[constraint];
  return sentence?.(field ?? 'リクエスト') ?? BY_NAME[refusal.name_in_table];
}
