// The day that the demo plays: what a small shop sold, hour by hour, and where the three sides that know of it disagree.
// Pure: the same date gives the same day to the last byte, so that its files can be shown and compared.
import type { PlayedPayment } from './played-payments.ts';

export const MERCHANT_NUMBER = 'MERCHANT-001';
export const PAYPAY_ACCOUNT = 'paypay_merchant_demo';

type Method = 'paypay' | 'visa' | 'mastercard' | 'suica' | 'cash';

interface Sale {
  /** In Japan. */
  time: string;
  order: string;
  method: Method;
  amount: number;
  declined?: true;
  refund?: { time: string; amount: number };
}

/** Hours, orders and amounts are typed by hand, so that a reader can add them up. */
const SALES: readonly Sale[] = [
  { time: '08:12:40', order: 'order-101', method: 'paypay', amount: 680 },
  { time: '08:47:05', order: 'order-102', method: 'cash', amount: 450 },
  { time: '09:30:21', order: 'order-103', method: 'visa', amount: 1_200 },
  { time: '10:05:58', order: 'order-104', method: 'suica', amount: 540 },
  { time: '11:58:33', order: 'order-105', method: 'paypay', amount: 1_480 },
  { time: '12:03:10', order: 'order-106', method: 'mastercard', amount: 3_200 },
  { time: '12:10:44', order: 'order-107', method: 'visa', amount: 8_000, declined: true },
  { time: '12:11:59', order: 'order-107', method: 'cash', amount: 8_000 },
  { time: '13:20:02', order: 'order-108', method: 'paypay', amount: 2_300 },
  { time: '14:45:17', order: 'order-109', method: 'visa', amount: 980 },
  {
    time: '15:30:00',
    order: 'order-110',
    method: 'cash',
    amount: 700,
    refund: { time: '15:52:30', amount: 700 },
  },
  {
    time: '16:10:26',
    order: 'order-111',
    method: 'paypay',
    amount: 1_100,
    refund: { time: '18:04:09', amount: 300 },
  },
  { time: '17:25:51', order: 'order-112', method: 'visa', amount: 4_400 },
  { time: '19:15:38', order: 'order-114', method: 'cash', amount: 1_600 },
  { time: '20:05:12', order: 'order-115', method: 'paypay', amount: 860 },
];

/** The terminal approved it, and the till lost its power before it could say so. */
const UNREPORTED = { time: '18:40:07', order: 'order-113', amount: 5_500, approval_code: '700113' };
/** Staff took the money, and somebody cancelled the order at the till afterwards. */
const CANCELLED_AT_TILL = 'order-114';
/** Given back at PayPay's own tool, of which PayPay tells nobody but its file. */
const GIVEN_BACK_AT_PAYPAY = { order: 'order-108', time: '17:02:00' };

const METHODS = {
  paypay: { payment_method_type: 'qr_mpm', provider: 'PAYPAY', adapter: 'PAYPAY' },
  visa: { payment_method_type: 'credit_card', provider: 'VISA', adapter: 'TERMINAL' },
  mastercard: { payment_method_type: 'credit_card', provider: 'MASTERCARD', adapter: 'TERMINAL' },
  suica: { payment_method_type: 'e_money', provider: 'SUICA', adapter: 'TERMINAL' },
  cash: { payment_method_type: 'cash', provider: 'CASH', adapter: 'CASH' },
} as const satisfies Record<Method, Pick<PlayedPayment, 'payment_method_type' | 'provider' | 'adapter'>>;

export type DemoDay = ReturnType<typeof makeDemoDay>;

/** `date` is a calendar day of Japan. */
export function makeDemoDay(date: string, place: { merchant_id: string; merchant_store_id: string }) {
  const instantOf = (time: string) => new Date(`${date}T${time}+09:00`).toISOString();
  const payments = SALES.map((sale, index) => makePayment(date, sale, index + 1, instantOf, place));
  return {
    date,
    payments,
    authorizations: [
      ...payments.flatMap(authorizationOf),
      { ...unreported(), at: instantOf(UNREPORTED.time) },
    ],
    paypay_movements: [...payments.flatMap(paypayMovementsOf), ...givenBack(payments, instantOf)].sort(
      (a, b) => (a.at < b.at ? -1 : 1),
    ),
    orders: listOrders(date),
  };
}

