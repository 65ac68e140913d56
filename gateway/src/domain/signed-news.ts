// What a provider that cannot be asked has signed of one payment, held against what was booked of it. Pure. News prove
// the money of the day on which it was booked, whenever they came; news of nothing that was booked stand on the day on
// which they came.
import type { AttemptStatus } from './attempt.ts';
import { businessDateOf, JAPAN } from './business-date.ts';
import type { ExceptionKind } from './reconciliation.ts';

/** Minor units. */
export interface ToldNews {
  /** The kind of provider result; `paid` counts. */
  result: string;
  /** As stated; null: of no payment, or of an amount that is none. */
  amount: number | null;
  currency: string | null;
  provider_payment_id: string | null;
  received_at: string;
}

/** A payment, or late money, as the books have it. */
export interface BookedMoney {
  amount: number;
  currency: string;
  created_at: string;
}

/** An attempt with all that was told and all that was booked of it, each in the order of time. */
export interface NewsLine {
  attempt_id: string;
  merchant_id: string;
  payment_intent_id: string;
  status: AttemptStatus;
  amount: number;
  currency: string;
  told: readonly ToldNews[];
  booked: readonly BookedMoney[];
}

export interface NewsFinding {
  currency: string;
  /** What was signed, and what we booked. Null: nothing. */
  amount_there: number | null;
  amount_here: number | null;
  /** Null: both sides have the same. */
  kind: ExceptionKind | null;
  status_there: string | null;
  provider_payment_id: string | null;
  happened_at: string;
}

/** Between the news and the booking that they bring about; longer when the database was away. */
const TOLERANCE_MS = 10 * 60_000;

/** Plutu's days, and all providers', are Japan's. */
const dayOf = (at: string) => businessDateOf(at, JAPAN);

/** What the line comes to on a day, and the other days of which it is as well: they may look otherwise by now. */
export function compareNews(
  line: NewsLine,
  business_date: string,
): { findings: NewsFinding[]; other_dates: string[] } {
  const findings: NewsFinding[] = [];
  const { pairs, unbooked, unproven } = pairUp(line);
  for (const [news, money] of pairs) {
    const is_crossing = dayOf(news.received_at) !== dayOf(money.created_at) && isApart(news, money);
    if (dayOf(money.created_at) !== business_date) continue;
    const is_same = news.amount === money.amount && news.currency === money.currency;
    findings.push({
      ...factsOf(news, money.currency),
      amount_here: money.amount,
      kind: is_same ? (is_crossing ? 'cross_midnight' : null) : 'amount_differs',
    });
  }
  for (const money of unproven.filter(({ created_at }) => dayOf(created_at) === business_date)) {
    const last = line.told.findLast(({ result }) => result !== 'paid');
    findings.push({
      currency: money.currency,
      amount_here: money.amount,
      amount_there: null,
      kind: 'missing_there',
      status_there: last?.result ?? null,
      provider_payment_id: null,
      happened_at: money.created_at,
    });
  }
  for (const news of unbooked.filter(({ received_at }) => dayOf(received_at) === business_date)) {
    const is_ours = news.amount === line.amount && news.currency === line.currency;
    const kind = is_ours ? 'status_differs' : 'amount_differs';
    // A second payment under one number: the first one has its place in the books.
    findings.push({
      ...factsOf(news, line.currency),
      amount_here: null,
      kind: pairs.length > 0 ? 'missing_here' : kind,
    });
  }
  if (line.told.every(({ result }) => result === 'unknown') && line.booked.length === 0) {
    const unclear = line.told.find(({ received_at }) => dayOf(received_at) === business_date);
    const finding = unclear && { ...factsOf(unclear, line.currency), kind: 'status_differs' as const };
    if (finding !== undefined) findings.push({ ...finding, amount_here: null });
  }
  const instants = [
    ...line.told.map(({ received_at }) => received_at),
    ...line.booked.map(({ created_at }) => created_at),
  ];
  const dates = new Set(instants.map(dayOf));
  return { findings, other_dates: [...dates].filter((date) => date !== business_date) };
}

const factsOf = (news: ToldNews, currency: string) => ({
  currency: news.currency ?? currency,
  amount_there: news.amount,
  status_there: news.result,
  provider_payment_id: news.provider_payment_id,
  happened_at: news.received_at,
});

function isApart(news: ToldNews, money: BookedMoney): boolean {
  return Math.abs(Date.parse(news.received_at) - Date.parse(money.created_at)) > TOLERANCE_MS;
}

/** Each payment that was told with the money that it brought: the same sum first, else in the order of time. */
function pairUp({ told, booked }: NewsLine) {
  const unbooked = paymentsOf(told);
  const unproven = [...booked];
  const pairs: [ToldNews, BookedMoney][] = [];
  const take = (isPair: (news: ToldNews, money: BookedMoney) => boolean) => {
    for (const money of [...unproven]) {
      const at = unbooked.findIndex((news) => isPair(news, money));
      const [news] = at === -1 ? [] : unbooked.splice(at, 1);
      if (news === undefined) continue;
      pairs.push([news, money]);
      unproven.splice(unproven.indexOf(money), 1);
    }
  };
  take((news, money) => news.amount === money.amount && news.currency === money.currency);
  take(() => true);
  return { pairs, unbooked, unproven };
}

/** One for each payment, however often and in however many words it was told. */
function paymentsOf(told: readonly ToldNews[]): ToldNews[] {
  const payments: ToldNews[] = [];
  for (const news of told.filter(({ result }) => result === 'paid')) {
    const { provider_payment_id: id, amount, currency } = news;
    const is_known = payments.some(
      (one) =>
        one.amount === amount &&
        one.currency === currency &&
        (id === null || one.provider_payment_id === null || one.provider_payment_id === id),
    );
    if (!is_known) payments.push(news);
  }
  return payments;
}
