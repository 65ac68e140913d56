// A limited number of places for work that a job leaves going on between its runs, so that one slow answer
// holds up nothing but itself.

export interface Places {
  free(): number;
  /** Takes a place until the work, which must not throw, has ended; then says whether all had been taken. */
  start(work: () => Promise<void>, onEnd: (were_all_taken: boolean) => void): void;
  /** Waits until no work is left. */
  drain(): Promise<void>;
}

export function makePlaces(count: number): Places {
  const running = new Set<Promise<void>>();
  return {
    free: () => Math.max(0, count - running.size),
    start(work, onEnd) {
      const taken = work().finally(() => {
        const were_all_taken = running.size >= count;
        running.delete(taken);
        onEnd(were_all_taken);
      });
      running.add(taken);
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
