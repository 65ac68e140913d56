// The three requests that a payment token is good for. A confirm says what became of it: answered, refused for good, or
// nobody knows.
import type { ConfirmResult, PendingConfirm, SendConfirm } from './confirm-sender.ts';
import { MPACError } from './errors.ts';
import type { Confirmation, PaymentIntent } from './payment-intent.ts';
import type { SendRequest } from './requests.ts';

export interface PaymentRequests {
  retrieve(id: string, payment_token: string, max_retries?: number): Promise<PaymentIntent>;
  cancel(id: string, payment_token: string, fields: object, idempotency_key: string): Promise<PaymentIntent>;
  confirm: SendConfirm;
}

/** @param closing ends what is under way, with the error that it has then. */
export function makePaymentRequests(send: SendRequest, closing: AbortSignal): PaymentRequests {
  const pathOf = (id: string) => `/v1/payment_intents/${encodeURIComponent(id)}`;

  async function confirm(
    { payment_intent, payment_token, fields, idempotency_key }: PendingConfirm,
    { signal, max_retries }: { signal?: AbortSignal; max_retries?: number } = {},
  ): Promise<ConfirmResult> {
    const request = {
      method: 'POST',
      path: `${pathOf(payment_intent)}/confirm`,
      payment_token,
      fields,
      idempotency_key,
      max_retries,
      signal: signal ?? closing,
    } as const;
    try {
      const confirmation: unknown = await send(request);
      return { kind: 'answered', confirmation: confirmation as Confirmation };
    } catch (error) {
      // `reason` is younger than the browsers that we run in.
      if (signal?.aborted) throw signal.reason ?? error;
      if (!(error instanceof MPACError)) throw error;
      return { kind: isRefusal(error) ? 'refused' : 'no_answer', error };
    }
  }

  return {
    confirm,
    async retrieve(id, payment_token, max_retries) {
      const path = pathOf(id);
      const intent: unknown = await send({
        method: 'GET',
        path,
        payment_token,
        max_retries,
        signal: closing,
      });
      return intent as PaymentIntent;
    },
    async cancel(id, payment_token, fields, idempotency_key) {
      const path = `${pathOf(id)}/cancel`;
      const request = { path, payment_token, fields, idempotency_key, signal: closing };
      const intent: unknown = await send({ method: 'POST', ...request });
      return intent as PaymentIntent;
    },
  };
}

/** Said by the gateway itself, which signs each answer with an id, and not by something between; and not for a moment. */
export function isRefusal({ kind, status = 0, request_id, details }: MPACError): boolean {
  if (kind === 'unknown_outcome' || request_id === undefined) return false;
  if (status === 408 || status === 429) return false;
  return status < 500 || (kind === 'provider_error' && details?.['outcome'] === undefined);
}
