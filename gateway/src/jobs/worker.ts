// The worker: one loop for each job. A loop runs its job, sleeps until the interval has passed or somebody
// wakes it, and backs off when the job fails. Any number of workers may share a database, because what a job
// takes it claims there; one that dies is missed by nobody.
import { watchedContext } from '../application/watched-context.ts';
import type { Context } from '../context.ts';
import { align_deliveries } from './align-deliveries.ts';
import { check_books } from './check-books.ts';
import { makeCheckRefundsJob } from './check-refunds.ts';
import { makeDeliverWebhooksJob } from './deliver-webhooks.ts';
import { expire_payment_intents } from './expire-payment-intents.ts';
import { fan_out_events } from './fan-out-events.ts';
import { import_announced_files } from './import-announced-files.ts';
import type { Job } from './job.ts';
import { keep_partitions } from './keep-partitions.ts';
import { makeLookUpAttemptsJob } from './look-up-attempts.ts';
import { measure } from './measure.ts';
import { purge } from './purge.ts';
import { run_accounting_exports } from './run-accounting-exports.ts';
import { run_card_batches } from './run-card-batches.ts';
import { makeHeartbeatJob } from './send-heartbeat.ts';
import { send_mails } from './send-mails.ts';
import { settle_signed_news } from './settle-signed-news.ts';
import { work_off_notifications } from './work-off-notifications.ts';

export interface Worker {
  /** Takes no more work and waits for what is running, until the deadline; then leaves it to its leases. */
  stop(): Promise<void>;
  /** Runs a job soon, whatever its interval. */
  wake(job_name: string): void;
}

export interface WorkerOptions {
  jobs?: Job[];
  /** Longer than a webhook's deadline, so that a delivery in flight ends in good order. */
  drain_ms?: number;
}

/** What every worker does. */
function makeJobs(context: Context): Job[] {
  return [
    makeHeartbeatJob(context),
    makeLookUpAttemptsJob(context),
    makeCheckRefundsJob(context),
    work_off_notifications,
    import_announced_files,
    run_card_batches,
    settle_signed_news,
    expire_payment_intents,
    fan_out_events,
    makeDeliverWebhooksJob(context),
    align_deliveries,
    run_accounting_exports,
    send_mails,
    purge,
    keep_partitions,
    check_books,
    measure,
  ];
}

const DRAIN_MS = 20_000;

export function startWorker(context: Context, options: WorkerOptions = {}): Worker {
  const { jobs = makeJobs(context), drain_ms = DRAIN_MS } = options;
  const loops = new Map<string, Loop>();
  const wake = (job_name: string) => loops.get(job_name)?.wake();
  for (const job of jobs) loops.set(job.name, startLoop(context, job, wake));
  context.wakeWorker = wake;

  async function end(job: Job): Promise<void> {
    await loops.get(job.name)?.stop();
    await job.drain?.();
    await job.stop?.(context);
  }

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    if (context.wakeWorker === wake) delete context.wakeWorker;
    const ends = jobs.map((job) =>
      end(job).catch((error: unknown) =>
        context.log.error({ err: error, job: job.name }, 'job did not end well'),
      ),
    );
    const [late, timer] = makeTimer(drain_ms);
    const in_time = await Promise.race([Promise.all(ends), late.then(() => null)]);
    clearTimeout(timer);
    if (in_time === null) context.log.warn('the worker stops with work in flight; its leases give it back');
  }

  return {
    wake,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function makeTimer(ms: number): [Promise<void>, NodeJS.Timeout] {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return [promise, timer as NodeJS.Timeout];
}

interface Loop {
  wake(): void;
  /** Resolves when the run under way, if any, has ended. */
  stop(): Promise<void>;
}

/** Under load a job is woken all the time; this pause lets it find several rows instead of one. */
const PAUSE_BETWEEN_RUNS_MS = 10;
const LONGEST_BACK_OFF_MS = 30_000;

/** A run that found nothing to do leaves no trace. */
async function traced(context: Context, job: Job, wake: () => void): Promise<number> {
  const span = context.tracing?.start(`job ${job.name}`);
  if (span === undefined) return job.run(context, wake);
  try {
    const handled = await job.run(watchedContext(context, { db_ms: 0, provider_ms: 0 }, span), wake);
    if (handled > 0) span.end({ handled });
    return handled;
  } catch (error) {
    span.fail((error as Error).name);
    throw error;
  }
}

function startLoop(context: Context, job: Job, wakeOther: (job_name: string) => void): Loop {
  let is_stopped = false;
  let is_woken = false;
  let failures = 0;
  let endSleep: (() => void) | null = null;

  const wake = () => {
    is_woken = true;
    // After a failure a wake-up changes nothing: what failed needs time.
    if (failures === 0) endSleep?.();
  };

  async function sleep(ms: number): Promise<void> {
    const [passed, timer] = makeTimer(ms);
    const woken = new Promise<void>((resolve) => {
      endSleep = resolve;
    });
    await Promise.race([passed, woken]);
    clearTimeout(timer);
    endSleep = null;
  }

  /** How long to sleep before the next run. */
  async function run(): Promise<number> {
    try {
      const handled = await traced(context, job, wake);
      failures = 0;
      if (handled > 0) for (const other of job.wakes ?? []) wakeOther(other);
      return job.batch_size !== undefined && handled >= job.batch_size ? 0 : job.interval_ms;
    } catch (error) {
      failures += 1;
      context.metrics.job_failures.inc({ job: job.name });
      const back_off_ms = Math.min(
        LONGEST_BACK_OFF_MS,
        Math.max(100, job.interval_ms) * 2 ** Math.min(failures, 20),
      );
      context.log.error({ err: error, job: job.name, failures, back_off_ms }, 'job failed');
      return back_off_ms * (0.5 + context.random() / 2);
    }
  }

  async function loop(): Promise<void> {
    while (!is_stopped) {
      is_woken = false;
      const wait_ms = await run();
      if (is_stopped || wait_ms === 0) continue;
      await makeTimer(PAUSE_BETWEEN_RUNS_MS)[0];
      if (!is_stopped && (!is_woken || failures > 0)) await sleep(wait_ms - PAUSE_BETWEEN_RUNS_MS);
    }
  }

  const ended = loop();
  return {
    wake,
    stop() {
      is_stopped = true;
      endSleep?.();
      return ended;
    },
  };
}
