// Delivers webhooks, many at a time, so that no receiver waits for another. Each endpoint has a few places of
// all that a process has; one that failed or was slow has fewer, and all such endpoints together at most half,
// so that even dozens of dead receivers leave the other half to those that live. A delivery that hangs gives its
// place back after two seconds and goes on without one: receivers that all fall silent at the same moment hold
// nobody up for longer, and from then on count as slow.
import {
  claimDeliveries,
  DELIVERY_DEADLINE_MS,
  makeDeliverer,
  makeOutcomeWriter,
} from '../application/webhook-deliveries.ts';
import type { Context } from '../context.ts';
import type { ClaimedDelivery, DeliveryOutcome } from '../db/webhook-deliveries.ts';
import { startSpan } from '../tracing.ts';
import type { Job } from './job.ts';
import { makePlaces } from './places.ts';

export interface DeliveryOptions {
  /** In flight in this process; by default what the configuration says. */
  concurrency?: number;
  per_endpoint?: number;
  deadline_ms?: number;
  /** After this a receiver counts as slow. */
  patience_ms?: number;
  /** Of how many endpoints that have nothing in flight it is remembered that they did badly. */
  remembered?: number;
}

const PER_ENDPOINT = 8;
const PER_SLOW_ENDPOINT = 2;
const SLOW_MS = 2_000;
const REMEMBERED = 1_000;

interface Lane {
  in_flight: number;
  is_slow: boolean;
}

export function makeDeliverWebhooksJob(
  context: Context,
  options: DeliveryOptions = {},
): Job & { drain(): Promise<void> } {
  const { concurrency = context.config.webhook_concurrency, per_endpoint = PER_ENDPOINT } = options;
  const { patience_ms = SLOW_MS, remembered = REMEMBERED } = options;
  const deadline_ms = options.deadline_ms ?? DELIVERY_DEADLINE_MS;
  const slow_concurrency = Math.max(1, Math.floor(concurrency / 2));
  const deliver = makeDeliverer(context, deadline_ms);
  const write = makeOutcomeWriter(context);
  /** Endpoints that have something in flight, or did badly last time. */
  const lanes = new Map<string, Lane>();
  const places = makePlaces(concurrency);

  const placesOf = (lane: Lane) => (lane.is_slow ? Math.min(PER_SLOW_ENDPOINT, per_endpoint) : per_endpoint);
  const slowInFlight = () =>
    [...lanes.values()].reduce((sum, lane) => sum + (lane.is_slow ? lane.in_flight : 0), 0);

  function isFull(lane: Lane): boolean {
    return lane.in_flight >= placesOf(lane) || (lane.is_slow && slowInFlight() >= slow_concurrency);
  }

  /** Those longest known go first, or endpoints that were deleted would be remembered for ever. */
  function forgetIdle(): void {
    const idle = [...lanes].filter(([, lane]) => lane.in_flight === 0).map(([id]) => id);
    for (const id of idle.slice(0, Math.max(0, idle.length - remembered))) lanes.delete(id);
  }

  async function deliverAndRecord(delivery: ClaimedDelivery, lane: Lane): Promise<void> {
    const span = startSpan(context, 'webhook delivery', {
      event: delivery.id,
      webhook_endpoint: delivery.webhook_endpoint_id,
    });
    try {
      const outcome = await deliver(delivery);
      span?.end({ status: outcome.status, 'http.response.status_code': outcome.response_status ?? 0 });
      lane.is_slow = outcome.status !== 'succeeded' || outcome.duration_ms > patience_ms;
      await write(outcome);
      report(context, delivery, outcome);
    } catch (error) {
      // The fault is ours, so it is no attempt: the delivery comes back when its lease has run out.
      span?.fail((error as Error).name);
      context.metrics.job_failures.inc({ job: 'deliveries' });
      context.log.error({ err: error, event: delivery.id }, 'a webhook could not be attempted or recorded');
    }
  }

  function start(delivery: ClaimedDelivery, wake: (() => void) | undefined): void {
    const id = delivery.webhook_endpoint_id;
    const lane = lanes.get(id) ?? { in_flight: 0, is_slow: false };
    lanes.set(id, lane);
    lane.in_flight += 1;
    places.start(
      () => deliverAndRecord(delivery, lane),
      (were_all_taken) => {
        const was_full = were_all_taken || isFull(lane);
        lane.in_flight -= 1;
        if (lane.in_flight === 0 && !lane.is_slow) lanes.delete(id);
        if (was_full) wake?.();
      },
      {
        ms: patience_ms,
        onOver() {
          lane.is_slow = true;
          wake?.();
        },
      },
    );
  }

  return {
    name: 'deliveries',
    interval_ms: 250,
    async run(_context, wake) {
      const total = places.free();
      if (total === 0) return 0;
      forgetIdle();
      const room = {
        total,
        per_endpoint,
        slow_total: Math.max(0, slow_concurrency - slowInFlight()),
        endpoints: [...lanes].map(([id, lane]) => ({
          id,
          room: Math.max(0, placesOf(lane) - lane.in_flight),
          is_slow: lane.is_slow,
        })),
      };
      const claimed = await claimDeliveries(context, room, deadline_ms);
      for (const delivery of claimed) start(delivery, wake);
      return claimed.length;
    },
    drain: places.drain,
  };
}

function report(context: Context, delivery: ClaimedDelivery, outcome: DeliveryOutcome): void {
  const result = outcome.status === 'pending' ? 'to_be_retried' : outcome.status;
  context.metrics.webhook_deliveries.inc({ result });
  if (outcome.disabled_reason !== null) context.wakeWorker?.('fan_out');
  const facts = {
    event: delivery.id,
    webhook_endpoint: delivery.webhook_endpoint_id,
    sequence: delivery.sequence,
    attempt: delivery.attempts_made + 1,
    status: outcome.response_status,
    error: outcome.error,
    duration_ms: outcome.duration_ms,
    next_attempt_at: outcome.next_attempt_at,
    disabled_reason: outcome.disabled_reason,
  };
  if (outcome.status === 'succeeded') context.log.debug(facts, 'webhook delivered');
  else context.log.warn(facts, 'webhook not delivered');
}
