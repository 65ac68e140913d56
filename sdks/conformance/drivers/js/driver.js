// The driver of sdk-js: opens a page in Chromium that has the installed package, asks it all vectors and plays all
// scenarios with it, and prints one line of JSON for each. What a page has no key for, the stage's backend does.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { playScenario } from '../node/scenario.js';
import { startPages } from './pages.js';

const LANGUAGE = 'js';
const { env } = process;
const CHROMIUM = env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** What a page has a token for; everything else is its backend's. */
const OF_PAGES = ['retrievePaymentIntent', 'confirmPaymentIntent', 'cancelPaymentIntent'];

const read = (...path) => JSON.parse(readFileSync(join(env.CONFORMANCE_FOLDER, ...path), 'utf8'));

/** An error in the words of the contract, from the page or from its backend. */
class Told extends Error {
  constructor(told) {
    super(JSON.stringify(told));
    this.told = told;
  }
}

function makeActors(page) {
  const tokens = new Map();

  async function stage(action, given) {
    const answer = await fetch(`${env.CONFORMANCE_STAGE_URL}/${action}`, {
      method: 'POST',
      body: JSON.stringify(given),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`the stage: ${body.message}`);
    return body;
  }
  const askBackend = async (operation, given) => open(await stage(`backend/${operation}`, given));

  return {
    async call(operation, given, idempotency_key) {
      if (!OF_PAGES.includes(operation)) {
        const answer = await askBackend(operation, { with: given, idempotency_key });
        // As a backend hands it to its page.
        if (answer?.payment_token !== undefined) tokens.set(answer.id, answer.payment_token);
        return answer;
      }
      const { id, ...fields } = given;
      const call = { operation, token: tokens.get(id) ?? `${id}_secret_unknown`, fields, idempotency_key };
      return open(await page.evaluate((one) => window.callSdk(one), call));
    },
    list: (operation, given) => askBackend(operation, { with: given, list: true }),
    stage,
    // The webhook's secret is the backend's, too.
    verify: (delivery, secret) => askBackend('verify_webhook', { with: { ...delivery, secret } }),
    describeError: (error) => (error instanceof Told ? error.told : null),
    describeFault: (error) => (error instanceof Told ? error.message : String(error?.stack ?? error)),
  };
}

function open({ answer, error }) {
  if (error !== undefined) throw new Told(error);
  return answer;
}

function report(one, why) {
  if (why !== null) process.exitCode = 1;
  console.log(JSON.stringify({ ...one, ok: why === null, ...(why !== null && { why }) }));
}

async function askVectors(page) {
  for (const [file, languages] of Object.entries(read('drivers.json').files)) {
    if (!languages.includes(LANGUAGE)) continue;
    const cases = read('vectors', `${file}.json`).cases.filter(
      (one) => one.for === undefined || one.for.includes(LANGUAGE),
    );
    const answers = await page.evaluate((question) => window.askVectors(question), { file, cases });
    for (const { name, why } of answers) report({ kind: 'vector', file, name }, why);
  }
}

async function playScenarios(page) {
  const actors = makeActors(page);
  const names = readdirSync(join(env.CONFORMANCE_FOLDER, 'scenarios'));
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const scenario = read('scenarios', name);
    const file = name.slice(0, -'.json'.length);
    const why = await playScenario(scenario, actors, env.CONFORMANCE_STORE_ID).then(
      () => null,
      (error) => error.message,
    );
    report({ kind: 'scenario', file, name: scenario.name }, why);
  }
}

const pages = await startPages(process.cwd());
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`the page: ${error.message}`));
  await page.goto(pages.url);
  await page.waitForFunction(() => 'askVectors' in window);
  await page.evaluate((given) => window.openClients(given), {
    baseUrl: env.CONFORMANCE_BASE_URL,
    publicKey: env.CONFORMANCE_PUBLISHABLE_KEY,
  });
  await askVectors(page);
  await playScenarios(page);
} finally {
  await browser.close();
  pages.close();
}
