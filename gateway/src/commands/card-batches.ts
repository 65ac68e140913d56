// `mpac-pgw settlement …`: a day's exchange with the card processor, run by hand; a settlement file that never came; and
// the connection. The password comes from a file or the standard input, never from the command line, which others see.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { importSettlementFile } from '../application/card-batch-settlements.ts';
import { listCardBatchResources, runCardBatch } from '../application/card-batches.ts';
import {
  type ConnectionSettings,
  cardProcessorConnectionResource,
  deleteCardProcessorConnection,
  findConnectionOwner,
  findCurrentSettings,
  getCardProcessorConnection,
  saveCardProcessorConnection,
  testCardProcessorConnection,
} from '../application/card-processor-connections.ts';
import { MOST_SETTLEMENT_BYTES } from '../application/card-settlements.ts';
import type { Answer } from '../application/idempotency.ts';
import { getOrganizationOwner } from '../application/webhook-endpoints.ts';
import type { Context } from '../context.ts';
import { cardBatchResource } from '../domain/card-batch.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';
import { readWhole } from './reconciliations.ts';
import { StartError } from './start-error.ts';
import { readCount, readDate } from './tables.ts';

interface Whose {
  organization?: string;
  live: boolean;
}

interface By extends Whose {
  by?: string;
}

const ofOrganization = (command: Command): Command =>
  command
    .option('--organization <id>', 'where several have a connection')
    .option('--live', 'for live payments', false);

const BY = ['--by <name>', 'the person who does it, for the audit log'] as const;
const bodyOf = (answer: Answer) => JSON.parse(answer.body) as object;

export function registerCardBatchCommands(settlement: Command): void {
  ofOrganization(settlement.command('run'))
    .requiredOption('--date <day>', 'a day in Japan that is over: 2026-01-14', readDate)
    .option('--upload-again', 'send the file although it was sent before; it is the same to the byte', false)
    .option(...BY)
    .description(
      'run a day of the card batch now: upload, download, reconcile; it may be run as often as you like',
    )
    .action(({ date, uploadAgain, by, ...whose }: By & { date: string; uploadAgain: boolean }) =>
      operate(async (context) => {
        const wanted = {
          ...(await findConnectionOwner(context, whose)),
          business_date: date,
          upload_again: uploadAgain,
        };
        const batch = await runCardBatch(context, wanted, commandLineActor(by));
        if (batch.error !== null) throw new StartError(`${batch.id}: ${batch.error}`);
        return cardBatchResource(batch);
      }),
    );

  ofOrganization(settlement.command('import'))
    .argument('<file>', 'as the processor made it')
    .requiredOption('--date <day>', 'the day that it settles: 2026-01-14', readDate)
    .option(...BY)
    .description('supply the settlement file of a day by hand; the same file again does nothing')
    .action((path: string, { date, by, ...whose }: By & { date: string }) =>
      operate(async (context) => {
        const supplied = { bytes: await readWhole(path, MOST_SETTLEMENT_BYTES), file_name: basename(path) };
        const day = { ...(await findConnectionOwner(context, whose)), business_date: date };
        return cardBatchResource(await importSettlementFile(context, day, supplied, commandLineActor(by)));
      }),
    );

  ofOrganization(settlement.command('batches'))
    .option('--limit <count>', 'how many', readCount, 20)
    .description('the days of the card batch, newest first')
    .action(({ limit, ...whose }: Whose & { limit: number }) =>
      operate(async (context) => {
        const all = { step: null, business_date_gte: null, business_date_lte: null, starting_after: null };
        const owner = await findConnectionOwner(context, whose);
        return (await listCardBatchResources(context, owner, { ...all, limit })).page;
      }),
    );

  registerConnectionCommands(settlement);
}

