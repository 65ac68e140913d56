// What an operator does by hand: organizations, keys, stores, webhook endpoints, files of providers and the books.
import type { Command } from 'commander';
import { registerAccountingExportCommands } from './accounting-exports.ts';
import { registerBookCommands } from './books.ts';
import { registerKeyCommands } from './keys.ts';
import { registerOrganizationCommands } from './organizations.ts';
import { registerReconciliationCommands } from './reconciliations.ts';
import { registerSettlementCommands } from './settlements.ts';
import { registerStoreCommands } from './stores.ts';
import { registerWebhookCommands } from './webhooks.ts';

export function registerOperatorCommands(program: Command): void {
  registerOrganizationCommands(program);

  registerKeyCommands(program);

  registerStoreCommands(program);

  registerWebhookCommands(program);

  registerReconciliationCommands(program);

  registerBookCommands(program);
  registerAccountingExportCommands(program);

  registerSettlementCommands(program);
}
