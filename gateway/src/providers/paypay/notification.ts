// Reads PayPay's notifications: the real body and the one that the integration document describes. Nothing
// in them is believed; they only say which payment to ask PayPay about, and which of them are repetitions.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { NotificationReading, NotificationRequest } from '../provider.ts';

// `order_amount` is a string and is not read; times are ISO 8601 or null. A FAILED notice has no times, and
// AUTHORIZED samples of PayPay have an empty `merchant_order_id`.
const Text = Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()]));
const Id = Type.Optional(Type.Union([Type.String({ pattern: '^[A-Za-z0-9_-]{0,64}$' }), Type.Null()]));
const RealBody = Type.Object({
  notification_type: Type.String({ maxLength: 255 }),
  merchant_id: Text,
  order_id: Id,
  merchant_order_id: Id,
  state: Text,
  paid_at: Text,
  authorized_at: Text,
  expires_at: Text,
  confirmation_expires_at: Text,
  reauth_request_id: Text,
});

const DocumentBody = Type.Object({
  merchantPaymentId: Id,
  paymentId: Id,
  status: Type.String({ maxLength: 255 }),
  timestamp: Text,
});

/** A day's file is ready. It can be fetched for two hours. */
const FileBody = Type.Object({
  notification_type: Type.Literal('file.created'),
  fileType: Type.String({ maxLength: 255 }),
  // No address holds a control character, and a database keeps no text with a NUL.
  path: Type.String({ maxLength: 2048, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
});

const UNREADABLE: NotificationReading = { ok: false, reason: 'unreadable' };

export function readPaypayNotification(
  request: NotificationRequest,
  secret: string | null,
): NotificationReading {
  // PayPay itself signs nothing; a relay or the simulator can, and then an unsigned call is a forgery.
  if (secret !== null && !isSigned(request, secret)) return { ok: false, reason: 'bad_signature' };
  const body = parseJson(request.body);
  if (Value.Check(RealBody, body)) return readRealBody(body, request.body);
  if (Value.Check(DocumentBody, body)) {
    const { merchantPaymentId, paymentId, status, timestamp } = body;
    return readingOf(merchantPaymentId, paymentId, [status, timestamp]);
  }
  return UNREADABLE;
}

function readRealBody(body: Static<typeof RealBody>, bytes: Buffer): NotificationReading {
  if (body.notification_type !== 'Transaction') {
    // A reconciliation file, or news of a linked account: received, with no payment to ask about.
    const dedupe_key = createHash('sha256').update(bytes).digest('hex');
    const file =
      Value.Check(FileBody, body) && body.fileType === 'transaction_recon' ? { file_url: body.path } : {};
    return { ok: true, notification: { attempt_id: null, provider_payment_id: null, dedupe_key, ...file } };
  }
  // PayPay gives its events no id. These are the facts by which two of them differ; the two expiries tell a
  // shortened authorisation and a lapsed confirmation apart from the first AUTHORIZED.
  return readingOf(body.merchant_order_id, body.order_id, [
    body.state,
    body.merchant_id,
    body.paid_at,
    body.authorized_at,
    body.expires_at,
    body.confirmation_expires_at,
    body.reauth_request_id,
  ]);
}

type Fact = string | null | undefined;

function readingOf(attempt_id: Fact, provider_payment_id: Fact, facts: Fact[]): NotificationReading {
  if (!attempt_id && !provider_payment_id) return UNREADABLE;
  // Hashed, because these are a stranger's words of any length; as JSON, so that no two lists look alike.
  const all = [attempt_id, provider_payment_id, ...facts].map((fact) => fact || null);
  const dedupe_key = createHash('sha256').update(JSON.stringify(all)).digest('hex');
  return {
    ok: true,
    notification: {
      attempt_id: attempt_id || null,
      provider_payment_id: provider_payment_id || null,
      dedupe_key,
    },
  };
}

function isSigned(request: NotificationRequest, secret: string): boolean {
  const given = request.headers['x-paypay-signature'];
  if (typeof given !== 'string' || !/^[0-9a-f]{64}$/i.test(given)) return false;
  const expected = createHmac('sha256', secret).update(request.body).digest();
  return timingSafeEqual(Buffer.from(given, 'hex'), expected);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
