// `npm run sdks`: builds, packs and installs every SDK as its user would, and lets its driver prove it against a gateway
// with one set of vectors and scenarios. `-- go python` proves these alone; `-- stage` only sets the stage, for those who
// work on a driver.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGUAGES, type Language } from './cases.ts';
import { endAllCommands } from './commands.ts';
import { stopAllGateways } from './gateway-process.ts';
import { findLack } from './language.ts';
import { KITS, type Proof, prove, withStage } from './prove.ts';
import { makeFailures, makeSummary, makeTable } from './report.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A small machine has two processors. */
const AT_A_TIME = 2;

let run_folder = '';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(130)));
}

async function cleanUp(): Promise<void> {
  endAllCommands();
  await stopAllGateways();
  if (run_folder !== '') await rm(run_folder, { recursive: true, force: true });
}

async function main(words: string[]): Promise<number> {
  const strange = words.filter(
    (word) => word !== 'stage' && !LANGUAGES.some((language) => language === word),
  );
  if (strange.length > 0) {
    console.error(`There is no ${strange.join(', ')}. Known: ${LANGUAGES.join(', ')}, stage.`);
    return 2;
  }
  const wanted = LANGUAGES.filter((language) => words.length === 0 || words.includes(language));
  if (!(await isAllThere(wanted))) return 2;

  run_folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-sdks-'));
  // When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(run_folder, 0o711);
  if (words.includes('stage')) return showStage();
  const proofs = await proveAll(wanted);
  console.log(`\n${makeTable(proofs)}\n`);
  const failures = proofs.map(({ subject, findings }) => makeFailures(subject, findings));
  for (const text of failures) if (text !== '') console.log(`${text}\n`);
  const findings = proofs.flatMap((proof) => proof.findings);
  console.log(makeSummary(findings));
  return findings.every(({ why }) => why === null) ? 0 : 1;
}

/** In the order of the languages, so many at a time. */
async function proveAll(languages: readonly Language[]): Promise<Proof[]> {
  const proofs = new Map<Language, Proof>();
  const waiting = [...languages];
  const work = async () => {
    for (let language = waiting.shift(); language !== undefined; language = waiting.shift()) {
      console.log(`${language} …`);
      const proof = await prove(language, ROOT, run_folder);
      proofs.set(language, proof);
      console.log(`${language}: ${makeSummary(proof.findings)}, in ${Math.round(proof.seconds)} s`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return languages.flatMap((language) => proofs.get(language) ?? []);
}

async function isAllThere(languages: readonly Language[]): Promise<boolean> {
  const needs = languages.flatMap((language) => KITS[language].needs.map((need) => ({ language, need })));
  const lacks = await Promise.all(
    needs.map(async ({ language, need }) => ({ language, lack: await findLack(need) })),
  );
  for (const { language, lack } of lacks) if (lack !== null) console.error(`${language}: ${lack}`);
  return lacks.every(({ lack }) => lack === null);
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
