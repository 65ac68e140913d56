// An organization begins here: the operator makes it, and everything else belongs to it.
import type { Context } from '../context.ts';
import { insertOrganization } from '../db/organizations.ts';
import { type Actor, makeAuditEntry, SYSTEM } from './audit.ts';

export async function createOrganization(
  context: Context,
  name: string,
  actor: Actor = SYSTEM,
): Promise<{ id: string }> {
  const id = context.makeId('org');
  const audit = makeAuditEntry(context, actor, {
    organization_id: id,
    livemode: null,
    action: 'organization.created',
    object_id: id,
    details: { name },
  });
  await insertOrganization(context.db, { id, name, created_at: audit.created_at }, audit);
  return { id };
}
