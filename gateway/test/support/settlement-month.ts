// A month of a small chain, made of a seed alone: what the gateway knows, what each provider and each till says of the
// same days, and the differences that were put between them on purpose. Pure: the same seed gives the same month.
import type { PlayedPayment } from '../../src/commands/played-payments.ts';
import type { Injected } from './settlement-injections.ts';

export const MONTH_BEGINS = '2026-01-01';
export const DAYS = 30;

export interface MonthStore {
  id: string;
  merchant_id: string;
  business_day_starts_at: string;
}

/** A bar that closes at dawn is among them: its day ends at five. */
export const STORES: readonly MonthStore[] = [
  { id: 'shibuya', merchant_id: 'coffee', business_day_starts_at: '00:00' },
  { id: 'ginza', merchant_id: 'coffee', business_day_starts_at: '00:00' },
  { id: 'shinjuku', merchant_id: 'izakaya', business_day_starts_at: '05:00' },
  { id: 'ueno', merchant_id: 'izakaya', business_day_starts_at: '05:00' },
  { id: 'nara', merchant_id: 'books', business_day_starts_at: '00:00' },
];
export const MERCHANTS = [...new Set(STORES.map(({ merchant_id }) => merchant_id))];
export const accountOf = (merchant_id: string) => `paypay_${merchant_id}`;
export const numberOf = (merchant_id: string) => `MERCHANT-${MERCHANTS.indexOf(merchant_id) + 1}`;

/** A line of PayPay's file; `at` has whole seconds, as the file has. */
export interface PaypayRow {
  merchant_id: string;
  at: string;
  status: '取引完了' | '取引失敗' | '返金完了';
  amount: number;
  reference: string;
  provider_payment_id: string;
}

export interface ProcessorRow {
  merchant_id: string;
  at: string;
  amount: number;
  approval_code: string;
  status: 'APPROVED' | 'DECLINED';
}

export interface SignedRow {
  payment: PlayedPayment;
  amount: number;
  at: string;
}

export interface Order {
  merchant_ref_id: string;
  amount: number;
  status: 'paid' | 'refunded' | 'cancelled';
  payment_method_type: string;
  refunded_amount?: number;
}

/** What was changed on purpose, and where it must come to light. */
export interface Injection {
  what: Injected;
  /** The day of the file or list that differs. */
  business_date: string;
  merchant_id: string;
  store_id: string;
  payment: PlayedPayment;
  /** What the other side states, where it states something. */
  amount: number | null;
  reference: string | null;
}

export interface Month {
  payments: PlayedPayment[];
  paypay: PaypayRow[];
  processor: ProcessorRow[];
  /** What the payment page's provider signed. */
  signed: SignedRow[];
  /** By store and business date: `ginza 2026-01-14`. */
  orders: Map<string, Order[]>;
  injections: Injection[];
}

const DAY_MS = 86_400_000;
const JAPAN_MS = 9 * 3_600_000;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Mulberry32. */
export function makeDice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
/** Japan's calendar day. */
export const dayInJapan = (at: string) => iso(Date.parse(at) + JAPAN_MS).slice(0, 10);
const hourOf = (start: string) => Number(start.slice(0, 2));
export const businessDateIn = (store: MonthStore, at: string) =>
  dayInJapan(iso(Date.parse(at) - hourOf(store.business_day_starts_at) * 3_600_000));
export const dateAfter = (date: string, days = 1) =>
  iso(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).slice(0, 10);
export const storeOf = (id: string): MonthStore => {
  const store = STORES.find((one) => one.id === id);
  if (store === undefined) throw new Error(`there is no store ${id}`);
  return store;
};

function idOf(prefix: string, at_ms: number, number: number): string {
  let time = '';
  for (let rest = at_ms, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32))
    time = DIGITS.charAt(rest % 32) + time;
  return `${prefix}_${time}${String(number).padStart(16, '0')}`;
}

const METHODS = [
  { weight: 40, type: 'qr_mpm', provider: 'PAYPAY', adapter: 'PAYPAY' },
  { weight: 35, type: 'credit_card', provider: 'VISA', adapter: 'TERMINAL' },
  { weight: 10, type: 'e_money', provider: 'SUICA', adapter: 'TERMINAL' },
  { weight: 15, type: 'cash', provider: 'CASH', adapter: 'CASH' },
] as const;
/** The bookshop sells on a page, too. */
const ON_A_PAGE = { type: 'credit_card', provider: 'MPGS', adapter: 'MPGS' } as const;
type Method = Omit<(typeof METHODS)[number], 'weight'> | typeof ON_A_PAGE;

function drawMethod(dice: (below: number) => number, store: MonthStore): Method {
  let rest = dice(100);
  if (store.id === 'nara' && rest < 10) return ON_A_PAGE;
  for (const method of METHODS) {
    if (rest < method.weight) return method;
    rest -= method.weight;
  }
  return METHODS[0];
}

/** Some of the first payments lie right at a midnight, on either side of it. */
function drawInstant(dice: (below: number) => number, number: number): number {
  const begins = Date.parse(`${MONTH_BEGINS}T00:00:00+09:00`);
  const day = dice(DAYS);
  if (number >= 3 * DAYS) return begins + day * DAY_MS + dice(DAY_MS);
  const offsets = [0, DAY_MS - 1, 5 * 3_600_000];
  return begins + (number % DAYS) * DAY_MS + (offsets[Math.floor(number / DAYS)] ?? 0);
}

