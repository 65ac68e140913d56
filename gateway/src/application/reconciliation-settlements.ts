// Makes settlements of a file's lines, one for each merchant: what the lines come to, beside what of ours they are about
// and what they should have had. A neighbouring day's settlement changes where only now it is known what it lacked.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { Tx } from '../db/pool.ts';
import {
  listExceptionsOfNoMerchant,
  listResolvedMissing,
  type MissingRow,
} from '../db/reconciliation-exceptions.ts';
import { findReconciliationFile, type ReconciliationFile } from '../db/reconciliation-files.ts';
import {
  addExpected,
  countExceptionsOfSettlements,
  type Expectation,
  takeExceptionsOfFiles,
} from '../db/settlements.ts';
import { addTo, type Settlement, type Tallies, type Tally, tallyOf } from '../domain/settlement.ts';
import type { Actor } from './audit.ts';
import type { OwnPart } from './reconciliation-matches.ts';
import { MOST_TOLD, tellExceptions, tellSettlements } from './settlement-events.ts';
import { type NewSettlement, recordSettlements } from './settlements.ts';

export interface FoundByImport {
  parts: OwnPart[];
  /** The settlements of the same day that were in force. */
  former: Settlement[];
  /** What no file has, each under the file that should have had it. */
  missing: MissingRow[];
  /** What was missing in files of other days and stands in this one. */
  explained: MissingRow[];
}

export async function settleFiles(
  context: Context,
  tx: Tx,
  found: FoundByImport,
  actor: Actor,
): Promise<void> {
  const own = found.parts.map(({ file_id }) => file_id);
  const known_missing = await listResolvedMissing(tx, own);
  const settlements: NewSettlement[] = [];
  for (const { file_id, organization_id, tallies } of found.parts) {
    const file = await getFile(tx, file_id);
    for (const row of [...found.missing, ...known_missing]) {
      if (row.file_id === file_id)
        addTo(tallyOf(tallies, row.merchant_id, row.currency).expected, ...whatOf(row));
    }
    // A merchant of whom the file before told has none of its lines any more: that is told as well.
    for (const former of found.former.filter((each) => each.organization_id === organization_id))
      tallyOf(tallies, former.merchant_id, former.currency);
    for (const tally of tallies.values()) settlements.push(settlementOf(file, tally));
  }
  await settleNeighbours(context, tx, found, own, settlements);
  await recordSettlements(context, tx, settlements, actor);
  await tellExceptions(context, tx, await listExceptionsOfNoMerchant(tx, own, MOST_TOLD));
}

/** What a file of another day should have had after all, and what it need not have. */
async function settleNeighbours(
  context: Context,
  tx: Tx,
  { missing, explained }: FoundByImport,
  own: string[],
  settlements: NewSettlement[],
): Promise<void> {
  const by_file = new Map<string, Tallies>();
  const add = (row: MissingRow, sign: 1 | -1) => {
    if (own.includes(row.file_id)) return;
    const tallies = by_file.get(row.file_id) ?? new Map();
    by_file.set(row.file_id, tallies);
    const { expected, stated } = tallyOf(tallies, row.merchant_id, row.currency);
    // What is taken away is kept on the other side until both are put together.
    addTo(sign === 1 ? expected : stated, ...whatOf(row));
  };
  for (const row of missing) add(row, 1);
  for (const row of explained) add(row, -1);
  const expectations = [...by_file].flatMap(([file_id, tallies]) =>
    [...tallies.values()].map(
      (tally): Expectation => ({
        file_id,
        merchant_id: tally.merchant_id,
        currency: tally.currency,
        transaction_count: tally.expected.transaction_count - tally.stated.transaction_count,
        gross_amount: tally.expected.gross_amount - tally.stated.gross_amount,
        refunded_amount: tally.expected.refunded_amount - tally.stated.refunded_amount,
      }),
    ),
  );
  if (expectations.length === 0) return;
  const changed = await addExpected(tx, expectations);
  await takeExceptionsOfFiles(tx, [...by_file.keys()]);
  const ids = changed.map(({ id }) => id);
  const counted = await countExceptionsOfSettlements(tx, ids, instant(context));
  const turned = counted.filter(({ status, former_status }) => status !== former_status);
  await tellSettlements(
    context,
    tx,
    turned.map(({ former_status: _, ...settlement }) => settlement),
  );
  // A merchant of whom that day's file has no line at all gets a settlement of nothing.
  for (const each of expectations) {
    const { file_id, merchant_id, currency } = each;
    const has_one = changed.some(
      (one) => one.file_id === file_id && one.merchant_id === merchant_id && one.currency === currency,
    );
    if (has_one) continue;
    const file = await getFile(tx, file_id);
    const nothing = tallyOf(new Map(), merchant_id, currency);
    if (file.is_settled) settlements.push(settlementOf(file, { ...nothing, expected: each }));
  }
}

const whatOf = ({ refund_id, amount_here }: MissingRow) =>
  [refund_id === null ? 'payment' : 'refund', amount_here] as const;

async function getFile(tx: Tx, id: string): Promise<ReconciliationFile> {
  const file = await findReconciliationFile(tx, id);
  if (file === null) throw new Error(`there is no reconciliation file ${id}`);
  return file;
}

function settlementOf(
  {
    id,
    organization_id,
    livemode,
    provider,
    account,
    contents,
    business_date,
    source,
    file_name,
  }: ReconciliationFile,
  { merchant_id, currency, stated, expected }: Tally,
): NewSettlement {
  return {
    ...{ organization_id, livemode, merchant_id, provider, account, contents, business_date, currency },
    source: source === 'by_hand' ? 'by_hand' : 'file',
    file_name,
    file_id: id,
    card_batch_id: null,
    line: null,
    // These files know of no fees.
    stated: { ...stated, fees_amount: null, net_amount: null },
    expected,
    exceptions: [],
    is_summed_up: true,
  };
}
