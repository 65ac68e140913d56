// What the tests of refunds share: paid intents, refunds asked for, and what PayPay has in its books of them.
import assert from 'node:assert/strict';
import type { CallOptions, Client, Json } from './client.ts';
import type { TestGateway } from './gateway.ts';

export type RefundRow = Json & { id: string; status: string; amount: number };

export function makeRefundStage(gateway: TestGateway) {
  const { client, paypay } = gateway;
  return {
    async payCash(changes: Json = {}, by: Client = client) {
      const intent = await gateway.createIntent(changes, by);
      const { status, text } = await by.confirm(intent.id, { payment_method_type: 'cash' });
      assert.equal(status, 200, text);
      return intent;
    },
    async payCard(changes: Json = {}) {
      const intent = await gateway.createIntent(changes);
      const card = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: intent.id };
      assert.equal((await client.confirm(intent.id, card)).status, 200);
      return intent;
    },
    async payQr(changes: Json = {}) {
      const intent = await gateway.openQr(changes);
      await paypay.pay(intent.code);
      gateway.clock.advance(3_000);
      await gateway.settle();
      assert.equal(await gateway.statusOf(intent), 'succeeded');
      return intent;
    },
    refund: (intent: { id: string }, body: Json = {}, options?: CallOptions, by: Client = client) =>
      by.post('/v1/refunds', { payment_intent: intent.id, ...body }, options),
    retrieve: async (refund: { id: string }) => (await client.get(`/v1/refunds/${refund.id}`)).json,
    /** What of an intent has been given back, as the API tells. */
    refunded: async (intent: { id: string }): Promise<number> =>
      (await client.retrieve(intent.id)).json.amount_refunded,
    rows: (intent: { id: string }): Promise<RefundRow[]> =>
      gateway.query('select * from refunds where payment_intent_id = $1 order by id', [intent.id]),
    /** PayPay's own list of the refunds of a payment, oldest first. */
    async atPaypay(intent: { id: string }) {
      const [row] = await gateway.query<{ attempt_id: string }>(
        'select attempt_id from payment_intents where id = $1',
        [intent.id],
      );
      const { refunds } = await paypay.control<{
        refunds: { merchantRefundId: string; merchantPaymentId: string; amount: number; status: string }[];
      }>('GET', '/refunds');
      return refunds.filter((refund) => refund.merchantPaymentId === row?.attempt_id);
    },
    /** What PayPay is told to do from now on. */
    settings: (changes: Json) => paypay.control('POST', '/settings', changes),
  };
}
