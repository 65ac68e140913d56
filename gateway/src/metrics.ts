// The numbers that tell an operator whether payments are well. One registry for each process.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof makeMetrics>;

export function makeMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  const pool = { stats: () => ({ total: 0, idle: 0, waiting: 0 }) };
  return {
    registry,
    /** Set by whoever opens the database: its connections are counted when somebody looks. */
    pool,
    database_connections: new Gauge({
      name: 'mpac_database_connections',
      help: 'Connections of this process to the database, and statements that wait for one.',
      labelNames: ['state'],
      registers,
      collect() {
        const { total, idle, waiting } = pool.stats();
        this.set({ state: 'idle' }, idle);
        this.set({ state: 'in_use' }, total - idle);
        this.set({ state: 'waiting' }, waiting);
      },
    }),
    http_requests: new Counter({
      name: 'mpac_http_requests_total',
      help: 'Requests answered, by route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    http_duration: new Histogram({
      name: 'mpac_http_request_duration_seconds',
      help: 'Time from a request to its answer, by route.',
      labelNames: ['method', 'route'],
      buckets: seconds,
      registers,
    }),
    intents: new Counter({
      name: 'mpac_payment_intents_total',
      help: 'Payment intents that reached a status.',
      labelNames: ['status'],
      registers,
    }),
    provider_calls: new Histogram({
      name: 'mpac_provider_call_duration_seconds',
      help: 'Calls to providers, by what was asked and what came of it.',
      labelNames: ['provider', 'operation', 'result'],
      buckets: seconds,
      registers,
    }),
    circuits_open: new Gauge({
      name: 'mpac_provider_circuits_open',
      help: 'Servers of a provider, or single accounts there, that this process begins nothing at: they do not answer.',
      labelNames: ['provider'],
      registers,
    }),
    circuit_refusals: new Counter({
      name: 'mpac_provider_circuit_refusals_total',
      help: 'Questions that were not sent because the provider does not answer.',
      labelNames: ['provider', 'question'],
      registers,
    }),
    provider_clock_offset: new Gauge({
      name: 'mpac_provider_clock_offset_seconds',
      help: 'How far a provider’s clock is ahead of ours, as its last answer told; 0 while none is certain.',
      labelNames: ['host'],
      registers,
    }),
    look_up_throttles: new Counter({
      name: 'mpac_look_up_throttles_total',
      help: 'How often a provider said that a merchant’s look-ups are too many.',
      labelNames: ['provider'],
      registers,
    }),
    time_to_truth: new Histogram({
      name: 'mpac_time_to_truth_seconds',
      help: 'From asking a provider to knowing the outcome.',
      labelNames: ['provider'],
      buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600],
      registers,
    }),
    late_payments: new Counter({
      name: 'mpac_late_payments_total',
      help: 'Payments found after their intent was final.',
      labelNames: ['provider'],
      registers,
    }),
    refunds: new Counter({
      name: 'mpac_refunds_total',
      help: 'Refunds that reached a status.',
      labelNames: ['status'],
      registers,
    }),
    late_payments_held: makeUnknownGauge({
      name: 'mpac_late_payments_held',
      help: 'Late payments that wait for a person at this moment.',
      registers,
    }),
    late_payments_held_age: makeUnknownGauge({
      name: 'mpac_late_payments_held_oldest_seconds',
      help: 'Age of the oldest late payment that waits for a person.',
      registers,
    }),
    unresolved: makeUnknownGauge({
      name: 'mpac_unresolved_outcomes',
      help: 'Attempts and refunds whose outcome is unknown at this moment.',
      registers,
    }),
    unresolved_age: makeUnknownGauge({
      name: 'mpac_unresolved_oldest_seconds',
      help: 'Age of the oldest unknown outcome.',
      registers,
    }),
    books_disagreements: makeUnknownGauge({
      name: 'mpac_books_disagreements',
      help: 'Movements of money of which payments and books say different things.',
      registers,
    }),
    reconciliation_files: new Counter({
      name: 'mpac_reconciliation_files_total',
      help: 'Files of providers, for each organization that one concerns, by what came of them.',
      labelNames: ['provider', 'result'],
      registers,
    }),
    reconciliation_exceptions: makeUnknownGauge({
      name: 'mpac_reconciliation_exceptions_open',
      help: 'Exceptions of files, settlements and order lists that nobody has resolved.',
      registers,
    }),
    card_batches: new Counter({
      name: 'mpac_card_batches_total',
      help: 'Steps of days with the card processor, by what came of them.',
      labelNames: ['result'],
      registers,
    }),
    accounting_exports: new Counter({
      name: 'mpac_accounting_exports_total',
      help: 'Attempts at files of the accounting export, by what came of them.',
      labelNames: ['result'],
      registers,
    }),
    webhook_deliveries: new Counter({
      name: 'mpac_webhook_deliveries_total',
      help: 'Attempts to deliver a webhook, by result.',
      labelNames: ['result'],
      registers,
    }),
    webhook_backlog: makeUnknownGauge({
      name: 'mpac_webhook_backlog',
      help: 'Deliveries that are due and not yet made.',
      registers,
    }),
    database_failures: new Counter({
      name: 'mpac_database_failures_total',
      help: 'Statements that the database did not carry out, or whose answer was lost, each time they were tried.',
      labelNames: ['failure'],
      registers,
    }),
    database_wait: new Histogram({
      name: 'mpac_database_wait_seconds',
      help: 'Waiting of statements that found none of the process’s connections free.',
      buckets: seconds,
      registers,
    }),
    queue_due: new Gauge({
      name: 'mpac_queue_due',
      help: 'Work that is due and waits for a worker, by kind.',
      labelNames: ['queue'],
      registers,
    }),
    queue_oldest: new Gauge({
      name: 'mpac_queue_oldest_seconds',
      help: 'How long the oldest work of a kind has been due.',
      labelNames: ['queue'],
      registers,
    }),
    refusals: new Counter({
      name: 'mpac_refusals_total',
      help: 'Requests refused, by the name of the refusal.',
      labelNames: ['refusal'],
      registers,
    }),
    repetitions: new Counter({
      name: 'mpac_repetitions_total',
      help: 'Requests that repeated an earlier one, by what they met.',
      labelNames: ['met'],
      registers,
    }),
    rate_limit_redis_up: makeUnknownGauge({
      name: 'mpac_rate_limit_redis_up',
      help: 'Whether rate limits are counted in Redis at this moment. NaN where none is configured.',
      registers,
    }),
    job_failures: new Counter({
      name: 'mpac_job_failures_total',
      help: 'Runs of a worker job that ended in an error.',
      labelNames: ['job'],
      registers,
    }),
  };
}

/** A gauge is zero from its start, which would say something where there is nothing to say. */
function makeUnknownGauge(options: { name: string; help: string; registers: Registry[] }): Gauge {
  const gauge = new Gauge(options);
  gauge.set(Number.NaN);
  return gauge;
}
