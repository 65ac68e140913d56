// One page of a list, and where the next one begins.

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
