// npm run bench: takes payments at the floor and at the gateway by turns, on one machine and one PostgreSQL,
// and prints both. By turns, because a machine is not equally fast from one minute to the next. Exits with 1
// when an answer was wrong or an acknowledged payment is not in the database. With --only growth it measures what
// statements read in a database that has grown, and with --only export what an accounting export of a million takes.
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { readCpu, readFamilyCpu } from './cpu.ts';
import { checkSettings, findMissingMarks, findMissingRows, isAtRest } from './durable.ts';
import { runExport } from './export.ts';
import { runGrowth } from './growth.ts';
import type { Order, Reply, Round } from './load.ts';
import { type Measurement, type Measurements, renderTable } from './report.ts';
import { type Stage, setStage, withClient } from './stage.ts';
import { SUBJECTS, type Subject, type SubjectName } from './subjects.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    profile: { type: 'string' },
    rows: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 6));
const seconds = Number(options.seconds ?? (options.quick ? 1.2 : 4));
const warm_up_seconds = options.quick ? 1.5 : 4;
const connections = Number(options.connections);
const subjects = SUBJECTS.filter(({ name }) => options.only?.split(',').includes(name) ?? true);

/** More than any server here answers in a second on one core, for the first round of a subject. */
const MOST_PER_SECOND = 8_000;

async function tell(stage: Stage, order: Order): Promise<Reply> {
  const settled = new AbortController();
  const { signal } = settled;
  const reply = once(stage.load, 'message', { signal }) as Promise<[Reply]>;
  const ended = once(stage.load, 'exit', { signal }).then((): [Reply] => [
    { kind: 'failed', message: 'the load generator ended' },
  ]);
  stage.load.send(order);
  const [answer] = await Promise.race([reply, ended]);
  // The other of the two is not waited for any more, and its refusal is no news.
  ended.catch(() => {});
  settled.abort();
  if (answer.kind === 'failed') throw new Error(answer.message);
  return answer;
}

/** CPU is counted until the work behind the scenes is done, too: what is put off is not saved. */
async function measure(
  stage: Stage,
  client: pg.Client,
  subject: Subject,
  round_seconds: number,
  most_per_second: number,
): Promise<Measurement> {
  const round: Round = {
    subject,
    port: stage.ports[subject.server],
    signer: stage.signer,
    database_url: stage.database_urls[subject.server],
    connections,
    seconds: round_seconds,
    expected: Math.ceil(most_per_second * round_seconds),
  };
  await tell(stage, { kind: 'prepare', round });
  const server_before = readCpu(stage.pids[subject.server]);
  const postgres_before = readFamilyCpu(stage.pids.postgres);
  const reply = await tell(stage, { kind: 'go' });
  if (reply.kind !== 'report') throw new Error('the load generator gave no report');
  const answered = performance.now();
  while (!(await isAtRest(client))) await delay(20);
  return {
    ...reply.report,
    rest_seconds: (performance.now() - answered) / 1_000,
    server_us: readCpu(stage.pids[subject.server]) - server_before,
    postgres_us: readFamilyCpu(stage.pids.postgres) - postgres_before,
  };
}

async function runRounds(stage: Stage, client: pg.Client) {
  const measurements: Measurements = new Map(subjects.map(({ name }) => [name, []]));
  const acknowledged = new Map<SubjectName, number>(subjects.map(({ name }) => [name, 0]));
  const rates = new Map<SubjectName, number>();
  for (let round = 0; round <= rounds; round++) {
    const is_warm_up = round === 0;
    process.stdout.write(is_warm_up ? '  warm-up ' : `\n  round ${round} `);
    for (const subject of subjects) {
      const most_per_second = (rates.get(subject.name) ?? MOST_PER_SECOND / 2) * 1.5;
      const length = is_warm_up ? warm_up_seconds : seconds;
      const one = await measure(stage, client, subject, length, most_per_second);
      const rate = one.payments / one.seconds;
      rates.set(subject.name, Math.max(rate, rates.get(subject.name) ?? 0));
      acknowledged.set(subject.name, (acknowledged.get(subject.name) ?? 0) + one.payments);
      if (!is_warm_up) measurements.get(subject.name)?.push(one);
      process.stdout.write(`  ${subject.title} ${rate.toFixed(0)}/s`);
    }
  }
  console.log('\n');
  return { measurements, acknowledged };
}

async function findMissing(stage: Stage, client: pg.Client, acknowledged: Map<SubjectName, number>) {
  const missing: string[] = [];
  let created = 0;
  let confirmed = 0;
  for (const subject of subjects) {
    const count = acknowledged.get(subject.name) ?? 0;
    if (subject.server === 'gateway') {
      created += count;
      if (subject.confirm !== null) confirmed += count;
      missing.push(...(await findMissingRows(client, subject, count)));
    } else {
      const url = stage.database_urls.floor;
      missing.push(...(await withClient(url, (floor) => findMissingRows(floor, subject, count))));
    }
  }
  return [...missing, ...(await findMissingMarks(client, created, confirmed))];
}

async function bench(stage: Stage): Promise<boolean> {
  return withClient(stage.database_urls.gateway, async (client) => {
    const settings = await checkSettings(client);
    console.log(
      `  ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)} before the run, Node ${process.version}, ${settings}`,
    );
    console.log(
      `  ${connections} connections, ${rounds} rounds of ${seconds} s each by turns, each server one process\n`,
    );
    const { measurements, acknowledged } = await runRounds(stage, client);
    const missing = await findMissing(stage, client, acknowledged);
    console.log(renderTable(subjects, measurements, acknowledged));
    const slowest_rest = Math.max(...[...measurements.values()].flat().map((one) => one.rest_seconds));
    console.log(
      `\n  Work behind the scenes was done ${slowest_rest.toFixed(2)} s after the last answer at most.`,
    );
    if (missing.length === 0)
      console.log('  Every acknowledged payment is in the database with all its rows.');
    for (const sentence of missing) console.error(`  MISSING  ${sentence}`);
    return missing.length === 0;
  });
}

if (options.only === 'export') {
  const rows = Number(options.rows ?? (options.quick ? 50_000 : 1_000_000));
  process.exit((await runExport({ rows })) ? 0 : 1);
}
if (options.only === 'growth') {
  const rows = Number(options.rows ?? (options.quick ? 20_000 : 1_000_000));
  process.exit((await runGrowth({ rows })) ? 0 : 1);
}

const profile_dir = options.profile === undefined ? null : resolve(options.profile);
const stage = await setStage({ profile_dir });
const interrupt = () => void stage.strike().then(() => process.exit(130));
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
try {
  if (!(await bench(stage))) process.exitCode = 1;
} catch (error) {
  console.error(`\n  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stage.strike();
}
