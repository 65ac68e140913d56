// A person and a worker with the same day in their hands: the person is told to wait, or overtakes the worker; what fails by
// hand is told to him and by no second mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actorOfCommandLine } from '../src/application/audit.ts';
import { runCardBatch, runDueCardBatches, scheduleCardBatches } from '../src/application/card-batches.ts';
import {
  batchOf,
  DAY,
  DUE,
  HEADER,
  mailsOf,
  payByCard,
  runBatches,
  startCardProcessor,
} from './support/card-processor-stage.ts';
import { startTestGateway } from './support/gateway.ts';

const LINE = `merchant_001,${DAY},1,3000,30,2970`;
const PERSON = actorOfCommandLine('operator', 'M. Sato');

async function startDay(t: Parameters<typeof startTestGateway>[0]) {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  await scheduleCardBatches(gateway.context);
  const day = { organization_id: gateway.organization_id, livemode: false, business_date: DAY };
  return { gateway, processor, day, context: gateway.context };
}

test('who runs a day that a worker has in its hands is told to wait', async (t) => {
  const { gateway, processor, day, context } = await startDay(t);
  let told: Promise<unknown> = Promise.resolve();
  processor.hook.on_file = async () => {
    told = Promise.allSettled([
      runCardBatch(context, day, PERSON),
      gateway.client.post('/v1/card_batches', { business_date: DAY }),
    ]);
    await told;
  };
  await runDueCardBatches(context);
  const [by_hand, by_api] = (await told) as [
    PromiseRejectedResult,
    PromiseFulfilledResult<{ status: number }>,
  ];
  assert.match(String(by_hand.reason), /being worked on at this moment/);
  assert.equal(by_api.value.status, 409);
  assert.equal((await batchOf(gateway))['step'], 'download');
  assert.equal(processor.arrived.length, 1);
});

test('a file by hand overtakes a worker that is just fetching another one', async (t) => {
  const { gateway, processor, context } = await startDay(t);
  await runDueCardBatches(context);
  processor.settle([`merchant_001,${DAY},1,2999,30,2969`]);
  const { id } = await batchOf(gateway);
  const whole = context.files;
  context.files = {
    ...whole,
    async ftpDownload(target, file, sink) {
      const answer = await whole.ftpDownload(target, file, sink);
      const content_base64 = Buffer.from(`${HEADER}\n${LINE}\n`).toString('base64');
      const supplied = { file_name: 'by-hand.csv', content_base64 };
      const { status } = await gateway.client.post(`/v1/card_batches/${id}/settlement_file`, supplied);
      assert.equal(status, 200);
      return answer;
    },
  };
  await runDueCardBatches(context);
  const batch = await batchOf(gateway);
  assert.deepEqual([batch['step'], batch['source'], batch['exceptions_count']], ['done', 'by_hand', 0]);
  assert.equal((await gateway.client.get('/v1/settlements')).json.length, 1);
});

test('a settlement that comes by hand before the upload was made leaves the upload to be done', async (t) => {
  const { gateway, processor } = await startDay(t);
  const { id } = await batchOf(gateway);
  const content_base64 = Buffer.from(`${HEADER}\n${LINE}\n`).toString('base64');
  const path = `/v1/card_batches/${id}/settlement_file`;
  const answer = await gateway.client.post(path, { file_name: 'x.csv', content_base64 });
  assert.deepEqual([answer.json.step, answer.json.settlements_count], ['upload', 1]);
  await runBatches(gateway);
  assert.equal((await batchOf(gateway))['step'], 'done');
  assert.match(processor.readUpload() ?? '', /,3000,A1,APPROVED\n$/);
});

test('what fails by hand stays failed, and no second mail is written', async (t) => {
  const { gateway, processor, day, context } = await startDay(t);
  processor.server.faults.add('refuse_auth');
  for (const minutes of [0, 1, 5, 15]) {
    gateway.clock.advance(minutes * 60_000);
    await runBatches(gateway);
  }
  assert.equal((await batchOf(gateway))['step'], 'failed');
  const batch = await runCardBatch(context, day, PERSON);
  assert.deepEqual([batch.step, batch.next_attempt_at], ['failed', null]);
  processor.server.faults.clear();
  processor.settle([LINE]);
  const done = await runCardBatch(context, day, PERSON);
  assert.deepEqual([done.step, done.error, done.mailed_at], ['done', null, null]);
  assert.equal((await mailsOf(gateway)).length, 1);
});

test('a day that is settled stays so when it is asked for again and the file is gone', async (t) => {
  const { gateway, processor, day, context } = await startDay(t);
  processor.settle([LINE]);
  await runBatches(gateway);
  processor.server.faults.add('refuse_auth', { times: 1 });
  const again = await runCardBatch(context, day, PERSON);
  assert.equal(again.step, 'done');
  assert.match(again.error ?? '', /password/i);
  assert.deepEqual(await mailsOf(gateway), []);
});
