// Signs requests, each anew. A signature has seconds and no nonce, and the gateway lets one be used with one idempotency
// key only. Two calls that say the same within a second (two refunds of ¥500, two cancels) would share theirs, and the
// second would be refused: so it is signed for a second later, which the gateway's tolerance of 300 seconds allows.
import { signRequest } from './request-signature.ts';

/** How far ahead of the clock we sign at most. The rest of the tolerance is left to clocks that differ. */
const MOST_SECONDS_AHEAD = 240;

export interface ToSign {
  method: string;
  target: string;
  body: string | undefined;
  idempotency_key: string | undefined;
}

/** `now` is in Unix milliseconds. Gives the value of the Authorization header. */
export function makeSigner(key_id: string, secret: string, now: () => number): (request: ToSign) => string {
  const used = new Map<string, { idempotency_key: string; timestamp: number }>();
  const forgetBefore = (seconds: number): void => {
    for (const [signature, { timestamp }] of used) if (timestamp < seconds) used.delete(signature);
  };
  let cleaned_at = 0;
  return ({ method, target, body = '', idempotency_key }) => {
    const first = Math.floor(now() / 1000);
    if (first !== cleaned_at) forgetBefore(first);
    cleaned_at = first;
    for (let timestamp = first; ; timestamp += 1) {
      const { signature, authorization } = signRequest({ key_id, secret, method, target, timestamp, body });
      if (idempotency_key === undefined) return authorization;
      const owner = used.get(signature)?.idempotency_key ?? idempotency_key;
      if (owner !== idempotency_key && timestamp < first + MOST_SECONDS_AHEAD) continue;
      used.set(signature, { idempotency_key: owner, timestamp });
      return authorization;
    }
  };
}
