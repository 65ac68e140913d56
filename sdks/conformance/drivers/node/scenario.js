// Plays one scenario: takes its steps in order, fills in what earlier steps kept, and compares what comes with what is
// expected. What a step does is the caller's: this file knows no SDK, so that the browser's driver plays by it, too.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 100;
const PATIENCE_MS = 30_000;

/**
 * `call(operation, given, idempotency_key)` and `list(operation, given)` are the SDK's; what they throw is told by
 * `describeError(error)` in the words of the contract. `stage(action, given)` asks the stage, and `verify(delivery,
 * secret)` returns the event or throws something with a `reason`.
 */
export async function playScenario(scenario, actors, store) {
  const kept = { run: randomUUID().replaceAll('-', '').slice(0, 20), store };
  for (const [place, step] of scenario.steps.entries()) {
    try {
      await playStep(step, actors, kept);
    } catch (error) {
      const told = error instanceof Mismatch ? error.message : actors.describeFault(error);
      throw new Error(`step ${place + 1} (${nameOf(step)}): ${told}`, { cause: error });
    }
  }
}

class Mismatch extends Error {}

const nameOf = (step) => step.call ?? step.wait ?? step.list ?? step.stage ?? 'verify';

async function playStep(step, actors, kept) {
  const given = fill(step.with ?? {}, kept);
  const keep = (value) => {
    if (step.as !== undefined) kept[step.as] = value;
  };
  const expected = fill(step.expect ?? {}, kept);
  if (step.wait !== undefined) {
    keep(await waitFor(() => actors.call(step.wait, given), fill(step.until, kept)));
  } else if (step.list !== undefined) {
    const items = await actors.list(step.list, given);
    keep(items);
    if (step.expect_ids !== undefined) {
      compare(
        fill(step.expect_ids, kept),
        items.map(({ id }) => id),
        'ids',
      );
    }
    compare(expected, items, 'items');
  } else if (step.stage !== undefined) {
    const answer = await actors.stage(step.stage, given);
    keep(answer);
    compare(expected, answer, 'answer');
  } else if (step.call !== undefined) {
    const key = step.idempotency_key === undefined ? undefined : fill(step.idempotency_key, kept);
    await playOutcome(step, () => actors.call(step.call, given, key), actors, kept, keep);
  } else {
    const delivery = fill(step.verify, kept);
    const sent = step.altered === true ? alter(delivery) : delivery;
    await playOutcome(step, () => actors.verify(sent, fill(step.secret, kept)), actors, kept, keep);
  }
}

/** A call or a verification: an answer, or the one error that is expected. */
async function playOutcome(step, act, actors, kept, keep) {
  if (step.expect_error === undefined) {
    const answer = await act();
    keep(answer);
    compare(fill(step.expect ?? {}, kept), answer, 'answer');
    return;
  }
  let answer;
  let error;
  try {
    answer = await act();
  } catch (thrown) {
    error = actors.describeError(thrown);
    // What is no error of the SDK is a fault of it, or of the driver.
    if (error === null) throw thrown;
  }
  if (error === undefined) throw new Mismatch(`no error, but ${show(answer)}`);
  keep(error);
  compare(fill(step.expect_error, kept), error, 'error');
}

async function waitFor(look, until) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await look();
    if (findMismatch(until, answer, 'answer') === null) return answer;
    if (performance.now() > deadline) throw new Mismatch(`waited in vain: ${show(answer)}`);
    await delay(PAUSE_MS);
  }
}

/** The same delivery with one byte of its body changed. */
function alter({ headers, body_base64 }) {
  const body = Buffer.from(body_base64, 'base64');
  body[body.length - 2] ^= 1;
  return { headers, body_base64: body.toString('base64') };
}

/** `$intent.id` is what was kept, `order_${run}` a text with it. */
export function fill(value, kept) {
  if (Array.isArray(value)) return value.map((item) => fill(item, kept));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, kept)]));
  }
  if (typeof value !== 'string') return value;
  if (/^\$\w/.test(value)) return find(value.slice(1), kept);
  return value.replaceAll(/\$\{([\w.]+)\}/g, (_, path) => find(path, kept));
}

function find(path, kept) {
  const found = path.split('.').reduce((value, name) => value?.[name], kept);
  if (found === undefined) throw new Mismatch(`nothing was kept as ${path}`);
  return found;
}

function compare(expected, actual, path) {
  const mismatch = findMismatch(expected, actual, path);
  if (mismatch !== null) throw new Mismatch(mismatch);
}

/** Null, or where the two differ. Of an object only the fields count that are named; a list has to be the same. */
export function findMismatch(expected, actual, path) {
  if (expected?.$ === 'present') return actual == null ? `${path} is absent` : null;
  if (expected?.$ === 'absent') return actual == null ? null : `${path} is ${show(actual)}`;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs(path, expected, actual);
    return firstOf(expected.map((item, place) => findMismatch(item, actual[place], `${path}.${place}`)));
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object') return differs(path, expected, actual);
    return firstOf(
      Object.entries(expected).map(([name, value]) => findMismatch(value, actual[name], `${path}.${name}`)),
    );
  }
  return expected === actual ? null : differs(path, expected, actual);
}

const firstOf = (mismatches) => mismatches.find((mismatch) => mismatch !== null) ?? null;
const differs = (path, expected, actual) => `${path} is ${show(actual)}, not ${show(expected)}`;
/** A secret or a token in an answer is not for a report. */
const show = (value) =>
  String(JSON.stringify(value)).replaceAll(/(_secret_|whsec_|sk_(?:test|live)_)[\w+/=-]+/g, '$1…');
