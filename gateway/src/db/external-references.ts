// The references of payments at external terminals. That one pays one intent only is what a unique index makes true;
// here is its name, and who holds a reference already.
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Db, Statement } from './pool.ts';

export const REFERENCE_CONSTRAINT = 'payment_attempts_one_per_reference';

// The condition is the index's own, word for word, so that the index answers.
const FIND_HOLDER: Statement = {
  name: 'find_holder_of_external_reference',
  text: `select p.* from payment_attempts a join payment_intents p on p.id = a.payment_intent_id
    where a.organization_id = $1 and a.livemode = $2 and a.merchant_id = $3 and a.external_ref_id = $4
      and a.adapter = 'TERMINAL' and a.external_ref_id is not null
      and a.status in ('authorized', 'paid', 'unknown') and not a.repeats_reference`,
};

/** The intent that a terminal's reference has paid, or holds money for. */
export async function findHolderOfReference(
  db: Db,
  attempt: Pick<Attempt, 'organization_id' | 'livemode' | 'merchant_id' | 'external_ref_id'>,
): Promise<PaymentIntent | null> {
  const { organization_id, livemode, merchant_id, external_ref_id } = attempt;
  const values = [organization_id, livemode, merchant_id, external_ref_id];
  return (await db.query<PaymentIntent>(FIND_HOLDER, values))[0] ?? null;
}
