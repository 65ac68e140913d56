// `mpac-pgw simulate` as a person types it: which simulators start, with which faults, seed and settings, and in what words
// it refuses. With a browser, the dial is turned on the page and stands as if it had been said on the command line.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { makeCaller } from '../src/providers/paypay/simulator-test-caller.ts';
import { type Scope, startCli, waitUntil } from './support/process.ts';

const CHROMIUM = '/usr/bin/chromium';
const FAULTS = 'hang_after_success:create_code:times=1,rate_limit:get_payment:probability=0.2,slow:ms=3000';

interface Dial {
  on_command_line: string;
  seed: number;
  faults: { fault: string }[];
}

async function simulate(t: Scope, args: string[]) {
  const child = startCli(t, ['simulate', ...args, '--port', '0']);
  const url = await child.waitFor(
    'the simulator',
    () => /simulator: (http:\/\/[^/]+)\//.exec(child.stdout())?.[1],
  );
  const get = async <Answer>(path: string) => (await (await fetch(url + path)).json()) as Answer;
  return { child, url, get };
}

async function refusalOf(t: Scope, args: string[]): Promise<string> {
  const child = startCli(t, ['simulate', ...args]);
  const { code } = await child.exited;
  assert.equal(code, 1, child.stdout());
  return child.stderr().trim();
}

test('one simulator starts with the faults, the seed and the settings that were said', async (t) => {
  const args = ['paypay', '--faults', FAULTS, '--seed', '7', '--set', 'qr_lifetime_seconds=60'];
  const { child, url, get } = await simulate(t, [...args, '--gateway', 'http://127.0.0.1:9/']);
  assert.match(child.stdout(), /^PayPay simulator: http:\/\/127\.0\.0\.1:\d+\/paypay\n$/);
  const dial = await get<Dial>('/paypay/control/faults');
  assert.equal(dial.on_command_line, FAULTS);
  assert.equal(dial.seed, 7);
  const settings = await get<Record<string, unknown>>('/paypay/control/settings');
  assert.equal(settings['qr_lifetime_seconds'], 60);
  assert.equal(settings['notification_url'], 'http://127.0.0.1:9/v1/webhooks/paypay');
  assert.equal((await fetch(`${url}/mpgs`)).status, 404);
  assert.equal((await child.stop()).code, 0);
});

test('all simulators start together, each with what is for it', async (t) => {
  const faults = 'slow:ms=10,plutu.refuse:code=INSUFFICIENT_BALANCE,instant_pay';
  const { child, get } = await simulate(t, ['all', '--faults', faults, '--set', 'callback_order=after']);
  await child.waitFor('the second simulator', () => /Plutu simulator: \S+\/mpgs\n/.test(child.stdout()));
  assert.equal((await get<Dial>('/paypay/control/faults')).on_command_line, 'slow:ms=10,instant_pay');
  assert.equal(
    (await get<Dial>('/mpgs/control/faults')).on_command_line,
    'slow:ms=10,refuse:code=INSUFFICIENT_BALANCE',
  );
  assert.equal((await get<Record<string, unknown>>('/mpgs/control/settings'))['callback_order'], 'after');
});

test('the list shows every fault, endpoint and setting, and starts nothing', async (t) => {
  const child = startCli(t, ['simulate', '--list']);
  assert.equal((await child.exited).code, 0);
  for (const word of ['paypay', 'plutu', 'create_code', 'confirm', 'hang_after_success', 'callback_order']) {
    assert.ok(child.stdout().includes(word), word);
  }
});

test('what is wrong is refused in one sentence that names the piece', async (t) => {
  const cases: [args: string[], sentence: RegExp][] = [
    [['mars'], /^There is no simulator for "mars"\. There is one for: .*paypay, plutu.*; or "all"\.$/],
    [
      ['paypay', '--faults', 'hang,slow:ms=soon'],
      /^--faults 'slow:ms=soon': ms must be a number, not 'soon'\.$/,
    ],
    [
      ['paypay', '--faults', 'meteor'],
      /^--faults 'meteor': There is no fault 'meteor'\. Known: server_error, /,
    ],
    [
      ['paypay', '--set', 'qr_lifetime=60'],
      /^--set 'qr_lifetime=60': there is no setting 'qr_lifetime'\. Known: /,
    ],
    [['plutu', '--set', 'callback_order=never'], /callback_order must be one of racing, before, after\.$/],
    [['paypay', '--seed', 'x'], /^--seed must be a whole number from 0 to 4294967295, not "x"\.$/],
    [['paypay', '--port', '70000'], /^--port must be a whole number from 0 to 65535, not "70000"\.$/],
    [['paypay', '--gateway', 'localhost'], /^--gateway must be a URL that begins with http/],
  ];
  const refusals = await Promise.all(cases.map(([args]) => refusalOf(t, args)));
  for (const [place, [args, sentence]] of cases.entries()) {
    assert.match(refusals[place] ?? '', sentence, args.join(' '));
  }
});

