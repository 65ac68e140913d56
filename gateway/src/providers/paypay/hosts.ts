// PayPay's hosts, and which of them a payment may go to. A test payment never reaches the live PayPay and a live
// one never the sandbox: PayPay's keys have no mark that would tell, so the host is what is checked.
import type { ProviderContext } from '../provider.ts';
import type { PaypayCredentials } from './credentials.ts';

const LIVE_HOST = 'apigw.paypay.ne.jp';
const SANDBOX_HOST = 'apigw.sandbox.paypay.ne.jp';
/** PayPay calls it deprecated, and still answers there; its older SDKs know no other. */
const FORMER_LIVE_HOST = 'api.paypay.ne.jp';

/** Without a `base_url` of the operator's it goes to PayPay itself. */
export function baseUrlOf({ credentials, livemode }: ProviderContext<PaypayCredentials>): string {
  const url = credentials.base_url ?? `https://${livemode ? LIVE_HOST : SANDBOX_HOST}`;
  return url.replace(/\/+$/, '');
}

/** Neither the source document nor PayPay names the place, so it is the usual one unless the operator says. */
export function tokenUrlOf(context: ProviderContext<PaypayCredentials>): string {
  return context.credentials.token_url ?? `${baseUrlOf(context)}/oauth2/token`;
}

/** Why a URL is of the wrong one of PayPay's environments; null for a right one, and for hosts that are not PayPay's. */
export function refuseHost(url: string, livemode: boolean): string | null {
  if (!URL.canParse(url)) return 'The URL cannot be read.';
  // The same host may be written with the dot of the root at its end.
  const hostname = new URL(url).hostname.replace(/\.$/, '');
  if (hostname !== 'paypay.ne.jp' && !hostname.endsWith('.paypay.ne.jp')) return null;
  const is_live = hostname === LIVE_HOST || hostname === FORMER_LIVE_HOST;
  if (is_live === livemode) return null;
  return livemode
    ? `${hostname} is a host for tests at PayPay, and live payments never go there. The live one is ${LIVE_HOST}.`
    : `${hostname} is PayPay's live host, and test payments never go there. The sandbox is ${SANDBOX_HOST}.`;
}

const THIS_MACHINE: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A signature may be read by anybody; a secret or a token in the clear would be everybody's (RFC 6750, section 5.3). */
export function refuseInTheClear(url: string): string | null {
  if (!URL.canParse(url)) return 'The URL cannot be read.';
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || THIS_MACHINE.has(hostname)) return null;
  return `With oauth2 the secret and the tokens would travel in the clear to ${hostname}: use https.`;
}
