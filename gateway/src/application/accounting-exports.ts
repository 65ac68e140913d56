// The accounting export: which files are due, by the end of a store's day or because somebody asks. Days that were
// missed are taken as well; a file is held by one worker at a time, and is the same bytes whoever makes it and however
// often.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  type ExportOwner,
  findAccountingExportConfig,
  listStoreDays,
  type StoreDay,
} from '../db/accounting-export-configs.ts';
import {
  askForExportsAgain,
  claimAccountingExports,
  type DueStore,
  keepAccountingExports,
  listExportsOfDay,
  listStoresDueForExport,
  type NewAccountingExport,
  takeDaysOfStore,
} from '../db/accounting-exports.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import { sumBusinessDay } from '../db/books.ts';
import type { Tx } from '../db/pool.ts';
import {
  type AccountingExport,
  type ExportFormat,
  type ExportKey,
  exportFileName,
} from '../domain/accounting-export.ts';
import {
  addDays,
  type BusinessDay,
  businessDayClosesAt,
  isBusinessDate,
  JAPAN,
  SETTLING_MS,
} from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';
import { attemptExport } from './accounting-export-attempts.ts';
import { type Actor, makeAuditEntry } from './audit.ts';

/** Longer than making the largest file; sending it has a deadline. */
const MAKING_MS = 15 * 60_000;
const STORES_AT_ONCE = 200;
/** A store that comes back after a long time is caught up with step by step. */
const DAYS_AT_ONCE = 31;
const FILES_AT_ONCE = 4;

/** Makes rows for the files of days that have ended. Says of how many stores. */
export async function scheduleAccountingExports(context: Context): Promise<number> {
  const ended_before = instant(context, -SETTLING_MS);
  const stores = await listStoresDueForExport(context.db, ended_before, DAYS_AT_ONCE, STORES_AT_ONCE);
  for (const store of stores) {
    try {
      await lookAgain(context, store);
      await takeDaysOfStore(context.db, store, await makeRows(context, store));
    } catch (error) {
      // It comes up again; the other stores, and what is due already, do not wait for it.
      context.log.error({ err: error, ...store }, 'the days of a store could not be taken for export');
    }
  }
  return stores.length;
}

/**
 * With the new days comes a second look at the one before: what was written down late, or booked
 * afterwards, came into it when its files were made. Those are made anew. Entries are never changed, so that
 * their count tells.
 */
async function lookAgain(context: Context, { taken_through, ...store }: DueStore): Promise<void> {
  if (taken_through === null || addDays(taken_through, 1) !== store.from_date) return;
  const { organization_id, livemode, merchant_id, merchant_store_id } = store;
  const day = { organization_id, livemode, merchant_id, merchant_store_id, business_date: taken_through };
  const files = await listExportsOfDay(context.db, day);
  const formats = files.length > 0 ? new Set(files.map(({ format }) => format)) : store.formats;
  const rows: NewAccountingExport[] = [];
  for (const { currency, entries_count } of await sumBusinessDay(context.db, day)) {
    for (const format of formats) {
      const file = files.find((one) => one.currency === currency && one.format === format);
      // One that is on its way, or was given up, is a person's or a worker's already.
      const is_done = file === undefined || file.status === 'delivered' || file.status === 'kept';
      if (!is_done || file?.transactions_count === entries_count) continue;
      rows.push(makeRow(context, { ...day, currency, format }));
    }
  }
  if (rows.length > 0) await askForExportsAgain(context.db, rows);
}

async function makeRows(context: Context, store: DueStore): Promise<NewAccountingExport[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, formats } = store;
  const rows: NewAccountingExport[] = [];
  for (
    let business_date = store.from_date;
    business_date <= store.through_date;
    business_date = addDays(business_date, 1)
  ) {
    const day = { organization_id, livemode, merchant_id, merchant_store_id, business_date };
    for (const currency of await listCurrencies(context, day)) {
      for (const format of formats) rows.push(makeRow(context, { ...day, currency, format }));
    }
  }
  return rows;
}

/** A day of a store has a file in yen also when nothing was sold, so that the accounting system sees it is not missing. */
export async function listCurrencies(
  { db }: Context,
  day: Omit<ExportKey, 'currency' | 'format'>,
): Promise<string[]> {
  const sold = (await sumBusinessDay(db, day)).map(({ currency }) => currency);
  return day.merchant_store_id === null ? sold : [...new Set(['JPY', ...sold])];
}

/** Due at once; `leased_until` is set by who begins with it himself. */
export function makeRow(
  context: Context,
  key: ExportKey,
  leased_until: string | null = null,
): NewAccountingExport {
  const now = instant(context);
  const file_name = exportFileName(key);
  return { ...key, id: context.makeId('ax'), file_name, next_attempt_at: now, leased_until, created_at: now };
}

/** A file is in one pair of hands until it is made and sent: two who send it at once could spoil it there. */
function leaseFrom(context: Context): string {
  return instant(context, MAKING_MS + context.config.transfer_deadline_ms);
}

