// Proves one SDK: its package is built and installed, a gateway and a stage of its own are started, its driver plays
// everything with the installed package, and the language checks what it has of its own.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, CONFORMANCE_FOLDER, type Language, listCases } from './cases.ts';
import { runCommand } from './commands.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { commandCheck, type Installed, type LanguageKit, runChecks } from './language.ts';
import { go } from './languages/go.ts';
import { js } from './languages/js.ts';
import { node } from './languages/node.ts';
import { python } from './languages/python.ts';
import { type ExampleResult, runPublishedExamples } from './published-examples.ts';
import { type Stage, startStage } from './stage.ts';
import { type Finding, judge } from './verdict.ts';

export const KITS: Record<Language, LanguageKit> = { node, js, go, python };

/** A driver that is well needs a fraction of it, also on a machine that has much else to do. */
const DRIVER_TIMEOUT_MS = 600_000;

export interface Proof {
  /** The language, or what else was proven. */
  subject: string;
  /** What was built, or an empty text when nothing was. */
  artefact: string;
  findings: Finding[];
  seconds: number;
}

/** Never rejects: what goes wrong is a finding. `run_folder` is the run's own. */
export async function prove(language: Language, root: string, run_folder: string): Promise<Proof> {
  const began = performance.now();
  const folder = join(run_folder, language);
  // What is to be proven is read once, whoever edits it meanwhile.
  const cases = listCases(language);
  const end = (artefact: string, findings: Finding[]): Proof => {
    return { subject: language, artefact, findings, seconds: (performance.now() - began) / 1_000 };
  };
  let installed: Installed;
  try {
    await mkdir(folder);
    installed = await KITS[language].install({ root, folder });
  } catch (error) {
    return end('', [...failAll(cases), { column: 'checks', name: 'the package', why: tell(error) }]);
  }
  // A driver mostly waits for the silent provider; the checks have something to do meanwhile.
  const both = await Promise.all([play(language, cases, installed, folder), runChecks(installed.checks)]);
  return end(installed.artefact, both.flat());
}

/** The driver, and then the examples of the published guides, at the same gateway. */
async function play(
  language: Language,
  cases: Case[],
  installed: Installed,
  folder: string,
): Promise<Finding[]> {
  try {
    return await withStage(join(folder, 'gateway'), async (env, { facts }, { url: stage_url }) => {
      const { file, args, cwd } = installed.driver;
      const ended = await runCommand(file, args, { cwd, env, timeout_ms: DRIVER_TIMEOUT_MS });
      const workdir = join(folder, 'published');
      await mkdir(workdir);
      const examples = await runPublishedExamples({ ...installed.examples, facts, stage_url, workdir });
      if (examples.length === 0) throw new Error(`no published example is in ${language}`);
      return [...judge(cases, ended), ...examples.map(judgeExample)];
    });
  } catch (error) {
    return [...failAll(cases), { column: 'checks', name: 'the driver', why: tell(error) }];
  }
}

const judgeExample = ({ name, ok, why }: ExampleResult): Finding => {
  return { column: 'examples', name, why: ok ? null : (why ?? 'no reason is given') };
};

/** The example shop: its own test, with its till in Chromium, against a gateway of its own. */
export async function proveShop(root: string, run_folder: string): Promise<Proof> {
  const began = performance.now();
  const folder = join(run_folder, 'shop');
  await mkdir(folder);
  const [finding] = await runChecks([
    {
      name: 'its till, in a browser',
      run: () =>
        withStage(join(folder, 'gateway'), (_env, { facts_path }) => {
          const env = { SHOP_GATEWAY_FACTS: facts_path };
          const test = commandCheck('', 'npm', ['run', '--silent', 'till-test', '-w', 'examples/shop'], {
            ...{ cwd: root, env, timeout_ms: DRIVER_TIMEOUT_MS },
          });
          return test.run();
        }),
    },
  ]);
  const seconds = (performance.now() - began) / 1_000;
  return { subject: 'shop', artefact: 'examples/shop', findings: finding ? [finding] : [], seconds };
}

/** What has no driver to be played by has failed, case by case, so that the counts stay the same. */
function failAll(cases: Case[]): Finding[] {
  const silence = { code: 1, timed_out: false, stdout: '', stderr: '' };
  // Why there is no driver is told by who asks.
  return judge(cases, silence).filter(({ column }) => column !== 'checks');
}

const tell = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A gateway with its stage for as long as `work` takes; it is given what a driver's environment says. */
export async function withStage<T>(
  data_dir: string,
  work: (env: Record<string, string>, gateway: GatewayProcess, stage: Stage) => Promise<T>,
): Promise<T> {
  const gateway = await startGateway(data_dir);
  let stage: Stage | null = null;
  try {
    stage = await startStage(gateway);
    const { facts } = gateway;
    const env = {
      CONFORMANCE_FOLDER,
      CONFORMANCE_BASE_URL: facts.base_url,
      CONFORMANCE_API_KEY: facts.api_key,
      CONFORMANCE_SECRET_KEY: facts.secret_key,
      CONFORMANCE_PUBLISHABLE_KEY: facts.publishable_key,
      CONFORMANCE_STORE_ID: facts.merchant_store_id,
      CONFORMANCE_STAGE_URL: stage.url,
    };
    return await work(env, gateway, stage);
  } finally {
    await stage?.close();
    await gateway.stop();
  }
}
