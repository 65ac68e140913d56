// What becomes of a day of cards when the processor's server is away, when its file is late or wrong, when the gateway was
// away, and when a worker dies: nothing is lost, nothing is done twice, and one mail tells a person.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDueCardBatches, scheduleCardBatches } from '../src/application/card-batches.ts';
import {
  batchOf,
  DAY,
  DUE,
  exceptionsOf,
  mailsOf,
  payByCard,
  runBatches,
  startCardProcessor,
} from './support/card-processor-stage.ts';
import { startTestGateway } from './support/gateway.ts';

const MINUTE = 60_000;
const LINE = `merchant_001,${DAY},1,3000,30,2970`;
/** What a process waits for that is dead. */
const NEVER = new Promise<never>(() => {});

/** A gateway at the instant at which the day's batch is due, with one card in it. */
async function startDay(t: Parameters<typeof startTestGateway>[0], options: { replicas?: 1 | 2 } = {}) {
  const gateway = await startTestGateway(t, options);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  return { gateway, processor };
}

/** After so many minutes each, what the batch waits for. */
async function waitFor(gateway: Awaited<ReturnType<typeof startTestGateway>>, minutes: number[]) {
  const steps: unknown[] = [];
  for (const wait of minutes) {
    gateway.clock.advance(wait * MINUTE);
    await runBatches(gateway);
    const { step, attempts_made } = await batchOf(gateway);
    steps.push(`${step} ${attempts_made}`);
  }
  return steps;
}

test('a server that is away is tried after 1, 5 and 15 minutes, and then one mail tells of it', async (t) => {
  const { gateway, processor } = await startDay(t);
  processor.server.faults.add('refuse_auth');
  assert.deepEqual(await waitFor(gateway, [0, 0.99, 0.01, 4, 1, 14, 1, 60, 600]), [
    ...['upload 1', 'upload 1', 'upload 2', 'upload 2', 'upload 3', 'upload 3'],
    ...['failed 4', 'failed 4', 'failed 4'],
  ]);
  const batch = await batchOf(gateway);
  assert.match(String(batch['error']), /password/i);
  assert.equal(JSON.stringify(batch).includes('ftp-password-canary'), false);
  const [mail, ...others] = await mailsOf(gateway);
  assert.deepEqual([mail?.recipient, others.length], ['ops@example.com', 0]);
  assert.equal(mail?.subject, '[mpac-pgw] Card transactions were not uploaded (2026-01-15)');
  assert.equal(mail?.created_at, batch['mailed_at']);
  assert.match(mail?.body ?? '', /mpac-pgw settlement run --date 2026-01-15/);

  // The cause is gone, and a person runs it.
  processor.server.faults.clear();
  processor.settle([LINE]);
  const answer = await gateway.client.post('/v1/card_batches', { business_date: DAY });
  assert.deepEqual([answer.status, answer.json.step, answer.json.error], [202, 'upload', undefined]);
  await runBatches(gateway);
  assert.equal((await batchOf(gateway))['step'], 'done');
  assert.equal((await mailsOf(gateway)).length, 1);
});

test('an upload that breaks off is sent again whole, and nobody ever sees half of it', async (t) => {
  const { gateway, processor } = await startDay(t);
  processor.server.faults.add('drop', { times: 2, value: 20 });
  processor.settle([LINE]);
  await runBatches(gateway);
  assert.equal(processor.readUpload(), null);
  assert.deepEqual(await waitFor(gateway, [1, 5]), ['upload 2', 'done 0']);
  assert.deepEqual(
    processor.listUploads().filter((name) => !name.startsWith('.')),
    ['transactions_20260115.csv'],
  );
  assert.match(processor.readUpload() ?? '', /,3000,A1,APPROVED\n$/);
  assert.deepEqual(await mailsOf(gateway), []);
});

