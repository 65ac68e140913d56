// The examples of the published guides, run as they stand in `published-examples`, against a running gateway: what somebody
// types from a guide has to work. Only addresses and keys are put in. What an example did is looked for in the gateway.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PaymentGateway } from '@cloudsky/mpac-pgw-sdk-node';
import { CONFORMANCE_FOLDER } from './cases.ts';
import { run } from './commands.ts';
import type { GatewayFacts } from './gateway-process.ts';
import { showPublishedPage } from './published-page.ts';

const EXAMPLES = join(CONFORMANCE_FOLDER, 'published-examples');
const REPOSITORY = join(CONFORMANCE_FOLDER, '..', '..');
/** The guides' own: their examples name this store, and none of them a merchant. */
const GUIDE_MERCHANT = 'merchant_001';
const GUIDE_STORE = 'store_001';

/** Where an example of each language runs. What is not given is not run. */
export interface ExampleTools {
  /** A Python that has the installed package, and `requests`. */
  python?: string;
  /** The folder of a Go module that requires the SDK and `github.com/google/uuid`, and how `go` is to be run. */
  go?: { folder: string; env: Record<string, string> };
  /** Node and this repository's TypeScript compiler. */
  node?: true;
  /** A folder in whose `node_modules` the built sdk-js is installed with what it needs. */
  js?: string;
}

export interface ExampleStand extends ExampleTools {
  facts: GatewayFacts;
  /** The stage beside the gateway, where the customer pays. */
  stage_url: string;
  /** An empty folder for what is written and compiled. */
  workdir: string;
}

export interface ExampleResult {
  /** The example's path in `published-examples`. */
  name: string;
  ok: boolean;
  why?: string;
}

type Json = Record<string, unknown>;

interface Example {
  file: string;
  tool: keyof ExampleTools;
  /** Runs the text with its addresses and keys, and gives what it prints. */
  run(stand: ExampleStand, text: string, gateway: PaymentGateway): Promise<string>;
  /** Throws unless the gateway has what the example is for. */
  check(stand: ExampleStand, gateway: PaymentGateway, printed: string): Promise<void>;
}

const createsOrder12345 = createsIntent({
  amount: 1000,
  merchant_ref_id: 'order_12345',
  payment_method_types: ['qr_mpm'],
  merchant_store_id: GUIDE_STORE,
});
const createsOrder123 = createsIntent({
  amount: 1500,
  merchant_ref_id: 'order_123',
  payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
  capture_method: 'automatic',
});

const PUBLISHED: Example[] = [
  { file: 'integration-guide/sync-merchants.go', tool: 'go', run: runGo, check: hasSynced },
  { file: 'integration-guide/create-payment-intent.go', tool: 'go', run: runGo, check: createsOrder12345 },
  {
    file: 'integration-guide/create_payment_intent.py',
    tool: 'python',
    run: runPython,
    check: createsOrder12345,
  },
  {
    file: 'integration-guide/confirm-payment.js',
    tool: 'js',
    run: showPublishedPage,
    // The page itself has seen the payment succeed; the intent is its backend's.
    check: async () => {},
  },
  {
    file: 'payment-intent-guide/calculate-signature.cts',
    tool: 'node',
    run: runTypeScript,
    check: createsIntent({
      amount: 2500,
      merchant_ref_id: 'order_2025_001',
      payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
    }),
  },
  {
    file: 'payment-intent-guide/create-payment-intent.ts',
    tool: 'node',
    run: runTypeScript,
    check: createsOrder123,
  },
  {
    file: 'payment-intent-guide/create_payment_intent.py',
    tool: 'python',
    run: runPython,
    check: createsOrder123,
  },
  { file: 'payment-intent-guide/create-payment-intent.go', tool: 'go', run: runGo, check: createsOrder123 },
];

