// `mpac-pgw reconciliation`: a provider's file of a day, imported by hand, and what came of files. Imports stand in the
// audit log.
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { resolveException } from '../application/reconciliation-decisions.ts';
import {
  getReconciliation,
  listAllExceptions,
  listReconciliations,
} from '../application/reconciliation-reports.ts';
import { importReconciliationFile, MOST_FILE_BYTES } from '../application/reconciliations.ts';
import { EXCEPTION_STATUSES } from '../domain/reconciliation-exception.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate, operateWith } from './operate.ts';
import { StartError } from './start-error.ts';
import { asJson, EXCEPTION_COLUMNS, makeTable, readCount, readDate, readWords } from './tables.ts';

interface ImportOptions {
  provider: string;
  merchantId?: string;
  date?: string;
  live: boolean;
  by?: string;
}

export function registerReconciliationCommands(program: Command): void {
  const parent = program.command('reconciliation').description('hold a provider’s files against our books');
  parent
    .command('import')
    .argument('<file>', 'as the provider made it')
    .option('--provider <name>', 'whose file it is', 'PAYPAY')
    .option('--merchant-id <id>', 'the account at the provider, where the file’s name does not say it')
    .option('--date <day>', 'the day that it tells of, where its name does not say it: 2026-01-14', readDate)
    .option('--live', 'of live payments', false)
    .option('--by <name>', 'the person who does it, for the audit log')
    .description('import the file of a day; the same file again does nothing')
    .action((path: string, options: ImportOptions) =>
      operate(async (context) => {
        const { provider, merchantId, date, live, by } = options;
        const wanted = {
          provider,
          bytes: await readWhole(path),
          file_name: basename(path),
          ...(merchantId !== undefined && { account: merchantId }),
          ...(date !== undefined && { date }),
          livemode: live,
          source: 'by_hand' as const,
        };
        return importReconciliationFile(context, wanted, commandLineActor(by)).catch(asSentence);
      }),
    );

  parent
    .command('list')
    .option('--organization <id>', 'of one organization only')
    .option('--limit <count>', 'how many', readCount, 20)
    .option('--json', 'as JSON', false)
    .description('the imported files, newest first')
    .action(({ organization, limit, json }: { organization?: string; limit: number; json: boolean }) =>
      operateWith(
        (context) => listReconciliations(context, limit, organization ?? null),
        json ? asJson : (files) => makeTable(files, FILE_COLUMNS),
      ),
    );

  parent
    .command('show')
    .argument('<id>')
    .option('--limit <count>', 'how many exceptions', readCount, 100)
    .option('--json', 'as JSON', false)
    .description('a file and its exceptions')
    .action((id: string, { limit, json }: { limit: number; json: boolean }) =>
      operateWith(
        (context) => getReconciliation(context, id, limit),
        json
          ? asJson
          : ({ file, exceptions, has_more }) =>
              [
                `${file.id} ${file.file_name} (${file.status})`,
                makeTable(exceptions, EXCEPTION_COLUMNS),
                ...(has_more ? ['There are more: --limit shows them.'] : []),
              ].join('\n'),
      ),
    );

  parent
    .command('exceptions')
    .addOption(
      new Option('--status <status>', 'which').choices([...EXCEPTION_STATUSES, 'all']).default('open'),
    )
    .option('--organization <id>', 'of one organization only')
    .option('--limit <count>', 'how many', readCount, 100)
    .option('--json', 'as JSON', false)
    .description('what differs, wherever it was found, newest first')
    .action(({ status, organization, limit, json }: ExceptionsOptions) =>
      operateWith(
        (context) => {
          const wanted = { status: status === 'all' ? null : status, organization_id: organization ?? null };
          return listAllExceptions(context, wanted, limit);
        },
        json ? asJson : (exceptions) => makeTable(exceptions, [...EXCEPTION_COLUMNS, 'settlement_id']),
      ),
    );

  parent
    .command('resolve')
    .argument('<exception>', 'rx_…, as `show` has it')
    .requiredOption('--reason <text>', 'why, for the audit log', readWords(1_000))
    .requiredOption('--by <name>', 'the person who decided it, for the audit log', readWords(255))
    .option(
      '--adjustment <amount>',
      'minor units to book with it: above zero, the provider owes us more',
      readAmount,
    )
    .description('resolve an exception that a person has looked at; it changes no payment')
    .action((id: string, { reason, by, adjustment }: ResolveOptions) =>
      operateWith(
        async (context) => {
          const decision = { reason, adjustment_amount: adjustment ?? null };
          return resolveException(context, null, id, decision, commandLineActor(by), null);
        },
        ({ body }) => asJson(JSON.parse(body) as object),
      ),
    );
}

interface ExceptionsOptions {
  status: 'open' | 'resolved' | 'all';
  organization?: string;
  limit: number;
  json: boolean;
}

interface ResolveOptions {
  reason: string;
  by: string;
  adjustment?: number;
}

const FILE_COLUMNS = [
  ...['id', 'organization_id', 'account', 'contents', 'period_begins_at', 'status'],
  ...['payments_count', 'amount_paid', 'refunds_count', 'amount_refunded', 'unknown_count'],
  'exceptions_count',
] as const;

export async function readWhole(path: string, most_bytes = MOST_FILE_BYTES): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > most_bytes) throw new StartError(`${path} is larger than ${most_bytes} bytes.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`${path} cannot be read (${code}).`);
  }
}

/** What is wrong with a file is told, and is no fault of the gateway. */
function asSentence(error: unknown): never {
  throw error instanceof UnreadableFileError ? new StartError(error.message) : error;
}

function readAmount(text: string): number {
  const amount = /^-?\d{1,11}$/.test(text) ? Number(text) : 0;
  if (amount !== 0) return amount;
  throw new InvalidArgumentError('It must be a whole number of minor units, above or below zero.');
}
