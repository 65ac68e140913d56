// Reads what one try of a request came to: good, to be tried again or not, perhaps carried out or certainly not, and
// which kind of error it is. The rules are those of all SDKs. Pure.
import type { ErrorFacts, ErrorKind } from './errors.ts';

/** What one try came to. `json` is undefined where the body is none. */
export type Tried = { answered: false } | { answered: true; status: number; headers: Headers; text: string };

export interface Verdict {
  /** The body of a 2xx answer that can be read. */
  body: Record<string, unknown> | null;
  kind: ErrorKind;
  facts: ErrorFacts;
  is_retried: boolean;
  may_be_done: boolean;
  /** It tells also what became of the tries before. */
  settles: boolean;
}

/** Which kinds a code makes of its status; the first is that of any other code. */
const KINDS: Record<number, readonly ErrorKind[]> = {
  400: ['invalid_request', 'provider_not_supported'],
  401: ['authentication_error', 'invalid_token'],
  403: ['forbidden'],
  404: ['not_found'],
  409: ['conflict', 'idempotency_conflict', 'invalid_payment_state'],
  429: ['rate_limit_exceeded'],
};

const NO_ANSWER =
  'The gateway did not answer. Is the device online, the base URL right, and the origin of this page listed by the ' +
  'publishable key?';
const SENTENCES: Partial<Record<ErrorKind, string>> = {
  invalid_response: 'What answered is not the gateway, or something between changed its answer.',
  unknown_outcome:
    'Nobody knows yet whether this was done. Call again, or retrieve the payment; do not take the money another way.',
};

/** @param now milliseconds since 1970, for a Retry-After that is a date. */
export function readTry(tried: Tried, changes_something: boolean, now: number): Verdict {
  const verdict: Verdict = {
    body: null,
    kind: 'connection_error',
    facts: { message: NO_ANSWER },
    is_retried: true,
    may_be_done: true,
    settles: false,
  };
  if (!tried.answered) return verdict;
  const { status, headers } = tried;
  const body = readObject(status < 300 ? tried.text : withoutTokens(tried.text));
  if (status >= 200 && status < 300) {
    verdict.body = body;
    verdict.kind = 'invalid_response';
    verdict.is_retried = false;
    verdict.settles = body !== null;
    verdict.facts = { status, message: SENTENCES.invalid_response ?? '', ...requestId(headers) };
    return verdict;
  }
  const inner = isObject(body?.['error']) ? body['error'] : {};
  const details = isObject(body?.['details']) ? body['details'] : undefined;
  const code = text(inner['code']) ?? text(body?.['code']);
  const retry_after_seconds = readRetryAfter(headers.get('retry-after'), now);
  const waits = retry_after_seconds !== undefined;

  const of_provider = (status === 502 || status === 504) && code === 'provider_error';
  const is_final = status === 502 && of_provider && details?.['outcome'] === undefined && !waits;
  const not_begun = of_provider && details?.['outcome'] === 'not_begun';
  const goes_on = status === 409 && waits;

  verdict.kind = of_provider ? 'provider_error' : kindOf(status, code);
  verdict.is_retried = status === 408 || status === 429 || goes_on || (status >= 500 && !is_final);
  verdict.may_be_done = goes_on || (status >= 500 && !is_final && !not_begun);
  verdict.settles =
    is_final ||
    (status >= 400 &&
      status < 500 &&
      code !== undefined &&
      ![401, 403, 408, 429].includes(status) &&
      !goes_on);
  verdict.facts = {
    status,
    ...(code !== undefined && { code }),
    message:
      text(inner['message']) ??
      text(body?.['message']) ??
      SENTENCES[verdict.kind] ??
      `The answer was ${status}.`,
    param: text(inner['param']) ?? text(details?.['field']),
    details,
    retry_after_seconds,
    ...requestId(headers, body),
  };
  // Words of somebody else than the gateway are not handed on.
  if (code === undefined) verdict.facts.message = SENTENCES[verdict.kind] ?? `The answer was ${status}.`;
  return changes_something ? verdict : { ...verdict, may_be_done: false };
}

/** The last try's facts, where one of the tries may have been carried out and none has settled it. */
export function inDoubt(facts: ErrorFacts): ErrorFacts {
  const own = facts.code === undefined ? { message: SENTENCES.unknown_outcome ?? '' } : {};
  return { ...facts, ...own };
}

function kindOf(status: number, code: string | undefined): ErrorKind {
  if (status < 400) return 'invalid_response';
  if (status >= 500) return 'internal_error';
  const [usual = 'invalid_request', ...finer] = KINDS[status] ?? [];
  return finer.find((kind) => kind === code) ?? usual;
}

/** Whole seconds or a date of HTTP; anything else is as if it were not there. */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,15}$/.test(value.trim())) return Number(value);
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(value.trim())) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000));
}

/** Before the n-th retry, n from 1. */
export function retryWait(n: number, random: number, retry_after_seconds: number | undefined): number {
  const own = Math.floor(Math.min(8_000, 500 * 2 ** (n - 1)) * (0.5 + random / 2));
  return Math.max(own, (retry_after_seconds ?? 0) * 1_000);
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

/** Should an answer repeat what it was asked with: an error is shown and logged. */
function withoutTokens(text: string): string {
  return text.replace(/_secret_[\w-]+/g, '_secret_…');
}

function requestId(headers: Headers, body: Record<string, unknown> | null = null): { request_id?: string } {
  const request_id = text(body?.['request_id']) ?? headers.get('x-request-id');
  return request_id === null ? {} : { request_id };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
