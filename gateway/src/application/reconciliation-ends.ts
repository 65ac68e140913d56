// The end of an import, in one transaction: the file takes the place of an earlier one of the same day, and what it, or
// a neighbour that waited for it, should have and has not is written down. Near midnight a payment can stand in either
// of two files, so it is missing only when every file that could have it is there.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import type { Tx } from '../db/pool.ts';
import {
  deleteOldMatches,
  explainMissing,
  hastenLookUpsOfExceptions,
  insertExceptions,
  type MissingRow,
} from '../db/reconciliation-exceptions.ts';
import {
  finishReconciliationFile,
  type ReplacedFile,
  reopenUnexplained,
  replaceFormerFiles,
  takeTurnAtAccount,
  updateExceptionCounts,
} from '../db/reconciliation-files.ts';
import {
  type Candidate,
  listPaidCandidates,
  listRefundedCandidates,
  type MissingSearch,
} from '../db/reconciliation-matching.ts';
import { lockSettlementsOfFormerFiles } from '../db/settlements.ts';
import { GatewayError } from '../domain/error.ts';
import { ID_LEAD_MS, makeIdBound } from '../domain/id.ts';
import { BY_ITSELF, makeException, type NewException } from '../domain/reconciliation-exception.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { type OwnPart, TOLERANCE_MS } from './reconciliation-matches.ts';
import { settleFiles } from './reconciliation-settlements.ts';

/** A refund that the provider did not settle in so many days was decided by a person. */
const SLOWEST_REFUND_MS = 8 * 86_400_000;
const BATCH = 500;

/** The file that ends: its account, its contents and its period. */
type Whole = Omit<MissingSearch, 'organization_id' | 'tolerance_ms'>;
type Told = { file_name: string; source: string };

/** From here on the file counts: in place of a former one, with what is missing in it, and with its audit entries. */
export function finishImport(
  context: Context,
  parts: OwnPart[],
  whole: Whole,
  told: Told,
  actor: Actor,
  now: string,
): Promise<ReplacedFile[]> {
  if (parts.length === 0) return Promise.resolve([]);
  return context.db.withTransaction((tx) => finish(context, tx, parts, whole, told, actor, now));
}

async function finish(
  context: Context,
  tx: Tx,
  parts: OwnPart[],
  search: Whole,
  { file_name, source }: Told,
  actor: Actor,
  now: string,
): Promise<ReplacedFile[]> {
  const ids = parts.map(({ file_id }) => file_id);
  await takeTurnAtAccount(tx, search.provider, search.account);
  const former = await lockSettlementsOfFormerFiles(tx, ids);
  const missing = await reopenUnexplained(tx, ids);
  const replaced = await replaceFormerFiles(tx, ids);
  const touched = new Set(ids);
  for (const { file_id, organization_id, counts } of parts) {
    const is_ours = await finishReconciliationFile(
      tx,
      { id: file_id, received_at: now },
      counts,
      instant(context),
    );
    if (!is_ours) throw new GatewayError('conflict', 'Somebody else has taken this import over.');
    const own_search = { ...search, organization_id, tolerance_ms: TOLERANCE_MS };
    for (const row of await insertMissing(context, tx, own_search, now)) {
      touched.add(row.file_id);
      missing.push(row);
    }
    const replaced_file = replaced.find(({ by }) => by === file_id);
    await insertAuditEntry(
      tx,
      makeAuditEntry(context, actor, {
        organization_id,
        livemode: search.livemode,
        action: 'reconciliation_file.imported',
        object_id: file_id,
        details: {
          provider: search.provider,
          account: search.account,
          file_name,
          source,
          ...counts,
          ...(replaced_file && { replaces: replaced_file.id }),
        },
      }),
    );
  }
  const explained = await explainMissing(tx, ids, now, BY_ITSELF);
  await settleFiles(context, tx, { parts, former, missing, explained }, actor);
  await updateExceptionCounts(tx, [...touched]);
  await hastenLookUpsOfExceptions(tx, now, [...touched]);
  return replaced;
}

/** Writes what no file has that should. It may belong to the file of a neighbouring day, which waited for this one. */
async function insertMissing(
  context: Context,
  tx: Tx,
  search: MissingSearch,
  now: string,
): Promise<MissingRow[]> {
  const ids = {
    from: makeIdBound('re', Date.parse(search.from) - SLOWEST_REFUND_MS),
    to: makeIdBound('re', Date.parse(search.to) + TOLERANCE_MS + ID_LEAD_MS),
  };
  const found: MissingRow[] = [];
  const listers = [
    (after: Candidate | null) => listPaidCandidates(tx, search, after, BATCH),
    (after: Candidate | null) => listRefundedCandidates(tx, search, ids, after, BATCH),
  ];
  for (const list of listers) {
    let last: Candidate | null = null;
    for (;;) {
      const page: Candidate[] = await list(last);
      const missing = page.flatMap((each) => missingException(context, search, each, now) ?? []);
      await insertExceptions(tx, missing);
      found.push(...missing.flatMap((each) => asMissingRow(each) ?? []));
      last = page.at(-1) ?? null;
      if (last === null || page.length < BATCH) break;
    }
  }
  return found;
}

function asMissingRow({
  file_id,
  merchant_id,
  currency,
  refund_id,
  amount_here,
}: NewException): MissingRow | null {
  if (file_id === null || merchant_id === null || amount_here === null) return null;
  return { file_id, merchant_id, currency, refund_id, amount_here };
}

function missingException(
  context: Context,
  { provider, livemode }: MissingSearch,
  candidate: Candidate,
  now: string,
): NewException | null {
  const { object_id, file_id, business_date, is_missing, amount, status, ...ours } = candidate;
  if (!is_missing || file_id === null || business_date === null) return null;
  const draft = {
    livemode,
    source: 'file' as const,
    kind: 'missing_there' as const,
    provider,
    business_date,
    file_id,
    ...ours,
    provider_reference: object_id,
    amount_here: amount,
    status_here: status,
  };
  return makeException(draft, context.makeId('rx'), now);
}

/** Marks of what was found serve the days beside it, and whoever looks back: for as long as events do. */
export function purgeMatches(context: Context, limit: number): Promise<number> {
  const oldest_ms = context.now() - context.config.retention_days * 86_400_000;
  return deleteOldMatches(context.db, makeIdBound('rf', oldest_ms), limit);
}
