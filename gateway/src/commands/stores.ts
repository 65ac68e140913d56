// `mpac-pgw stores`: what synchronisation does, by hand and for one store.
import type { Command } from 'commander';
import { saveStore } from '../application/merchants.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';

interface SaveOptions {
  organization: string;
  merchant: string;
  store: string;
  merchantName?: string;
  name?: string;
  paypay?: string;
  live: boolean;
}

export function registerStoreCommands(program: Command): void {
  program
    .command('stores')
    .command('save')
    .requiredOption('--organization <id>')
    .requiredOption('--merchant <id>')
    .requiredOption('--store <id>')
    .option('--merchant-name <name>', 'left out: stays as it is, and is its id at first')
    .option('--name <name>', 'of the store; left out: likewise')
    .option('--paypay <merchant id>', 'the merchant id at PayPay; left out: its settings stay')
    .option('--live', 'for live payments', false)
    .description('make or change a store, its merchant and its PayPay settings')
    .action(({ organization, merchant, store, merchantName, name, paypay, live }: SaveOptions) =>
      operate(async (context) => {
        const config = { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: paypay } };
        const wanted = {
          organization_id: organization,
          livemode: live,
          merchant: { id: merchant, ...(merchantName !== undefined && { name: merchantName }) },
          store: { id: store, ...(name !== undefined && { name }) },
          payment_processor_configs: paypay === undefined ? [] : [config],
        };
        await saveStore(context, wanted, commandLineActor());
        return { merchant_id: merchant, merchant_store_id: store };
      }),
    );
}
