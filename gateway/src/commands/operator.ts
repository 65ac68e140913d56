// What an operator does by hand: organizations, keys, stores and webhook endpoints.
import { type Command, Option } from 'commander';
import { createApiKey, revokeApiKey, saveStore, setRawSecret } from '../application/organizations.ts';
import { createWebhookEndpoint } from '../application/webhook-endpoints.ts';
import { operate as run } from './operate.ts';
import { registerOrganizationCommands } from './organizations.ts';
import { registerRotateMaster } from './rotate-master.ts';

export function registerOperatorCommands(program: Command): void {
  registerOrganizationCommands(program);

  const keys = program.command('keys');
  registerRotateMaster(keys);
  keys
    .command('create')
    .requiredOption('--organization <id>')
    .option('--merchant <id>', 'narrow the key to one merchant')
    .option('--live', 'a key for live payments', false)
    .description('make an API key; its secret is shown only now')
    .action((options: { organization: string; merchant?: string; live: boolean }) =>
      run((context) =>
        createApiKey(context, {
          organization_id: options.organization,
          livemode: options.live,
          ...(options.merchant !== undefined && { merchant_id: options.merchant }),
        }),
      ),
    );

  keys
    .command('revoke')
    .requiredOption('--key <id>')
    .description('stop an API key for good; it works for a few seconds more')
    .action((options: { key: string }) => run((context) => revokeApiKey(context, options.key)));

  keys
    .command('set')
    .requiredOption('--key <id>')
    .addOption(
      new Option('--raw-secret <state>', 'whether requests may be signed with the raw secret itself')
        .choices(['on', 'off'])
        .makeOptionMandatory(),
    )
    .description('change an API key')
    .action((options: { key: string; rawSecret: string }) =>
      run((context) => setRawSecret(context, options.key, options.rawSecret === 'on')),
    );

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
