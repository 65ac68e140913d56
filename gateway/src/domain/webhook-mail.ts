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

停止中のイベントは失われません。受信サーバーを直してからエンドポイントを有効に戻すと、
届いていないイベントが順に送信されます。
  PATCH /v1/webhook_endpoints/${id}  {"status":"enabled"}

----

A webhook endpoint was disabled.

  Endpoint: ${id}
  Host:     ${host}
  Mode:     ${livemode ? 'live' : 'test'}
  Reason:   ${REASONS[reason].en}

No event is lost meanwhile. Repair the receiver, then enable the endpoint again: what it
has missed is delivered in order.
  PATCH /v1/webhook_endpoints/${id}  {"status":"enabled"}
`;
  return { subject, body };
}
