// What an operator does by hand: organizations, keys, stores and webhook endpoints.
import type { Command } from 'commander';
import { createWebhookEndpoint } from '../application/webhook-endpoints.ts';
import { registerKeyCommands } from './keys.ts';
import { operate as run } from './operate.ts';
import { registerOrganizationCommands } from './organizations.ts';
import { registerStoreCommands } from './stores.ts';

export function registerOperatorCommands(program: Command): void {
  registerOrganizationCommands(program);

  registerKeyCommands(program);

  registerStoreCommands(program);

  program
    .command('webhooks')
    .command('create')
    .requiredOption('--organization <id>')
    .requiredOption('--url <url>')
    .option('--merchant <id>', 'only events of this merchant')
    .option('--events <types>', 'comma separated; default all')
    .option('--live', 'for live payments', false)
    .description('set a webhook endpoint; its secret is shown only now')
    .action(
      (options: { organization: string; url: string; merchant?: string; events?: string; live: boolean }) =>
        run(async (context) => {
          const owner = { organization_id: options.organization, livemode: options.live, merchant_id: null };
          const answer = await createWebhookEndpoint(
            context,
            owner,
            {
              url: options.url,
              ...(options.merchant !== undefined && { merchant_id: options.merchant }),
              ...(options.events !== undefined && { enabled_events: options.events.split(',') }),
            },
            null,
          );
          return JSON.parse(answer.body) as object;
        }),
    );
}
