// Accounting exports as a backend or an operator asks for them: run again, listed, shown, and their files read.
import type { Readable } from 'node:stream';
import type { Context } from '../context.ts';
import { type ExportOwner, listOwnersOfMerchant } from '../db/accounting-export-configs.ts';
import {
  type AccountingExportFilter,
  findAccountingExport,
  listAccountingExports,
  listAllAccountingExports,
} from '../db/accounting-export-lists.ts';
import { findMerchant } from '../db/merchant-lists.ts';
import { type AccountingExport, accountingExportResource } from '../domain/accounting-export.ts';
import { GatewayError } from '../domain/error.ts';
import { bringToArchive } from './accounting-export-attempts.ts';
import { openArchived } from './accounting-export-files.ts';
import { askForExports, listWantedFiles, type WantedExport } from './accounting-exports.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, answerInTransaction } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import type { ChangeOrigin } from './webhook-endpoints.ts';

/** The worker makes them; the answer says which they are. */
export async function requestAccountingExports(
  context: Context,
  caller: KeyCaller,
  wanted: Omit<WantedExport, 'organization_id' | 'livemode'>,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  const { organization_id, livemode } = caller;
  if ((await findMerchant(context.db, organization_id, livemode, wanted.merchant_id)) === null) {
    throw new GatewayError('not_found', 'There is no merchant with this id.', { field: 'merchant_id' });
  }
  const whole = { ...wanted, organization_id, livemode };
  const keys = await listWantedFiles(context, whole);
  const answer = await answerInTransaction(context, mark, organization_id, async (tx) => {
    const rows = await askForExports(context, tx, whole, keys, actor);
    return jsonAnswer(202, rows.map(accountingExportResource));
  });
  context.wakeWorker?.('accounting_exports');
  return answer;
}

export async function listAccountingExportResources(
  context: Context,
  caller: KeyCaller,
  filter: AccountingExportFilter,
  limit: number,
): Promise<Page> {
  const rows = await listAccountingExports(context.db, caller, filter, limit + 1);
  return makePage(rows, limit, accountingExportResource);
}

/** By the operator, who sees those of all organizations or of one. */
export async function listExportsOfAll(
  context: Context,
  organization_id: string | null,
  merchant_id: string | null,
  limit: number,
): Promise<AccountingExport[]> {
  return listAllAccountingExports(context.db, organization_id, merchant_id, limit);
}

/** Without a caller by the operator. Another organization's does not exist for a caller. */
export async function getAccountingExport(
  context: Context,
  caller: KeyCaller | null,
  id: string,
): Promise<AccountingExport> {
  const row = await findAccountingExport(context.db, id);
  const is_theirs =
    caller === null || (row?.organization_id === caller.organization_id && row.livemode === caller.livemode);
  if (row === null || !is_theirs)
    throw new GatewayError('not_found', 'There is no accounting export with this id.');
  return row;
}

/** The file as it was sent, byte for byte. */
export async function openAccountingExportFile(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<{ row: AccountingExport; open(): Readable }> {
  const row = await getAccountingExport(context, caller, id);
  if (await bringToArchive(context, row)) return { row, open: () => openArchived(context, row) };
  throw new GatewayError(
    'conflict',
    row.sha256 === null
      ? 'The file has not been made yet.'
      : 'The file is no longer in the archive, and the books say something else by now. Run the export again.',
    { status: row.status },
  );
}

/** Whose merchant it is: at the command line the organization is named only where several have one of this name. */
export async function getOwnerOfMerchant(
  context: Context,
  merchant_id: string,
  livemode: boolean,
  organization_id: string | null,
): Promise<ExportOwner> {
  const [owner, another] = await listOwnersOfMerchant(context.db, merchant_id, livemode, organization_id);
  const mode = livemode ? 'live' : 'test';
  if (owner === undefined)
    throw new GatewayError('not_found', `There is no ${mode} merchant ${merchant_id}.`);
  if (another === undefined) return owner;
  throw new GatewayError(
    'invalid_request',
    `Several organizations have a merchant ${merchant_id}. Say which with --organization.`,
  );
}
