// `mpac-pgw reconciliation`: a provider's file of a day, imported by hand, and what came of files. Imports stand in the
// audit log.
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { resolveException } from '../application/reconciliation-decisions.ts';
import { getReconciliation, listReconciliations } from '../application/reconciliation-reports.ts';
import { importReconciliationFile, MOST_FILE_BYTES } from '../application/reconciliations.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate, operateWith } from './operate.ts';
import { StartError } from './start-error.ts';

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
    .command('resolve')
    .argument('<exception>', 'rx_…, as `show` has it')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--by <name>', 'the person who decided it, for the audit log')
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

const EXCEPTION_COLUMNS = [
  ...['id', 'kind', 'line', 'payment_intent_id', 'attempt_id', 'refund_id', 'provider_payment_id'],
  ...['amount_here', 'amount_there', 'status_here', 'status_there', 'happened_at', 'resolved_at'],
] as const;

const asJson = (value: object) => JSON.stringify(value, null, 2);

/** Columns as wide as what stands in them; what is not there is a dash. */
function makeTable(rows: readonly object[], columns: readonly string[]): string {
  const cells = [
    [...columns],
    ...rows.map((row) => columns.map((column) => String((row as Record<string, unknown>)[column] ?? '-'))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? '').length)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

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

export function readDate(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-01-14.');
}

export function readCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 1_000) return count;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}

function readAmount(text: string): number {
  const amount = /^-?\d{1,11}$/.test(text) ? Number(text) : 0;
  if (amount !== 0) return amount;
  throw new InvalidArgumentError('It must be a whole number of minor units, above or below zero.');
}