function registerConnectionCommands(settlement: Command): void {
  ofOrganization(settlement.command('connection'))
    .description('the connection to the card processor, without its password')
    .action((whose: Whose) =>
      operate(async (context) => {
        const owner = await findConnectionOwner(context, whose);
        return cardProcessorConnectionResource(await getCardProcessorConnection(context, owner));
      }),
    );

  ofOrganization(settlement.command('test'))
    .description('log in at the card processor and look into both folders')
    .action((whose: Whose) =>
      operate(async (context) =>
        testCardProcessorConnection(context, await findConnectionOwner(context, whose)),
      ),
    );

  ofOrganization(settlement.command('disconnect'))
    .option(...BY)
    .description('delete the connection; the days that were are kept')
    .action(({ by, ...whose }: By) =>
      operate(async (context) => {
        const origin = { actor: commandLineActor(by), mark: null };
        const owner = await findConnectionOwner(context, whose);
        return bodyOf(await deleteCardProcessorConnection(context, owner, origin));
      }),
    );

  settlement
    .command('configure')
    .requiredOption('--organization <id>')
    .option('--live', 'for live payments', false)
    .option('--host <name>')
    .option('--port <number>', '21, or at least 1024', readPort)
    .option('--username <name>')
    .option('--password-file <file>', 'holds the password; - reads it from the standard input')
    .addOption(new Option('--tls <mode>').choices(['when_offered', 'required', 'off']))
    .option('--tls-ca <file>', 'the certificate, in PEM, that the server’s own is signed with')
    .option('--upload-directory <folder>')
    .option('--download-directory <folder>')
    .option('--merchant-numbers <file>', 'JSON: the processor’s number of a merchant to your merchant id')
    .option('--mail-to <address>', 'who hears of a failure')
    .addOption(new Option('--language <language>', 'of that mail').choices(['ja', 'en']))
    .addOption(new Option('--active <word>', 'whether it runs by itself').choices(['yes', 'no']))
    .option('--starts-on <day>', 'the first day whose batch is run: 2026-01-14', readDate)
    .option(...BY)
    .description('set the connection to the card processor; what is left out stays as it is')
    .action((options: ConfigureOptions) =>
      operate(async (context) => {
        const { organization_id, livemode } = await getOrganizationOwner(
          context,
          options.organization,
          options.live,
        );
        const owner = { organization_id, livemode };
        const settings = await readSettings(context, owner, options);
        const origin = { actor: commandLineActor(options.by), mark: null };
        return bodyOf(await saveCardProcessorConnection(context, owner, settings, origin));
      }),
    );
}

interface ConfigureOptions {
  organization: string;
  live: boolean;
  host?: string;
  port?: number;
  username?: string;
  passwordFile?: string;
  tls?: NonNullable<ConnectionSettings['tls']>;
  tlsCa?: string;
  uploadDirectory?: string;
  downloadDirectory?: string;
  merchantNumbers?: string;
  mailTo?: string;
  language?: NonNullable<ConnectionSettings['language']>;
  active?: 'yes' | 'no';
  startsOn?: string;
  by?: string;
}

async function readSettings(
  context: Context,
  owner: { organization_id: string; livemode: boolean },
  options: ConfigureOptions,
): Promise<ConnectionSettings> {
  const { host, port, username, passwordFile, tls, tlsCa, uploadDirectory, downloadDirectory } = options;
  const { merchantNumbers, mailTo, language, active, startsOn } = options;
  const wanted: Partial<ConnectionSettings> = {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(username !== undefined && { username }),
    ...(passwordFile !== undefined && { password: await readPassword(passwordFile) }),
    ...(tls !== undefined && { tls }),
    ...(tlsCa !== undefined && { tls_ca: (await readWhole(tlsCa, 65_536)).toString('utf8') }),
    ...(uploadDirectory !== undefined && { upload_directory: uploadDirectory }),
    ...(downloadDirectory !== undefined && { download_directory: downloadDirectory }),
    ...(merchantNumbers !== undefined && { merchant_numbers: await readNumbers(merchantNumbers) }),
    ...(mailTo !== undefined && { mail_to: mailTo }),
    ...(language !== undefined && { language }),
    ...(active !== undefined && { is_active: active === 'yes' }),
    ...(startsOn !== undefined && { starts_on: startsOn }),
  };
  const {
    host: named,
    username: known,
    ...settings
  } = { ...(await findCurrentSettings(context, owner)), ...wanted };
  if (named === undefined || known === undefined)
    throw new StartError('There is no connection yet: give --host, --username and --password-file.');
  return { ...settings, host: named, username: known };
}

/** One line end after it is the editor's, not the password's. */
async function readPassword(path: string): Promise<string> {
  const text = path === '-' ? readFileSync(0, 'utf8') : (await readWhole(path, 4_096)).toString('utf8');
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new StartError('The password is empty.');
  return password;
}

async function readNumbers(path: string): Promise<Record<string, string>> {
  const wrong = new StartError(`${path} must be JSON such as {"MERCHANT-001": "merchant_001"}.`);
  const text = (await readWhole(path, 4_194_304)).toString('utf8');
  let numbers: unknown;
  try {
    numbers = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof numbers !== 'object' || numbers === null || Array.isArray(numbers)) throw wrong;
  if (Object.values(numbers).some((id) => typeof id !== 'string')) throw wrong;
  return numbers as Record<string, string>;
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new StartError(`--port must be a number, not "${text}".`);
}
