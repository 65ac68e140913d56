// Every road by which money moves, against PayPay's simulator: what it left in the books is compared with entries, and
// in the end with a trial balance, that were typed in by hand.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertBooksAgree, bookedOf } from './support/books.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;
const stage = makeRefundStage(gateway);

type Intent = { id: string };
const refund = async (intent: Intent, amount?: number) => {
  const { status, json } = await stage.refund(intent, amount === undefined ? {} : { amount });
  assert.equal(status, 201);
  return json;
};

async function confirm(fields: Json, changes: Json): Promise<Intent> {
  const intent = await gateway.createIntent(changes);
  const { status, text } = await client.confirm(intent.id, fields);
  assert.equal(status, 200, text);
  return intent;
}

const card = (reference: string): Json => ({
  payment_method_type: 'credit_card',
  provider: 'VISA',
  external_ref_id: reference,
});

/** An order that was cancelled, whose code the customer pays all the same. */
async function payLate(changes: Json = {}): Promise<Intent> {
  const intent = await gateway.openQr(changes);
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  await paypay.payLate(intent.code);
  clock.advance(61_000);
  await gateway.settle();
  return intent;
}

const setPolicy = (late_payment_policy: 'auto_refund' | 'hold') =>
  client.patch('/v1/organization', { late_payment_policy });

