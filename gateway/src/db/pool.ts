// The way to PostgreSQL: one pool, named prepared statements, and two types that say in a signature whether a
// function reads (Db) or changes (Tx). Numbers and times arrive as the API shows them, never rounded.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** A prepared statement: the name lets each connection parse and plan it once. */
export interface Statement {
  name: string;
  text: string;
}

export interface Db {
  query<Row>(statement: Statement, values?: unknown[]): Promise<Row[]>;
}

declare const writes: unique symbol;
/** Something that may change data. Every single statement is a transaction of its own unless one is open. */
export interface Tx extends Db {
  readonly [writes]: true;
}

export interface Database extends Tx {
  /** For the rare change that needs more than one statement. Never around a call to a provider. */
  withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

const openTransaction = new AsyncLocalStorage<true>();

/** Throws when a transaction is open: asking a provider inside one would hold locks while it thinks. */
export function assertNoTransaction(): void {
  if (openTransaction.getStore()) throw new Error('a provider was about to be called inside a transaction');
}

/** The name of the constraint that a statement ran into, or null when the error is another one. */
export function violatedConstraint(error: unknown): string | null {
  if (error instanceof pg.DatabaseError && error.code?.startsWith('23')) return error.constraint ?? null;
  return null;
}

/** Whether the database itself refused: then it is certain that nothing of the statement was done. */
export function isRefusedByDatabase(error: unknown): boolean {
  return error instanceof pg.DatabaseError;
}

export interface PoolOptions {
  connection_string: string;
  max: number;
  application_name: string;
  statement_timeout_ms?: number;
  on_error?: (error: Error) => void;
}

export function openDatabase(options: PoolOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connection_string,
    max: options.max,
    application_name: options.application_name,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statement_timeout_ms ?? 10_000,
    idle_in_transaction_session_timeout: 10_000,
    // A plan that was made while a table was small must not read the whole of it when it has grown: what we join
    // is a handful of rows to an index, never a table to a table.
    options:
      '-c timezone=UTC -c datestyle=ISO -c jit=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan',
    types: { getTypeParser },
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => options.on_error?.(error));

  const run = async <Row>(client: pg.Pool | pg.PoolClient, statement: Statement, values: unknown[]) => {
    // PostgreSQL cuts longer names, and two statements that begin alike would be taken for one.
    if (statement.name.length > 63) throw new Error(`the statement name ${statement.name} is too long`);
    const result = await client.query({ name: statement.name, text: statement.text, values });
    return result.rows as Row[];
  };

  return {
    query: <Row>(statement: Statement, values: unknown[] = []) => run<Row>(pool, statement, values),
    async withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('begin');
        const tx = {
          query: (statement: Statement, values: unknown[] = []) => run(client, statement, values),
        };
        const result = await openTransaction.run(true, () => work(tx as unknown as Tx));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch((failure: Error) => {
          broken = failure;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  } as Database;
}

/** An instant as the gateway writes it everywhere: `2026-01-15T10:00:00.000Z`. Such texts compare in order. */
export function parseInstant(text: string): string {
  const whole = text.slice(0, 19).replace(' ', 'T');
  const fraction = /^\.(\d{1,3})/.exec(text.slice(19))?.[1] ?? '';
  return `${whole}.${fraction.padEnd(3, '0')}Z`;
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`a bigint from the database is beyond 2^53: ${text}`);
  return value;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;

function getTypeParser(oid: number, format?: string): unknown {
  if (oid === TIMESTAMPTZ) return parseInstant;
  if (oid === INT8) return parseBigint;
  return (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format);
}
