// `npm run sdks`: builds, packs and installs every SDK as its user would, and lets its driver prove it against a gateway
// with one set of vectors and scenarios. `-- go python` proves these alone, `-- shop` the example shop; `-- stage` only
// sets the stage, for those who work on a driver.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGUAGES } from './cases.ts';
import { endAllCommands } from './commands.ts';
import { stopAllGateways } from './gateway-process.ts';
import { findLack } from './language.ts';
import { KITS, type Proof, prove, proveShop, withStage } from './prove.ts';
import { makeFailures, makeSummary, makeTable } from './report.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A small machine has two processors. */
const AT_A_TIME = 2;
/** Those that take longest begin first. */
const SUBJECTS = ['python', 'js', 'go', 'shop', 'node'] as const;
type Subject = (typeof SUBJECTS)[number];
/** In the order of the table. */
const ROWS: readonly Subject[] = [...LANGUAGES, 'shop'];

let run_folder = '';

/** What a shell says of a Ctrl-C. */
const INTERRUPTED = 130;
let cleaning: Promise<void> | null = null;

// A Ctrl-C comes twice, from the terminal and from npm, and the second one must not cut off what the first one began.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void cleanUp().finally(() => process.exit(INTERRUPTED)));
}

function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    await Promise.all([endAllCommands(), stopAllGateways()]);
    // A browser that was killed may still write for a moment.
    if (run_folder !== '') await rm(run_folder, { recursive: true, force: true, maxRetries: 10 });
  })();
  return cleaning;
}

async function main(words: string[]): Promise<number> {
  const strange = words.filter((word) => word !== 'stage' && !ROWS.some((subject) => subject === word));
  if (strange.length > 0) {
    console.error(`There is no ${strange.join(', ')}. Known: ${ROWS.join(', ')}, stage.`);
    return 2;
  }
  const wanted = SUBJECTS.filter((subject) => words.length === 0 || words.includes(subject));
  if (!(await isAllThere(wanted))) return 2;

  run_folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-sdks-'));
  // When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(run_folder, 0o711);
  // What compilers, installers and browsers leave behind when they are killed goes with it.
  const temporary = join(run_folder, 'tmp');
  await mkdir(temporary);
  process.env['TMPDIR'] = temporary;
  if (words.includes('stage')) return showStage();
  const proofs = await proveAll(wanted);
  if (cleaning !== null) return INTERRUPTED;
  console.log(`\n${makeTable(proofs)}\n`);
  const failures = proofs.map(({ subject, findings }) => makeFailures(subject, findings));
  for (const text of failures) if (text !== '') console.log(`${text}\n`);
  const findings = proofs.flatMap((proof) => proof.findings);
  console.log(makeSummary(findings));
  return findings.every(({ why }) => why === null) ? 0 : 1;
}

/** So many at a time; in the order of the table. */
async function proveAll(subjects: readonly Subject[]): Promise<Proof[]> {
  const proofs = new Map<Subject, Proof>();
  const waiting = [...subjects];
  const work = async () => {
    for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
      console.log(`${subject} …`);
      const proof =
        subject === 'shop' ? await proveShop(ROOT, run_folder) : await prove(subject, ROOT, run_folder);
      proofs.set(subject, proof);
      console.log(`${subject}: ${makeSummary(proof.findings)}, in ${Math.round(proof.seconds)} s`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return ROWS.flatMap((subject) => proofs.get(subject) ?? []);
}

async function isAllThere(subjects: readonly Subject[]): Promise<boolean> {
  const lacks = await Promise.all(
    // The till of the shop wants what the browser's SDK wants.
    subjects.map(async (subject) => {
      const { needs } = KITS[subject === 'shop' ? 'js' : subject];
      return (await Promise.all(needs.map(findLack))).map((lack) => lack && `${subject}: ${lack}`);
    }),
  );
  const told = lacks.flat().filter((lack) => lack !== null);
  for (const lack of told) console.error(lack);
  return told.length === 0;
}

/** Until it is interrupted. */
async function showStage(): Promise<number> {
  return withStage(join(run_folder, 'gateway'), async (env) => {
    for (const [name, value] of Object.entries(env)) console.log(`export ${name}='${value}'`);
    console.log('# The stage is set. Ctrl-C ends it.');
    return new Promise<number>(() => setInterval(() => {}, 60_000));
  });
}

process.exitCode = await main(process.argv.slice(2)).finally(cleanUp);