async function decide(intent: Intent, action: 'keep' | 'refund'): Promise<void> {
  const [late] = (await client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json;
  const { status, text } = await client.post(`/v1/late_payments/${late.id}/resolve`, {
    action,
    reason: 'I looked.',
  });
  assert.equal(status, 200, text);
  await gateway.settle();
}

async function payHeldLate(amount: number): Promise<Intent> {
  await setPolicy('hold');
  const intent = await payLate({ amount, tax_amount: amount / 10 });
  await setPolicy('auto_refund');
  return intent;
}

/** Silence about a refund that PayPay carried out; the person says what became of it. */
async function resolveRefundByHand(intent: Intent, status: 'succeeded' | 'failed'): Promise<void> {
  const fault = status === 'succeeded' ? 'server_error_after_success' : 'server_error';
  await paypay.setFault(fault, { endpoint: 'create_refund', times: 1 });
  await paypay.setFault('server_error', { endpoint: 'get_refund' });
  const pending = await refund(intent);
  assert.equal(pending.status, 'pending');
  assert.deepEqual(await bookedOf(gateway, intent).then((lines) => lines.length), 1, 'nothing went back yet');
  const said = await client.post(`/v1/refunds/${pending.id}/resolve`, { status, reason: 'I looked.' });
  assert.equal(said.status, 200, said.text);
  await paypay.clearFaults();
}

const ROADS: [road: string, play: () => Promise<Intent>, booked: string[]][] = [
  ['cash', () => stage.payCash({ amount: 1_000, tax_amount: 91 }), ['payment receivable sales 1000 91 CASH']],
  [
    'a card at a terminal',
    () => confirm(card('road-1'), { amount: 2_000 }),
    ['payment receivable sales 2000 0 SP_NET'],
  ],
  [
    'e-money at a terminal',
    () =>
      confirm(
        { payment_method_type: 'e_money', provider: 'SUICA', external_ref_id: 'road-2' },
        { amount: 300 },
      ),
    ['payment receivable sales 300 0 TERMINAL'],
  ],
  [
    'a scanned code, by the answer',
    async () => {
      const customer_code = await paypay.showCode('pays');
      const intent = await confirm(
        { payment_method_type: 'qr_cpm', customer_code },
        { amount: 400, payment_method_types: ['qr_cpm'] },
      );
      return intent;
    },
    ['payment receivable sales 400 0 PAYPAY'],
  ],
  [
    'a code that we open, by PayPay’s notification',
    async () => {
      await paypay.connectNotifications();
      const intent = await gateway.openQr({ amount: 500 });
      const notified = gateway.log.next(answered('POST', '/v1/webhooks/paypay'));
      await paypay.pay(intent.code);
      await notified;
      await gateway.settle();
      assert.equal(await gateway.statusOf(intent), 'succeeded');
      await paypay.control('POST', '/settings', { notification_url: null });
      return intent;
    },
    ['payment receivable sales 500 0 PAYPAY'],
  ],
  [
    'a code that we open, by our look-up',
    () => stage.payQr({ amount: 600 }),
    ['payment receivable sales 600 0 PAYPAY'],
  ],
  [
    'a capture of all that is held',
    async () => {
      const intent = await gateway.holdQr({ amount: 700, tax_amount: 64 });
      assert.deepEqual(await bookedOf(gateway, intent), [], 'a hold moves nothing');
      assert.equal((await client.capture(intent.id)).status, 200);
      return intent;
    },
    ['payment receivable sales 700 64 PAYPAY'],
  ],
  [
    'a capture of a part, of which a part goes back, and then the rest',
    async () => {
      const intent = await gateway.holdQr({ amount: 800, tax_amount: 73 });
      assert.equal((await client.capture(intent.id, { amount: 333 })).status, 200);
      await refund(intent, 100);
      await refund(intent, 100);
      await refund(intent);
      return intent;
    },
    // 73 × 333 / 800 is 30.39; of 30, 100/333 is 9.01 and 200/333 is 18.02.
    [
      'payment receivable sales 333 30 PAYPAY',
      'refund sales receivable 100 9 PAYPAY',
      'refund sales receivable 100 9 PAYPAY',
      'refund sales receivable 133 12 PAYPAY',
    ],
  ],
  [
    'a hold that somebody captured elsewhere',
    async () => {
      const intent = await gateway.holdQr({ amount: 900 });
      await paypay.captureByHand(intent.code, 350);
      clock.advance(1.2 * 86_400_000);
      await gateway.settle();
      return intent;
    },
    ['payment receivable sales 350 0 PAYPAY'],
  ],
  [
    'a hold at a terminal',
    async () => {
      const intent = await confirm(card('road-3'), { amount: 1_100, capture_method: 'manual' });
      assert.deepEqual(await bookedOf(gateway, intent), []);
      assert.equal((await client.capture(intent.id, { amount: 1_000 })).status, 200);
      return intent;
    },
    ['payment receivable sales 1000 0 SP_NET'],
  ],
  [
    'staff took the cash',
    async () => {
      const intent = await gateway.createIntent({ amount: 1_200 });
      assert.equal((await client.capture(intent.id)).status, 200);
      return intent;
    },
    ['payment receivable sales 1200 0 CASH'],
  ],
  [
    'a person says that it was paid',
    async () => {
      const intent = await gateway.createIntent({ amount: 1_300 });
      await paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
      assert.equal((await gateway.terminalFor(intent).confirmQr()).status, 502);
      await paypay.payLate();
      await paypay.setFault('server_error', { endpoint: 'get_payment' });
      clock.advance(60_000);
      const said = await client.post(`/v1/payment_intents/${intent.id}/resolve`, {
        outcome: 'paid',
        reason: 'I looked.',
      });
      assert.equal(said.status, 200, said.text);
      await paypay.clearFaults();
      return intent;
    },
    ['payment receivable sales 1300 0 PAYPAY'],
  ],
  [
    'a refund of cash',
    async () => {
      const intent = await stage.payCash({ amount: 1_001, tax_amount: 91 });
      await refund(intent, 500);
      return intent;
    },
    ['payment receivable sales 1001 91 CASH', 'refund sales receivable 500 45 CASH'],
  ],
  [
    'a refund of a card at a terminal, which the change of the refund knows only by its brand',
    async () => {
      const intent = await confirm(card('road-4'), { amount: 2_001 });
      await refund(intent);
      return intent;
    },
    ['payment receivable sales 2001 0 SP_NET', 'refund sales receivable 2001 0 SP_NET'],
  ],
  [
    'a refund that PayPay takes its time for',
    async () => {
      const intent = await stage.payQr({ amount: 601 });
      await stage.settings({ refund_delay_seconds: 3_600 });
      assert.equal((await refund(intent)).status, 'pending');
      assert.equal((await bookedOf(gateway, intent)).length, 1);
      clock.advance(2 * 86_400_000);
      await gateway.settle();
      await stage.settings({ refund_delay_seconds: 0 });
      return intent;
    },
    ['payment receivable sales 601 0 PAYPAY', 'refund sales receivable 601 0 PAYPAY'],
  ],
  [
    'a refund that PayPay refused',
    async () => {
      const intent = await stage.payQr({ amount: 602 });
      await stage.settings({ one_refund_per_payment: true });
      await refund(intent, 200);
      assert.equal((await stage.refund(intent, { amount: 300 })).status, 409);
      await stage.settings({ one_refund_per_payment: false });
      return intent;
    },
    ['payment receivable sales 602 0 PAYPAY', 'refund sales receivable 200 0 PAYPAY'],
  ],
  [
    'a refund that a person found done',
    async () => {
      const intent = await stage.payQr({ amount: 603 });
      await resolveRefundByHand(intent, 'succeeded');
      return intent;
    },
    ['payment receivable sales 603 0 PAYPAY', 'refund sales receivable 603 0 PAYPAY'],
  ],
  [
    'a refund that a person gave up',
    async () => {
      const intent = await stage.payQr({ amount: 604 });
      await resolveRefundByHand(intent, 'failed');
      return intent;
    },
    ['payment receivable sales 604 0 PAYPAY'],
  ],
  [
    'late money that goes back by itself',
    () => payLate({ amount: 10 }),
    [
      'late_payment receivable late_money 10 0 PAYPAY',
      'late_payment_refund late_money receivable 10 0 PAYPAY',
    ],
  ],
  [
    'late money that waits for a person',
    () => payHeldLate(20),
    ['late_payment receivable late_money 20 0 PAYPAY'],
  ],
  [
    'late money that is kept',
    async () => {
      const intent = await payHeldLate(30);
      await decide(intent, 'keep');
      return intent;
    },
    ['late_payment receivable late_money 30 0 PAYPAY', 'late_payment_kept late_money sales 30 3 PAYPAY'],
  ],
  [
    'late money that is kept, and given back after all',
    async () => {
      const intent = await payHeldLate(40);
      await decide(intent, 'keep');
      await decide(intent, 'refund');
      return intent;
    },
    [
      'late_payment receivable late_money 40 0 PAYPAY',
      'late_payment_kept late_money sales 40 4 PAYPAY',
      'late_payment_refund sales receivable 40 4 PAYPAY',
    ],
  ],
  [
    'late money that a terminal reports, and a person gives back there',
    async () => {
      const intent = await gateway.createIntent({ amount: 50 });
      await client.cancel(intent.id);
      assert.equal((await client.confirm(intent.id, card('road-5'))).status, 409);
      await decide(intent, 'refund');
      return intent;
    },
    [
      'late_payment receivable late_money 50 0 SP_NET',
      'late_payment_refund late_money receivable 50 0 SP_NET',
    ],
  ],
  ['a late hold that is let go', () => payLate({ amount: 60, capture_method: 'manual' }), []],
  [
    'a late hold that somebody captured',
    async () => {
      await setPolicy('hold');
      const intent = await payLate({ amount: 70, capture_method: 'manual' });
      await setPolicy('auto_refund');
      assert.deepEqual(await bookedOf(gateway, intent), []);
      const [{ url } = { url: '' }] = (await paypay.payments()).filter(({ phase }) => phase === 'held');
      await paypay.captureByHand(url, 45);
      clock.advance(1.2 * 86_400_000);
      await gateway.settle();
      return intent;
    },
    ['late_payment receivable late_money 45 0 PAYPAY'],
  ],
  [
    'a hold that is released, and one that a terminal lets go',
    async () => {
      const intent = await gateway.holdQr({ amount: 80 });
      assert.equal((await client.cancel(intent.id)).json.status, 'cancelled');
      const other = await confirm(card('road-6'), { amount: 90, capture_method: 'manual' });
      assert.equal((await client.cancel(other.id)).json.status, 'cancelled');
      assert.deepEqual(await bookedOf(gateway, other), []);
      return intent;
    },
    [],
  ],
  [
    'a scanned code that our own cancel took back',
    async () => {
      const customer_code = await paypay.showCode('confirms');
      const intent = await confirm(
        { payment_method_type: 'qr_cpm', customer_code },
        { amount: 95, payment_method_types: ['qr_cpm'] },
      );
      const [attempt] = await gateway.query<{ id: string }>(
        'select id from payment_attempts where payment_intent_id = $1',
        [intent.id],
      );
      await paypay.control('POST', `/payments/${attempt?.id}/pay`, {});
      await client.cancel(intent.id);
      for (let minute = 0; minute < 4; minute += 1) {
        clock.advance(60_000);
        await gateway.settle();
      }
      assert.equal(await gateway.statusOf(intent), 'cancelled');
      return intent;
    },
    [],
  ],
];

for (const [road, play, booked] of ROADS) {
  test(`${road} stands in the books as typed here`, async () => {
    const intent = await play();
    assert.deepEqual(await bookedOf(gateway, intent), booked);
  });
}

test('all of it together is the trial balance that a bookkeeper wrote, and agrees with the payments', async () => {
  await assertBooksAgree(gateway);
  const rows = await gateway.query(
    `select provider, sum(amount) filter (where debit_account = 'receivable')::bigint as came,
       coalesce(sum(amount) filter (where credit_account = 'receivable'), 0)::bigint as went
     from book_entries group by provider order by provider`,
  );
  assert.deepEqual(rows, [
    { provider: 'CASH', came: 1_000 + 1_200 + 1_001, went: 500 },
    {
      provider: 'PAYPAY',
      came: 400 + 500 + 600 + 700 + 333 + 350 + 1_300 + 601 + 602 + 603 + 604 + 10 + 20 + 30 + 40 + 45,
      went: 333 + 601 + 200 + 603 + 10 + 40,
    },
    { provider: 'SP_NET', came: 2_000 + 1_000 + 2_001 + 50, went: 2_001 + 50 },
    { provider: 'TERMINAL', came: 300, went: 0 },
  ]);
  const balances = (await client.get('/v1/balances?limit=100')).json as Record<string, number>[];
  const sum = (account: string) => balances.reduce((total, balance) => total + (balance[account] ?? 0), 0);
  assert.deepEqual(
    ['receivable', 'sales', 'late_money', 'bank', 'fees', 'adjustments'].map(sum),
    // Late money is what waits for a person: 20, and the 45 that somebody captured.
    [2_701 + 4_951 + 3_000 + 300, 2_701 + 4_886 + 3_000 + 300, 65, 0, 0, 0],
  );
});
