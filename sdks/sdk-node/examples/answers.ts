// What the shop says to its page when a payment does not go as it should. The page shows `message` to the customer, and
// never what the gateway said to us.
import { isPaymentGatewayError, WebhookVerificationError } from '@cloudsky/mpac-pgw-sdk-node';

export interface PageAnswer {
  status: number;
  body: { outcome: 'unknown' | 'failed' | 'refused'; message: string };
}

export function answerTo(error: unknown): PageAnswer {
  // Somebody else than the gateway, or the wrong secret. It gets no reason.
  if (error instanceof WebhookVerificationError) return refused(400, 'This is no webhook of ours.');
  if (error instanceof RangeError) return refused(404, 'There is no such order.');
  if (!isPaymentGatewayError(error)) return failed(500);
  switch (error.kind) {
    case 'unknown_outcome':
      // The one case in which nobody may be asked to pay another way.
      return {
        status: 202,
        body: { outcome: 'unknown', message: 'We are finding out whether this was paid.' },
      };
    case 'idempotency_conflict':
    case 'invalid_payment_state':
      return refused(409, 'This order is being paid already.');
    case 'provider_not_supported':
    case 'provider_error':
      return refused(422, 'This cannot be used now. Please pay another way.');
    default:
      return failed(503);
  }
}

const refused = (status: number, message: string): PageAnswer => ({
  status,
  body: { outcome: 'refused', message },
});

const failed = (status: number): PageAnswer => ({
  status,
  body: { outcome: 'failed', message: 'Nothing was taken. Please try again.' },
});
