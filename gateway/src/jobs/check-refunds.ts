// Gives money back where nobody asked yet or the provider put us off, and finds out what became of every refund
// that is still open, many at a time.
import { checkRefund, claimDueRefundChecks } from '../application/refund-results.ts';
import type { Context } from '../context.ts';
import type { Job } from './job.ts';
import { makePlaces } from './places.ts';

/** In flight in this process. Refunds are few beside payments, and nobody waits at the till for one. */
const CONCURRENCY = 16;

export function makeCheckRefundsJob(
  context: Context,
  concurrency = CONCURRENCY,
): Job & { drain(): Promise<void> } {
  const places = makePlaces(concurrency);

  async function check(claimed: Awaited<ReturnType<typeof claimDueRefundChecks>>[number]): Promise<void> {
    try {
      await checkRefund(context, claimed);
    } catch (error) {
      // Its lease brings it back.
      context.metrics.job_failures.inc({ job: 'refunds' });
      context.log.error({ err: error, refund: claimed.id }, 'refund not checked');
    }
  }

  return {
    name: 'refunds',
    interval_ms: 500,
    async run(_context, wake) {
      const free = places.free();
      if (free === 0) return 0;
      const claimed = await claimDueRefundChecks(context, free);
      for (const refund of claimed) {
        places.start(
          () => check(refund),
          (were_all_taken) => were_all_taken && wake?.(),
        );
      }
      return claimed.length;
    },
    drain: places.drain,
  };
}
