// The mail that tells an organization that one of its webhook endpoints was given up, in Japanese and English. A
// mail travels far and is kept long, so it has the host of the URL and nothing of its path or query.
import type { DisabledReason, WebhookEndpoint } from './webhook-endpoint.ts';

const REASONS: Record<DisabledReason, { ja: string; en: string }> = {
  answered_gone: {
    ja: '受信サーバーが 410 (Gone) を返しました。',
    en: 'The receiver answered 410 (Gone).',
  },
  attempts_exhausted: {
    ja: '約 3 日間の再送がすべて失敗しました。',
    en: 'Every attempt to deliver an event failed, over about three days.',
  },
  by_request: { ja: '設定により停止されました。', en: 'It was disabled in its settings.' },
};

export function makeDisabledMail(
  endpoint: Pick<WebhookEndpoint, 'id' | 'url' | 'livemode'>,
  reason: DisabledReason,
): { subject: string; body: string } {
  const { id, livemode } = endpoint;
  const host = /^[a-z]+:\/\/([^/?#]+)/.exec(endpoint.url)?.[1] ?? '';
  const subject = `[mpac-pgw] Webhook の送信を停止しました / Webhook endpoint disabled (${host})`;
  const body = `Webhook の送信を停止しました。

  エンドポイント: ${id}
  送信先:         ${host}
  モード:         ${livemode ? '本番' : 'テスト'}
  理由:           ${REASONS[reason].ja}

受信サーバーを直してからエンドポイントを有効に戻すと、待っていたイベントが古い順に送信されます。
  PATCH /v1/webhook_endpoints/${id}  {"status":"enabled"}
送信を断念したイベントは自動では再送されません。次の要求で再送してください。
  POST /v1/webhook_endpoints/${id}/resend  {"after_sequence":0,"status":"failed"}

----

A webhook endpoint was disabled.

  Endpoint: ${id}
  Host:     ${host}
  Mode:     ${livemode ? 'live' : 'test'}
  Reason:   ${REASONS[reason].en}

Repair the receiver, then enable the endpoint again: what has waited for it is sent, oldest first.
  PATCH /v1/webhook_endpoints/${id}  {"status":"enabled"}
What was given up, such as the event that this is about, is sent again only when you ask for it.
  POST /v1/webhook_endpoints/${id}/resend  {"after_sequence":0,"status":"failed"}
`;
  return { subject, body };
}