test('a dial that is turned on the page stands as one from the command line, and is turned back there', {
  skip: existsSync(CHROMIUM) ? false : 'no Chromium on this machine',
}, async (t) => {
  const { url, get } = await simulate(t, ['all']);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
  await page.goto(url);
  await page.getByRole('link', { name: /PayPay/ }).click();

  await page.getByText('Aim a fault').click();
  const aim = async (fields: {
    fault: string;
    endpoint?: string;
    times?: string;
    chance?: string;
    ms?: string;
  }) => {
    await page.getByLabel('Fault', { exact: true }).selectOption(fields.fault);
    if (fields.endpoint) await page.getByLabel('Strikes at').selectOption(fields.endpoint);
    await page.getByLabel('Times').fill(fields.times ?? '');
    await page.getByLabel('Chance in %').fill(fields.chance ?? '');
    if (fields.ms) await page.getByLabel('Milliseconds').fill(fields.ms);
    await page.getByRole('button', { name: 'Switch it on' }).click();
  };
  const standsAt = (words: string) =>
    waitUntil(words, async () => (await get<Dial>('/paypay/control/faults')).on_command_line === words);
  await aim({ fault: 'hang_after_success', endpoint: 'create_code', times: '1' });
  await standsAt('hang_after_success:create_code:times=1');
  await aim({ fault: 'rate_limit', endpoint: 'get_payment', chance: '20' });
  await standsAt('hang_after_success:create_code:times=1,rate_limit:get_payment:probability=0.2');
  await page.getByLabel('Strikes at').selectOption('');
  await aim({ fault: 'slow', ms: '3000' });
  await standsAt(FAULTS);
  await page.getByLabel('Seed of all chances').fill('7');
  await page.getByLabel('Seed of all chances').blur();
  await page.getByText(`--faults '${FAULTS}' --seed 7`).waitFor();
  assert.equal((await get<Dial>('/paypay/control/faults')).seed, 7);

  await page.getByRole('button', { name: 'Remove Slow, 3000 ms' }).click();
  await page.getByRole('switch', { name: 'Maintenance, always' }).click();
  await standsAt('hang_after_success:create_code:times=1,rate_limit:get_payment:probability=0.2,maintenance');
  await page.getByRole('button', { name: 'Clear all' }).click();
  await standsAt('');

  await page.getByText('Settings', { exact: true }).click();
  await page.getByLabel('QR lifetime seconds').fill('60');
  await page.getByLabel('QR lifetime seconds').blur();
  await waitUntil('the setting', async () => {
    const settings = await get<Record<string, unknown>>('/paypay/control/settings');
    return settings['qr_lifetime_seconds'] === 60;
  });

  await page.goto(`${url}/mpgs`);
  await page.getByRole('button', { name: 'Choose' }).click();
  await page.getByLabel('Answers').selectOption('INSUFFICIENT_BALANCE');
  await page.getByRole('button', { name: 'Switch it on' }).click();
  await waitUntil('the refusal', async () => {
    return (await get<Dial>('/mpgs/control/faults')).on_command_line === 'refuse:code=INSUFFICIENT_BALANCE';
  });
  assert.deepEqual(broken, []);
});

test('on a phone a held payment keeps its name in words beside its three buttons, and nothing is cut off', {
  skip: existsSync(CHROMIUM) ? false : 'no Chromium on this machine',
}, async (t) => {
  const { url } = await simulate(t, ['paypay']);
  const { createCode, pay } = makeCaller(url, Date.now);
  await createCode('pa_1', { isAuthorization: true, orderDescription: 'One coffee, one sandwich' });
  await pay('pa_1');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/paypay`);
  await page.getByRole('button', { name: 'Run out' }).waitFor();
  const name = await page.getByText('One coffee, one sandwich').boundingBox();
  // Three lines of it, where a column of single letters would have eight.
  assert.ok(name !== null && name.height < 80, JSON.stringify(name));
  const is_cut = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  assert.equal(is_cut, false);
});
