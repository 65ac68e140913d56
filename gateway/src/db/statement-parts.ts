// Statements put together from the parts that a change has. PostgreSQL starts up every part of a statement
// whether it has something to do or not, so what a change does not have is not there. Each combination is one
// named statement, prepared once on each connection.
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
  const name = parts.map((part) => part.name).join('+');
  let statement = statements.get(name);
  if (statement === undefined) {
    let before = 0;
    const expressions = parts.map(({ text, values }) => {
      const moved = text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`);
      before += values.length;
      return moved;
    });
    statement = { name, text: `with ${expressions.join(',\n')}\n${tail}` };
    statements.set(name, statement);
  }
  return { statement, values: parts.flatMap((part) => part.values) };
}

/** Columns of a table with their types. */
export type Columns<Row> = { readonly [column in keyof Row]-?: string };

/** What a set of columns is in SQL: `id, amount, …` and `$1::text, $2::bigint, …`; and how a row gives its values. */
export function describeColumns<const C extends Record<string, string>>(columns: C, first = 1) {
  const names = Object.keys(columns) as (keyof C & string)[];
  // The types are written out, because a select list does not tell them.
  const places = names.map((name, index) => `$${first + index}::${columns[name]}`);
  return {
    names: names.join(', '),
    places: places.join(', '),
    assignments: names.map((name, index) => `${name} = ${places[index]}`).join(', '),
    takeNew: names.map((name) => `${name} = excluded.${name}`).join(', '),
    values: (row: Record<keyof C, unknown>): unknown[] => names.map((name) => row[name]),
  };
}