test('a settlement that is not there yet is asked for each hour until 10:00, and then one mail says so', async (t) => {
  const { gateway } = await startDay(t);
  await runBatches(gateway);
  assert.equal((await batchOf(gateway))['step'], 'download');
  assert.deepEqual(await waitFor(gateway, [59, 1, 60, 60, 60, 60, 60]), Array(7).fill('download 0'));
  assert.deepEqual(await mailsOf(gateway), []);
  assert.deepEqual(await waitFor(gateway, [60, 60, 600]), ['download 0', 'failed 0', 'failed 0']);
  const [mail, ...others] = await mailsOf(gateway);
  assert.equal(mail?.subject, '[mpac-pgw] The card settlement file is missing (2026-01-15)');
  assert.equal(others.length, 0);

  // It comes another way, and says so.
  const { id } = await batchOf(gateway);
  const file = Buffer.from(`Merchant ID,Date,Transaction Count,Gross Amount,Fees,Net Amount\r\n${LINE}\r\n`);
  const supplied = { file_name: '../../etc/settlement.csv', content_base64: file.toString('base64') };
  const answer = await gateway.client.post(`/v1/card_batches/${id}/settlement_file`, supplied);
  const { step, source, settlement_file_name, error } = answer.json;
  assert.deepEqual(
    [answer.status, step, source, settlement_file_name, error],
    [200, 'done', 'by_hand', 'settlement.csv', undefined],
  );
  const [settlement] = (await gateway.client.get('/v1/settlements')).json;
  assert.deepEqual([settlement.status, settlement.source], ['reconciled', 'by_hand']);
  const [entry] = (await gateway.client.get('/v1/audit_log?action=card_batch.settlement_file_supplied')).json;
  assert.equal(entry.details.file_name, 'settlement.csv');
});

test('a settlement that cannot be read is refused whole, tried again, and told by one mail', async (t) => {
  const { gateway, processor } = await startDay(t);
  processor.settle([LINE, `MERCHANT-9,${DAY},1,500`]);
  await runBatches(gateway);
  const error = 'settlement_20260115.csv: Line 3 has 4 columns instead of 6: it is cut off or damaged.';
  assert.equal((await batchOf(gateway))['error'], error);
  assert.deepEqual(await waitFor(gateway, [1, 5, 15, 60]), [
    ...['download 2', 'download 3', 'failed 4', 'failed 4'],
  ]);
  const [mail, ...others] = await mailsOf(gateway);
  assert.equal(mail?.subject, '[mpac-pgw] The card settlement file cannot be read (2026-01-15)');
  assert.equal(mail?.body.includes(error), true);
  assert.equal(others.length, 0);
  assert.deepEqual((await gateway.client.get('/v1/settlements')).json, []);
  assert.deepEqual(await exceptionsOf(gateway), []);
});

test('after an outage the days that were missed come in their order, each once', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse('2026-01-15T10:00:00.000Z') });
  const processor = await startCardProcessor(t);
  await processor.connect(gateway, { starts_on: '2026-01-01' });
  for (let day = 1; day <= 14; day++) processor.settle([], `2026-01-${String(day).padStart(2, '0')}`);
  assert.equal(await scheduleCardBatches(gateway.context), 7, 'some at once');
  await runBatches(gateway);
  assert.deepEqual(
    processor.arrived,
    Array.from(
      { length: 14 },
      (_, at) => `/upload/transactions_202601${String(at + 1).padStart(2, '0')}.csv`,
    ),
  );
  const batches = (await gateway.client.get('/v1/card_batches?limit=100')).json as unknown as {
    step: string;
  }[];
  assert.deepEqual(
    batches.map(({ step }) => step),
    Array(14).fill('done'),
  );
  await runBatches(gateway);
  assert.equal(processor.arrived.length, 14);
});

test('a day that fails holds up none of those after it', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway, { starts_on: '2026-01-13' });
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  processor.settle([], '2026-01-13');
  processor.settle(Buffer.from('nonsense'), '2026-01-14');
  processor.settle([LINE]);
  await runBatches(gateway);
  const steps = [];
  for (const day of ['2026-01-13', '2026-01-14', DAY]) steps.push((await batchOf(gateway, day))['step']);
  assert.deepEqual(steps, ['done', 'download', 'done']);
});

test('two workers that wake at once do each step once', async (t) => {
  const { gateway, processor } = await startDay(t, { replicas: 2 });
  const contexts = gateway.replicas.map(({ context }) => context);
  const scheduled = await Promise.all(contexts.map((context) => scheduleCardBatches(context)));
  assert.deepEqual(scheduled.toSorted(), [0, 1]);
  processor.settle([LINE]);
  // One that wakes late may find the next step in the same round; the file goes once, and is settled once.
  let steps = 0;
  for (const _round of [1, 2, 3]) {
    const taken = await Promise.all([...contexts, ...contexts].map((context) => runDueCardBatches(context)));
    steps += taken.reduce((sum, count) => sum + count, 0);
  }
  assert.equal(steps, 2);
  assert.equal(processor.arrived.length, 1);
  assert.equal((await batchOf(gateway))['step'], 'done');
  assert.equal((await gateway.client.get('/v1/settlements')).json.length, 1);
});

