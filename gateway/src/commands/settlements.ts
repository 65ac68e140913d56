// `mpac-pgw settlement`: what providers settle, as the operator looks at it, and the nightly exchange with the card
// processor.
import { type Command, Option } from 'commander';
import { listSettlementResources, showSettlement } from '../application/settlement-reports.ts';
import { SETTLEMENT_STATUSES } from '../domain/settlement.ts';
import { registerCardBatchCommands } from './card-batches.ts';
import { operateWith } from './operate.ts';
import { asJson, EXCEPTION_COLUMNS, makeTable, readCount, readDate } from './tables.ts';

interface ListOptions {
  organization?: string;
  merchant?: string;
  provider?: string;
  status?: string;
  from?: string;
  to?: string;
  limit: number;
  json: boolean;
}

export function registerSettlementCommands(program: Command): void {
  const parent = program.command('settlement').description('what providers settle, held against our books');
  parent
    .command('list')
    .option('--organization <id>', 'of one organization only')
    .option('--merchant <id>', 'of one merchant only')
    .option('--provider <name>', 'of one provider only: PAYPAY, MPGS, SP_NET')
    .addOption(new Option('--status <status>', 'in this status only').choices(SETTLEMENT_STATUSES))
    .option('--from <day>', 'from this business day on: 2026-01-28', readDate)
    .option('--to <day>', 'up to this business day', readDate)
    .option('--limit <count>', 'how many', readCount, 20)
    .option('--json', 'as JSON', false)
    .description('settlements, newest first')
    .action((options: ListOptions) =>
      operateWith(
        async (context) => {
          const filter = {
            organization_id: options.organization ?? null,
            merchant_id: options.merchant ?? null,
            provider: options.provider ?? null,
            status: options.status ?? null,
            business_date_gte: options.from ?? null,
            business_date_lte: options.to ?? null,
          };
          return (await listSettlementResources(context, null, filter, options.limit)).page;
        },
        options.json ? asJson : (settlements) => makeTable(settlements, SETTLEMENT_COLUMNS),
      ),
    );

  parent
    .command('show')
    .argument('<id>')
    .option('--limit <count>', 'how many exceptions', readCount, 100)
    .option('--json', 'as JSON', false)
    .description('a settlement: what the provider states, what we have, and what differs')
    .action((id: string, { limit, json }: { limit: number; json: boolean }) =>
      operateWith(
        (context) => showSettlement(context, id, limit),
        json ? asJson : (shown) => printSettlement(shown),
      ),
    );
  registerCardBatchCommands(parent);
}

const SETTLEMENT_COLUMNS = [
  ...['id', 'merchant_id', 'provider', 'account', 'business_date', 'currency', 'source', 'status'],
  ...['transaction_count', 'gross_amount', 'refunded_amount', 'fees_amount', 'net_amount'],
  'open_exceptions_count',
] as const;

function printSettlement({ settlement, exceptions }: Awaited<ReturnType<typeof showSettlement>>): string {
  const row = (name: string) => ({
    what: name,
    stated: settlement[name],
    ours: settlement[`expected_${name}`],
  });
  const sums = ['transaction_count', 'gross_amount', 'refunded_amount', 'fees_amount', 'net_amount'].map(row);
  return [
    ['id', 'merchant_id', 'provider', 'business_date', 'currency', 'status']
      .map((name) => settlement[name])
      .join(' '),
    makeTable(sums, ['what', 'stated', 'ours']),
    ...(exceptions.length > 0 ? [makeTable(exceptions, EXCEPTION_COLUMNS)] : []),
  ].join('\n');
}
