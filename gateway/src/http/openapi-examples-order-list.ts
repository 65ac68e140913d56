// What the OpenAPI document shows as examples of order lists: a list with one order that agrees and one that does not.

const ORDER_LIST = 'ol_01KF1B2D4F6H8K0M3P5R7T9V1X';
const nothing = { orders_count: 0, amount: 0 };

export const ORDER_LIST_EXAMPLES: Record<string, unknown> = {
  OrderList: {
    id: ORDER_LIST,
    object: 'order_list',
    status: 'exceptions',
    livemode: false,
    merchant_id: 'merchant_001',
    merchant_store_id: 'store_001',
    business_date: '2026-01-15',
    currency: 'JPY',
    orders_count: 2,
    paid_amount: 2300,
    refunded_amount: 800,
    gateway_orders_count: 2,
    gateway_paid_amount: 2300,
    gateway_refunded_amount: 0,
    matched_count: 1,
    exceptions_count: 1,
    open_exceptions_count: 1,
    exceptions: ['rx_01KF1B2D4G7J9M1P3R5T7V9X1Z'],
    provider_statuses: {
      confirmed: { orders_count: 1, amount: 1500 },
      differs: nothing,
      missing: nothing,
      not_yet: nothing,
      not_applicable: { orders_count: 1, amount: 800 },
    },
    created_at: '2026-01-15T13:00:00.000Z',
  },
  ListedOrder: {
    object: 'listed_order',
    order_list: ORDER_LIST,
    position: 0,
    merchant_ref_id: 'order_12345',
    amount: 1500,
    status: 'paid',
    payment_method_type: 'qr_mpm',
    result: 'matched',
    payment_intent: 'pi_01KF0M3T8G7W4Y5Q2Z9X6C1V0B',
    amount_here: 1500,
    refunded_amount_here: 0,
    status_here: 'paid',
    attempt_id: 'pa_01KF0M5R2T4V6X8Z0B2D4F6H8K',
    provider: 'PAYPAY',
    provider_status: 'confirmed',
  },
};
