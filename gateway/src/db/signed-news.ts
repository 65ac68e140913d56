// What providers that cannot be asked have told of an attempt, proven by signature: kept before anything is done about
// it, and for good, because nobody tells it again.
import type { Statement, Tx } from './pool.ts';

export interface SignedNews {
  attempt_id: string;
  /** The same for the same words, whoever brings them. */
  dedupe_key: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  payment_intent_id: string;
  provider: string;
  /** The kind of provider result. */
  result: string;
  /** Minor units as stated, believed or not. Null: no payment, or of an amount that is none. */
  amount: number | null;
  currency: string | null;
  provider_payment_id: string | null;
  received_at: string;
}

const INSERT: Statement = {
  name: 'insert_signed_news',
  text: `insert into signed_news
      (attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id, provider,
       result, amount, currency, provider_payment_id, received_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict (attempt_id, dedupe_key) do nothing`,
};

/** The same news again are no second ones. */
export async function insertSignedNews(tx: Tx, news: SignedNews): Promise<void> {
  const { attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id } = news;
  const { provider, result, amount, currency, provider_payment_id, received_at } = news;
  await tx.query(INSERT, [
    ...[attempt_id, dedupe_key, organization_id, livemode, merchant_id, payment_intent_id],
    ...[provider, result, amount, currency, provider_payment_id, received_at],
  ]);
}
