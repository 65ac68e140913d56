// The picture of an open code. Its address carries a signature in place of a token: it may stand in an <img>,
// and shows nothing but what the customer is meant to see.
import { createHmac, timingSafeEqual } from 'node:crypto';
import QRCode from 'qrcode';
import type { Context } from '../context.ts';
import { findAttempt } from '../db/payment-intents.ts';
import { type Attempt, isEnded } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import type { MasterKey } from '../domain/secret-box.ts';

export function qrCodeUrl(context: Context, attempt: Attempt): string {
  return `${context.config.base_url}/v1/qr_codes/${attempt.id}.svg?signature=${signatureOf(context.master_key, attempt.id)}`;
}

/** The code as an SVG, while it may be paid. An unknown attempt and a wrong signature are the same refusal. */
export async function getQrCode(
  context: Context,
  attempt_id: string,
  signature: string,
): Promise<{ svg: string; owner: Pick<Attempt, 'organization_id' | 'livemode'> }> {
  const given = Buffer.from(signature);
  // An address outlives the exchange of the key that signed it.
  const valid = context.opening_keys.some((key) => {
    const expected = Buffer.from(signatureOf(key, attempt_id));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  const attempt = valid ? await findAttempt(context.db, attempt_id) : null;
  const open = attempt !== null && !isEnded(attempt) && attempt.cancel_requested_at === null;
  if (!open || attempt.action?.type !== 'qr') throw new GatewayError('not_found', 'There is no such code.');
  const { qr_content } = attempt.action;
  const svg = await QRCode.toString(qr_content, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
  return { svg, owner: attempt };
}

function signatureOf(master: MasterKey, attempt_id: string): string {
  const picture_key = createHmac('sha256', master.key).update('qr_codes').digest();
  return createHmac('sha256', picture_key).update(attempt_id).digest('base64url').slice(0, 22);
}
