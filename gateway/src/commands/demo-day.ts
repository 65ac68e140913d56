// A whole day's money in a terminal, against the gateway that runs here: what a shop sold on a day that is over, the card
// processor's batch, PayPay's file, the till's own list, what differs between them, and the export for accounting.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runAccountingExport } from '../application/accounting-exports.ts';
import { runCardBatch } from '../application/card-batches.ts';
import { importReconciliationFile } from '../application/reconciliations.ts';
import { type Config, readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { listSigningKeys } from '../db/api-keys.ts';
import { findPaymentIntent } from '../db/payment-intents.ts';
import { addDays, businessDateOf, isBusinessDate, JAPAN } from '../domain/business-date.ts';
import { commandLineActor } from './command-line-actor.ts';
import { call, control, type Json, money, say } from './demo-client.ts';
import { type DemoDay, makeDemoDay } from './demo-day-payments.ts';
import { type DevelopmentFacts, readDevelopmentFacts } from './development.ts';
import { filesDirectory } from './development-servers.ts';
import { writePlayedPayments } from './played-payments.ts';
import { withContext } from './run.ts';
import { StartError } from './start-error.ts';

export function registerDemoDay(demo: Command): void {
  demo
    .command('day')
    .description('play a whole day that is over: payments, card batch, settlement, what differs, export')
    .option('--date <date>', 'which day, such as 2026-01-28; without it, yesterday in Japan')
    .action(({ date }: { date?: string }) => {
      const config = readConfig({ LOG_LEVEL: 'error', ...process.env }, 'development');
      return withContext(config, (context) => playDay(context, config, date));
    });
}

async function playDay(context: Context, config: Config, wanted: string | undefined): Promise<void> {
  const today = businessDateOf(new Date(context.now()).toISOString(), JAPAN);
  const date = wanted ?? addDays(today, -1);
  if (!isBusinessDate(date) || date >= today)
    throw new StartError(`--date must be a day that is over in Japan, such as ${addDays(today, -1)}.`);
  const facts = await readDevelopmentFacts(config.data_dir);
  if (facts === null)
    throw new StartError('No gateway has been started here yet. Run "npm start" in another terminal first.');
  if (facts.ftp_url === undefined)
    throw new StartError('This gateway was started without a card processor: unset MPAC_SIMULATOR_URL.');
  const [key] = await listSigningKeys(context.db, facts.api_key);
  if (key === undefined) throw new StartError('The database is not that of the gateway that runs here.');
  const owner = { organization_id: key.organization_id, livemode: false };
  const stage = { context, facts, owner, day: makeDemoDay(date, facts), files: filesDirectory(config) };

  title('The day');
  await sell(stage);
  title('02:00, the card processor');
  await settleCards(stage);
  title('PayPay’s file of the day');
  await importPaypayFile(stage);
  title('The till’s own list of orders');
  await postOrders(stage);
  title('What differs');
  const exceptions = await showExceptions(stage);
  title('The export for accounting');
  await exportDay(stage);
  title('Try next');
  suggest(stage, exceptions);
}

interface DayStage {
  context: Context;
  facts: DevelopmentFacts;
  owner: { organization_id: string; livemode: boolean };
  day: DemoDay;
  files: string;
}

function title(words: string): void {
  console.log(`\n${words}\n`);
}

/** As it stands on the disk, a little to the right and without what no terminal shows. */
function show(name: string, text: string): void {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  console.log(`  ${name}\n\n${lines.map((line) => `    ${line}`).join('\n')}\n`);
}

const digitsOf = (date: string) => date.replaceAll('-', '');
const yen = (amount: number) => money(amount, 'JPY');

/** Once for a date: a second time the day is there, and everything that follows finds it as it was. */
async function sell({ context, facts, owner, day }: DayStage): Promise<void> {
  const [first] = day.payments;
  const was_played = first !== undefined && (await findPaymentIntent(context.db, first.intent_id)) !== null;
  if (!was_played) {
    // Within one transaction, because a payment of yesterday that is still open is one that a worker lets expire.
    await context.db.withTransaction(async (tx) => {
      for (const payment of day.payments) await writePlayedPayments(context, tx, owner, [payment]);
    });
  }
  const { days } = (await control(facts, 'GET', '/sp-net/control')) as { days: { date: string }[] };
  if (!days.some(({ date }) => date === day.date)) {
    await control(facts, 'POST', '/sp-net/control/authorizations', { authorizations: day.authorizations });
    await control(facts, 'POST', '/paypay/control/movements', { movements: day.paypay_movements });
  }
  for (const { at, merchant_ref_id, amount, provider, outcome, refund } of day.payments) {
    const ended =
      outcome === 'declined' ? ', declined' : refund === null ? '' : `, ${yen(refund.amount)} given back`;
    say(timeInJapan(at), `${merchant_ref_id}  ${provider.padEnd(10)} ${yen(amount)}${ended}`);
  }
  if (was_played) say('Note', `${day.date} was played before: its payments are those of the first time.`);
}

const timeInJapan = (at: string) => new Date(Date.parse(at) + 9 * 3_600_000).toISOString().slice(11, 19);

async function settleCards({ context, owner, day, files }: DayStage): Promise<void> {
  const batch = await runCardBatch(context, { ...owner, business_date: day.date }, commandLineActor());
  const folder = join(files, 'card-processor');
  const upload = join('upload', `transactions_${digitsOf(day.date)}.csv`);
  show(`Uploaded: ${upload}`, await readFile(join(folder, upload), 'utf8'));
  if (batch.settlement_file_name === null) {
    say('No answer', `the batch waits: ${batch.error ?? batch.step}`);
    return;
  }
  const download = join('download', batch.settlement_file_name);
  show(`Downloaded: ${download}`, await readFile(join(folder, download), 'utf8'));
}

async function importPaypayFile({ context, facts, day }: DayStage): Promise<void> {
  const made = (await control(facts, 'POST', '/paypay/control/reconciliation_file', {
    date: day.date,
    announce: false,
  })) as { files: { name: string; url: string }[] };
  for (const { name, url } of made.files) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    const file = { provider: 'PAYPAY', bytes, file_name: name, livemode: false, source: 'by_hand' as const };
    await importReconciliationFile(context, file, commandLineActor());
    show(`Imported: ${name}`, new TextDecoder('shift_jis').decode(bytes));
  }
}

