// A till's worst day: customers who agree, decline, wait and change their minds while payments are given up, called off
// and asked for again on two replicas, and PayPay's answers get lost. In the end everybody has paid once, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const CUSTOMERS = 20;
const FAULTS: Json[] = [
  { fault: 'server_error', endpoint: 'cancel_payment' },
  { fault: 'server_error_after_success', endpoint: 'cancel_payment' },
  { fault: 'refuse', endpoint: 'cancel_payment', code: 'ORDER_NOT_REVERSIBLE' },
  { fault: 'server_error', endpoint: 'get_customer_payment' },
  { fault: 'server_error', endpoint: 'create_payment' },
  { fault: 'server_error_after_success', endpoint: 'create_payment' },
];

/** The same day for the same seed, but for who of two replicas is faster. */
function makeDice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

for (const seed of [2, 3]) {
  test(`whoever agrees whenever has paid once or not at all, whatever is lost on the way (day ${seed})`, async (t) => {
    const dice = makeDice(seed);
    const gateway = await startTestGateway(t, { replicas: 2 });
    const { client, clock, paypay, replicas } = gateway;
    await paypay.control('POST', '/settings', { cancel_delay_seconds: [0, 5, 20][dice(3)] });
    const pick = <T>(from: readonly T[]): T => from[dice(from.length)] as T;

    const days = Array.from({ length: CUSTOMERS }, () => ({
      behaviour: pick(['pays', 'confirms', 'never_answers', 'never_answers']),
      changes: dice(4) === 0 ? { expires_in_minutes: 2 } : {},
    }));
    const orders = await Promise.all(
      days.map(async ({ behaviour, changes }) => ({
        ...(await gateway.createIntent({ payment_method_types: ['qr_cpm', 'cash'], ...changes })),
        customer_code: await paypay.showCode(behaviour),
      })),
    );
    const scan = ({ id, customer_code }: (typeof orders)[number]) =>
      gateway
        .clientFor(gateway.key, pick(replicas))
        .confirm(id, { payment_method_type: 'qr_cpm', customer_code });
    async function inApp({ id }: { id: string }, act: string) {
      const attempts = await gateway.query<{ id: string }>(
        `select id from payment_attempts where payment_intent_id = $1 and adapter = 'PAYPAY' order by id`,
        [id],
      );
      for (const attempt of attempts)
        await paypay.control('POST', `/payments/${attempt.id}/${act}`, {}).catch(() => {});
    }
    const acts = [
      scan,
      scan,
      (order: Json & { id: string }) => inApp(order, 'pay'),
      (order: Json & { id: string }) => inApp(order, 'pay'),
      (order: Json & { id: string }) => inApp(order, 'decline'),
      ({ id }: { id: string }) => client.cancel(id),
      ({ id }: { id: string }) => client.confirm(id, { payment_method_type: 'cash' }),
    ] as const;

    await Promise.all(orders.map(scan));
    for (let second = 0; second < 150; second++) {
      clock.advance(1_000);
      if (dice(4) === 0) {
        const { fault, ...options } = pick(FAULTS);
        await paypay.setFault(String(fault), { ...options, times: 1 + dice(4) });
      }
      const doing = dice(2) === 0 ? [pick(acts)(pick(orders) as never)] : [];
      await Promise.all([...doing, ...replicas.map((replica) => gateway.runJob('look_ups', replica))]);
      await gateway.runJob('expiry');
    }
    await paypay.clearFaults();
    for (let step = 0; step < 60; step++) {
      clock.advance(300_000);
      await gateway.settle();
    }

    const charges = (await paypay.taken()) as {
      merchantPaymentId: string;
      amount: number;
      refunded: number;
    }[];
    const rows = await gateway.query<Json & { id: string }>(
      `select a.id, a.status, p.status as intent, p.attempt_id, p.amount_received from payment_attempts a
       join payment_intents p on p.id = a.payment_intent_id where a.adapter = 'PAYPAY'`,
    );
    for (const row of rows) {
      const kept = charges
        .filter(({ merchantPaymentId }) => merchantPaymentId === row.id)
        .reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
      const counts = row['intent'] === 'succeeded' && row['attempt_id'] === row.id;
      assert.equal(kept, counts ? 1_000 : 0, JSON.stringify(row));
      assert.notEqual(row['intent'], 'processing', JSON.stringify(row));
    }
  });
}
