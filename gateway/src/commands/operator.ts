// What an operator does by hand: organizations, keys, stores and webhook endpoints.
import type { Command } from 'commander';
import { registerKeyCommands } from './keys.ts';
import { registerOrganizationCommands } from './organizations.ts';
import { registerStoreCommands } from './stores.ts';
import { registerWebhookCommands } from './webhooks.ts';

export function registerOperatorCommands(program: Command): void {
  registerOrganizationCommands(program);

  registerKeyCommands(program);

  registerStoreCommands(program);

  registerWebhookCommands(program);
}
