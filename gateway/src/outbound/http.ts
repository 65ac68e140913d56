// The one way out over HTTP. What the other side does is a value, never an exception: an answer, or a
// failure that says whether the request may have arrived. The deadline covers the whole exchange, redirects
// are never followed, and neither headers nor bodies nor queries reach a message or the observer.
import { performance } from 'node:perf_hooks';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type AddressGuard, RefusedAddressError } from './address-guard.ts';
import { makeProxyConnector, ProxyError, type ProxyOptions } from './proxy-tunnel.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For everything together: name, connection, sending, waiting, and the last byte of the answer. */
  deadline_ms: number;
  /** Default 1 MiB. */
  max_response_bytes?: number;
  /** 'fail' (default) makes a larger answer a failure; 'truncate' keeps what fits and hangs up. */
  when_too_large?: 'fail' | 'truncate';
}

export type HttpFailureReason = 'timeout' | 'connection_failed' | 'response_too_large' | 'refused_address';

export type HttpAnswer =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string | string[] | undefined>;
      body: Buffer;
      truncated: boolean;
      duration_ms: number;
    }
  | {
      kind: 'failed';
      reason: HttpFailureReason;
      message: string;
      /** False only when not one byte of the request left us. True means: it may have had its effect. */
      sent: boolean;
      duration_ms: number;
    };

/** What is told about a call to logs and metrics. The path comes without its query. */
export interface HttpCall {
  method: string;
  host: string;
  path: string;
  status?: number;
  reason?: HttpFailureReason;
  duration_ms: number;
}

export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Lets running requests finish, then closes the connections. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  user_agent: string;
  /** Given for URLs that strangers choose; absent for hosts that the operator configured. */
  guard?: AddressGuard;
  /**
   * Through which every host but this machine is reached. It resolves names itself, so that together with a guard only
   * addresses and this machine are judged here: names have to be known to be good before.
   */
  proxy?: ProxyOptions;
  observe?: (call: HttpCall) => void;
  undici?: Omit<Agent.Options, 'connect'> & { connect?: buildConnector.BuildOptions };
}

const DEFAULT_MAX_RESPONSE_BYTES = 1024 * 1024;

export function makeHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({
    // A hanging provider must not take a connection per waiting till without bound.
    connections: 256,
    pipelining: 1,
    // Our own deadline rules; undici's two timers would only cut a long but allowed wait.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...options.undici,
    connect: makeConnector(options.undici?.connect ?? {}, options),
  });

  return {
    async request(request) {
      const started_at = performance.now();
      const url = URL.canParse(request.url) ? new URL(request.url) : null;
      const outcome: Outcome =
        url === null
          ? { kind: 'failed', reason: 'refused_address', message: 'The URL cannot be read.', sent: false }
          : await exchange(agent, url, request, options.user_agent);
      const duration_ms = performance.now() - started_at;
      options.observe?.({
        method: request.method,
        host: url?.host ?? '',
        path: url?.pathname ?? '',
        ...(outcome.kind === 'answered' ? { status: outcome.status } : { reason: outcome.reason }),
        duration_ms,
      });
      return { ...outcome, duration_ms };
    },
    close: () => agent.close(),
  };
}

/** The client for one piece of work: all of its requests together take no longer than `total_ms`. */
export function limitTotalTime(client: HttpClient, total_ms: number): HttpClient {
  const ends_at = performance.now() + total_ms;
  return {
    async request(request) {
      const left = Math.ceil(ends_at - performance.now());
      if (left > 0) return client.request({ ...request, deadline_ms: Math.min(request.deadline_ms, left) });
      const message = 'No time was left for the request.';
      return { kind: 'failed', reason: 'timeout', message, sent: false, duration_ms: 0 };
    },
    close: client.close,
  };
}

type WithoutDuration<T> = T extends unknown ? Omit<T, 'duration_ms'> : never;
type Outcome = WithoutDuration<HttpAnswer>;

function makeConnector(
  connect: buildConnector.BuildOptions,
  { guard, proxy }: Pick<HttpClientOptions, 'guard' | 'proxy'>,
): buildConnector.connector {
  const openDirectly = buildConnector(guard === undefined ? connect : { ...connect, lookup: guard.lookup });
  const open = proxy === undefined ? openDirectly : makeProxyConnector(proxy, openDirectly);
  if (guard === undefined) return open;
  return (target, callback) => {
    const refusal = guard.refuseHost(target.hostname);
    if (refusal !== null) callback(new RefusedAddressError(refusal), null);
    else open(target, callback);
  };
}

/** One request and its whole answer. Resolves exactly once, whatever comes first. */
function exchange(agent: Agent, url: URL, request: HttpRequest, user_agent: string): Promise<Outcome> {
  const limit = request.max_response_bytes ?? DEFAULT_MAX_RESPONSE_BYTES;
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let finished = false;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const finish = (outcome: Outcome) => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const fail = (reason: HttpFailureReason, message: string) =>
      finish({ kind: 'failed', reason, message, sent: controller !== null });
    const answer = (truncated: boolean) =>
      finish({ kind: 'answered', status, headers, body: Buffer.concat(chunks), truncated });
    const hangUp = () => controller?.abort(new Error('hung up'));

    const timer = setTimeout(() => {
      fail('timeout', `No complete answer within ${request.deadline_ms} ms.`);
      hangUp();
    }, request.deadline_ms);

    const handler: Dispatcher.DispatchHandler = {
      // Called right before the first byte is written; after that nobody can say that nothing was sent.
      onRequestStart(started) {
        // The deadline passed while the request waited for a connection: it must not be sent any more,
        // because the caller was told that it was not.
        if (finished) return started.abort(new Error('too late'));
        controller = started;
      },
      onResponseStart(_controller, response_status, response_headers) {
        status = response_status;
        headers = response_headers;
      },
      onResponseData(_controller, chunk) {
        if (finished) return;
        const room = limit - size;
        size += chunk.length;
        if (chunk.length <= room) {
          chunks.push(chunk);
        } else if (request.when_too_large === 'truncate') {
          chunks.push(chunk.subarray(0, room));
          answer(true);
          hangUp();
        } else {
          fail('response_too_large', `The answer is larger than ${limit} bytes.`);
          hangUp();
        }
      },
      onResponseEnd: () => answer(false),
      onResponseError: (_controller, error) => fail(...describeFailure(error)),
    };

    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { 'user-agent': user_agent, ...request.headers },
        body: request.body ?? null,
      },
      handler,
    );
  });
}

/** Only codes go into the message: an error's own text may quote what was sent. */
function describeFailure(error: Error & { code?: unknown }): [HttpFailureReason, string] {
  if (error instanceof RefusedAddressError) return ['refused_address', error.message];
  if (error instanceof ProxyError) return [error.reason, error.message];
  const code = typeof error.code === 'string' ? error.code : error.name;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return ['timeout', 'No connection in time.'];
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return ['response_too_large', 'The headers of the answer are too large.'];
  return ['connection_failed', `The connection failed (${code}).`];
}
