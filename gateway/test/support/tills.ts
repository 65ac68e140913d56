// A till of a store of its own: it takes money and gives it back, and posts its list of the day's orders.
import assert from 'node:assert/strict';
import type { TestGateway } from './gateway.ts';

export const DAY = '2026-01-15';

/** A store of its own, so that no test sees the payments of another. */
export async function openTill(gateway: TestGateway, id: string) {
  const { client, clock } = gateway;
  await gateway.saveStore({ store: { id, name: id } });
  let number = 0;
  const order = async (changes: object = {}) => {
    number += 1;
    const merchant_ref_id = `${id}_${number}`;
    return gateway.createIntent({ merchant_store_id: id, merchant_ref_id, ...changes });
  };
  return {
    order,
    async inCash(amount: number) {
      const intent = await order({ amount });
      const paid = await client.confirm(intent.id, { payment_method_type: 'cash' });
      assert.equal(paid.status, 200, paid.text);
      return { ...intent, ref: String(intent['merchant_ref_id']) };
    },
    async byCard(amount: number) {
      const intent = await order({ amount });
      const body = {
        payment_method_type: 'credit_card',
        provider: 'VISA',
        external_ref_id: `${id}-${number}`,
      };
      const paid = await client.confirm(intent.id, body);
      assert.equal(paid.status, 200, paid.text);
      return { ...intent, ref: String(intent['merchant_ref_id']) };
    },
    async byQr(amount: number) {
      number += 1;
      const merchant_ref_id = `${id}_${number}`;
      const intent = await gateway.openQr({ merchant_store_id: id, merchant_ref_id, amount });
      await gateway.paypay.pay(intent.code);
      clock.advance(2_500);
      await gateway.settle();
      return { ...intent, ref: merchant_ref_id };
    },
    refund: async (intent: { id: string }, amount?: number) => {
      const answer = await client.post('/v1/refunds', {
        payment_intent: intent.id,
        ...(amount && { amount }),
      });
      assert.equal(answer.status, 201, answer.text);
      await gateway.settle();
    },
    post: (orders: object[], changes: object = {}) =>
      client.post('/v1/order_lists', { merchant_store_id: id, business_date: DAY, orders, ...changes }),
  };
}

export const listed = (ref: string, amount: number, status = 'paid', more: object = {}) => ({
  merchant_ref_id: ref,
  amount,
  status,
  ...more,
});

/** Kind, reference, what is here and there, the status here, the provider, and whether it is open. */
export async function listFindings(gateway: TestGateway, list: { id: string }) {
  const rows = await gateway.query<{
    kind: string;
    ref: string;
    here: number | null;
    there: number | null;
    status_here: string | null;
    provider: string;
    is_open: boolean;
  }>(
    `select kind, provider_reference as ref, amount_here as here, amount_there as there, status_here, provider,
       resolved_at is null as is_open from reconciliation_exceptions where order_list_id = $1 order by 2, 1`,
    [list.id],
  );
  return rows.map(({ kind, ref, here, there, status_here, provider, is_open }) => [
    ...[kind, ref, here, there, status_here, provider, is_open],
  ]);
}
