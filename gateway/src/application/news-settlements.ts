// Settlements made of a provider's signed news: what was proven of each merchant's day, held against what was booked.
// Each day is made once it has ended, one after the other, however long no worker ran; two workers make one.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { Tx } from '../db/pool.ts';
import {
  advanceNewsProgress,
  type DueNews,
  listDueNews,
  listNewsLines,
  listNewsSettlementsInForce,
  type NewsDay,
} from '../db/signed-news.ts';
import { addDays, businessDateOf, businessDayBounds, JAPAN } from '../domain/business-date.ts';
import type { ExceptionDraft } from '../domain/reconciliation-exception.ts';
import { compareNews, type NewsFinding, type NewsLine } from '../domain/signed-news.ts';
import { isOnlyTold } from '../providers/provider.ts';
import { PROVIDERS } from '../providers/registry.ts';
import { SYSTEM } from './audit.ts';
import { type NewSettlement, recordSettlements } from './settlements.ts';

/** News of the last payment before midnight may still be on their way. */
const DUE_AFTER_MS = 30 * 60_000;
/** Each page is found by reading the day, so that it had better be large. */
const BATCH = 5_000;

/** Makes the next due day of each organization. Returns how many days were made. */
export async function settleSignedNews(context: Context): Promise<number> {
  const ended = addDays(businessDateOf(instant(context, -DUE_AFTER_MS), JAPAN), -1);
  let made = 0;
  let failure: unknown;
  for (const { name: provider } of PROVIDERS.filter(isOnlyTold)) {
    for (const due of await listDueNews(context.db, provider, ended, BATCH)) {
      const { organization_id, livemode } = due;
      const day = { organization_id, livemode, provider, business_date: nextDayOf(due, ended) };
      try {
        if (await settleDay(context, day)) made += 1;
      } catch (error) {
        // The days of the others do not wait for it.
        context.log.error({ err: error, ...day }, 'a day of signed news could not be settled');
        failure = error;
      }
    }
  }
  if (failure !== undefined && made === 0) throw failure;
  return made;
}

/** The first is that on which the first settings were saved; on the same day, that one is still to end. */
function nextDayOf({ last_business_date, since }: DueNews, ended: string): string {
  if (last_business_date !== null) return addDays(last_business_date, 1);
  const first = since === null ? ended : businessDateOf(since, JAPAN);
  return first < ended ? first : ended;
}

/** False when another worker was faster. */
async function settleDay(context: Context, day: NewsDay): Promise<boolean> {
  return context.db.withTransaction(async (tx) => {
    if (!(await advanceNewsProgress(tx, day, instant(context)))) return false;
    const { settlements, other_dates } = await makeSettlements(tx, day);
    // What came today can prove, or explain, what was open on a day before.
    for (const business_date of other_dates.filter((date) => date < day.business_date).sort())
      settlements.push(...(await makeSettlements(tx, { ...day, business_date })).settlements);
    await recordSettlements(context, tx, settlements, SYSTEM);
    return true;
  });
}

async function makeSettlements(
  tx: Tx,
  day: NewsDay,
): Promise<{ settlements: NewSettlement[]; other_dates: string[] }> {
  const bounds = businessDayBounds(day.business_date, JAPAN);
  const settlements = new Map<string, NewSettlement>();
  const settlementOf = (merchant_id: string, currency: string): NewSettlement => {
    const key = JSON.stringify([merchant_id, currency]);
    const known = settlements.get(key) ?? makeEmpty(day, merchant_id, currency);
    settlements.set(key, known);
    return known;
  };
  for (const { merchant_id, currency } of await listNewsSettlementsInForce(tx, day))
    settlementOf(merchant_id, currency);
  const other_dates = new Set<string>();
  for (let after = ''; ; ) {
    const lines = await listNewsLines(tx, day, bounds, after, BATCH);
    for (const line of lines) {
      const compared = compareNews(line, day.business_date);
      for (const date of compared.other_dates) other_dates.add(date);
      for (const finding of compared.findings)
        add(settlementOf(line.merchant_id, finding.currency), day, line, finding);
    }
    after = lines.at(-1)?.attempt_id ?? '';
    if (lines.length < BATCH) break;
  }
  return { settlements: [...settlements.values()], other_dates: [...other_dates] };
}

/** Of fees, of what is paid out and of refunds the provider tells nothing. */
function makeEmpty(day: NewsDay, merchant_id: string, currency: string): NewSettlement {
  const nothing = { transaction_count: 0, gross_amount: 0, refunded_amount: 0 };
  return {
    ...day,
    ...{
      merchant_id,
      currency,
      account: null,
      file_name: null,
      file_id: null,
      card_batch_id: null,
      line: null,
    },
    source: 'notifications',
    stated: { ...nothing, fees_amount: null, net_amount: null },
    expected: { ...nothing },
    exceptions: [],
    is_summed_up: true,
  };
}

function add(settlement: NewSettlement, day: NewsDay, line: NewsLine, finding: NewsFinding): void {
  const { stated, expected, exceptions } = settlement;
  const { amount_here, amount_there, kind, ...facts } = finding;
  for (const [side, amount] of [
    [stated, amount_there],
    [expected, amount_here],
  ] as const) {
    if (amount === null) continue;
    side.transaction_count += 1;
    side.gross_amount += amount;
  }
  if (kind === null) return;
  // Where nothing was booked for it, what was asked for says what another amount differs from.
  const ours = kind === 'amount_differs' ? (amount_here ?? line.amount) : amount_here;
  const draft: ExceptionDraft = {
    ...day,
    ...facts,
    source: 'settlement',
    kind,
    merchant_id: line.merchant_id,
    payment_intent_id: line.payment_intent_id,
    attempt_id: line.attempt_id,
    provider_reference: line.attempt_id,
    ...{ amount_here: ours, amount_there, status_here: line.status },
  };
  exceptions.push(draft);
}
