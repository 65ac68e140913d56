// What a client is made with, and what is wrong with it, said at once and in words that help: a test key in production,
// or a secret key in a page, must not be found out by the first customer.
import type { NativeBridge } from './confirm-sender.ts';
import { makeError } from './errors.ts';
import type { Platform } from './platform.ts';

export interface MPACGatewayOptions {
  /** The publishable key of the organization, `pk_test_…` or `pk_live_…`. It lists the page's origin, and opens nothing. */
  publicKey: string;
  /** `sandbox` with a `pk_test_` key, `production` with a `pk_live_` key. */
  environment: 'sandbox' | 'production';
  /** Of a gateway that you host yourself, without `/v1`. */
  baseUrl?: string;
  /** Lets `http://` go to other machines than this one. What is sent, and the payment token, can be read on its way. */
  allowInsecureHttp?: boolean;
  /**
   * Keeps confirms of cash and of a terminal's approvals on the device until the gateway has them. On where the page is
   * in a terminal's WebView, which `window.MPACNativeBridge` says; else off.
   */
  offlineQueue?: boolean;
  /**
   * How long such a confirm waits for the gateway before it resolves as `queued`, and the sale goes on; 10,000 unless said
   * otherwise. It is sent on by itself.
   */
  queuePatienceMs?: number;
  /** The way to the card app, where it is not `window.MPACNativeBridge`. */
  nativeBridge?: NativeBridge;
  /** After the first try of a request; 3 unless said otherwise. */
  maxRetries?: number;
  /** For one try; 30,000 unless said otherwise. */
  timeoutMs?: number;
  /** For all tries of a request and the waits between them; 60,000 unless said otherwise. */
  deadlineMs?: number;
  /** For tests: another network, clock or chance than the browser's. */
  platform?: Partial<Platform>;
}

const BASE_URL = 'https://api.pgw.mpac-cloud.com';
const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;
/** The longest that a timer can wait; a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;
const LIMITS = [
  ['maxRetries', 0],
  ['timeoutMs', 1],
  ['deadlineMs', 1],
] as const;
/** A browser's timer that is to wait longer waits not at all. */
const MOST = 2 ** 31 - 1;
const PREFIXES: Record<string, string> = { sandbox: 'pk_test_', production: 'pk_live_' };

/** The base URL, without a slash at its end. Throws an InvalidRequestError for options that cannot work. */
export function checkOptions(options: MPACGatewayOptions): string {
  const { publicKey, environment, baseUrl = BASE_URL, allowInsecureHttp = false } = options;
  const key = String(publicKey);
  if (key.startsWith('sk_'))
    refuse(
      'publicKey',
      'This is a secret key. It must never be in a page: revoke it, and use a pk_ key here.',
    );
  const prefix = PREFIXES[environment];
  if (prefix === undefined) refuse('environment', `environment is 'sandbox' or 'production'.`);
  if (!key.startsWith(prefix)) refuse('publicKey', `In ${environment} publicKey begins with ${prefix}.`);
  for (const [name, least] of LIMITS) {
    const limit = options[name] ?? least;
    if (!(limit >= least && limit <= MOST)) refuse(name, `${name} is a number from ${least} to ${MOST}.`);
  }
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return refuse('baseUrl', 'baseUrl is no URL.');
  }
  const may_be_open = url.protocol === 'http:' && (allowInsecureHttp || LOOPBACK.test(url.hostname));
  if (url.protocol !== 'https:' && !may_be_open)
    refuse('baseUrl', 'baseUrl is https://, or http:// of this device; see allowInsecureHttp.');
  if (url.search || url.hash || url.username || url.password)
    refuse('baseUrl', 'baseUrl has no query, fragment or user.');
  for (const name of ['maxRetries', 'timeoutMs', 'deadlineMs'] as const) {
    const { [name]: value = 1 } = options;
    const least = name === 'maxRetries' ? 0 : 1;
    if (!(value >= least && value <= LONGEST_MS)) refuse(name, `${name} is a number from ${least} up.`);
  }
  return url.href.replace(/\/+$/, '');
}

/** `pi_…_secret_…`: the token names its intent. */
export function intentOf(payment_token: string): string {
  const at = String(payment_token).indexOf('_secret_');
  if (at < 1)
    refuse(
      'payment_token',
      'This is no payment token. Your backend has it from creating the payment intent.',
    );
  return payment_token.slice(0, at);
}

/** A key travels in a header, which loses spaces at its ends: printable ASCII, and no longer than the gateway keeps. */
export function checkKey(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[!-~]([ -~]{0,253}[!-~])?$/.test(key))
    refuse('idempotencyKey', 'idempotencyKey is 1 to 255 printable characters of ASCII.');
  return key;
}

export function refuse(param: string, message: string, code?: string): never {
  throw makeError('invalid_request', { message, param, ...(code !== undefined && { code }) });
}
