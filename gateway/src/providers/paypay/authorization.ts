// How a call shows PayPay whose it is, in the two ways that there are, and what can be put right when PayPay does
// not believe it: a clock that is off, a token that it withdrew. A refusal of who asks means that nothing was done.
import { createHash, randomBytes } from 'node:crypto';
import { fetchAccessToken, type TokenAnswer } from '../../outbound/client-credentials.ts';
import type { PeerMemory } from '../../outbound/peer-memory.ts';
import type { ProviderContext } from '../provider.ts';
import type { PaypayCredentials } from './credentials.ts';
import { baseUrlOf, refuseHost, refuseInTheClear, tokenUrlOf } from './hosts.ts';
import { makeOpaAuthorization, type OpaSignedRequest } from './opa-signature.ts';

type Context = ProviderContext<PaypayCredentials>;

/** `own_time`: signed with our own time, although PayPay's seems to be another. */
export type WayOut = 'anew' | 'own_time';

export type Authorization =
  | {
      ok: true;
      header: string;
      /** After a refusal of who asks: how the same call may be believed when it is made once more, now. */
      findWayOut(): WayOut | null;
    }
  | Extract<TokenAnswer, { ok: false }>;

/** PayPay refuses what was signed more than two minutes from its own time. Half of it leaves room for the way. */
const OFF_MS = 60_000;

export async function authorize(
  context: Context,
  memory: PeerMemory,
  request: OpaSignedRequest,
  way: WayOut,
): Promise<Authorization> {
  if (context.credentials.auth === 'oauth2') return lendToken(context, memory);
  return sign(context, memory, request, way);
}

function sign(context: Context, memory: PeerMemory, request: OpaSignedRequest, way: WayOut): Authorization {
  const theirNow = () => context.now() + memory.clocks.offsetOf(clockHostOf(context));
  const signed_at = way === 'own_time' ? context.now() : theirNow();
  const nonce = randomBytes(6).toString('hex');
  return {
    ok: true,
    header: makeOpaAuthorization(request, context.credentials, nonce, Math.floor(signed_at / 1_000)),
    findWayOut() {
      // The refusal itself has told PayPay's time, and by now it has been learnt.
      if (Math.abs(theirNow() - signed_at) > OFF_MS) return 'anew';
      // It was signed with the time that PayPay seems to have. Somebody on the way may have written that.
      return Math.abs(context.now() - signed_at) > OFF_MS ? 'own_time' : null;
    },
  };
}

async function lendToken(context: Context, memory: PeerMemory): Promise<Authorization> {
  const { api_key, api_secret } = context.credentials;
  const token_url = tokenUrlOf(context);
  const refusal =
    refuseHost(token_url, context.livemode) ??
    refuseInTheClear(token_url) ??
    refuseInTheClear(baseUrlOf(context));
  if (refusal !== null) return { ok: false, reason: 'refused', message: refusal };
  const secret_hash = createHash('sha256').update(api_secret).digest('hex');
  const key = `${token_url} ${api_key} ${secret_hash}`;
  const lent = await memory.tokens.get(key, context.now, () =>
    fetchAccessToken(context.http, { token_url, client_id: api_key, client_secret: api_secret }),
  );
  if (!lent.ok) return lent;
  return {
    ok: true,
    header: `Bearer ${lent.token}`,
    // Where a token that was fetched for this very call is refused, another would be, too.
    findWayOut: () => (!lent.is_fresh && memory.tokens.forget(key, lent.token, context.now) ? 'anew' : null),
  };
}

/** Each of PayPay's hosts is taken to have a clock of its own. */
export function clockHostOf(context: Context): string {
  const url = baseUrlOf(context);
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A time that PayPay told, as our own clock will show it: that is what it is compared with. */
export function inOurTime(context: Context, epoch_seconds: number): string {
  const offset = context.memory?.clocks.offsetOf(clockHostOf(context)) ?? 0;
  return new Date(epoch_seconds * 1_000 - offset).toISOString();
}
