// `npm run demo` by every method, each as a command of its own beside one real start: what a newcomer sees of a payment.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { guardDataDir, runCli, startCli } from './support/process.ts';

const data_dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-demo-'));
// When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
await chmod(data_dir, 0o711);
const gateway = startCli({ after }, ['start'], { env: { MPAC_DATA_DIR: data_dir, LOG_LEVEL: 'warn' } });
guardDataDir({ after }, data_dir);
after(() => rm(data_dir, { recursive: true, force: true }));
await gateway.waitFor('its words', () => gateway.stdout().includes('Ctrl-C stops it all'));

async function play(t: TestContext, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(t, ['demo', ...args], { env: { MPAC_DATA_DIR: data_dir } });
  assert.deepEqual([code, stderr], [0, ''], `${stdout}\n${stderr}`);
  return stdout;
}

const webhook = (type: string) =>
  new RegExp(`Webhook +payment_intent\\.${type}, number \\d+, signature valid`);
const received = (text: string) => /Done +(.+) received/.exec(text)?.[1];

test('without a word the demo is one paid QR code, with its statuses and webhooks', async (t) => {
  const text = await play(t);
  assert.match(text, /█.*█/s, 'the code is drawn');
  for (const type of ['created', 'requires_action', 'succeeded']) assert.match(text, webhook(type));
  assert.match(text, /Status +requires_action → succeeded/);
  assert.equal(received(text), '¥1,500');
});

test('the till scans the code that a customer shows in the app, and the money is there', async (t) => {
  const text = await play(t, '--method', 'paypay-cpm');
  assert.match(text, /The customer +shows the code \d{24}, and the till scans it/);
  assert.match(text, webhook('succeeded'));
  assert.equal(received(text), '¥1,500');
});

test('a card is paid on a page of MPGS, in dollars', async (t) => {
  const text = await play(t, '--method', 'mpgs', '--auto');
  assert.match(text, /The customer +opens http:\S+\/mpgs\/checkout\/\S+ and pays/);
  for (const type of ['requires_action', 'succeeded']) assert.match(text, webhook(type));
  assert.equal(received(text), 'USD 15.00');
});

test('without --auto the demo waits for a person at the page of MPGS', async (t) => {
  const options = { env: { MPAC_DATA_DIR: data_dir } };
  const demo = startCli(t, ['demo', '--method', 'mpgs', '--amount', '990'], options);
  const find = () => /Your turn +open (\S+) and pay/.exec(demo.stdout())?.[1];
  const page = new URL(await demo.waitFor('the page', find));
  const { payments } = (await (await fetch(`${page.origin}/mpgs/control/payments`)).json()) as {
    payments: { checkout_url: string; invoice_no: string }[];
  };
  const payment = payments.find(({ checkout_url }) => checkout_url === page.href);
  await fetch(`${page.origin}/mpgs/control/payments/${payment?.invoice_no}/cancel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal((await demo.exited).code, 1);
  assert.match(demo.stderr(), /^The payment was not made, it is requires_payment_method: \S.*\n$/);
});

test('a terminal approves with an approval code and a slip number', async (t) => {
  const text = await play(t, '--method', 'terminal', '--amount', '2500');
  assert.match(text, /The terminal +approved, approval code \d{6}, slip \d{4}/);
  assert.match(text, webhook('succeeded'));
  assert.equal(received(text), '¥2,500');
});

test('a terminal declines, and the payment has failed', async (t) => {
  const text = await play(t, '--method', 'terminal', '--declined');
  assert.match(text, /The terminal +declined: Insufficient funds/);
  assert.match(text, webhook('failed'));
  assert.match(text, /Done +failed, nothing received/);
});

test('cash is taken and confirmed', async (t) => {
  const text = await play(t, '--method', 'cash');
  assert.match(text, webhook('succeeded'));
  assert.equal(received(text), '¥1,500');
});

test('all methods are played in turn and end in a table, one line for each', async (t) => {
  const text = await play(t, '--method', 'all');
  const table = text.slice(text.indexOf('  method '));
  const rows = [...table.matchAll(/^ {2}(\S+) +succeeded +\S.* {3}pi_\w{26}$/gm)].map(([, name]) => name);
  assert.deepEqual(rows, ['paypay-qr', 'paypay-cpm', 'mpgs', 'terminal', 'cash']);
});

test('a demo that cannot be played is refused in one sentence', async (t) => {
  for (const [args, said] of [
    [['--method', 'cheque'], /Allowed choices are paypay-qr, .*all/],
    [['--method', 'cash', '--declined'], /--declined is the terminal’s/],
    [['--amount', 'much'], /amount/i],
  ] as const) {
    const { code, stderr } = await runCli(t, ['demo', ...args], { env: { MPAC_DATA_DIR: data_dir } });
    assert.equal(code, 1);
    assert.match(stderr, said);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});