function makePayment(
  date: string,
  sale: Sale,
  number: number,
  instantOf: (time: string) => string,
  place: { merchant_id: string; merchant_store_id: string },
): PlayedPayment {
  const { amount, refund } = sale;
  const method = METHODS[sale.method];
  const at = instantOf(sale.time);
  const is_terminal = method.adapter === 'TERMINAL';
  return {
    intent_id: makeDayId('pi', at, number),
    attempt_id: makeDayId('pa', at, number),
    ...place,
    merchant_ref_id: orderName(sale.order, date),
    amount,
    // Ten per cent, which is in the price.
    tax_amount: Math.floor(amount / 11),
    currency: 'JPY',
    receipt_number: `R-${String(number).padStart(4, '0')}`,
    ...method,
    provider_account: method.adapter === 'PAYPAY' ? PAYPAY_ACCOUNT : null,
    external_ref_id:
      is_terminal && !sale.declined ? `7001${String(number).padStart(2, '0')}-${digitsOf(date)}` : null,
    provider_payment_id:
      method.adapter === 'PAYPAY' ? `0${digitsOf(date)}${String(number).padStart(9, '0')}` : null,
    at,
    outcome: sale.declined ? 'declined' : 'paid',
    late_payment_id: null,
    refund:
      refund === undefined
        ? null
        : {
            id: makeDayId('re', instantOf(refund.time), number),
            amount: refund.amount,
            at: instantOf(refund.time),
          },
  };
}

/** A shop counts its orders anew each day. */
const orderName = (order: string, date: string) => `${order}-${digitsOf(date)}`;

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digitsOf = (date: string) => date.replaceAll('-', '');

/** Ids in the ordinary form: the instant, and then the payment's number in the day where others have chance. */
function makeDayId(prefix: 'pi' | 'pa' | 're', at: string, number: number): string {
  let time = '';
  for (let rest = Date.parse(at), place = 0; place < 10; place += 1, rest = Math.floor(rest / 32))
    time = DIGITS.charAt(rest % 32) + time;
  return `${prefix}_${time}${String(number).padStart(16, '0')}`;
}

const isCard = ({ payment_method_type }: PlayedPayment) => payment_method_type === 'credit_card';

/** What the card processor answered the terminal: it has an approval code only for what it approved. */
function authorizationOf(payment: PlayedPayment) {
  if (!isCard(payment)) return [];
  const { amount, at, external_ref_id, outcome } = payment;
  const status = outcome === 'declined' ? ('DECLINED' as const) : ('APPROVED' as const);
  return [
    { merchant_number: MERCHANT_NUMBER, amount, approval_code: approvalCode(external_ref_id), status, at },
  ];
}

const approvalCode = (external_ref_id: string | null) => external_ref_id?.split('-', 1)[0] ?? 'NONE';

function unreported() {
  const { amount, approval_code } = UNREPORTED;
  return { merchant_number: MERCHANT_NUMBER, amount, approval_code, status: 'APPROVED' as const };
}

function paypayMovementsOf(payment: PlayedPayment) {
  const { adapter, amount, at, attempt_id, provider_payment_id, refund } = payment;
  if (adapter !== 'PAYPAY' || provider_payment_id === null) return [];
  const paid = {
    merchant_id: PAYPAY_ACCOUNT,
    at,
    status: '取引完了',
    amount,
    reference: attempt_id,
    provider_payment_id,
  };
  if (refund === null) return [paid];
  return [paid, { ...paid, at: refund.at, status: '返金完了', amount: refund.amount, reference: refund.id }];
}

function givenBack(payments: PlayedPayment[], instantOf: (time: string) => string) {
  const { order, time } = GIVEN_BACK_AT_PAYPAY;
  return payments
    .filter(({ merchant_ref_id }) => merchant_ref_id.startsWith(order))
    .flatMap(paypayMovementsOf)
    .map((paid) => ({
      ...paid,
      at: instantOf(time),
      status: '返金完了',
      reference: `tool-${paid.provider_payment_id}`,
    }));
}

/** As the backend behind the till has them at the end of the day. */
function listOrders(date: string) {
  const sold = SALES.filter(({ declined }) => declined === undefined).map(
    ({ order, method, amount, refund }) => ({
      merchant_ref_id: orderName(order, date),
      amount,
      status: statusOf(order, amount, refund),
      payment_method_type: METHODS[method].payment_method_type,
      ...(refund !== undefined && { refunded_amount: refund.amount }),
    }),
  );
  const { order, amount } = UNREPORTED;
  return [
    ...sold,
    { merchant_ref_id: orderName(order, date), amount, status: 'paid', payment_method_type: 'credit_card' },
  ].sort((a, b) => (a.merchant_ref_id < b.merchant_ref_id ? -1 : 1));
}

function statusOf(order: string, amount: number, refund: Sale['refund']): string {
  if (order === CANCELLED_AT_TILL) return 'cancelled';
  return refund?.amount === amount ? 'refunded' : 'paid';
}
