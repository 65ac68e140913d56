// `mpac-pgw settlement`: what providers settle, and the nightly exchange with the card processor.
import type { Command } from 'commander';
import { registerCardBatchCommands } from './card-batches.ts';

export function registerSettlementCommands(program: Command): void {
  const settlement = program.command('settlement').description('what providers settle, day by day');
  registerCardBatchCommands(settlement);
}