test('a worker that dies after the upload leaves a lease, and the next one sends the same bytes again', async (t) => {
  const { gateway, processor } = await startDay(t, { replicas: 2 });
  const [first, second] = gateway.replicas.map(({ context }) => context);
  assert.ok(first && second);
  await scheduleCardBatches(first);
  // The file is there; what is written down afterwards never is.
  const whole = first.files;
  await new Promise<void>((die) => {
    first.files = {
      ...whole,
      async ftpUpload(target, upload) {
        await whole.ftpUpload(target, upload);
        die();
        return NEVER;
      },
    };
    void runDueCardBatches(first);
  });
  const sent = processor.readUpload();
  assert.match(sent ?? '', /APPROVED/);
  assert.equal((await batchOf(gateway))['uploaded_at'], undefined);
  assert.equal(await runDueCardBatches(second), 0, 'the lease still holds');

  gateway.clock.advance(21 * MINUTE);
  processor.settle([LINE]);
  assert.equal(await runDueCardBatches(second), 1);
  assert.equal(processor.readUpload(), sent);
  assert.equal(processor.arrived.length, 2);
  assert.equal(await runDueCardBatches(second), 1);
  assert.equal((await batchOf(gateway))['step'], 'done');
});

test('a worker that dies between the download and its record leaves nothing, and the next one downloads again', async (t) => {
  const { gateway, processor } = await startDay(t, { replicas: 2 });
  const [first, second] = gateway.replicas.map(({ context }) => context);
  assert.ok(first && second);
  await scheduleCardBatches(first);
  await runDueCardBatches(first);
  processor.settle([LINE]);
  const whole = first.files;
  await new Promise<void>((die) => {
    first.files = {
      ...whole,
      async ftpDownload(target, file, sink) {
        await whole.ftpDownload(target, file, sink);
        die();
        return NEVER;
      },
    };
    void runDueCardBatches(first);
  });
  assert.deepEqual((await gateway.client.get('/v1/settlements')).json, []);
  gateway.clock.advance(21 * MINUTE);
  assert.equal(await runDueCardBatches(second), 1);
  assert.equal((await batchOf(gateway))['step'], 'done');
  assert.equal((await gateway.client.get('/v1/settlements')).json.length, 1);
});

test('whoever was overtaken after a lapsed lease writes nothing', async (t) => {
  const { gateway, processor } = await startDay(t, { replicas: 2 });
  const [first, second] = gateway.replicas.map(({ context }) => context);
  assert.ok(first && second);
  await scheduleCardBatches(first);
  await runDueCardBatches(first);
  processor.settle([`merchant_001,${DAY},1,2999,30,2969`]);
  const whole = first.files;
  first.files = {
    ...whole,
    async ftpDownload(target, file, sink) {
      const answer = await whole.ftpDownload(target, file, sink);
      // It hangs on for longer than its lease; meanwhile another one does the work, with a newer file.
      gateway.clock.advance(21 * MINUTE);
      processor.settle([LINE]);
      assert.equal(await runDueCardBatches(second), 1);
      return answer;
    },
  };
  await runDueCardBatches(first);
  const settlements = (await gateway.client.get('/v1/settlements')).json as unknown as {
    gross_amount: number;
  }[];
  assert.deepEqual(
    settlements.map(({ gross_amount }) => gross_amount),
    [3_000],
  );
  assert.equal((await batchOf(gateway))['exceptions_count'], 0);
});

test('a connection that is switched off runs nothing, and catches up when it is switched on', async (t) => {
  const { gateway, processor } = await startDay(t);
  await processor.connect(gateway, { is_active: false });
  await runBatches(gateway);
  assert.deepEqual(processor.arrived, []);
  await processor.connect(gateway, { is_active: true });
  await runBatches(gateway);
  assert.deepEqual(processor.arrived, ['/upload/transactions_20260115.csv']);
});

test('a day that is not over is not run by hand', async (t) => {
  const { gateway } = await startDay(t);
  for (const business_date of ['2026-01-16', '2026-01-17', '2026-02-30']) {
    const answer = await gateway.client.post('/v1/card_batches', { business_date });
    assert.deepEqual([answer.status, answer.json.details.field], [400, 'business_date'], answer.text);
  }
  gateway.clock.set('2026-01-16T15:01:59.999Z');
  const early = await gateway.client.post('/v1/card_batches', { business_date: '2026-01-16' });
  assert.match(early.json.message, /not over in Japan yet: it can be run from 2026-01-16T15:02:00\.000Z on/);
  gateway.clock.advance(1);
  assert.equal((await gateway.client.post('/v1/card_batches', { business_date: '2026-01-16' })).status, 202);
});
