// The way to PostgreSQL: one pool, named prepared statements, and two types that say in a signature whether a
// function reads (Db) or changes (Tx). Numbers and times arrive as the API shows them, never rounded.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { AnswerLostError, asShown, type Failure, failureOf, unavailable } from './failures.ts';
import { pause } from './lost-answers.ts';

export { isRefusedByDatabase, isUnknownTimeZone, violatedConstraint } from './failures.ts';

/** A prepared statement: the name lets each connection parse and plan it once. */
export interface Statement {
  name: string;
  text: string;
}

export interface Db {
  query<Row>(statement: Statement, values?: unknown[]): Promise<Row[]>;
  /** Counts the time of work that others share, for whoever this was made for (db/timed-database.ts). */
  time?<T>(work: Promise<T>, name: string): Promise<T>;
  /** The pool itself, where this is a view of it. */
  readonly pool?: Db;
}

declare const writes: unique symbol;
/** Something that may change data. Every single statement is a transaction of its own unless one is open. */
export interface Tx extends Db {
  readonly [writes]: true;
}

export interface Database extends Tx {
  /**
   * For the rare change that needs more than one statement. Never around a call to a provider. `work` is done again
   * when nothing came of it, as after a deadlock, so it changes nothing but the database.
   */
  withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

const openTransaction = new AsyncLocalStorage<true>();

/** Throws when a transaction is open: asking a provider inside one would hold locks while it thinks. */
export function assertNoTransaction(): void {
  if (openTransaction.getStore()) throw new Error('a provider was about to be called inside a transaction');
}

export interface PoolOptions {
  connection_string: string;
  max: number;
  application_name: string;
  statement_timeout_ms?: number;
  /** How long a statement may wait for a row or table that somebody else has locked. */
  lock_timeout_ms?: number;
  /** How long a statement may wait for a free connection, or for a new one. */
  acquire_timeout_ms?: number;
  on_error?: (error: Error) => void;
  /** Told of every statement that ended neither well nor in a refusal. */
  on_failure?: (failure: Failure | 'away' | 'crowded') => void;
  /** Told only of statements that found no free connection. */
  on_wait?: (seconds: number) => void;
}

/** How often a statement is tried that was not carried out, or that only reads. */
const TRIES = 7;
/** The server ends a statement itself; this is for one whose connection has gone dead without a word. */
const SILENCE_MS = 5_000;

export function openDatabase(options: PoolOptions): Database {
  const { statement_timeout_ms = 10_000, lock_timeout_ms = 5_000, acquire_timeout_ms = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: options.connection_string,
    max: options.max,
    application_name: options.application_name,
    connectionTimeoutMillis: acquire_timeout_ms,
    statement_timeout: statement_timeout_ms,
    lock_timeout: lock_timeout_ms,
    query_timeout: statement_timeout_ms + SILENCE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    // A plan that was made while a table was small must not read the whole of it when it has grown: what we join
    // is a handful of rows to an index, never a table to a table.
    options:
      '-c timezone=UTC -c datestyle=ISO -c jit=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan',
    types: { getTypeParser },
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => options.on_error?.(error));
  // One that breaks while it is lent says so to whoever uses it, and a second time to nobody in particular.
  pool.on('connect', (client) => void client.on('error', () => {}));

  function observe(failure: Failure | 'away' | 'crowded'): void {
    if (failure !== 'refused' && failure !== 'ours') options.on_failure?.(failure);
  }

  /** Lends a connection. Nothing was sent when there is none to lend. */
  async function connect(): Promise<pg.PoolClient> {
    const started = pool.idleCount === 0 && pool.totalCount >= options.max ? performance.now() : null;
    for (let tries = 0; ; tries++) {
      try {
        const client = await pool.connect();
        if (started !== null) options.on_wait?.((performance.now() - started) / 1_000);
        return client;
      } catch (error) {
        // Where all connections are in use for so long, one more who waits makes nothing better.
        if ((error as Error).message.startsWith('timeout exceeded')) {
          observe('crowded');
          throw unavailable(error);
        }
        const failure = failureOf(error);
        if (failure !== 'lost' && failure !== 'busy') throw error;
        observe('away');
        if (tries + 1 >= TRIES || pool.ending) throw unavailable(error);
        await pause(tries);
      }
    }
  }

  const run = async <Row>(client: pg.PoolClient, statement: Statement, values: unknown[]) => {
    // PostgreSQL cuts longer names, and two statements that begin alike would be taken for one.
    if (statement.name.length > 63) throw new Error(`the statement name ${statement.name} is too long`);
    const result = await client.query({ name: statement.name, text: statement.text, values });
    return result.rows as Row[];
  };

  /** One statement, which is a transaction of its own: what was not carried out, and what only reads, is tried again. */
  async function query<Row>(statement: Statement, values: unknown[] = []): Promise<Row[]> {
    for (let tries = 0; ; tries++) {
      const client = await connect();
      let failure: Failure;
      try {
        const rows = await run<Row>(client, statement, values);
        client.release();
        return rows;
      } catch (error) {
        failure = failureOf(error);
        observe(failure);
        client.release(isUnusable(failure));
        const may_repeat = isUndone(failure) || (failure === 'lost' && READS.test(statement.text));
        if (!may_repeat || tries + 1 >= TRIES) throw asShown(error, failure);
      }
      await pause(tries);
    }
  }

  type Outcome<T> = { result: T } | { error: unknown; failure: Failure };

  async function tryTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const client = await connect();
    const tx = {
      query: (statement: Statement, values: unknown[] = []) => run(client, statement, values),
    };
    let done: { result: T; transaction_id: string | null } | null = null;
    try {
      await client.query('begin');
      const result = await openTransaction.run(true, () => work(tx as unknown as Tx));
      const [row] = await run<{ id: string | null }>(client, OWN_TRANSACTION, []);
      done = { result, transaction_id: row?.id ?? null };
      await client.query('commit');
      client.release();
      return done;
    } catch (error) {
      const failure = failureOf(error);
      observe(failure);
      client.release(isUnusable(failure) || !(await rollBack(client)));
      if (failure === 'lost' && done !== null && (await wasCommitted(done.transaction_id, error)))
        return done;
      return { error, failure };
    }
  }

