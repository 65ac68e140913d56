// The books as tests read them: entries as lines that a person can type, and whether they agree with the payments.
import assert from 'node:assert/strict';
import { checkBooks } from '../../src/application/books.ts';
import type { TestGateway } from './gateway.ts';

type Asked = Pick<TestGateway, 'query' | 'context'>;

/** kind, debit, credit, amount, tax, provider: of one payment, in the order in which they were booked. */
export async function bookedOf(gateway: Asked, intent: { id: string }): Promise<string[]> {
  const rows = await gateway.query<{ line: string }>(
    `select concat_ws(' ', kind, debit_account, credit_account, amount, tax_amount, provider) as line
     from book_entries where payment_intent_id = $1
     order by xmin::text::bigint, kind collate "C"`,
    [intent.id],
  );
  return rows.map(({ line }) => line);
}

export async function assertBooksAgree(gateway: Asked): Promise<void> {
  const { disagreements } = await checkBooks(gateway.context, { book_missing: false });
  assert.deepEqual(disagreements, []);
}
