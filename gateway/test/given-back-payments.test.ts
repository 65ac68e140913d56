// Payments by scanned codes that were called off when PayPay cancels no more: the gateway refunds them under the
// payment's own id, and PayPay's files show both the payment and that refund. Neither is an exception.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import {
  DAY,
  describe,
  fetchLines,
  importBytes,
  type MadeFile,
  MORNING,
  makeBytes,
  makeFiles,
} from './support/reconciliation.ts';

const NEXT_DAY = '2026-01-17';

/** The customer has paid, nobody here has heard of it, and the order is called off at an hour of the night. */
async function callOff(t: TestContext, at: string) {
  const gateway = await startTestGateway(t);
  const { client, clock, paypay } = gateway;
  clock.set(MORNING);
  const intent = await gateway.createIntent({
    payment_method_types: ['qr_cpm'],
    expires_in_minutes: 1_440,
    amount: 1_500,
  });
  const customer_code = await paypay.showCode('confirms');
  const confirmed = await client.confirm(intent.id, { payment_method_type: 'qr_cpm', customer_code });
  assert.equal(confirmed.json.status, 'processing', confirmed.text);
  const [attempt] = await gateway.query<{ id: string }>('select id from payment_attempts');
  assert.ok(attempt !== undefined);
  await paypay.control('POST', `/payments/${attempt.id}/pay`, {});
  clock.set(at);
  await client.cancel(intent.id);
  for (let minute = 0; minute < 4; minute += 1) {
    clock.advance(60_000);
    await gateway.settle();
  }
  const shown = (await client.retrieve(intent.id)).json;
  assert.equal(shown.status, 'cancelled');
  const read = async (made: MadeFile | undefined) => {
    assert.ok(made !== undefined);
    return { name: made.name, ...(await fetchLines(made)) };
  };
  return { gateway, attempt_id: attempt.id, read };
}

test('a refund under the payment’s own id, a day after the payment, agrees with the books', async (t) => {
  const { gateway, attempt_id, read } = await callOff(t, '2026-01-16T15:20:00.000Z');
  const first = await read((await makeFiles(gateway, DAY))[0]);
  const second = await read((await makeFiles(gateway, NEXT_DAY))[0]);
  assert.match(first.rows.join('\n'), new RegExp(`取引完了.*,${attempt_id},`));
  assert.match(second.rows.join('\n'), new RegExp(`返金完了.*,-1500,.*,${attempt_id},`));
  for (const { name, header, rows } of [first, second]) {
    const { exceptions } = await importBytes(gateway, name, makeBytes(header, rows));
    assert.deepEqual(exceptions.map(describe), [], name);
  }
});

test('a refund of another amount, or of a payment that still counts here, is an exception', async (t) => {
  const { gateway, attempt_id, read } = await callOff(t, '2026-01-16T15:20:00.000Z');
  const { name, header, rows } = await read((await makeFiles(gateway, NEXT_DAY))[0]);
  const smaller = makeBytes(
    header,
    rows.map((row) => row.replace(',-1500,', ',-1499,')),
  );
  const { exceptions } = await importBytes(gateway, name, smaller);
  assert.deepEqual(exceptions.map(describe), [`amount_differs ${attempt_id}`]);
  await gateway.query(`update payment_attempts set status = 'paid', paid_at = updated_at`);
  const again = await importBytes(gateway, name, makeBytes(header, rows));
  assert.deepEqual(again.exceptions.map(describe), [`status_differs ${attempt_id}`]);
});

test('a payment that the file shows as kept is an exception when it went back here before the day ended', async (t) => {
  const { gateway, attempt_id, read } = await callOff(t, '2026-01-16T15:20:00.000Z');
  const { name, header, rows } = await read((await makeFiles(gateway, DAY))[0]);
  await gateway.query(`update payment_attempts set updated_at = '2026-01-16T01:00:00Z'`);
  const alone = await importBytes(gateway, name, makeBytes(header, rows));
  assert.deepEqual(alone.exceptions.map(describe), [`status_differs ${attempt_id}`]);
  const back = rows.map((row) => row.replace('取引完了', '返金完了').replace(',1500,', ',-1500,'));
  const both = await importBytes(gateway, name, makeBytes(header, [...rows, ...back]));
  assert.deepEqual(both.exceptions.map(describe), []);
});
