// What people and metrics see of reconciliations: the files, newest first, the exceptions of one, and how many are
// open over all.
import type { Context } from '../context.ts';
import {
  countAllOpenExceptions,
  type ExceptionFilter,
  findException,
  listExceptions,
  listExceptionsOfFile,
} from '../db/reconciliation-exceptions.ts';
import {
  findReconciliationFile,
  listReconciliationFiles,
  type ReconciliationFile,
} from '../db/reconciliation-files.ts';
import { GatewayError } from '../domain/error.ts';
import { exceptionResource, type ReconciliationException } from '../domain/reconciliation-exception.ts';
import type { KeyCaller } from './callers.ts';
import { makePage, merchantWanted, type Page } from './pages.ts';
import { admitToException } from './reconciliation-decisions.ts';

/** A file as it is shown: the fingerprint in hex. */
export type ShownFile = Omit<ReconciliationFile, 'sha256'> & {
  object: 'reconciliation_file';
  sha256: string;
};

const show = ({ id, ...file }: ReconciliationFile): ShownFile => ({
  id,
  object: 'reconciliation_file',
  ...file,
  sha256: file.sha256.toString('hex'),
});

/** By the operator, who sees those of all organizations or of one. */
export async function listReconciliations(
  context: Context,
  limit: number,
  organization_id: string | null,
): Promise<ShownFile[]> {
  return (await listReconciliationFiles(context.db, limit, organization_id)).map(show);
}

export interface ShownReconciliation {
  file: ShownFile;
  exceptions: ReconciliationException[];
  has_more: boolean;
}

export async function getReconciliation(
  context: Context,
  id: string,
  limit: number,
): Promise<ShownReconciliation> {
  const file = await findReconciliationFile(context.db, id);
  if (file === null) throw new GatewayError('not_found', 'There is no reconciliation file with this id.');
  const found = await listExceptionsOfFile(context.db, id, limit + 1);
  return { file: show(file), exceptions: found.slice(0, limit), has_more: found.length > limit };
}

export async function measureExceptions({ db, metrics }: Context): Promise<void> {
  metrics.reconciliation_exceptions.set(await countAllOpenExceptions(db));
}

export type ExceptionQuery = Omit<ExceptionFilter, 'organization_id' | 'livemode'>;

/** A key that is narrowed to a merchant sees that merchant's; what is nobody's is the organization's. */
export async function listExceptionResources(
  context: Context,
  caller: KeyCaller,
  query: ExceptionQuery,
  limit: number,
): Promise<Page> {
  const { organization_id, livemode } = caller;
  const merchant_id = merchantWanted(caller, query.merchant_id ?? null);
  const filter = { ...query, organization_id, livemode, merchant_id };
  return makePage(await listExceptions(context.db, filter, limit + 1), limit, exceptionResource);
}

export async function retrieveException(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<Record<string, unknown>> {
  return exceptionResource(admitToException(caller, await findException(context.db, id)));
}

/** By the operator, who sees those of all organizations or of one. */
export async function listAllExceptions(
  context: Context,
  wanted: Pick<ExceptionFilter, 'organization_id' | 'status'>,
  limit: number,
): Promise<ReconciliationException[]> {
  return listExceptions(context.db, wanted, limit);
}