  /** What became of a transaction whose commit was not answered. Null: it had changed nothing. */
  async function wasCommitted(transaction_id: string | null, error: unknown): Promise<boolean> {
    for (let tries = 0; transaction_id !== null && tries < TRIES; tries++) {
      const [row] = await query<{ status: string | null }>(TRANSACTION_STATUS, [transaction_id]);
      if (row?.status === 'committed') return true;
      if (row?.status === 'aborted') return false;
      await pause(tries);
    }
    if (transaction_id === null) return true;
    throw new AnswerLostError(error);
  }

  const database = {
    query,
    async withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      for (let tries = 0; ; tries++) {
        const outcome = await tryTransaction(work);
        if ('result' in outcome) return outcome.result;
        const { error, failure } = outcome;
        const may_repeat = isUndone(failure) || failure === 'lost';
        if (!may_repeat || tries + 1 >= TRIES) throw asShown(error, failure);
        await pause(tries);
      }
    },
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  } as Database;
  return Object.assign(database, { pool: database });
}

const OWN_TRANSACTION: Statement = {
  name: 'own_transaction',
  text: 'select pg_current_xact_id_if_assigned()::text as id',
};

const TRANSACTION_STATUS: Statement = {
  name: 'transaction_status',
  text: 'select pg_xact_status($1::text::xid8) as status',
};

/** A statement that begins so changes nothing: no function that writes is called anywhere. */
const READS = /^\s*select\b/;

function isUndone(failure: Failure): boolean {
  return failure === 'conflict' || failure === 'elsewhere';
}

function isUnusable(failure: Failure): boolean {
  return failure === 'lost' || failure === 'elsewhere';
}

function rollBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  );
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
const DATE = 1082;
const TIMESTAMPTZ = 1184;

function getTypeParser(oid: number, format?: string): unknown {
  if (oid === TIMESTAMPTZ) return parseInstant;
  if (oid === INT8) return parseBigint;
  // A day is no instant: it stays 2026-01-28, whatever the machine's own time zone.
  if (oid === DATE) return (text: string) => text;
  return (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format);
}