async function postOrders({ facts, day }: DayStage): Promise<void> {
  const list = await call(facts, 'POST', '/v1/order_lists', {
    merchant_id: facts.merchant_id,
    merchant_store_id: facts.merchant_store_id,
    business_date: day.date,
    orders: day.orders,
  });
  say('Posted', `${String(list['orders_count'])} orders, of which ${String(list['matched_count'])} agree`);
}

async function showExceptions({ facts, day }: DayStage): Promise<Json[]> {
  const range = `business_date_gte=${day.date}&business_date_lte=${day.date}&limit=100`;
  const settlements = (await call(facts, 'GET', `/v1/settlements?${range}`)) as unknown as Json[];
  for (const one of settlements.filter(({ status }) => status !== 'replaced')) {
    const sums = (side: string) =>
      `${one[`${side}transaction_count`]} payments of ${yen(Number(one[`${side}gross_amount`]))}, ` +
      `${yen(Number(one[`${side}refunded_amount`]))} given back`;
    say(String(one['provider']), `states ${sums('')}; we have ${sums('expected_')}`);
  }
  console.log('');
  const exceptions = (await call(
    facts,
    'GET',
    `/v1/reconciliation_exceptions?${range}&status=open`,
  )) as unknown as Json[];
  for (const one of exceptions.toReversed()) say(String(one['kind']), wordsOf(one));
  return exceptions;
}

function wordsOf(exception: Json): string {
  const { id, source, provider, field, payment_intent } = exception;
  const sides = ['count', 'amount', 'status'].flatMap((what) => {
    const [here, there] = [exception[`${what}_here`], exception[`${what}_there`]];
    return here === undefined && there === undefined
      ? []
      : [`${what} ${here ?? 'none'} here, ${there ?? 'none'} there`];
  });
  const about = field ?? payment_intent ?? exception['provider_reference'] ?? '';
  return [id, `${source} of ${provider}`, about, ...sides].filter((word) => word !== '').join('; ');
}

async function exportDay({ context, facts, owner, day, files }: DayStage): Promise<void> {
  const { merchant_id, merchant_store_id } = facts;
  const wanted = { ...owner, merchant_id, merchant_store_id, business_date: day.date };
  for (const { file_name, format, status, error } of await runAccountingExport(
    context,
    wanted,
    commandLineActor(),
  )) {
    if (status !== 'delivered') {
      say(file_name, `${status}: ${error}`);
      continue;
    }
    const path = join('exports', 'mpac', merchant_id, file_name);
    // The three say the same; one is enough to read.
    if (format === 'csv') show(`Delivered: ${path}`, await readFile(join(files, 'accounting', path), 'utf8'));
    else say('Delivered', path);
  }
}

function suggest({ facts, day, files }: DayStage, exceptions: Json[]): void {
  const cancelled = exceptions.find(({ kind }) => kind === 'status_differs')?.['id'] ?? 'rx_…';
  const settlement = join(files, 'card-processor', 'download', `settlement_${digitsOf(day.date)}.csv`);
  const simulators = new URL(facts.simulator_url).origin;
  const before = addDays(day.date, -1);
  console.log(`  Settle what differs, with a reason that stays in the audit log:

    ${CLI} reconciliation resolve ${cancelled} --reason 'Paid, and cancelled by mistake.' --by 'M. Sato'

  Change the processor's file, and supply it by hand. It takes the place of the one before:

    ${CLI} settlement import ${settlement} --date ${day.date}

  See what stands now, and whether the books agree with the payments:

    ${CLI} settlement list
    ${CLI} books check

  Let the processor's next file be wrong, and play the day before:

    curl -X PUT ${simulators}/sp-net/control/settlement_faults -H 'content-type: application/json' -d '{"faults":["sums_wrong"]}'
    npm run demo -- day --date ${before}
`);
}

/** As a newcomer calls it, who has installed nothing. */
const CLI = 'node gateway/dist/src/cli.js';
