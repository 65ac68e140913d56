// The merchant's backend of a page in a browser: any call by the name of its operation, made by sdk-node. What the SDK
// refuses is told in the words of the contract, as a driver would tell it. It also verifies deliveries: the secret is its.
import { createHash } from 'node:crypto';
import {
  type CallOptions,
  isPaymentGatewayError,
  type ListOperationId,
  type OperationId,
  PaymentGateway,
  WebhookVerificationError,
  webhooks,
} from '@cloudsky/mpac-pgw-sdk-node';
import type { GatewayFacts } from './gateway-process.ts';

interface BackendCall {
  with?: object;
  idempotency_key?: string;
  list?: boolean;
}

interface SecretDelivery {
  headers: Record<string, string>;
  body_base64: string;
  secret: string;
}

async function verify({ headers, body_base64, secret }: SecretDelivery): Promise<unknown> {
  return webhooks.verify(Buffer.from(body_base64, 'base64'), headers, secret);
}

/** A file is told by its size and its SHA-256. */
function tellFile(answer: unknown): unknown {
  if (!(answer instanceof Uint8Array)) return answer;
  return { size: answer.length, sha256: createHash('sha256').update(answer).digest('hex') };
}

/** More than any scenario makes. */
const MOST_ITEMS = 1_000;

export function makeBackend({ base_url, api_key, secret_key }: GatewayFacts) {
  const gateway = new PaymentGateway({ baseUrl: base_url, apiKey: api_key, secretKey: secret_key });

  function ask(operation: string, call: BackendCall): Promise<unknown> {
    const { with: given = {}, idempotency_key } = call;
    if (operation === 'verify_webhook') return verify(given as SecretDelivery);
    const options: CallOptions = { idempotencyKey: idempotency_key };
    // A scenario names the operation and its fields; whether they fit is what it is about.
    if (call.list === true) {
      return gateway.list(operation as ListOperationId, given, options).toArray({ limit: MOST_ITEMS });
    }
    return gateway.call(operation as OperationId, given as never, options);
  }

  return async (operation: string, call: BackendCall): Promise<object> => {
    try {
      return { answer: tellFile(await ask(operation, call)) };
    } catch (error) {
      if (error instanceof WebhookVerificationError) return { error: { reason: error.reason } };
      if (isPaymentGatewayError(error)) return { error: { ...error, message: error.message } };
      throw error;
    }
  };
}
