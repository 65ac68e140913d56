// News and bookings of one payment in every order, against findings that were typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BookedMoney, compareNews, type NewsLine, type ToldNews } from './signed-news.ts';

const BEFORE = '2026-01-14';
const DAY = '2026-01-15';
const AFTER = '2026-01-16';
/** 15:00 in Japan. */
const NOON = 'T06:00:00.000Z';

const told = (date: string, changes: Partial<ToldNews> = {}): ToldNews => ({
  result: 'paid',
  amount: 1_234,
  currency: 'USD',
  provider_payment_id: 't1',
  received_at: `${date}${NOON}`,
  ...changes,
});
const booked = (date: string, changes: Partial<BookedMoney> = {}): BookedMoney => ({
  amount: 1_234,
  currency: 'USD',
  created_at: `${date}${NOON}`,
  ...changes,
});
const line = (news: ToldNews[], money: BookedMoney[]): NewsLine => ({
  attempt_id: 'pa_1',
  merchant_id: 'merchant_001',
  payment_intent_id: 'pi_1',
  status: 'paid',
  amount: 1_234,
  currency: 'USD',
  told: news,
  booked: money,
});
const unclear = (date: string) => told(date, { result: 'unknown', amount: null, currency: null });
const turned_back = (date: string) => told(date, { result: 'ended_unpaid', amount: null, currency: null });

type Sums = [here: number | null, there: number | null, kind: string | null];
type Row = [what: string, of: NewsLine, before: Sums[], on: Sums[], after: Sums[]];

const ORACLE: Row[] = [
  ['told and booked', line([told(DAY)], [booked(DAY)]), [], [[1_234, 1_234, null]], []],
  ['told twice', line([told(DAY), told(AFTER)], [booked(DAY)]), [], [[1_234, 1_234, null]], []],
  [
    'told again without its number',
    line([told(DAY), told(DAY, { provider_payment_id: null })], [booked(DAY)]),
    [],
    [[1_234, 1_234, null]],
    [],
  ],
  ['booked by a person alone', line([], [booked(DAY)]), [], [[1_234, null, 'missing_there']], []],
  [
    'booked by a person after the customer turned back',
    line([turned_back(DAY)], [booked(DAY)]),
    [],
    [[1_234, null, 'missing_there']],
    [],
  ],
  ['turned back', line([turned_back(DAY)], []), [], [], []],
  ['told and not booked', line([told(DAY)], []), [], [[null, 1_234, 'status_differs']], []],
  [
    'told with another amount and not booked',
    line([told(DAY, { amount: 1_235 })], []),
    [],
    [[null, 1_235, 'amount_differs']],
    [],
  ],
  [
    'told in another currency and not booked',
    line([told(DAY, { currency: 'EUR' })], []),
    [],
    [[null, 1_234, 'amount_differs']],
    [],
  ],
  [
    'told with an amount that is none',
    line([told(DAY, { amount: null, currency: null })], []),
    [],
    [[null, null, 'amount_differs']],
    [],
  ],
  [
    'told with another amount, and booked as ours by a person on the next day',
    line([told(DAY, { amount: 1_235 })], [booked(AFTER)]),
    [],
    [],
    [[1_234, 1_235, 'amount_differs']],
  ],
  [
    'booked by a person, told on the next day',
    line([told(DAY)], [booked(BEFORE)]),
    [[1_234, 1_234, 'cross_midnight']],
    [],
    [],
  ],
  [
    'a moment apart at midnight in Japan',
    line(
      [told(DAY, { received_at: '2026-01-14T14:59:59.999Z' })],
      [booked(DAY, { created_at: '2026-01-14T15:00:00.001Z' })],
    ),
    [],
    [[1_234, 1_234, null]],
    [],
  ],
  [
    'two payments under one number',
    line([told(DAY), told(DAY, { provider_payment_id: 't2' })], [booked(DAY)]),
    [],
    [
      [1_234, 1_234, null],
      [null, 1_234, 'missing_here'],
    ],
    [],
  ],
  [
    'the right amount after a wrong one',
    line([told(DAY, { amount: 1, provider_payment_id: 't0' }), told(DAY)], [booked(DAY)]),
    [],
    [
      [1_234, 1_234, null],
      [null, 1, 'missing_here'],
    ],
    [],
  ],
  ['unclear', line([unclear(DAY)], []), [], [[null, null, 'status_differs']], []],
  [
    'unclear, and then booked',
    line([unclear(DAY), told(AFTER)], [booked(AFTER)]),
    [],
    [],
    [[1_234, 1_234, null]],
  ],
  [
    'unclear, and then booked by a person',
    line([unclear(DAY)], [booked(AFTER)]),
    [],
    [],
    [[1_234, null, 'missing_there']],
  ],
];

test('each line comes on each day to the findings that were typed by hand', () => {
  for (const [what, of, ...days] of ORACLE) {
    for (const [at, date] of [BEFORE, DAY, AFTER].entries()) {
      const { findings } = compareNews(of, date);
      const sums = findings.map(({ amount_here, amount_there, kind }) => [amount_here, amount_there, kind]);
      assert.deepEqual(sums, days[at], `${what}, on ${date}`);
    }
  }
});

test('a line names the other days of which it is', () => {
  const of = line([told(DAY), told(AFTER)], [booked(BEFORE)]);
  assert.deepEqual(compareNews(of, DAY).other_dates.sort(), [BEFORE, AFTER]);
  assert.deepEqual(compareNews(line([told(DAY)], [booked(DAY)]), DAY).other_dates, []);
});

test('over all days every payment that was told, and all money that was booked, is counted once', () => {
  const dates = [BEFORE, DAY, AFTER];
  const date = fc.constantFrom(...dates);
  const amount = fc.integer({ min: 1, max: 3 });
  // Each with a number of its own, so that none is another one's repetition.
  const news = fc.array(fc.record({ date, amount }), { maxLength: 4 });
  const money = fc.array(fc.record({ date, amount }), { maxLength: 4 });
  fc.assert(
    fc.property(news, money, (all_news, all_money) => {
      const of = line(
        all_news.map((one, n) => told(one.date, { amount: one.amount, provider_payment_id: `t${n}` })),
        all_money.map((one) => booked(one.date, { amount: one.amount })),
      );
      const findings = dates.flatMap((day) => compareNews(of, day).findings);
      const sum = (amounts: (number | null)[]) =>
        amounts.reduce<number>((total, one) => total + (one ?? 0), 0);
      const there = findings.map(({ amount_there }) => amount_there).filter((one) => one !== null);
      const here = findings.map(({ amount_here }) => amount_here).filter((one) => one !== null);
      assert.deepEqual([there.length, here.length], [all_news.length, all_money.length]);
      assert.deepEqual(
        [sum(there), sum(here)],
        [sum(all_news.map((one) => one.amount)), sum(all_money.map((one) => one.amount))],
      );
      // What agrees on a day agrees to the last cent.
      for (const { kind, amount_here, amount_there } of findings)
        if (kind === null || kind === 'cross_midnight') assert.equal(amount_here, amount_there);
    }),
  );
});
