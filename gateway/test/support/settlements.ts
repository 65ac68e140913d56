// Settlements for tests: recorded as whoever reads a provider's file does it, in a transaction of its own.
import { SYSTEM } from '../../src/application/audit.ts';
import { type NewSettlement, recordSettlements } from '../../src/application/settlements.ts';
import type { Settlement, StatedTotals } from '../../src/domain/settlement.ts';
import type { Json } from './client.ts';
import type { TestGateway } from './gateway.ts';

export const BUSINESS_DATE = '2026-01-14';

/** 245 payments, as the card processor's own example has them. */
export const STATED: StatedTotals = {
  transaction_count: 245,
  gross_amount: 12_500_000,
  refunded_amount: 0,
  fees_amount: 125_000,
  net_amount: 12_375_000,
};

export function newSettlement(
  { organization_id }: TestGateway,
  changes: Partial<NewSettlement> = {},
): NewSettlement {
  const { transaction_count, gross_amount, refunded_amount } = STATED;
  return {
    ...{ organization_id, livemode: false, merchant_id: 'merchant_001', provider: 'SP_NET', account: null },
    ...{
      business_date: BUSINESS_DATE,
      currency: 'JPY',
      source: 'file',
      file_name: 'settlement_20260114.csv',
    },
    ...{ file_id: null, card_batch_id: null, line: 2, stated: STATED },
    expected: { transaction_count, gross_amount, refunded_amount },
    exceptions: [],
    ...changes,
  };
}

/** Given another amount here than there. */
export const expecting = (gross_amount: number): Partial<NewSettlement> => ({
  expected: { transaction_count: 245, gross_amount, refunded_amount: 0 },
});

export function record({ context }: TestGateway, ...settlements: NewSettlement[]): Promise<Settlement[]> {
  return context.db.withTransaction((tx) => recordSettlements(context, tx, settlements, SYSTEM));
}

export async function recordOne(
  gateway: TestGateway,
  changes: Partial<NewSettlement> = {},
): Promise<Settlement> {
  const [settlement] = await record(gateway, newSettlement(gateway, changes));
  if (settlement === undefined) throw new Error('nothing was recorded');
  return settlement;
}

/** The settlements in force, oldest first: whose, of which day, what is stated and what we have, and the status. */
export async function settlementsOf({ client }: TestGateway): Promise<string[]> {
  const { json } = await client.get('/v1/settlements?limit=100');
  return (json as Json[])
    .filter(({ status }) => status !== 'replaced')
    .map((each) => {
      const sums = (prefix: string) =>
        ['transaction_count', 'gross_amount', 'refunded_amount'].map((name) => each[prefix + name]).join('/');
      return `${each['business_date']} ${each['merchant_id']} ${sums('')} ${sums('expected_')} ${each['status']}`;
    })
    .sort();
}

/** What was told, oldest first: the type, and the id of what it tells of. */
export async function toldOfSettlements({ client }: TestGateway): Promise<string[]> {
  const { json } = await client.get('/v1/events?type=settlement.*&limit=100');
  return (json as { type: string; data: { object: Json } }[])
    .map(({ type, data }) => `${type} ${data.object['id']}`)
    .reverse();
}

/** The open exceptions, as the API lists them, newest first. */
export async function openExceptions({ client }: TestGateway, filter = ''): Promise<Json[]> {
  const { json } = await client.get(`/v1/reconciliation_exceptions?status=open&limit=100${filter}`);
  return json as Json[];
}

/** What the books have of settlements and decisions, in words. */
export async function booked({ query }: TestGateway): Promise<string[]> {
  const rows = await query<Record<'kind' | 'debit_account' | 'credit_account' | 'amount' | 'day', string>>(
    `select kind, debit_account, credit_account, amount::text, business_date::text as day from book_entries
     where kind in ('fee', 'settlement', 'fee_reversal', 'settlement_reversal', 'adjustment')
     order by created_at, kind, amount`,
  );
  return rows.map(
    (row) => `${row.kind} ${row.debit_account} from ${row.credit_account} ${row.amount} on ${row.day}`,
  );
}
