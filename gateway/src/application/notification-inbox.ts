// Keeps providers from waiting for our database. PayPay hangs up after 1.5 seconds and gives up for good after a few
// tries, so what is not stored in time is answered all the same and goes on being stored. What the database does not
// take in the end is lost with its process or its patience: polling finds the payment, only later.

export interface NotificationInbox {
  /**
   * Has `write` done. `stored` in time; `waiting`: it goes on, and is to be answered now; `full`: so many wait already
   * that it was not begun, and the provider had better come again. Throws what `write` throws in time.
   */
  keep(write: () => Promise<void>): Promise<'stored' | 'waiting' | 'full'>;
  /** Waits for what goes on, but not longer than a stopping process may. */
  drain(): Promise<void>;
}

export interface InboxOptions {
  answer_within_ms: number;
  /** So many may wait, in a process. */
  most: number;
  /** So many write at once: a slow inbox must not take all of the connections, which payments need. */
  at_once: number;
  drain_ms: number;
  /** Told of one that was answered and could not be stored. */
  onLost(error: unknown): void;
}

export function makeNotificationInbox(options: InboxOptions): NotificationInbox {
  const underWay = new Set<Promise<void>>();
  const queue: (() => void)[] = [];
  let free = options.at_once;

  async function inTurn(write: () => Promise<void>): Promise<void> {
    if (free > 0) free -= 1;
    else await new Promise<void>((turn) => queue.push(turn));
    try {
      await write();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return {
    async keep(write) {
      if (underWay.size >= options.most) return 'full';
      let is_answered = false;
      const work = inTurn(write);
      const settled: Promise<void> = work
        .catch((error: unknown) => {
          if (is_answered) options.onLost(error);
        })
        .finally(() => underWay.delete(settled));
      underWay.add(settled);
      const limit = makeLimit(options.answer_within_ms);
      const outcome = await Promise.race([work.then(() => 'stored' as const), limit.passed]).finally(
        limit.clear,
      );
      is_answered = outcome === 'waiting';
      return outcome;
    },
    async drain() {
      const limit = makeLimit(options.drain_ms);
      await Promise.race([Promise.all(underWay), limit.passed]).finally(limit.clear);
    },
  };
}

function makeLimit(ms: number) {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'waiting'>((resolve) => {
    timer = setTimeout(() => resolve('waiting'), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
