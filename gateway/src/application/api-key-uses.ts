// When a key, and its previous secret, were last used. Requests only leave a note in memory; what is written is
// written beside them, one statement at a time, and for each key at most once a minute.
import type { Context } from '../context.ts';
import { type KeyUse, updateKeyUses } from '../db/api-key-uses.ts';

const PAUSE_MS = 60_000;
const MAX_KEYS = 10_000;

export function makeKeyUses(context: Context) {
  const noted = new Map<string, number>();
  let waiting = new Map<string, KeyUse>();
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (waiting.size > 0) {
      const uses = [...waiting.values()];
      waiting = new Map();
      await updateKeyUses(context.db, uses).catch((error: unknown) =>
        context.log.warn({ err: error }, 'the last use of keys was not written'),
      );
    }
    writing = null;
  }

  return {
    note(key_id: string, is_previous: boolean): void {
      const now = context.now();
      const name = is_previous ? `${key_id} previous` : key_id;
      if (now < (noted.get(name) ?? 0) + PAUSE_MS) return;
      if (noted.size >= MAX_KEYS) noted.clear();
      noted.set(name, now);
      const used_at = new Date(now).toISOString();
      const earlier = waiting.get(key_id)?.previous_used_at ?? null;
      waiting.set(key_id, { id: key_id, used_at, previous_used_at: is_previous ? used_at : earlier });
      writing ??= write();
    },
    /** Resolves when everything that was noted is written. */
    written: async (): Promise<void> => {
      while (writing !== null) await writing;
    },
  };
}
