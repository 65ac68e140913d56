// npm run bench -- --only growth: a database of a year, and what each list, look-up and claim of the gateway reads in
// it. No table may be read from end to end, and no statement may touch more pages than is said beside it: what a
// statement costs must not grow with the history behind it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Db, makeExplainer, type Plan } from './explain.ts';
import { type Question, questionsOf } from './growth-questions.ts';
import { type Grown, writeRows } from './growth-rows.ts';
import { withClient } from './stage.ts';

const GATEWAY = new URL('../../gateway/dist/src/', import.meta.url).href;
const FOLDER = fileURLToPath(new URL('../.mpac-pgw', import.meta.url));
const MONTHS_BACK = 14;
/** A table of fewer rows may be read from end to end: that is one or two hundred pages. */
const SMALL_TABLE = 2_000;

interface Database extends Db {
  withTransaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Modules of the gateway, as they were built. */
const load = async (path: string) =>
  (await import(`${GATEWAY}${path}.js`)) as Record<string, (...given: unknown[]) => unknown>;

export async function runGrowth(options: { rows: number }): Promise<boolean> {
  await mkdir(FOLDER, { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(FOLDER, 'growth-'));
  const { startEmbeddedPostgres } = await load('db/embedded');
  const settings = { max_wal_size: '4GB', shared_buffers: '512MB' };
  const postgres = (await startEmbeddedPostgres?.({ dir: join(folder, 'postgres'), settings })) as {
    url: string;
    stop(): Promise<void>;
  };
  try {
    // A host has to stand there for a URL to be one; the socket's folder in the query is what counts.
    const url = postgres.url.replace('@/', '@localhost/');
    return await measureGrowth(url, await growDatabase(url, options.rows));
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function openPool(url: string): Promise<Database> {
  const { openDatabase } = await load('db/pool');
  const options = { connection_string: url, max: 2, application_name: 'bench', statement_timeout_ms: 60_000 };
  return openDatabase?.(options) as Database;
}

/** The pieces of the months before are made first, as a gateway that has run for so long has them. */
async function growDatabase(url: string, rows: number): Promise<Grown> {
  const { migrate } = await load('db/migrate');
  await migrate?.(url);
  const { createPartition, EVENT_TABLES } = await load('db/partitions');
  const { makeIdBound } = await load('domain/id');
  const pool = await openPool(url);
  const now = new Date();
  for (let back = MONTHS_BACK; back > 0; back -= 1) {
    const startOf = (months: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months);
    const month = new Date(startOf(-back)).toISOString().slice(0, 7).replace('-', '_');
    const bounds = [makeIdBound?.('evt', startOf(-back)), makeIdBound?.('evt', startOf(1 - back))];
    for (const table of EVENT_TABLES as unknown as object[]) {
      await pool.withTransaction(async (tx) => createPartition?.(tx, table, month, ...bounds));
    }
  }
  await pool.close();
  process.stdout.write(`  ${rows.toLocaleString('en')} payments of a year, written by the set:`);
  const started = performance.now();
  const grown = await withClient(url, (client) => writeRows(client, rows, now.getTime()));
  console.log(`  written in ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
  return grown;
}

async function measureGrowth(url: string, grown: Grown): Promise<boolean> {
  const pool = await openPool(url);
  const questions = await questionsOf(load, grown);
  const lines: string[][] = [['', 'rows', 'pages', 'at most', 'ms', 'reads']];
  const complaints: string[] = [];
  for (const question of questions) {
    const plans = await explain(pool, question);
    const worst = plans.reduce((a, b) => (b.buffers > a.buffers ? b : a));
    lines.push([
      question.title,
      String(worst.rows),
      String(worst.buffers),
      String(question.pages),
      worst.ms.toFixed(1),
      worst.reads.slice(0, 3).join(', ').slice(0, 110),
    ]);
    for (const plan of plans) complaints.push(...complain(question, plan));
  }
  await pool.close();
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
  if (complaints.length === 0) console.log('\n  Nothing reads more than it may.');
  else console.error(`\n${complaints.map((one) => `  TOO MUCH  ${one}`).join('\n')}`);
  return complaints.length === 0;
}

/** Everything is undone: the transaction ends with an error on purpose. */
async function explain(pool: Database, question: Question): Promise<Plan[]> {
  const plans: Plan[] = [];
  const undone = new Error('undone');
  await pool
    .withTransaction(async (tx) => {
      await question.ask(makeExplainer(tx, plans));
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone)
        throw new Error(`${question.title}: ${(error as Error).message}`, { cause: error });
    });
  if (plans.length === 0) throw new Error(`${question.title} asked nothing`);
  return plans;
}

function complain(question: Question, plan: Plan): string[] {
  const whole = plan.whole_tables.filter(({ rows }) => rows > SMALL_TABLE);
  return [
    ...whole.map(
      ({ table, rows }) => `${question.title}: ${plan.statement} reads all ${rows} rows of ${table}`,
    ),
    ...(plan.buffers > question.pages
      ? [`${question.title}: ${plan.statement} touches ${plan.buffers} pages, more than ${question.pages}`]
      : []),
  ];
}