/** Makes and sends files that are due, a few at once. How many there were. */
export async function runDueAccountingExports(context: Context): Promise<number> {
  const due = await claimAccountingExports(context.db, instant(context), leaseFrom(context), FILES_AT_ONCE);
  // One whose end could not be written down is left to its lease; the others are not.
  const ends = await Promise.allSettled(due.map((row) => attemptExport(context, row)));
  for (const [at, end] of ends.entries()) {
    if (end.status === 'fulfilled') continue;
    context.log.error({ err: end.reason, export: due[at]?.id }, 'what came of an accounting export is lost');
  }
  return due.length;
}

/** What somebody asks for. */
export interface WantedExport extends ExportOwner {
  /** Null: what was sold in no store. Left out: every store, and what was sold in none. */
  merchant_store_id?: string | null;
  business_date: string;
  /** Left out: those that the merchant has chosen. */
  format?: ExportFormat | null;
}

/** Makes and sends files at once, whatever became of them before. What fails is tried again as any other. */
export async function runAccountingExport(
  context: Context,
  wanted: WantedExport,
  actor: Actor,
): Promise<AccountingExport[]> {
  const keys = await listWantedFiles(context, wanted);
  let held = await context.db.withTransaction((tx) =>
    askForExports(context, tx, wanted, keys, actor, leaseFrom(context)),
  );
  const rows: AccountingExport[] = [];
  for (let [next, ...others] = held; next !== undefined; [next, ...others] = held) {
    rows.push(await attemptExport(context, next));
    // That may have taken long: the others stay in these hands, or else are another's by now.
    held = await keepAccountingExports(context.db, others, leaseFrom(context));
  }
  return rows;
}

/** Puts files into the worker's hands, whatever became of them before: in the caller's transaction. */
export async function askForExports(
  context: Context,
  tx: Tx,
  wanted: WantedExport,
  keys: ExportKey[],
  actor: Actor,
  leased_until: string | null = null,
): Promise<AccountingExport[]> {
  const rows = await askForExportsAgain(
    tx,
    keys.map((key) => makeRow(context, key, leased_until)),
  );
  if (rows.length < keys.length) {
    throw new GatewayError('conflict', 'A file of this day is being made at this moment. Ask again later.', {
      constraint: 'in_progress',
    });
  }
  const { organization_id, livemode, merchant_id, business_date } = wanted;
  const entry = makeAuditEntry(context, actor, {
    ...{ organization_id, livemode, merchant_id, action: 'accounting_export.run', object_id: merchant_id },
    details: { business_date, files: rows.map(({ file_name }) => file_name) },
  });
  await insertAuditEntry(tx, entry);
  return rows.toSorted((a, b) => (a.file_name < b.file_name ? -1 : 1));
}

/** Which files a wish comes to. Refused while the day of one of the stores is not over. */
export async function listWantedFiles(context: Context, wanted: WantedExport): Promise<ExportKey[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date, format } = wanted;
  const owner = { organization_id, livemode, merchant_id };
  if (!isBusinessDate(business_date)) {
    throw new GatewayError('invalid_request', 'business_date must be a day such as 2026-01-28.', {
      field: 'business_date',
      constraint: 'format',
    });
  }
  const config = await findAccountingExportConfig(context.db, owner);
  const formats = format ? [format] : (config?.formats ?? ['json']);
  const keys: ExportKey[] = [];
  for (const { id, ...day } of await listPlaces(context, owner, merchant_store_id)) {
    refuseOpenDay(context, id, business_date, day);
    const place = { ...owner, merchant_store_id: id, business_date };
    const currencies = await listCurrencies(context, place);
    // Who names the payments of no store gets their file also when there are none.
    const named = merchant_store_id === null && currencies.length === 0 ? ['JPY'] : currencies;
    for (const currency of named) for (const one of formats) keys.push({ ...place, currency, format: one });
  }
  return keys;
}

type Place = Omit<StoreDay, 'id'> & { id: string | null };

async function listPlaces(
  context: Context,
  owner: ExportOwner,
  merchant_store_id: string | null | undefined,
): Promise<Place[]> {
  const no_store = { id: null, ...JAPAN };
  if (merchant_store_id === null) return [no_store];
  const stores = await listStoreDays(context.db, owner, merchant_store_id ?? null);
  if (merchant_store_id === undefined) return [...stores, no_store];
  if (stores.length > 0) return stores;
  throw new GatewayError('invalid_request', 'The merchant has no store with this id.', {
    field: 'merchant_store_id',
    constraint: 'exists',
  });
}

function refuseOpenDay(
  context: Context,
  store: string | null,
  business_date: string,
  day: BusinessDay,
): void {
  const settled = businessDayClosesAt(business_date, day);
  if (settled <= instant(context)) return;
  const whose = store === null ? 'Payments of no store' : `The store ${store}`;
  throw new GatewayError(
    'invalid_request',
    `${whose}: the business date ${business_date} is not over. Its file can be made from ${settled} on.`,
    { field: 'business_date', constraint: 'ended_day', available_at: settled },
  );
}
