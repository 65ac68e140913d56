// Whole payments in a terminal, against the gateway that runs here: each is created, confirmed, paid as a customer
// would, and every status and webhook is printed as it comes.
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { playCash } from './demo-cash.ts';
import { say } from './demo-client.ts';
import { registerDemoDay } from './demo-day.ts';
import { playMpgs } from './demo-mpgs.ts';
import type { Ending, Play } from './demo-payment.ts';
import { playPaypayCpm } from './demo-paypay-cpm.ts';
import { playPaypayQr } from './demo-paypay-qr.ts';
import { startReceiver } from './demo-receiver.ts';
import { playTerminal } from './demo-terminal.ts';
import { readDevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

/** In the order in which `all` plays them. */
const METHODS: Record<string, Play> = {
  'paypay-qr': playPaypayQr,
  'paypay-cpm': playPaypayCpm,
  mpgs: playMpgs,
  terminal: playTerminal,
  cash: playCash,
};

interface DemoOptions {
  amount: string;
  method: string;
  auto?: true;
  declined?: true;
}

export function registerDemo(program: Command): void {
  const demo = program
    .command('demo')
    .description('play whole payments against the gateway that runs here')
    .addOption(
      new Option('--method <method>', 'how to pay')
        .choices([...Object.keys(METHODS), 'all'])
        .default('paypay-qr'),
    )
    .option('--amount <amount>', 'how much, in yen, and for mpgs in cents', '1500')
    .option('--auto', 'nobody has to click: mpgs pays by itself, as with all')
    .option('--declined', 'the terminal declines (with --method terminal)')
    .action((options: DemoOptions) => runDemo(readConfig(process.env, 'development'), options));
  registerDemoDay(demo);
}

async function runDemo(config: Config, options: DemoOptions): Promise<void> {
  const { method } = options;
  if (options.declined && method !== 'terminal')
    throw new StartError('--declined is the terminal’s: run it with --method terminal.');
  const facts = await readDevelopmentFacts(config.data_dir);
  if (facts === null)
    throw new StartError('No gateway has been started here yet. Run "npm start" in another terminal first.');

  const receiver = await startReceiver(facts, join(config.data_dir, 'demo.json'));
  const stage = {
    facts,
    receiver,
    amount: Number(options.amount),
    auto: options.auto === true || method === 'all',
    declined: options.declined === true,
  };
  try {
    say('Webhooks', `come to ${receiver.url}`);
    const endings: [string, Ending][] = [];
    for (const [name, play] of Object.entries(METHODS)) {
      if (method !== 'all' && method !== name) continue;
      if (method === 'all') console.log(`\n  ${name}\n`);
      endings.push([name, await play(stage)]);
    }
    if (method === 'all') printTable(endings);
  } finally {
    receiver.close();
  }
}

function printTable(endings: [string, Ending][]): void {
  console.log(
    `\n  ${'method'.padEnd(12)} ${'status'.padEnd(12)} ${'received'.padStart(12)}   payment intent`,
  );
  for (const [name, { id, status, received }] of endings) {
    console.log(`  ${name.padEnd(12)} ${status.padEnd(12)} ${received.padStart(12)}   ${id}`);
  }
}
