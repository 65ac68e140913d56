// One page of a list, whose it may be of, and where the next one begins.
import { GatewayError } from '../domain/error.ts';
import type { KeyCaller } from './callers.ts';

export interface Page {
  page: object[];
  /** The id after which the next page begins; null when this is the last one. */
  next_after: string | null;
}

/** From rows of which one more than `limit` was asked for: whether it came says whether there is a next page. */
export function makePage<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  resourceOf: (row: Row) => object,
): Page {
  const page = rows.slice(0, limit);
  return {
    page: page.map(resourceOf),
    next_after: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** A key that acts for one merchant lists only what is that merchant's. */
export function merchantWanted(caller: KeyCaller | null, wanted: string | null): string | null {
  const merchant_id = caller?.merchant_id ?? wanted;
  if (wanted === null || wanted === merchant_id) return merchant_id;
  throw new GatewayError('forbidden', 'This key acts for another merchant.', { field: 'merchant_id' });
}
