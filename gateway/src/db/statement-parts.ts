// Statements put together from the parts that their rows need. PostgreSQL starts up every part of a statement
// whether it has something to do or not, so what no row has is not there. Each combination is one named
// statement, prepared once on each connection; rows travel as one array for each column.
import type { Statement } from './pool.ts';

/** A common table expression. Its parameters count from $1; they are moved on when it is put in its place. */
export interface Part {
  name: string;
  text: string;
  values: unknown[];
}

const statements = new Map<string, Statement>();

/** The statement of these parts, which ends in `tail`. A part may read those before it. */
export function compose(parts: Part[], tail: string): { statement: Statement; values: unknown[] } {
  const names = parts.map((part) => part.name).join('+');
  let statement = statements.get(names);
  if (statement === undefined) {
    let before = 0;
    const expressions = parts.map(({ text, values }) => {
      const moved = text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`);
      before += values.length;
      return moved;
    });
    // PostgreSQL cuts longer names, and would take two statements that begin alike for one.
    const name = names.length <= 63 ? names : `${names.slice(0, 56)}_${statements.size}`;
    statement = { name, text: `with ${expressions.join(',\n')}\n${tail}` };
    statements.set(names, statement);
  }
  return { statement, values: parts.flatMap((part) => part.values) };
}

/** Columns of a table with their types. */
export type Columns<Row> = { readonly [column in keyof Row]-?: string };

/**
 * What a set of columns is in SQL. `rows` is a source `r` of rows from one array parameter for each column;
 * `selected` reads them, `assignments` sets them, and `values` makes the parameters.
 */
export function describeColumns<const C extends Record<string, string>>(columns: C) {
  const names = Object.keys(columns) as (keyof C & string)[];
  const read = (name: keyof C & string) =>
    isNested(columns[name]) ? `r.${name}::${columns[name]}` : `r.${name}`;
  const arrays = names.map(
    (name, index) => `$${index + 1}::${isNested(columns[name]) ? 'text' : columns[name]}[]`,
  );
  return {
    names: names.join(', '),
    rows: `unnest(${arrays.join(', ')}) as r (${names.join(', ')})`,
    selected: names.map(read).join(', '),
    assignments: names.map((name) => `${name} = ${read(name)}`).join(', '),
    takeNew: names.map((name) => `${name} = excluded.${name}`).join(', '),
    values: (rows: Record<keyof C, unknown>[]): unknown[][] =>
      names.map((name) => rows.map((row) => asElement(columns[name], row[name]))),
  };
}

/** Arrays have no arrays of different lengths as elements, and JSON must not be taken for one: both go as text. */
function isNested(type: string | undefined): boolean {
  return type === 'json' || type?.endsWith('[]') === true;
}

function asElement(type: string | undefined, value: unknown): unknown {
  if (value === null || !isNested(type)) return value;
  if (type === 'json') return JSON.stringify(value);
  return `{${(value as string[]).map((element) => JSON.stringify(element)).join(',')}}`;
}

const COMPARISONS: Record<string, (place: string) => string> = {
  business_date_gte: (place) => `business_date >= ${place}::date`,
  business_date_lte: (place) => `business_date <= ${place}::date`,
  starting_after: (place) => `id collate "C" < ${place}`,
};

/**
 * The conditions of those filters that are given, with parameters from $2 on: columns that must be equal, days, and the
 * place in a list that goes down by id. Each combination needs a name of its own, because one plan serves only one; it
 * comes from the order of `filters`, which must be the same at every call.
 */
export function narrowList<Filter extends object>(
  filters: readonly (keyof Filter & string)[],
  filter: Filter,
) {
  const given = filters.filter((name) => (filter[name] ?? null) !== null);
  const conditions = given.map((name, index) => {
    const place = `$${index + 2}`;
    return ` and ${COMPARISONS[name]?.(place) ?? `${name} = ${place}`}`;
  });
  return {
    name: given.map((name) => filters.indexOf(name).toString(36)).join(''),
    conditions: conditions.join(''),
    values: given.map((name) => filter[name] as unknown),
  };
}