/** Runs one after the other, because they use the same references; never rejects for what an example does. */
export async function runPublishedExamples(stand: ExampleStand): Promise<ExampleResult[]> {
  const { base_url, api_key, secret_key } = stand.facts;
  const gateway = new PaymentGateway({ baseUrl: base_url, apiKey: api_key, secretKey: secret_key });
  const results: ExampleResult[] = [];
  for (const { file, tool, run: play, check } of PUBLISHED) {
    if (stand[tool] === undefined) continue;
    try {
      if (check !== hasSynced) await syncGuideStore(gateway);
      const text = await readFile(join(EXAMPLES, file), 'utf8');
      await check(stand, gateway, await play(stand, putIn(text, stand), gateway));
      results.push({ name: file, ok: true });
    } catch (error) {
      results.push({ name: file, ok: false, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}

/** What stands in the guides for addresses and keys, and what is meant here. */
function putIn(text: string, { facts }: ExampleStand): string {
  return text
    .replaceAll(/https:\/\/(pgw\.example\.com|api\.pgw\.mpac-cloud\.com)/g, facts.base_url)
    .replaceAll('ak_01JXXXXXXXXXXXXXXXXXXXXXX', facts.api_key)
    .replaceAll(/sk_live_x{24}|your_secret_key/g, facts.secret_key)
    .replace("environment: 'sandbox',", `environment: 'sandbox',\n  baseUrl: '${facts.base_url}',`)
    .replaceAll('pk_test_xxx', facts.publishable_key);
}

/** What the PaymentIntent guide's examples read: a merchant's id is good with the organization's secret. */
function guideEnv({ facts }: ExampleStand): Record<string, string> {
  return { MPS_MERCHANT_ID: GUIDE_MERCHANT, MPS_SECRET_KEY: facts.secret_key };
}

async function runPython(stand: ExampleStand, text: string): Promise<string> {
  const file = join(stand.workdir, 'example.py');
  await writeFile(file, text);
  return run(String(stand.python), [file], { cwd: stand.workdir, env: guideEnv(stand) });
}

async function runGo(stand: ExampleStand, text: string): Promise<string> {
  const { folder = '', env = {} } = stand.go ?? {};
  await mkdir(join(folder, 'published-example'), { recursive: true });
  await writeFile(join(folder, 'published-example', 'main.go'), text);
  return run('go', ['run', './published-example'], { cwd: folder, env: { ...env, ...guideEnv(stand) } });
}

/** Compiled strictly, as a project of its readers would, with the types of Node and of the platform's `fetch`. */
async function runTypeScript(stand: ExampleStand, text: string): Promise<string> {
  const is_commonjs = text.includes('require(');
  const folder = join(stand.workdir, is_commonjs ? 'commonjs' : 'module');
  const name = is_commonjs ? 'example.cts' : 'example.mts';
  const modules = join(REPOSITORY, 'node_modules');
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], module: 'node16', strict: true, skipLibCheck: true },
    ...{ types: ['node'], typeRoots: [join(modules, '@types')] },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [name] }));
  await run(process.execPath, [join(modules, 'typescript', 'bin', 'tsc')], { cwd: folder });
  return run(process.execPath, [name.replace('ts', 'js')], { cwd: folder, env: guideEnv(stand) });
}

/** The store of the guides, with which all their examples but the one that makes it begin. Where that has run, it is there. */
async function syncGuideStore(gateway: PaymentGateway): Promise<void> {
  const merchants = await gateway.call('listMerchants', {});
  if (merchants.some(({ id }) => id === GUIDE_MERCHANT)) return;
  const config = { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'paypay_merchant_123' } };
  const store = { id: GUIDE_STORE, name: 'Tokyo Branch', payment_processor_configs: [config] };
  const merchant = { id: GUIDE_MERCHANT, name: 'Example Restaurant', stores: [store] };
  await gateway.call('syncMerchants', { merchants: [merchant] });
}

async function hasSynced(_stand: ExampleStand, gateway: PaymentGateway): Promise<void> {
  const merchant = await gateway.call('retrieveMerchant', { id: GUIDE_MERCHANT });
  expect(merchant, { name: 'Example Restaurant' });
  const [store] = await gateway.call('listStores', { id: GUIDE_MERCHANT });
  expect(store, { id: GUIDE_STORE, name: 'Tokyo Branch' });
  expect(store?.payment_processor_configs[0], { provider: 'PAYPAY', is_active: true });
}

/** A check: the token that was printed opens a new intent with these fields. The reference is then free again. */
function createsIntent(fields: Json) {
  return async ({ facts }: ExampleStand, gateway: PaymentGateway, printed: string): Promise<void> => {
    const [token, id = ''] = /(pi_[0-9A-Z]{26})_secret_[\w-]+/.exec(printed) ?? [];
    if (token === undefined) throw new Error(`It printed no payment token: ${printed.slice(0, 500)}`);
    const url = `${facts.base_url}/v1/payment_intents/${id}?payment_token=${encodeURIComponent(token)}`;
    const intent = (await (await fetch(url)).json()) as Json;
    expect(intent, {
      ...fields,
      currency: 'JPY',
      status: 'requires_payment_method',
      merchant_id: GUIDE_MERCHANT,
    });
    await gateway.call('cancelPaymentIntent', { id });
  };
}

function expect(found: object | undefined, wanted: Json): void {
  for (const [name, value] of Object.entries(wanted)) {
    const told = JSON.stringify((found as Json | undefined)?.[name]);
    if (told !== JSON.stringify(value)) throw new Error(`${name} is ${told}, not ${JSON.stringify(value)}`);
  }
}
