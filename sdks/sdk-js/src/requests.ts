// Sends one request, with its retries, and returns the answer's body or throws the error of its kind. The token goes
// where the API wants it and nowhere else: no referrer, no cookie, no cache, no error tells it.
import { inDoubt, readTry, retryWait, type Tried } from './answers.ts';
import { makeError } from './errors.ts';
import type { Platform } from './platform.ts';
import type { ServerClock } from './server-clock.ts';

export interface RequestLimits {
  /** After the first try. */
  max_retries: number;
  /** For one try. */
  timeout_ms: number;
  /** For all tries and the waits between them. */
  deadline_ms: number;
}

export interface GatewayRequest {
  method: 'GET' | 'POST';
  /** From `/v1`; without query. */
  path: string;
  payment_token: string;
  /** Of a POST, without the token. */
  fields?: object;
  /** Of a POST. */
  idempotency_key?: string;
  signal: AbortSignal;
  max_retries?: number | undefined;
}

export type SendRequest = (request: GatewayRequest) => Promise<Record<string, unknown>>;

export interface Connection {
  base_url: string;
  publishable_key: string;
  limits: RequestLimits;
  platform: Platform;
  clock: ServerClock;
}

export function makeSendRequest({
  base_url,
  publishable_key,
  limits,
  platform,
  clock,
}: Connection): SendRequest {
  async function tryOnce(request: GatewayRequest, timeout_ms: number): Promise<Tried> {
    const { method, signal } = request;
    const token = { payment_token: request.payment_token };
    const is_get = method === 'GET';
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, timeout_ms);
    signal.addEventListener('abort', end);
    try {
      const query = is_get ? `?${new URLSearchParams(token)}` : '';
      const response = await platform.fetch(base_url + request.path + query, {
        method,
        headers: {
          accept: 'application/json',
          'x-publishable-key': publishable_key,
          ...(!is_get && {
            'content-type': 'application/json',
            'idempotency-key': request.idempotency_key ?? '',
          }),
        },
        ...(!is_get && { body: JSON.stringify({ ...token, ...request.fields }) }),
        signal: ending.signal,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'manual',
        referrerPolicy: 'no-referrer',
      });
      // A browser shows no more of a redirection than that there was one.
      const status = response.type === 'opaqueredirect' ? 302 : response.status;
      clock.learn(response.headers);
      return { answered: true, status, headers: response.headers, text: await response.text() };
    } catch {
      // What the browser throws may name the address, with the token in it.
      return { answered: false };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }

  return async (request) => {
    const { signal, idempotency_key } = request;
    const max_retries = request.max_retries ?? limits.max_retries;
    const changes_something = request.method === 'POST';
    const deadline = platform.now() + limits.deadline_ms;
    let in_doubt = false;
    if (signal.aborted) throw makeError('connection_error', { message: 'This was ended before it began.' });
    for (let retries = 0; ; ) {
      const left = deadline - platform.now();
      const tried = await tryOnce(request, Math.min(limits.timeout_ms, left));
      const verdict = readTry(tried, changes_something, clock.now() ?? platform.now());
      if (verdict.body !== null) return verdict.body;
      in_doubt = changes_something && !verdict.settles && (in_doubt || verdict.may_be_done);
      retries += 1;
      const wait = retryWait(retries, platform.random(), verdict.facts.retry_after_seconds);
      const may_wait =
        verdict.is_retried && retries <= max_retries && platform.now() + wait < deadline && !signal.aborted;
      if (may_wait) await platform.sleep(wait, signal);
      if (may_wait && !signal.aborted) continue;
      const facts = in_doubt ? inDoubt(verdict.facts) : verdict.facts;
      throw makeError(in_doubt ? 'unknown_outcome' : verdict.kind, {
        ...facts,
        idempotency_key: changes_something ? idempotency_key : undefined,
      });
    }
  };
}
