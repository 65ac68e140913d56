// The columns whose values stay sealed for as long as their rows live, read and exchanged by the key that sealed
// them. Stored answers are not among them: they are forgotten after a day.
import type { Db, Statement, Tx } from './pool.ts';

/** A column, and the primary key of its table with types. `test/master-key.test.ts` holds the list to the schema. */
export const SEALED_COLUMNS = {
  api_keys: { column: 'secret_sealed', key: { id: 'text' } },
  payment_processor_configs: {
    column: 'credentials_sealed',
    key: { organization_id: 'text', livemode: 'boolean', merchant_store_id: 'text', provider: 'text' },
  },
  former_processor_configs: {
    column: 'credentials_sealed',
    key: {
      organization_id: 'text',
      livemode: 'boolean',
      merchant_store_id: 'text',
      provider: 'text',
      account: 'text',
    },
  },
  webhook_endpoints: { column: 'secret_sealed', key: { id: 'text' } },
  card_processor_connections: {
    column: 'password_sealed',
    key: { organization_id: 'text', livemode: 'boolean' },
  },
  accounting_export_configs: {
    column: 'credentials_sealed',
    key: { organization_id: 'text', livemode: 'boolean', merchant_id: 'text' },
  },
} as const satisfies Record<string, { column: string; key: Record<string, string> }>;

export type SealedTable = keyof typeof SEALED_COLUMNS;
export const SEALED_TABLES = Object.keys(SEALED_COLUMNS) as SealedTable[];

export interface SealedValue {
  /** The primary key of the row, in the order of its columns. */
  row: unknown[];
  sealed: Buffer;
}

/** Bytes 2 to 9 of a box name its key; an index of each column walks by them. */
const keyOf = (column: string) => `substring(${column} from 2 for 8)`;

type StatementName = 'first' | 'next' | 'update' | 'count' | 'any' | 'used';

const statements = Object.fromEntries(
  SEALED_TABLES.map((table) => {
    const { column, key } = SEALED_COLUMNS[table];
    const names = Object.keys(key);
    const types = Object.values(key);
    const after = types.map((type, at) => `$${at + 3}::${type}`).join(', ');
    const unnested = types.map((type, at) => `$${at + 1}::${type}[]`).join(', ');
    const [old_values, new_values] = [types.length + 1, types.length + 2];
    const same_row = names.map((name) => `t.${name} = r.${name}`).join(' and ');
    const list = (where: string) =>
      `select ${names.join(', ')}, ${column} as sealed from ${table}
       where ${keyOf(column)} = $1 ${where} order by ${names.join(', ')} limit $2`;
    return [
      table,
      {
        first: { name: `list_first_sealed_${table}`, text: list('') },
        next: { name: `list_sealed_${table}`, text: list(`and (${names.join(', ')}) > (${after})`) },
        // Whoever changes a row at this moment seals it anew himself. Not waiting for him, we are in nobody's way.
        update: {
          name: `update_sealed_${table}`,
          text: `with free as (
              select ${names.map((name) => `t.${name}`).join(', ')}, r.fresh
              from unnest(${unnested}, $${old_values}::bytea[], $${new_values}::bytea[])
                as r (${names.join(', ')}, old, fresh)
              join ${table} t on ${same_row} and t.${column} = r.old
              for update of t skip locked
            )
            update ${table} t set ${column} = r.fresh from free r where ${same_row} returning 1`,
        },
        count: {
          name: `count_sealed_${table}`,
          text: `select ${keyOf(column)} as key_id, count(*) as count from ${table} group by 1`,
        },
        any: {
          name: `find_key_of_${table}`,
          text: `select ${keyOf(column)} as key_id from ${table} limit 1`,
        },
        used: {
          name: `find_use_of_key_in_${table}`,
          text: `select 1 from ${table} where ${keyOf(column)} = $1 limit 1`,
        },
      },
    ];
  }),
) as Record<SealedTable, Record<StatementName, Statement>>;

/** The next values that a key seals, in the order of their rows. */
export async function listSealedValues(
  db: Db,
  table: SealedTable,
  key_id: Buffer,
  after: unknown[] | null,
  limit: number,
): Promise<SealedValue[]> {
  const { first, next } = statements[table];
  const rows = await db.query<Record<string, unknown> & { sealed: Buffer }>(
    after === null ? first : next,
    after === null ? [key_id, limit] : [key_id, limit, ...after],
  );
  const names = Object.keys(SEALED_COLUMNS[table].key);
  return rows.map((row) => ({ row: names.map((name) => row[name]), sealed: row.sealed }));
}

/** Each value takes the place of the one that was read, where that still stands. Says how many did. */
export async function updateSealedValues(
  tx: Tx,
  table: SealedTable,
  changes: (SealedValue & { fresh: Buffer })[],
): Promise<number> {
  const columns = Object.keys(SEALED_COLUMNS[table].key).map((_, at) => changes.map(({ row }) => row[at]));
  const values = [...columns, changes.map(({ sealed }) => sealed), changes.map(({ fresh }) => fresh)];
  return (await tx.query(statements[table].update, values)).length;
}

/** How many values each key seals, by the key's id in hexadecimal. */
export async function countSealedValues(db: Db, table: SealedTable): Promise<Map<string, number>> {
  const rows = await db.query<{ key_id: Buffer; count: number }>(statements[table].count);
  return new Map(rows.map((row) => [row.key_id.toString('hex'), row.count]));
}

/** A key that seals something in the table; null when it is empty. */
export async function findKeyOf(db: Db, table: SealedTable): Promise<Buffer | null> {
  return (await db.query<{ key_id: Buffer }>(statements[table].any))[0]?.key_id ?? null;
}

/** Whether this key seals anything in the table. */
export async function isKeyUsedIn(db: Db, table: SealedTable, key_id: Buffer): Promise<boolean> {
  return (await db.query(statements[table].used, [key_id])).length > 0;
}
