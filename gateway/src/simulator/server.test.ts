// The simulator server with every simulator that there is: found in the providers' folders, on one front page, each with
// a dial that can be turned in three ways to the same effect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROVIDERS } from '../providers/registry.ts';
import { FAULTS } from '../providers/simulator-faults.ts';
import { startSimulatorServer } from './server.ts';
import { listSimulators } from './simulators.ts';
import { readFaultOption } from './start-words.ts';

const simulators = await listSimulators();

interface Listing {
  faults: { id: number }[];
  known: Record<string, unknown>;
  seed: number;
  on_command_line: string;
}

async function control(url: string, method: string, path: string, body?: object) {
  const answer = await fetch(url + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Listing & { error: { message: string } } };
}

test('the simulators are found in the folders of their providers, where the gateway looks for them', () => {
  const names = simulators.map(({ name }) => name);
  assert.ok(names.includes('paypay') && names.includes('plutu'));
  assert.deepEqual(names, [...new Set(names)].sort());
  const mounts = simulators.map(({ mount }) => mount);
  for (const provider of PROVIDERS) {
    if (provider.simulatorCredentials === undefined) continue;
    assert.ok(mounts.includes(`/${provider.name.toLowerCase()}`), provider.name);
  }
});

test('the front page leads to every simulator, and each has a page, a dial and settings', async (t) => {
  const server = await startSimulatorServer({ port: 0 });
  t.after(() => server.close());
  const front = await (await fetch(server.url)).text();
  for (const { mount, title, faults } of simulators) {
    assert.ok(front.includes(`href="${mount}"`) && front.includes(title), mount);
    const page = await fetch(server.url + mount);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
    const { json } = await control(server.url, 'GET', `${mount}/control/faults`);
    assert.deepEqual(Object.keys(json.known), [...faults]);
    assert.equal((await control(server.url, 'GET', `${mount}/control/settings`)).status, 200);
  }
});

test('only the simulators that were asked for are there', async (t) => {
  const [first, second] = simulators;
  assert.ok(first && second);
  const server = await startSimulatorServer({ port: 0, simulators: [second] });
  t.after(() => server.close());
  assert.equal((await fetch(server.url + second.mount)).status, 200);
  assert.equal((await fetch(server.url + first.mount)).status, 404);
  assert.equal((await (await fetch(server.url)).text()).includes(`"${first.mount}"`), false);
});

test('every fault of the common list is played by some simulator', () => {
  const played = new Set(simulators.flatMap(({ faults }) => faults));
  assert.deepEqual(
    Object.keys(FAULTS).filter((name) => !played.has(name as keyof typeof FAULTS)),
    [],
  );
});

test('a dial that starts turned stands as one that was turned over HTTP, and says the words for it', async (t) => {
  const [simulator] = simulators;
  assert.ok(simulator);
  const line = 'hang_after_success:create_code:times=1,rate_limit:probability=0.2,slow:ms=3000';
  const words = readFaultOption(line, [simulator]);
  assert.ok(words.ok);
  const started = await startSimulatorServer({ port: 0, seed: 7, faults: words.faults });
  t.after(() => started.close());
  const turned = await startSimulatorServer({ port: 0 });
  t.after(() => turned.close());
  const faults = `${simulator.mount}/control/faults`;
  for (const fault of words.faults[simulator.name] ?? []) {
    assert.equal((await control(turned.url, 'POST', faults, fault)).status, 201);
  }
  assert.equal((await control(turned.url, 'POST', `${faults}/seed`, { seed: 7 })).status, 200);
  const [left, right] = await Promise.all(
    [started, turned].map(async ({ url }) => (await control(url, 'GET', faults)).json),
  );
  assert.deepEqual(left, right);
  assert.equal(left?.on_command_line, line);
  assert.equal(left?.seed, 7);

  const [first] = left?.faults ?? [];
  const fewer = await control(started.url, 'DELETE', `${faults}?id=${first?.id}`);
  assert.equal(fewer.json.on_command_line, 'rate_limit:probability=0.2,slow:ms=3000');
  assert.equal((await control(started.url, 'DELETE', `${faults}?which=all`)).status, 400);
  assert.equal((await control(started.url, 'POST', `${faults}/seed`, { seed: -1 })).status, 400);
});

test('a server does not start with settings or faults that its simulator does not know', async () => {
  const [simulator] = simulators;
  const name = simulator?.name ?? '';
  await assert.rejects(
    startSimulatorServer({ port: 0, settings: { [name]: { nothing: 1 } } }),
    /cannot be set/,
  );
  await assert.rejects(
    startSimulatorServer({ port: 0, faults: { [name]: [{ fault: 'x' }] } }),
    /no fault 'x'/,
  );
});