function makePayment(dice: (below: number) => number, number: number): PlayedPayment {
  const store = STORES[dice(STORES.length)] ?? storeOf('ginza');
  const at_ms = drawInstant(dice, number);
  const method = drawMethod(dice, store);
  const { type, provider, adapter } = method;
  const amount = 10 * (1 + dice(1_500));
  const is_card = adapter === 'TERMINAL';
  const is_asked = adapter === 'PAYPAY';
  const fate = dice(1_000);
  const outcome = is_card && fate < 30 ? 'declined' : is_asked && fate < 1 ? 'late' : 'paid';
  const ends = Date.parse(`${MONTH_BEGINS}T00:00:00+09:00`) + DAYS * DAY_MS;
  const refund_ms = at_ms + 60_000 + dice(3 * DAY_MS);
  // Cards and e-money go back at the terminal, of which no file tells; a refund at a till is PayPay's or cash.
  const is_refunded =
    (is_asked || adapter === 'CASH') && outcome === 'paid' && fate >= 960 && refund_ms < ends - 3_600_000;
  return {
    intent_id: idOf('pi', at_ms, number),
    attempt_id: idOf('pa', at_ms, number),
    merchant_id: store.merchant_id,
    merchant_store_id: store.id,
    merchant_ref_id: `order-${number}`,
    amount,
    tax_amount: Math.floor(amount / 11),
    currency: 'JPY',
    receipt_number: `R${number}`,
    payment_method_type: type,
    provider,
    adapter,
    provider_account: is_asked ? accountOf(store.merchant_id) : null,
    external_ref_id: is_card
      ? `${String(number).padStart(6, '0')}-${String(dice(10_000)).padStart(4, '0')}`
      : null,
    provider_payment_id: is_asked || adapter === 'MPGS' ? `0${4_000_000_000_000_000 + number}` : null,
    at: iso(at_ms),
    outcome,
    late_payment_id: outcome === 'late' ? idOf('lp', at_ms, number) : null,
    refund: is_refunded
      ? {
          id: idOf('re', refund_ms, number),
          amount: fate % 2 === 0 ? amount : 10 * Math.ceil(amount / 20),
          at: iso(refund_ms),
        }
      : null,
  };
}

/** Everything agrees as long as nothing is injected. */
export function makeMonth(seed: number, count: number): Month {
  const dice = makeDice(seed);
  const payments = Array.from({ length: count }, (_, number) => makePayment(dice, number));
  const paypay = payments.flatMap(paypayRowsOf);
  const processor = payments.flatMap(processorRowOf);
  const signed = payments.flatMap((payment) =>
    payment.adapter === 'MPGS' ? [{ payment, amount: payment.amount, at: payment.at }] : [],
  );
  const orders = new Map<string, Order[]>();
  for (const payment of payments) {
    for (const { key, order } of ordersOf(payment)) {
      const list = orders.get(key);
      if (list === undefined) orders.set(key, [order]);
      else list.push(order);
    }
  }
  return { payments, paypay, processor, signed, orders, injections: [] };
}

export const listOf = ({ merchant_store_id }: PlayedPayment, at: string) =>
  `${merchant_store_id} ${businessDateIn(storeOf(merchant_store_id), at)}`;

const wholeSeconds = (at: string) => `${at.slice(0, 19)}.000Z`;

function paypayRowsOf(payment: PlayedPayment): PaypayRow[] {
  const { adapter, merchant_id, at, amount, attempt_id, provider_payment_id, refund } = payment;
  if (adapter !== 'PAYPAY' || provider_payment_id === null) return [];
  const row: PaypayRow = {
    merchant_id,
    at: wholeSeconds(at),
    status: '取引完了',
    amount,
    reference: attempt_id,
    provider_payment_id,
  };
  if (refund === null) return [row];
  const back: PaypayRow = {
    ...row,
    at: wholeSeconds(refund.at),
    status: '返金完了',
    amount: refund.amount,
    reference: refund.id,
  };
  return [row, back];
}

function processorRowOf(payment: PlayedPayment): ProcessorRow[] {
  const { adapter, payment_method_type, merchant_id, at, amount, external_ref_id, outcome } = payment;
  if (adapter !== 'TERMINAL' || payment_method_type !== 'credit_card') return [];
  const approval_code = external_ref_id?.slice(0, 6) ?? '';
  return [{ merchant_id, at, amount, approval_code, status: outcome === 'paid' ? 'APPROVED' : 'DECLINED' }];
}

/**
 * As the backend behind the till has it at the end of a day: what was sold on it, and what went back. A declined order is
 * none, and that of a late payment was cancelled before the money came.
 */
function ordersOf(payment: PlayedPayment): { key: string; order: Order }[] {
  const { merchant_ref_id, amount, payment_method_type, outcome, refund } = payment;
  if (outcome === 'declined') return [];
  const key = listOf(payment, payment.at);
  const order: Order = { merchant_ref_id, amount, status: 'paid', payment_method_type };
  if (outcome === 'late') return [{ key, order: { ...order, status: 'cancelled' } }];
  if (refund === null) return [{ key, order }];
  const status = refund.amount === amount ? 'refunded' : 'paid';
  const after: Order = { ...order, status, refunded_amount: refund.amount };
  const key_after = listOf(payment, refund.at);
  if (key_after === key) return [{ key, order: after }];
  return [
    { key, order },
    { key: key_after, order: after },
  ];
}
