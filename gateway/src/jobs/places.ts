// A limited number of places for work that a job leaves going on between its runs, so that one slow answer
// holds up nothing but itself.

export interface Places {
  free(): number;
  /** Takes a place until the work, which must not throw, has ended; then says whether all had been taken. */
  start(work: () => Promise<void>, onEnd: (were_all_taken: boolean) => void, patience?: Patience): void;
  /** Waits until no work is left. */
  drain(): Promise<void>;
}

/** Work that takes longer than `ms` goes on without its place, which is free from then on. */
export interface Patience {
  ms: number;
  onOver: () => void;
}

export function makePlaces(count: number): Places {
  const running = new Set<Promise<void>>();
  let taken = 0;

  return {
    free: () => Math.max(0, count - taken),
    start(work, onEnd, patience) {
      let has_place = true;
      taken += 1;
      const giveBack = () => {
        if (has_place) taken -= 1;
        has_place = false;
      };
      const timer =
        patience &&
        setTimeout(() => {
          giveBack();
          patience.onOver();
        }, patience.ms);
      const ended = work().finally(() => {
        clearTimeout(timer);
        const were_all_taken = taken >= count;
        giveBack();
        running.delete(ended);
        onEnd(were_all_taken);
      });
      running.add(ended);
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
