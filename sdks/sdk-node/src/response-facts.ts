// What is known of an answer besides what it says. It is kept beside the object and not in it, so that an intent is the
// same whether it was created, listed or came in a webhook.
import type { AnswerHeaders } from './configuration.ts';

export interface ResponseFacts {
  status: number;
  /** Names the request in the gateway's log. */
  request_id: string | undefined;
  /** The key of the call, where it changes something. */
  idempotency_key: string | undefined;
  /** True when an earlier request with the same key was answered with just this. */
  idempotency_replayed: boolean;
  /** The budget of this key, where the answer tells. `reset` is in Unix seconds. */
  rate_limit: { limit: number; remaining: number; reset: number } | undefined;
}

const FACTS = new WeakMap<object, ResponseFacts>();

/** The facts of the answer that this object, list page or array came in; undefined for any other object. */
export function responseOf(answer: object): ResponseFacts | undefined {
  return FACTS.get(answer);
}

export function keepFacts(answer: object, facts: ResponseFacts): void {
  FACTS.set(answer, facts);
}

export function readFacts(
  status: number,
  headers: AnswerHeaders,
  idempotency_key: string | undefined,
): ResponseFacts {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    const text = headers.get(`x-ratelimit-${name}`) ?? '';
    return /^[0-9]+$/.test(text) ? Number(text) : undefined;
  });
  const is_known = limit !== undefined && remaining !== undefined && reset !== undefined;
  return {
    status,
    request_id: headers.get('x-request-id') ?? undefined,
    idempotency_key,
    idempotency_replayed: headers.get('idempotency-replayed') === 'true',
    rate_limit: is_known ? { limit, remaining, reset } : undefined,
  };
}
