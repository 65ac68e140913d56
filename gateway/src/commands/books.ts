// `mpac-pgw books`: whether the books agree with the payments that they are about, and what days came to.
import type { Command } from 'commander';
import { listBalancesByHand } from '../application/balances.ts';
import { checkBooks } from '../application/books.ts';
import { operate } from './operate.ts';
import { readCount, readDate } from './tables.ts';

interface BalanceOptions {
  organization: string;
  live: boolean;
  merchant?: string;
  store?: string;
  provider?: string;
  from?: string;
  to?: string;
  limit: number;
}

export function registerBookCommands(program: Command): void {
  const parent = program.command('books').description('the books of what has moved');
  parent
    .command('check')
    .option('--book-missing', 'first book what an older release moved beside this one', false)
    .description('hold all books against all payments; exit code 1 where they disagree')
    .action(({ bookMissing }: { bookMissing: boolean }) =>
      operate(async (context) => {
        const result = await checkBooks(context, { book_missing: bookMissing });
        if (result.disagreements_count > 0) process.exitCode = 1;
        return result;
      }),
    );

  parent
    .command('balances')
    .requiredOption('--organization <id>')
    .option('--live', 'of live payments', false)
    .option('--merchant <id>')
    .option('--store <id>')
    .option('--provider <name>', 'PAYPAY, MPGS, SP_NET, TERMINAL or CASH')
    .option('--from <day>', 'from this business day on: 2026-01-28', readDate)
    .option('--to <day>', 'up to this business day, with it', readDate)
    .option('--limit <count>', 'how many lines', readCount, 100)
    .description('what business days came to, the latest first')
    .action((options: BalanceOptions) =>
      operate((context) =>
        listBalancesByHand(context, {
          organization_id: options.organization,
          livemode: options.live,
          merchant_id: options.merchant ?? null,
          merchant_store_id: options.store ?? null,
          provider: options.provider ?? null,
          business_date_gte: options.from ?? null,
          business_date_lte: options.to ?? null,
          limit: options.limit,
          offset: 0,
        }),
      ),
    );
}
