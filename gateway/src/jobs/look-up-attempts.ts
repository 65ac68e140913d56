// Finds out the truth about open and unknown payments, many at a time: a provider that keeps one question
// waiting keeps no other payment from being looked up.
import { claimDueLookUps, lookUpAttempt } from '../application/look-ups.ts';
import type { Context } from '../context.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Job } from './job.ts';
import { makePlaces } from './places.ts';

/** In flight in this process. */
const CONCURRENCY = 64;

export function makeLookUpAttemptsJob(
  context: Context,
  concurrency = CONCURRENCY,
): Job & { drain(): Promise<void> } {
  const places = makePlaces(concurrency);

  async function lookUp(attempt: Attempt): Promise<void> {
    try {
      await lookUpAttempt(context, attempt);
    } catch (error) {
      // Its lease brings it back.
      context.metrics.job_failures.inc({ job: 'look_ups' });
      context.log.error({ err: error, attempt: attempt.id }, 'look-up failed');
    }
  }

  return {
    name: 'look_ups',
    interval_ms: 250,
    async run(_context, wake) {
      const free = places.free();
      if (free === 0) return 0;
      const claimed = await claimDueLookUps(context, free);
      for (const attempt of claimed) {
        places.start(
          () => lookUp(attempt),
          (were_all_taken) => were_all_taken && wake?.(),
        );
      }
      return claimed.length;
    },
    drain: places.drain,
  };
}
