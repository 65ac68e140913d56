// What an operator does by hand: organizations, keys, stores and webhook endpoints.
import type { Command } from 'commander';
import { saveStore } from '../application/organizations.ts';
import { createWebhookEndpoint } from '../application/webhook-endpoints.ts';
import { registerKeyCommands } from './keys.ts';
import { operate as run } from './operate.ts';
import { registerOrganizationCommands } from './organizations.ts';

export function registerOperatorCommands(program: Command): void {
  registerOrganizationCommands(program);

  registerKeyCommands(program);

  program
    .command('stores')
    .command('save')
    .requiredOption('--organization <id>')
    .requiredOption('--merchant <id>')
    .requiredOption('--store <id>')
    .option('--name <name>')
    .option('--paypay <merchant id>', 'the merchant id at PayPay')
    .option('--live', 'for live payments', false)
    .description('make or change a store and its PayPay settings')
    .action((options: Record<string, string> & { live: boolean }) =>
      run(async (context) => {
        const { organization = '', merchant = '', store = '', name, paypay } = options;
        const config = { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: paypay } };
        await saveStore(context, {
          organization_id: organization,
          livemode: options.live,
          merchant: { id: merchant, name: name ?? merchant },
          store: { id: store, name: name ?? store },
          payment_processor_configs: paypay === undefined ? [] : [config],
        });
        return { merchant_id: merchant, merchant_store_id: store };
      }),
    );

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
