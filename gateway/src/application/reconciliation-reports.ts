// What people and metrics see of reconciliations: the files, newest first, the exceptions of one, and how many are
// open over all.
import type { Context } from '../context.ts';
import { countAllOpenExceptions, listExceptions } from '../db/reconciliation-exceptions.ts';
import {
  findReconciliationFile,
  listReconciliationFiles,
  type ReconciliationFile,
} from '../db/reconciliation-files.ts';
import { GatewayError } from '../domain/error.ts';
import type { ReconciliationException } from '../domain/reconciliation-exception.ts';

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
  const found = await listExceptions(context.db, id, limit + 1);
  return { file: show(file), exceptions: found.slice(0, limit), has_more: found.length > limit };
}

export async function measureExceptions({ db, metrics }: Context): Promise<void> {
  metrics.reconciliation_exceptions.set(await countAllOpenExceptions(db));
}
