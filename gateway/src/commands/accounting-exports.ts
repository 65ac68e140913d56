// `mpac-pgw export`: the files of the accounting export, run by hand and looked at, and where a merchant's files go.
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type AccountingExportSettings,
  saveAccountingExportConfig,
  testAccountingExport,
} from '../application/accounting-export-configs.ts';
import {
  getAccountingExport,
  getOwnerOfMerchant,
  listExportsOfAll,
} from '../application/accounting-export-requests.ts';
import { runAccountingExport } from '../application/accounting-exports.ts';
import {
  type AccountingExport,
  accountingExportResource,
  EXPORT_FORMATS,
  type ExportFormat,
} from '../domain/accounting-export.ts';
import type { MailLanguage } from '../domain/export-mail.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate, operateWith } from './operate.ts';
import { StartError } from './start-error.ts';
import { readCount, readDate } from './tables.ts';

interface Whose {
  merchant: string;
  organization?: string;
  live: boolean;
}

function ofMerchant(command: Command): Command {
  return command
    .requiredOption('--merchant <id>')
    .option('--organization <id>', 'where several have a merchant of this name')
    .option('--live', 'of live payments', false);
}

export function registerAccountingExportCommands(program: Command): void {
  const parent = program.command('export').description('the files of the accounting export');
  registerRun(parent);
  registerConfigure(parent);

  parent
    .command('list')
    .option('--organization <id>', 'of one organization only')
    .option('--merchant <id>', 'of one merchant only')
    .option('--limit <count>', 'how many', readCount, 20)
    .option('--json', 'as JSON', false)
    .description('the files, newest first')
    .action(
      ({
        organization,
        merchant,
        limit,
        json,
      }: {
        organization?: string;
        merchant?: string;
        limit: number;
        json: boolean;
      }) =>
        operateWith(
          (context) => listExportsOfAll(context, organization ?? null, merchant ?? null, limit),
          (rows) =>
            json ? JSON.stringify(rows.map(accountingExportResource), null, 2) : rows.map(lineOf).join('\n'),
        ),
    );

  parent
    .command('show')
    .argument('<id>', 'ax_…, as `list` has it')
    .description('a file and what became of it')
    .action((id: string) =>
      operate(async (context) => accountingExportResource(await getAccountingExport(context, null, id))),
    );

  ofMerchant(parent.command('test'))
    .description('try the connection, and see the host key that the server shows')
    .action(({ merchant, organization, live }: Whose) =>
      operate(async (context) =>
        testAccountingExport(
          context,
          await getOwnerOfMerchant(context, merchant, live, organization ?? null),
        ),
      ),
    );
}

const lineOf = (row: AccountingExport) =>
  [
    row.id,
    row.business_date,
    row.status.padEnd(9),
    row.file_name,
    ...(row.gross_revenue === null
      ? []
      : [`${row.transactions_count} lines, ${row.gross_revenue} ${row.currency}`]),
    ...(row.error === null ? [] : [`attempt ${row.attempts_made}: ${row.error}`]),
  ].join('  ');

interface RunOptions extends Whose {
  date: string;
  store?: string;
  format?: ExportFormat;
  by?: string;
}

function registerRun(parent: Command): void {
  ofMerchant(parent.command('run'))
    .requiredOption('--date <day>', 'the business date: 2026-01-28', readDate)
    .option('--store <id>', 'left out: every store, and what was sold in none')
    .addOption(
      new Option('--format <format>', 'left out: those that the merchant has chosen').choices(EXPORT_FORMATS),
    )
    .option('--by <name>', 'the person who does it, for the audit log')
    .description('make the files of a business date and send them now, whatever became of them before')
    .action(({ merchant, organization, live, date, store, format, by }: RunOptions) =>
      operate(async (context) => {
        const owner = await getOwnerOfMerchant(context, merchant, live, organization ?? null);
        const wanted = {
          ...owner,
          business_date: date,
          ...(store !== undefined && { merchant_store_id: store }),
          ...(format !== undefined && { format }),
        };
        const rows = await runAccountingExport(context, wanted, commandLineActor(by));
        return rows.map(accountingExportResource);
      }),
    );
}

interface ConfigureOptions extends Whose {
  formats?: ExportFormat[];
  host?: string;
  port?: number;
  username?: string;
  keyFile?: string;
  passphraseFile?: string;
  generateKey?: boolean;
  hostKey?: string;
  directory?: string;
  mailTo?: string;
  language?: MailLanguage;
  activate?: boolean;
  deactivate?: boolean;
  startsOn?: string;
}

function registerConfigure(parent: Command): void {
  ofMerchant(parent.command('configure'))
    .option('--formats <list>', `of ${EXPORT_FORMATS.join(', ')}, with commas`, readFormats)
    .option('--host <name>', 'of the SFTP server')
    .option('--port <number>', 'of the SFTP server', readPort)
    .option('--username <name>')
    .option('--key-file <path>', 'the private key; it is never shown again')
    .option('--passphrase-file <path>', 'its passphrase, where it has one')
    .option('--generate-key', 'make a key here; its public half is shown')
    .option('--host-key <fingerprint>', 'SHA256:…, as `test` shows it and the accounting system confirms it')
    .option('--directory <path>', 'where files lie there; {merchant_id} stands for the merchant')
    .option('--mail-to <address>', 'who hears of failures; empty: the organization’s address')
    .addOption(new Option('--language <language>', 'of mails').choices(['ja', 'en']))
    .option('--activate', 'take each business day')
    .option('--deactivate', 'make files only when somebody asks for them')
    .option('--starts-on <day>', 'the first business date of which there is a file', readDate)
    .description('say where a merchant’s files go; what is left out stays as it is')
    .action((options: ConfigureOptions) =>
      operate(async (context) => {
        const { merchant, organization, live } = options;
        const owner = await getOwnerOfMerchant(context, merchant, live, organization ?? null);
        const wanted = await readSettings(options);
        const answer = await saveAccountingExportConfig(context, owner, wanted, {
          actor: commandLineActor(),
          mark: null,
        });
        return JSON.parse(answer.body) as object;
      }),
    );
}

async function readSettings(options: ConfigureOptions): Promise<AccountingExportSettings> {
  const { formats, host, port, username, directory, language } = options;
  const given: { [name in keyof AccountingExportSettings]: AccountingExportSettings[name] | undefined } = {
    ...{ formats, host, port, username, directory, language },
    private_key: options.keyFile === undefined ? undefined : await readText(options.keyFile),
    passphrase:
      options.passphraseFile === undefined ? undefined : (await readText(options.passphraseFile)).trim(),
    generate_key: options.generateKey,
    host_key: options.hostKey,
    mail_to: options.mailTo,
    is_active: options.activate === true ? true : options.deactivate === true ? false : undefined,
    starts_on: options.startsOn,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new StartError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function readFormats(text: string): ExportFormat[] {
  const found = text.split(',').map((word) => EXPORT_FORMATS.find((format) => format === word.trim()));
  const formats = found.filter((format) => format !== undefined);
  if (formats.length === found.length) return [...new Set(formats)];
  throw new InvalidArgumentError(`They must be of ${EXPORT_FORMATS.join(', ')}.`);
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port, from 1 to 65535.');
}
