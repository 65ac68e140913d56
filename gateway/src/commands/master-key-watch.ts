// Every process asks now and then which master key seals, so that all change over together while they serve.
import { MasterKeyError, settleMasterKey, WATCH_MS } from '../application/master-keys.ts';
import type { Context } from '../context.ts';

/** Runs until what it returns is called. It keeps no process alive, and a database that is away only delays it. */
export function watchMasterKey(context: Context): () => Promise<void> {
  let complained = '';
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    const before = context.master_key;
    try {
      await settleMasterKey(context);
      complained = '';
    } catch (error) {
      // Anything else is the database's trouble, and is said by those who need it.
      if (error instanceof MasterKeyError && error.message !== complained) {
        complained = error.message;
        context.log.error(error.message);
      }
    }
    if (context.master_key !== before) context.log.info('another master key seals from now on');
  }

  const timer = setInterval(() => {
    asking ??= ask().finally(() => {
      asking = null;
    });
  }, WATCH_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await asking;
  };
}
