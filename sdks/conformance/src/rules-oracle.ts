// The rules of ../../README.md for errors and retries once more, as short as they can be said, without a client, a
// network or a clock around them: what a story that was typed by hand has to come to.
import { bytesOf, type RetryCase, type ScriptedAnswer, type Try } from './vector-files.ts';

const CLOCK_STARTS_MS = 1_700_000_000_000;

/** What an answer says, where it is the gateway's; the code is null where it is not. */
interface Said {
  status: number;
  code: string | null;
  outcome: unknown;
  retry_after_seconds: number | null;
  is_readable: boolean;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOr = (value: unknown, otherwise: string | null) =>
  typeof value === 'string' && value !== '' ? value : otherwise;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole seconds, or null where there is none that can be read. */
export function retryAfter(header: string | undefined, now_ms: number): number | null {
  if (header === undefined) return null;
  if (/^[0-9]{1,15}$/.test(header)) return Number(header);
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return null;
  return Math.max(0, Math.ceil((Date.parse(header) - now_ms) / 1_000));
}

export function listen(answer: ScriptedAnswer, now_ms: number): Said {
  const body = parse(bytesOf(answer).toString('utf8'));
  const object = isObject(body) ? body : {};
  const inner = isObject(object['error']) ? object['error'] : {};
  const details = isObject(object['details']) ? object['details'] : {};
  const headers = new Map(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status: answer.status,
    code: textOr(inner['code'], textOr(object['code'], null)),
    outcome: details['outcome'] ?? null,
    retry_after_seconds: retryAfter(headers.get('retry-after'), now_ms),
    is_readable: isObject(body),
  };
}

const KIND_OF_CODE: Record<string, string> = {
  '400 provider_not_supported': 'provider_not_supported',
  '401 invalid_token': 'invalid_token',
  '409 idempotency_conflict': 'idempotency_conflict',
  '409 invalid_payment_state': 'invalid_payment_state',
  '502 provider_error': 'provider_error',
  '504 provider_error': 'provider_error',
};
const KIND_OF_STATUS: Record<number, string> = {
  401: 'authentication_error',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limit_exceeded',
};

/** The kind that an answer has by itself, whatever came before. */
function kindOf({ status, code }: Said): string {
  if (status < 400) return 'invalid_response';
  const by_status = status >= 500 ? 'internal_error' : 'invalid_request';
  return KIND_OF_CODE[`${status} ${code}`] ?? KIND_OF_STATUS[status] ?? by_status;
}

const isSuccess = ({ status, is_readable }: Said) => status < 300 && is_readable;
const isFinal = ({ status, code, outcome, retry_after_seconds }: Said) =>
  status === 502 && code === 'provider_error' && outcome === null && retry_after_seconds === null;
const isRunning = ({ status, retry_after_seconds }: Said) => status === 409 && retry_after_seconds !== null;
const isNotBegun = (said: Said) => kindOf(said) === 'provider_error' && said.outcome === 'not_begun';

const mayBeDone = (said: Said) =>
  (said.status >= 500 && !isFinal(said) && !isNotBegun(said)) ||
  isRunning(said) ||
  (said.status < 300 && !said.is_readable);
const settles = (said: Said) =>
  isSuccess(said) ||
  isFinal(said) ||
  (said.status >= 400 &&
    said.status < 500 &&
    said.code !== null &&
    !isRunning(said) &&
    ![401, 403, 408, 429].includes(said.status));
const isTriedAgain = (said: Said) =>
  [408, 429].includes(said.status) || isRunning(said) || (said.status >= 500 && !isFinal(said));

export interface Ending {
  waits_ms: number[];
  /** `ok`, or the kind of the error. */
  end: string;
}

/** Plays a story to its end. In a browser a refused connection cannot be told from one that was cut. */
export function play(story: Omit<RetryCase, 'name' | 'waits_ms'>, options = { in_browser: false }): Ending {
  const { max_retries = 3, deadline_ms = 60_000 } = story.options ?? {};
  const changes = story.request.method !== 'GET';
  // What can be no header is refused before anything is sent.
  if (!/^(?! )[\x20-\x7e]{1,255}(?<! )$/.test(story.request.idempotency_key ?? '-')) {
    return { waits_ms: [], end: 'invalid_request' };
  }
  let now_ms = CLOCK_STARTS_MS;
  let is_open = false;
  const waits_ms: number[] = [];
  for (;;) {
    const attempt: Try | undefined = story.tries[waits_ms.length];
    if (attempt === undefined) throw new Error('One more try would be made than the story has.');
    now_ms += attempt.takes_ms ?? 0;
    const said = 'network' in attempt ? null : listen(attempt, now_ms);
    if (said !== null && isSuccess(said)) return { waits_ms, end: 'ok' };
    if (said !== null && settles(said)) is_open = false;
    const left = 'network' in attempt && (attempt.network !== 'refused' || options.in_browser);
    if (left || (said !== null && mayBeDone(said))) is_open = true;
    const own_ms = Math.min(8_000, 500 * 2 ** waits_ms.length) * (0.5 + story.random / 2);
    const wait_ms = Math.max(Math.floor(own_ms), (said?.retry_after_seconds ?? 0) * 1_000);
    const again = said === null || isTriedAgain(said);
    const in_time = now_ms + wait_ms < CLOCK_STARTS_MS + deadline_ms;
    if (!again || !in_time || waits_ms.length >= max_retries) {
      if (changes && is_open) return { waits_ms, end: 'unknown_outcome' };
      return { waits_ms, end: said === null ? 'connection_error' : kindOf(said) };
    }
    waits_ms.push(wait_ms);
    now_ms += wait_ms;
  }
}
