// What a client is told when it is made, checked once. What is wrong here is a mistake in the program or its settings,
// so it is refused at once and by name, and never with the value, which may be a secret.
import { InvalidRequestError } from './errors.ts';

/** What `fetch` is asked. */
export interface FetchRequest {
  method: string;
  headers: Record<string, string>;
  body: string | null;
  redirect: 'manual';
  signal: AbortSignal;
}

/** As much of its answer as is read. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
  } | null;
}

export interface AnswerHeaders {
  get(name: string): string | null;
}

/**
 * As much of `fetch` as is used: give another one to go through a proxy, to trace, or to test. Node's fits, and so does
 * any version of undici's.
 */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>;

export interface PaymentGatewayOptions {
  /** Where the gateway is: `https://pay.example.com`. A path is kept in front of every request's, and not signed. */
  baseUrl: string;
  /** The id of the API key, `ak_…`. */
  apiKey: string;
  /** Its secret, `sk_test_…` or `sk_live_…`. It never leaves this process. */
  secretKey: string;
  /** How long one try may take, in milliseconds. Default 30,000. */
  timeoutMs?: number | undefined;
  /** How long a call may take with all its retries, in milliseconds. Default 60,000. */
  deadlineMs?: number | undefined;
  /** How often a call is tried again, at most. Default 3; 0 for never. */
  maxRetries?: number | undefined;
  /** In which language the gateway explains a refusal: `en` or `ja`. */
  language?: string | undefined;
  /** Goes in front of the client's own User-Agent: `my-shop/1.2`. */
  userAgent?: string | undefined;
  /** Lets http:// be used with other machines than this one. What is sent can then be read on its way. */
  allowInsecureHttp?: boolean | undefined;
  fetch?: Fetch | undefined;
  /** The time in Unix milliseconds, for tests. */
  now?: (() => number) | undefined;
  /** Waits, for tests. */
  sleep?: ((ms: number) => Promise<void>) | undefined;
  /** Chance, from 0 to below 1, for tests. */
  random?: (() => number) | undefined;
}

export interface Configuration {
  origin: string;
  /** The path of the base URL without a slash at its end; mostly empty. */
  prefix: string;
  api_key: string;
  secret_key: string;
  timeout_ms: number;
  deadline_ms: number;
  max_retries: number;
  language: string | undefined;
  user_agent: string;
  fetch: Fetch;
  now: () => number;
  /** Milliseconds that only go forward, whoever sets the clock meanwhile; deadlines are counted by them. */
  elapsed: () => number;
  sleep: ((ms: number) => Promise<void>) | undefined;
  random: () => number;
}

const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;
/** What can stand in a header between the scheme and the colons. */
const KEY_ID = /^[!-9;-~]{1,255}$/;

export function readOptions(options: PaymentGatewayOptions, sdk_version: string): Configuration {
  const { origin, prefix } = readBaseUrl(options.baseUrl, options.allowInsecureHttp ?? false);
  const { apiKey, secretKey } = options;
  if (typeof apiKey !== 'string' || !KEY_ID.test(apiKey))
    throw wrong('apiKey', 'is the id of an API key, ak_…');
  if (apiKey.startsWith('sk_'))
    throw wrong('apiKey', 'is the id of the key, ak_…; what was given is a secret');
  if (typeof secretKey !== 'string' || secretKey === '') {
    throw wrong('secretKey', 'is the secret of the API key, sk_…');
  }
  const own_agent = `mpac-pgw-sdk-node/${sdk_version} node/${process.versions.node}`;
  const user_agent = options.userAgent === undefined ? own_agent : `${options.userAgent} ${own_agent}`;
  for (const [name, text] of Object.entries({ userAgent: user_agent, language: options.language ?? '' })) {
    if (!/^[\x20-\x7e]*$/.test(text)) throw wrong(name, 'is printable ASCII');
  }
  return {
    origin,
    prefix,
    api_key: apiKey,
    secret_key: secretKey,
    timeout_ms: readDuration('timeoutMs', options.timeoutMs, 30_000),
    deadline_ms: readDuration('deadlineMs', options.deadlineMs, 60_000),
    max_retries: readCount('maxRetries', options.maxRetries, 3),
    language: options.language,
    user_agent,
    // Looked up at each call, so that a tracer which replaces it later is used, too.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    now: options.now ?? Date.now,
    elapsed: options.now ?? (() => performance.now()),
    sleep: options.sleep,
    random: options.random ?? Math.random,
  };
}

function readBaseUrl(text: string, allow_insecure: boolean): { origin: string; prefix: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw wrong('baseUrl', 'is a URL such as https://pay.example.com');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw wrong('baseUrl', 'has no user, no query and no fragment');
  }
  if (url.protocol === 'http:' && !allow_insecure && !LOOPBACK.test(url.hostname)) {
    throw wrong(
      'baseUrl',
      'is https://, or http:// of this machine; allowInsecureHttp lets another http:// be used',
    );
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

/** The longest that a timer of Node can wait; a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;

export function readDuration(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= 1 && value <= LONGEST_MS) return value;
  throw wrong(name, 'is a whole number of milliseconds from 1 up');
}

export function readCount(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= 0) return value;
  throw wrong(name, 'is a whole number from 0 up');
}

function wrong(param: string, rule: string): InvalidRequestError {
  return new InvalidRequestError({ code: 'invalid_request', param, message: `${param} ${rule}.` });
}
