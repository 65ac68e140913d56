// What one try of a call says: whether it may have been carried out, whether it is worth another try, and which kind of
// error it would be. Pure, because everything that can go wrong with money is decided here.
import type { AnswerHeaders } from './configuration.ts';
import type { ErrorKind } from './errors.ts';

export type Try =
  | {
      came: 'answer';
      status: number;
      headers: AnswerHeaders;
      /** The parsed body; undefined when it is no JSON. */
      body: unknown;
      /** Whether this is what the call answers with when all is well. */
      is_good: boolean;
    }
  | {
      came: 'nothing';
      /** False only when the request provably never left. */
      was_sent: boolean;
      cause: unknown;
    };

/** What the gateway says when it refuses. */
export interface Refusal {
  code: string;
  message: string | undefined;
  param: string | undefined;
  details: Record<string, unknown> | undefined;
  request_id: string | undefined;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The gateway's refusal, or null for a body that is not the gateway's: a proxy's error page, for example. */
export function readRefusal(body: unknown): Refusal | null {
  if (!isObject(body)) return null;
  const error = isObject(body['error']) ? body['error'] : {};
  const code = textOf(error['code']) ?? textOf(body['code']);
  if (code === undefined) return null;
  const details = isObject(body['details']) ? body['details'] : undefined;
  return {
    code,
    message: textOf(error['message']) ?? textOf(body['message']),
    param: textOf(error['param']) ?? textOf(details?.['field']),
    details,
    request_id: textOf(body['request_id']),
  };
}

export interface Verdict {
  is_retryable: boolean;
  /** Only of interest where the request changes something. */
  may_have_been_done: boolean;
  /** The answer also tells what became of the tries before, which had the same key. */
  settles: boolean;
  /** The kind of error, unless the outcome is unknown. */
  kind: ErrorKind;
}

/** These look at who asks and when, and not at what was done before. */
const SETTLING_NOTHING: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/** Judges a try that was not good. `retry_after` is the answer's, in seconds. */
export function judge(one: Try, retry_after: number | undefined): Verdict {
  if (one.came === 'nothing') {
    return { is_retryable: true, may_have_been_done: one.was_sent, settles: false, kind: 'connection_error' };
  }
  const { status } = one;
  const refusal = readRefusal(one.body);
  if (status >= 500) return judgeFault(status, refusal, retry_after);
  if (status < 400) {
    // A 2xx that cannot be read was carried out by somebody; a redirect was not.
    const may_have_been_done = status < 300;
    return { is_retryable: false, may_have_been_done, settles: false, kind: 'invalid_response' };
  }
  // 409 with Retry-After: the first request with this key is still running.
  const is_running = status === 409 && retry_after !== undefined;
  return {
    is_retryable: is_running || status === 408 || status === 429,
    may_have_been_done: is_running,
    settles: refusal !== null && !is_running && !SETTLING_NOTHING.has(status),
    kind: kindOfRefusal(status, refusal?.code),
  };
}

function judgeFault(status: number, refusal: Refusal | null, retry_after: number | undefined): Verdict {
  const outcome = refusal?.details?.['outcome'];
  const is_of_provider = (status === 502 || status === 504) && refusal?.code === 'provider_error';
  // The provider has refused for good. With Retry-After it is only silent.
  const is_final = is_of_provider && status === 502 && outcome === undefined && retry_after === undefined;
  return {
    is_retryable: !is_final,
    may_have_been_done: !is_final && !(is_of_provider && outcome === 'not_begun'),
    settles: is_final,
    kind: is_of_provider ? 'provider_error' : 'internal_error',
  };
}

const KIND_BY_STATUS: Partial<Record<number, ErrorKind>> = {
  401: 'authentication_error',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limit_exceeded',
};

const KIND_BY_CODE: Partial<Record<string, ErrorKind>> = {
  '400 provider_not_supported': 'provider_not_supported',
  '401 invalid_token': 'invalid_token',
  '409 idempotency_conflict': 'idempotency_conflict',
  '409 invalid_payment_state': 'invalid_payment_state',
};

function kindOfRefusal(status: number, code: string | undefined): ErrorKind {
  return KIND_BY_CODE[`${status} ${code}`] ?? KIND_BY_STATUS[status] ?? 'invalid_request';
}

const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;

/** `Retry-After` in seconds, also where it is a date; undefined where it is neither. */
export function readRetryAfter(headers: AnswerHeaders, now_ms: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  const at_ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at_ms) ? undefined : Math.max(0, Math.ceil((at_ms - now_ms) / 1000));
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/** How long to wait before the n-th retry: by chance, so that many clients do not come back together. */
export function waitBefore(retry: number, random: number, retry_after: number | undefined): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1));
  const wait = Math.floor(longest * (0.5 + random / 2));
  return Math.max(wait, (retry_after ?? 0) * 1000);
}
