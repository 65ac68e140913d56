// What a processor's file of a day has left before it is issued again: the exceptions that belong to no settlement, which
// are found anew, and the merchants that it has settled.
import type { CardBatch } from '../domain/card-batch.ts';
import type { ReconciliationException } from '../domain/reconciliation-exception.ts';
import type { Db, Statement, Tx } from './pool.ts';

type Day = Pick<CardBatch, 'organization_id' | 'livemode' | 'business_date'>;

const OF_DAY = `organization_id = $1 and livemode = $2 and business_date = $3::date and provider = 'SP_NET'
  and source = 'settlement' and settlement_id is null`;

const FORGET: Statement = {
  name: 'forget_open_card_exceptions',
  text: `delete from reconciliation_exceptions where ${OF_DAY} and resolved_at is null`,
};

/** What nobody has resolved yet goes, before it is found again. */
export async function forgetOpenCardExceptions(tx: Tx, day: Day): Promise<void> {
  await tx.query(FORGET, [day.organization_id, day.livemode, day.business_date]);
}

const LIST: Statement = {
  name: 'list_card_exceptions',
  text: `select * from reconciliation_exceptions where ${OF_DAY} order by id collate "C"`,
};

export async function listCardExceptions(db: Db, day: Day): Promise<ReconciliationException[]> {
  return db.query<ReconciliationException>(LIST, [day.organization_id, day.livemode, day.business_date]);
}

const SETTLED: Statement = {
  name: 'list_merchants_settled_by_cards',
  text: `select merchant_id from settlements
    where organization_id = $1 and livemode = $2 and business_date = $3::date and provider = 'SP_NET'
      and currency = 'JPY' and status <> 'replaced' order by merchant_id`,
};

/** Whose settlements of the day are in force. */
export async function listSettledMerchants(db: Db, day: Day): Promise<string[]> {
  const values = [day.organization_id, day.livemode, day.business_date];
  return (await db.query<{ merchant_id: string }>(SETTLED, values)).map(({ merchant_id }) => merchant_id);
}
