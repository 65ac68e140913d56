// The secrets of an API key: made here, told once, and sealed from then on. While a key is rolled it has two, and
// both lie in one box as a JSON list, the present one first; a key that was never rolled has its bare secret there.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { deleteEndedSecret, listEndedSecrets } from '../db/api-key-uses.ts';
import { open, seal } from '../domain/secret-box.ts';

const SECRET_BYTES = 24;

export function makeSecret(context: Context, livemode: boolean): string {
  return `sk_${livemode ? 'live' : 'test'}_${context.randomBytes(SECRET_BYTES).toString('base64url')}`;
}

function placeOf(key_id: string): string {
  return `api_keys.secret:${key_id}`;
}

export function sealSecrets(context: Context, key_id: string, secrets: string[]): Buffer {
  const [only, ...others] = secrets;
  const text = others.length === 0 ? (only ?? '') : JSON.stringify(secrets);
  return seal(context.master_key, text, placeOf(key_id));
}

export function openSecrets(context: Context, key: { id: string; secret_sealed: Buffer }): string[] {
  const text = open(context.opening_keys, key.secret_sealed, placeOf(key.id)).toString();
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : [text];
}

/** What no longer signs is not kept either. Says of how many keys a secret was taken out. */
export async function purgeEndedSecrets(context: Context, limit: number): Promise<number> {
  const now = instant(context);
  const keys = await listEndedSecrets(context.db, now, limit);
  let done = 0;
  for (const key of keys) {
    const sealed = sealSecrets(context, key.id, openSecrets(context, key).slice(0, 1));
    if (await deleteEndedSecret(context.db, key, sealed, now)) done += 1;
  }
  return done;
}
