// The worker's loops, with jobs that note when they run, and once as a whole with everything that it does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../src/jobs/job.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { makeWebhookHarness, startReceiver } from './support/webhooks.ts';

const HOUR_MS = 3_600_000;

/** A promise that can be kept from outside. */
function makePromise() {
  let keep: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

/** A job that handles what `results` say, one after the other, and then nothing. */
function makeCountingJob(fields: Partial<Job>, results: (number | Error)[] = []) {
  let runs = 0;
  const waiting: { count: number; keep: () => void }[] = [];
  const job: Job = {
    name: 'counted',
    interval_ms: HOUR_MS,
    ...fields,
    async run() {
      runs += 1;
      for (const { count, keep } of waiting) if (runs >= count) keep();
      const result = results[runs - 1] ?? 0;
      if (result instanceof Error) throw result;
      return result;
    },
  };
  return {
    job,
    runs: () => runs,
    /** Resolves when the job has been run so often. */
    ran(count: number): Promise<void> {
      const { promise, keep } = makePromise();
      if (runs >= count) keep();
      waiting.push({ count, keep });
      return promise;
    },
  };
}

test('a job runs again at once after a full batch, and otherwise when it is woken', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const counted = makeCountingJob({ batch_size: 2 }, [2, 3, 1]);
  const pace = makeCountingJob({ name: 'pace', interval_ms: 20 });
  const worker = startWorker(context, { jobs: [counted.job, pace.job] });
  await counted.ran(3);
  await pace.ran(pace.runs() + 4);
  assert.equal(counted.runs(), 3, 'a batch that was not full is followed by the interval');
  worker.wake('counted');
  await counted.ran(4);
  await pace.ran(pace.runs() + 4);
  await worker.stop();
  assert.equal(counted.runs(), 4, 'one wake-up is one run');
});

test('a job that handled something wakes the jobs that go on with it', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const second = makeCountingJob({ name: 'second' });
  const first = makeCountingJob({ name: 'first', wakes: ['second'] }, [0, 5]);
  const worker = startWorker(context, { jobs: [second.job, first.job] });
  await Promise.all([first.ran(1), second.ran(1)]);
  context.wakeWorker?.('fan_out');
  worker.wake('first');
  await second.ran(2);
  await worker.stop();
  assert.deepEqual([first.runs(), second.runs()], [2, 2]);
});

test('a job that fails is counted and tried again', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const failing = makeCountingJob({ interval_ms: 10 }, [
    new Error('no database'),
    new Error('still none'),
    1,
  ]);
  const worker = startWorker(context, { jobs: [failing.job] });
  await failing.ran(3);
  await worker.stop();
  const { values } = await context.metrics.job_failures.get();
  assert.deepEqual(
    values.map(({ labels, value }) => [labels.job, value]),
    [['counted', 2]],
  );
});

test('a job never overlaps with itself, and a wake-up while it runs is not lost', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const gates = [makePromise(), makePromise()];
  const begun = [makePromise(), makePromise()];
  let running = 0;
  let most = 0;
  let runs = 0;
  const job: Job = {
    name: 'slow',
    interval_ms: HOUR_MS,
    async run() {
      const mine = runs;
      runs += 1;
      running += 1;
      most = Math.max(most, running);
      begun[mine]?.keep();
      await gates[mine]?.promise;
      running -= 1;
      return 0;
    },
  };
  const worker = startWorker(context, { jobs: [job] });
  await begun[0]?.promise;
  for (let count = 0; count < 10; count += 1) worker.wake('slow');
  gates[0]?.keep();
  await begun[1]?.promise;
  gates[1]?.keep();
  await worker.stop();
  assert.deepEqual([runs, most], [2, 1]);
});

test('stopping waits for the run under way and for what it left going on, and starts nothing more', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const begun = makePromise();
  const gate = makePromise();
  const order: string[] = [];
  const job: Job = {
    name: 'slow',
    interval_ms: 1,
    async run() {
      order.push('begun');
      begun.keep();
      await gate.promise;
      order.push('ended');
      return 1;
    },
    drain: async () => void order.push('drained'),
    stop: async () => void order.push('stopped'),
  };
  const worker = startWorker(context, { jobs: [job] });
  assert.ok(context.wakeWorker);
  await begun.promise;
  const stopped = worker.stop().then(() => order.push('worker stopped'));
  gate.keep();
  await stopped;
  assert.deepEqual(order, ['begun', 'ended', 'drained', 'stopped', 'worker stopped']);
  assert.equal(context.wakeWorker, undefined);
});

test('stopping does not wait longer than it may', async (t) => {
  const { context } = await makeWebhookHarness(t);
  const begun = makePromise();
  const gate = makePromise();
  const job: Job = {
    name: 'stuck',
    interval_ms: 1,
    async run() {
      begun.keep();
      await gate.promise;
      return 0;
    },
  };
  const worker = startWorker(context, { jobs: [job], drain_ms: 20 });
  await begun.promise;
  await worker.stop();
  gate.keep();
});

test('a worker delivers what is written while it runs, and shows that it lives', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  const workers = [startWorker(gateway.context), startWorker({ ...gateway.context })];
  const ids = await gateway.addEvents(100);
  gateway.context.wakeWorker?.('fan_out');
  await receiver.arrived(100);
  const heartbeats = await gateway.query('select 1 from worker_heartbeats');
  assert.equal(heartbeats.length, 2);
  await Promise.all(workers.map((worker) => worker.stop()));

  const received = receiver.received.map((one) => one.headers['webhook-id']);
  assert.deepEqual([...received].sort(), [...ids].sort(), 'two workers deliver each event once');
  const deliveries = await gateway.deliveries(endpoint);
  assert.ok(deliveries.every((delivery) => delivery.status === 'succeeded'));
  assert.deepEqual(await gateway.query('select 1 from worker_heartbeats'), []);
});
