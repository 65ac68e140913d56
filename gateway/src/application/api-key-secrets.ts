// The secrets of an API key: made here, told once, and sealed from then on. While a key is rolled it has two, and
// both lie in one box as a JSON list, the present one first; a key that was never rolled has its bare secret there.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { deleteEndedSecret, listEndedSecrets } from '../db/api-key-uses.ts';
import { open, SecretBoxError, seal } from '../domain/secret-box.ts';

const SECRET_BYTES = 24;

export function makeSecret(context: Context, livemode: boolean): string {
  return `sk_${livemode ? 'live' : 'test'}_${context.randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Where a key's secret belongs: sealed for one place, it does not open in another. */
export function apiKeySecretContext(key_id: string): string {
  return `api_keys.secret:${key_id}`;
}

export function sealSecrets(context: Context, key_id: string, secrets: string[]): Buffer {
  const [only, ...others] = secrets;
  const text = others.length === 0 ? (only ?? '') : JSON.stringify(secrets);
  return seal(context.master_key, text, apiKeySecretContext(key_id));
}

export function openSecrets(context: Context, key: { id: string; secret_sealed: Buffer }): string[] {
  const text = open(context.opening_keys, key.secret_sealed, apiKeySecretContext(key.id)).toString();
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : [text];
}

/** Null for a box that was damaged or moved, or whose master key is not here: the other keys are not held up by it. */
export function openSecretsOrNull(
  context: Context,
  key: { id: string; secret_sealed: Buffer },
): string[] | null {
  try {
    return openSecrets(context, key);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    context.log.error({ err: error, api_key: key.id }, 'the secret of an API key does not open');
    return null;
  }
}

/** What no longer signs is not kept either. Says of how many keys a secret was taken out. */
export async function purgeEndedSecrets(context: Context, limit: number): Promise<number> {
  const now = instant(context);
  const keys = await listEndedSecrets(context.db, now, limit);
  let done = 0;
  for (const key of keys) {
    const secrets = openSecretsOrNull(context, key);
    if (secrets === null) continue;
    const sealed = sealSecrets(context, key.id, secrets.slice(0, 1));
    if (await deleteEndedSecret(context.db, key, sealed, now)) done += 1;
  }
  return done;
}
