// What providers settle, recorded inside the transaction of whoever read it: the settlement beside what we have, an
// exception for each sum that differs, and what is told of it. The same again changes nothing; another one of the same
// day takes the place of the one before.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntries } from '../db/audit-log.ts';
import type { Tx } from '../db/pool.ts';
import { insertExceptions, listExceptionsOfSettlements } from '../db/reconciliation-exceptions.ts';
import {
  countExceptionsOfSettlements,
  insertSettlements,
  keepResolved,
  lockSettlementsInForce,
  replaceSettlements,
  takeExceptionsOfFiles,
  takeTurnAtSettlements,
} from '../db/settlements.ts';
import {
  type ExceptionDraft,
  isSameFinding,
  makeException,
  type ReconciliationException,
} from '../domain/reconciliation-exception.ts';
import {
  compareTotals,
  type ExpectedTotals,
  isSameDay,
  type Settlement,
  type SettlementKey,
  type StatedTotals,
} from '../domain/settlement.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { bookSettlements } from './settlement-bookings.ts';
import { tellExceptions, tellSettlements } from './settlement-events.ts';

export interface NewSettlement extends Omit<SettlementKey, 'contents'> {
  /** Which of a day's files, where a provider makes several; left out where it makes one. */
  contents?: SettlementKey['contents'];
  source: Settlement['source'];
  file_name: string | null;
  file_id: string | null;
  card_batch_id: string | null;
  line: number | null;
  stated: StatedTotals;
  expected: ExpectedTotals;
  /** What the caller found line by line. Those of a file with an id are in the table already. */
  exceptions: ExceptionDraft[];
  /** The stated sums were made from the lines, so that the exceptions of lines say all that is wrong with them. */
  is_summed_up?: boolean;
}

/**
 * In the order in which they came. What was resolved in a settlement that is replaced stays resolved when it comes
 * again.
 */
export async function recordSettlements(
  context: Context,
  tx: Tx,
  settlements: NewSettlement[],
  actor: Actor,
): Promise<Settlement[]> {
  if (settlements.length === 0) return [];
  const now = instant(context);
  const wanted = settlements.map((each) => ({ contents: null, ...each }));
  await takeTurnAtSettlements(tx, wanted);
  const in_force = await lockSettlementsInForce(tx, wanted);
  const former_exceptions = await listExceptionsOfSettlements(
    tx,
    in_force.map(({ id }) => id),
    MOST_COMPARED,
  );
  const kept = new Map<NewSettlement, Settlement>();
  const replaced: { id: string; replaced_by: string }[] = [];
  const rows = wanted.flatMap((each) => {
    const former = in_force.find((one) => isSameDay(one, each));
    const row = makeSettlement(each, context.makeId('st'), now);
    const drafts = draftsOf(each);
    if (former !== undefined) {
      const found = former_exceptions.filter(({ settlement_id }) => settlement_id === former.id);
      if (isSame(former, row, found, drafts)) {
        kept.set(each, former);
        return [];
      }
      replaced.push({ id: former.id, replaced_by: row.id });
    }
    return [{ each, row, drafts }];
  });
  await replaceSettlements(tx, replaced, now);
  await insertSettlements(
    tx,
    rows.map(({ row }) => row),
  );
  await takeExceptionsOfFiles(
    tx,
    rows.flatMap(({ row }) => row.file_id ?? []),
  );
  await insertExceptions(
    tx,
    rows.flatMap(({ row, drafts }) =>
      drafts.map((draft) => makeException({ ...draft, settlement_id: row.id }, context.makeId('rx'), now)),
    ),
  );
  await keepResolved(tx, replaced);
  const ids = rows.map(({ row }) => row.id);
  const counted = await countExceptionsOfSettlements(tx, ids, now);
  const written = new Map(counted.map(({ former_status: _, ...settlement }) => [settlement.id, settlement]));
  const ordered = ids.flatMap((id) => written.get(id) ?? []);
  await bookSettlements(
    context,
    tx,
    ordered,
    in_force.filter(({ id }) => replaced.some((each) => each.id === id)),
  );
  await tellSettlements(context, tx, ordered);
  await insertAuditEntries(
    tx,
    ordered.map((settlement) => auditOf(context, actor, settlement, replaced)),
  );
  return wanted.flatMap(
    (each) => kept.get(each) ?? written.get(rows.find((row) => row.each === each)?.row.id ?? '') ?? [],
  );
}

/** Exceptions that belong to no settlement: an order list's, or money in a file that is nobody's. */
export async function recordExceptions(
  context: Context,
  tx: Tx,
  drafts: ExceptionDraft[],
): Promise<ReconciliationException[]> {
  const now = instant(context);
  const rows = drafts.map((draft) => makeException(draft, context.makeId('rx'), now));
  await insertExceptions(tx, rows);
  const exceptions = rows.map((row) => ({ ...row, adjustment_amount: null }));
  await tellExceptions(context, tx, exceptions);
  return exceptions;
}

/** More than this is not compared: such a settlement counts as a new one. */
const MOST_COMPARED = 10_000;

function draftsOf(settlement: NewSettlement & SettlementKey): ExceptionDraft[] {
  const { exceptions, stated, expected, line, is_summed_up = false } = settlement;
  if (is_summed_up && (exceptions.length > 0 || settlement.file_id !== null)) return exceptions;
  return [...exceptions, ...compareTotals(settlement, stated, expected, line)];
}

function makeSettlement(from: NewSettlement & SettlementKey, id: string, now: string): Settlement {
  const { stated, expected, exceptions: _, is_summed_up: __, ...rest } = from;
  return {
    id,
    ...rest,
    ...stated,
    expected_transaction_count: expected.transaction_count,
    expected_gross_amount: expected.gross_amount,
    expected_refunded_amount: expected.refunded_amount,
    status: 'reconciled',
    replaced_by: null,
    exceptions_count: 0,
    open_exceptions_count: 0,
    created_at: now,
    updated_at: now,
  };
}

const CONTENT = [
  ...['file_id', 'transaction_count', 'gross_amount', 'refunded_amount', 'fees_amount', 'net_amount'],
  ...['expected_transaction_count', 'expected_gross_amount', 'expected_refunded_amount'],
] as (keyof Settlement)[];

/** Whatever it is called and however it came. */
function isSame(
  former: Settlement,
  row: Settlement,
  found: ReconciliationException[],
  drafts: ExceptionDraft[],
): boolean {
  return (
    CONTENT.every((column) => former[column] === row[column]) &&
    found.length === drafts.length &&
    drafts.every((draft) => found.some((one) => isSameFinding(one, draft)))
  );
}

function auditOf(
  context: Context,
  actor: Actor,
  settlement: Settlement,
  replaced: { id: string; replaced_by: string }[],
) {
  const { id, organization_id, livemode, merchant_id, provider, business_date, source, file_name } =
    settlement;
  const former = replaced.find(({ replaced_by }) => replaced_by === id);
  return makeAuditEntry(context, actor, {
    organization_id,
    livemode,
    merchant_id,
    action: 'settlement.recorded',
    object_id: id,
    details: {
      ...{ provider, business_date, source, file_name },
      exceptions_count: settlement.exceptions_count,
      ...(former && { replaces: former.id }),
    },
  });
}
