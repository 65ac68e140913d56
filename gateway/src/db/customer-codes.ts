// The hashes of scanned codes. That a code pays one attempt only is what a unique index makes true; here is its name,
// and how they are forgotten.
import type { Statement, Tx } from './pool.ts';

export const CUSTOMER_CODE_CONSTRAINT = 'payment_attempts_one_per_customer_code';

const PURGE: Statement = {
  name: 'purge_customer_codes',
  text: `with old as (
      select id from payment_attempts where customer_code_hash is not null and created_at < $1
      order by created_at limit $2 for update skip locked
    ), forgotten as (
      update payment_attempts a set customer_code_hash = null from old where a.id = old.id returning 1
    )
    select count(*)::int as forgotten from forgotten`,
};

/** A batch of those that are older; how many went. The attempts themselves stay as they are. */
export async function forgetCustomerCodes(tx: Tx, before: string, limit: number): Promise<number> {
  return (await tx.query<{ forgotten: number }>(PURGE, [before, limit]))[0]?.forgotten ?? 0;
}
