// The merchant's backend of a page in a browser: any call by the name of its operation, made by sdk-node. What the SDK
// refuses is told in the words of the contract, as a driver would tell it.
import {
  type CallOptions,
  isPaymentGatewayError,
  type ListOperationId,
  type OperationId,
  PaymentGateway,
} from '@cloudsky/mpac-pgw-sdk-node';
import type { GatewayFacts } from './gateway-process.ts';

interface BackendCall {
  with?: object;
  idempotency_key?: string;
  list?: boolean;
}

/** More than any scenario makes. */
const MOST_ITEMS = 1_000;

export function makeBackend({ base_url, api_key, secret_key }: GatewayFacts) {
  const gateway = new PaymentGateway({ baseUrl: base_url, apiKey: api_key, secretKey: secret_key });

  function ask(operation: string, call: BackendCall): Promise<unknown> {
    const { with: given = {}, idempotency_key } = call;
    const options: CallOptions = { idempotencyKey: idempotency_key };
    // A scenario names the operation and its fields; whether they fit is what it is about.
    if (call.list === true) {
      return gateway.list(operation as ListOperationId, given, options).toArray({ limit: MOST_ITEMS });
    }
    return gateway.call(operation as OperationId, given as never, options);
  }

  return async (operation: string, call: BackendCall): Promise<object> => {
    try {
      return { answer: await ask(operation, call) };
    } catch (error) {
      if (isPaymentGatewayError(error)) return { error: { ...error, message: error.message } };
      throw error;
    }
  };
}
