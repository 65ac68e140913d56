// The driver of sdk-node: asks all vectors and plays all scenarios with the package that is installed beside it, and
// prints one line of JSON for each.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isPaymentGatewayError,
  PaymentGateway,
  WebhookVerificationError,
  webhooks,
} from '@cloudsky/mpac-pgw-sdk-node';
import { playScenario } from './scenario.js';
import { ASK } from './vectors.js';

const LANGUAGE = 'node';
const MOST_ITEMS = 1_000;
const { env } = process;

/** A file is told by its size and its SHA-256. */
function tellFile(answer) {
  if (!(answer instanceof Uint8Array)) return answer;
  return { size: answer.length, sha256: createHash('sha256').update(answer).digest('hex') };
}

function makeActors() {
  const gateway = new PaymentGateway({
    baseUrl: env.CONFORMANCE_BASE_URL,
    apiKey: env.CONFORMANCE_API_KEY,
    secretKey: env.CONFORMANCE_SECRET_KEY,
  });
  return {
    call: async (operation, given, idempotencyKey) =>
      tellFile(await gateway.call(operation, given, { idempotencyKey })),
    list: (operation, given) => gateway.list(operation, given).toArray({ limit: MOST_ITEMS }),
    async stage(action, given) {
      const answer = await fetch(`${env.CONFORMANCE_STAGE_URL}/${action}`, {
        method: 'POST',
        body: JSON.stringify(given),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(`the stage: ${body.message}`);
      return body;
    },
    verify: async ({ headers, body_base64 }, secret) =>
      webhooks.verify(Buffer.from(body_base64, 'base64'), headers, secret),
    describeError(error) {
      if (isPaymentGatewayError(error)) return { ...error, message: error.message };
      if (error instanceof WebhookVerificationError) return { reason: error.reason };
      return null;
    },
    describeFault: (error) =>
      isPaymentGatewayError(error) ? JSON.stringify(error) : String(error?.stack ?? error),
  };
}

const read = (...path) => JSON.parse(readFileSync(join(env.CONFORMANCE_FOLDER, ...path), 'utf8'));

async function report(one, prove) {
  let why;
  try {
    await prove();
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
    process.exitCode = 1;
  }
  console.log(JSON.stringify({ ...one, ok: why === undefined, ...(why !== undefined && { why }) }));
}

for (const [file, languages] of Object.entries(read('drivers.json').files)) {
  if (!languages.includes(LANGUAGE)) continue;
  for (const one of read('vectors', `${file}.json`).cases) {
    if (one.for !== undefined && !one.for.includes(LANGUAGE)) continue;
    await report({ kind: 'vector', file, name: one.name }, () => ASK[file](one));
  }
}

const actors = makeActors();
for (const name of readdirSync(join(env.CONFORMANCE_FOLDER, 'scenarios')).filter((name) =>
  name.endsWith('.json'),
)) {
  const scenario = read('scenarios', name);
  const file = name.slice(0, -'.json'.length);
  await report({ kind: 'scenario', file, name: scenario.name }, () =>
    playScenario(scenario, actors, env.CONFORMANCE_STORE_ID),
  );
}
