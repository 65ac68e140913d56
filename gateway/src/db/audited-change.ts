// One change of one row by hand, with what is written beside it: the audit entry, and the mark of the request that
// asked for it. All of it stands in one statement, so that none is there without the others.
import { type AuditEntry, auditParts, hasAuditEntry } from './audit-log.ts';
import { markParts, type RequestMark } from './idempotency-keys.ts';
import { writeOnce } from './lost-answers.ts';
import type { Tx } from './pool.ts';
import { compose, type Part } from './statement-parts.ts';

export interface BesideChange {
  audit: AuditEntry;
  mark: RequestMark | null;
}

/** `part` names the row `changed (id, organization_id, updated_at)`. False when it changed none. */
export async function changeWithAudit(
  tx: Tx,
  id: string,
  part: Part,
  { audit, mark }: BesideChange,
): Promise<boolean> {
  const marks = markParts(mark === null ? [] : [{ change_id: id, mark }]);
  const { statement, values } = compose([part, ...auditParts([audit]), ...marks], 'select 1 from changed');
  const [done] = await writeOnce<true>({
    write: async () => [(await tx.query(statement, values)).length > 0 || null],
    findWritten: async () => [(await hasAuditEntry(tx, audit)) || null],
  });
  return done === true;
}
