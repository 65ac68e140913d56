// One call: its tries, the waits between them, and its end as an answer or as one error. All tries have the same body
// and the same idempotency key, and each is signed anew.
import { setMaxListeners } from 'node:events';
import { setTimeout as timer } from 'node:timers/promises';
import { type AnswerHeaders, type Configuration, readCount, readDuration } from './configuration.ts';
import type { AnyPaymentGatewayError, ErrorKind } from './errors.ts';
import { makeError } from './errors.ts';
import { exchange } from './exchange.ts';
import type { CallOptions, PreparedRequest } from './request.ts';
import { refuse } from './request.ts';
import { keepFacts, readFacts } from './response-facts.ts';
import type { ToSign } from './signer.ts';
import type { Try } from './verdict.ts';
import { judge, readRefusal, readRetryAfter, waitBefore } from './verdict.ts';

export interface Answer {
  body: object;
  headers: AnswerHeaders;
}

/** Carries out a prepared request. Rejects with a PaymentGatewayError, and with nothing else. */
export async function carryOut(
  configuration: Configuration,
  sign: (request: ToSign) => string,
  request: PreparedRequest,
  options: CallOptions,
): Promise<Answer> {
  const { elapsed, now, random } = configuration;
  const { signal } = options;
  const timeout_ms = readDuration('timeoutMs', options.timeoutMs, configuration.timeout_ms);
  const max_retries = readCount('maxRetries', options.maxRetries, configuration.max_retries);
  const deadline = elapsed() + readDuration('deadlineMs', options.deadlineMs, configuration.deadline_ms);
  const headers = makeHeaders(configuration, request, options.language);
  let is_in_doubt = false;
  if (signal?.aborted) throw endOf(request, abandoned(signal), false);
  // One signal may end many calls at once. Each listens to it until it ends, which is no leak to be warned of.
  if (signal !== undefined) setMaxListeners(0, signal);

  for (let tries = 1; ; tries += 1) {
    const last = await exchange({
      ...request,
      fetch: configuration.fetch,
      url: `${configuration.origin}${configuration.prefix}${request.target}`,
      headers: request.is_signed ? { ...headers, authorization: sign(request) } : headers,
      timeout_ms: Math.max(1, Math.min(timeout_ms, deadline - elapsed())),
      signal,
    });
    if (last.came === 'answer' && last.is_good) return keep(last, request);

    const retry_after = last.came === 'answer' ? readRetryAfter(last.headers, now()) : undefined;
    const verdict = judge(last, retry_after);
    is_in_doubt = !verdict.settles && (is_in_doubt || verdict.may_have_been_done);
    const wait_ms = waitBefore(tries, random(), retry_after);
    if (!verdict.is_retryable || tries > max_retries || elapsed() + wait_ms >= deadline) {
      throw endOf(request, { last, kind: verdict.kind, retry_after }, is_in_doubt);
    }
    const goes_on = !signal?.aborted && (await waitFor(wait_ms, configuration, signal));
    if (!goes_on) throw endOf(request, abandoned(signal), is_in_doubt);
  }
}

interface End {
  last: Try;
  kind: ErrorKind;
  retry_after: number | undefined;
}

/** The caller gave up: there is no answer, and none will be waited for. */
function abandoned(signal: AbortSignal | undefined): End {
  return {
    last: { came: 'nothing', was_sent: false, cause: signal?.reason },
    kind: 'connection_error',
    retry_after: undefined,
  };
}

function makeHeaders(
  { user_agent, language }: Configuration,
  request: PreparedRequest,
  own_language: string | undefined,
): Record<string, string> {
  const wanted = own_language ?? language;
  if (wanted !== undefined && !/^[\x20-\x7e]+$/.test(wanted))
    throw refuse('language', 'language is en or ja.');
  return {
    accept: request.file_types.length > 0 ? request.file_types.join(', ') : 'application/json',
    'user-agent': user_agent,
    ...(request.body && { 'content-type': 'application/json' }),
    ...(request.idempotency_key !== undefined && { 'idempotency-key': request.idempotency_key }),
    ...(wanted !== undefined && { 'accept-language': wanted }),
  };
}

/** False when the caller gave up meanwhile. */
function waitFor(ms: number, { sleep }: Configuration, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((done, fail) => {
    const stop = new AbortController();
    const finish = (went_on: boolean): void => {
      signal?.removeEventListener('abort', giveUp);
      // The timer must not keep the process alive when the caller did not wait for it.
      stop.abort();
      done(went_on);
    };
    const giveUp = () => finish(false);
    signal?.addEventListener('abort', giveUp, { once: true });
    const slept = sleep === undefined ? timer(ms, undefined, { signal: stop.signal }) : sleep(ms);
    slept.then(
      () => finish(true),
      (error) => (stop.signal.aborted ? undefined : fail(error)),
    );
  });
}

function keep(answer: Try & { came: 'answer' }, request: PreparedRequest): Answer {
  const body = answer.body as object;
  keepFacts(body, readFacts(answer.status, answer.headers, request.idempotency_key));
  return { body, headers: answer.headers };
}

function endOf(request: PreparedRequest, end: End, is_in_doubt: boolean): AnyPaymentGatewayError {
  const { operation, idempotency_key } = request;
  const { last, retry_after } = end;
  const is_unknown = idempotency_key !== undefined && is_in_doubt;
  const kind = is_unknown ? 'unknown_outcome' : end.kind;
  const refusal = last.came === 'answer' ? readRefusal(last.body) : null;
  const message = refusal?.message ?? ownWords(operation, last);
  return makeError(kind, {
    message: is_unknown ? `${message} ${ADVICE}` : message,
    code: refusal?.code ?? kind,
    param: refusal?.param,
    details: refusal?.details,
    ...(last.came === 'answer' && {
      status: last.status,
      request_id: refusal?.request_id ?? last.headers.get('x-request-id') ?? undefined,
    }),
    ...(last.came === 'nothing' && { cause: last.cause }),
    retry_after_seconds: retry_after,
    idempotency_key,
  });
}

const ADVICE =
  'It may have been done: call again with the same idempotency key, or retrieve the payment, and do not take the money ' +
  'another way.';

function ownWords(operation: string, last: Try): string {
  if (last.came === 'nothing') return `${operation} got no answer from the gateway${nameOf(last.cause)}.`;
  if (last.status < 300)
    return `${operation} was answered with ${last.status} and a body that is not the gateway's.`;
  if (last.status < 400) {
    return `${operation} was answered with the redirect ${last.status}, which is not followed. Is the base URL right?`;
  }
  return `${operation} was answered with ${last.status}, and without a reason of the gateway's.`;
}

/** ECONNREFUSED, TimeoutError: the name that can be searched for. fetch has wrapped it. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const code = (cause as { code?: unknown }).code;
  if (typeof code === 'string') return ` (${code})`;
  return cause.cause === undefined ? ` (${cause.name})` : nameOf(cause.cause);
}
