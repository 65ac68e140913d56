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
  timeZone?: string;
  dayStartsAt?: string;
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
    .option(
      '--time-zone <name>',
      'whose clock its business days follow, Asia/Tokyo at first; left out: stays',
    )
    .option('--day-starts-at <HH:MM>', 'when a business day begins, 00:00 at first; left out: stays')
    .option('--paypay <merchant id>', 'the merchant id at PayPay; left out: its settings stay')
    .option('--live', 'for live payments', false)
    .description('make or change a store, its merchant, its business days and its PayPay settings')
    .action((options: SaveOptions) =>
      operate(async (context) => {
        const { organization, merchant, store, merchantName, name, timeZone, dayStartsAt, paypay, live } =
          options;
        const config = { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: paypay } };
        const wanted = {
          organization_id: organization,
          livemode: live,
          merchant: { id: merchant, ...(merchantName !== undefined && { name: merchantName }) },
          store: {
            id: store,
            ...(name !== undefined && { name }),
            ...(timeZone !== undefined && { time_zone: timeZone }),
            ...(dayStartsAt !== undefined && { business_day_starts_at: dayStartsAt }),
          },
          payment_processor_configs: paypay === undefined ? [] : [config],
        };
        await saveStore(context, wanted, commandLineActor());
        return { merchant_id: merchant, merchant_store_id: store };
      }),
    );
}
