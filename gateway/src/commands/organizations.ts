// `mpac-pgw organizations`: make one, and change its settings.
import type { Command } from 'commander';
import { setOrganization } from '../application/organization-settings.ts';
import { createOrganization } from '../application/organizations.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';

interface SetOptions {
  organization: string;
  clientConfirmMethods?: string;
  latePaymentPolicy?: string;
  notificationEmail?: string;
  reason?: string;
  by?: string;
}

export function registerOrganizationCommands(program: Command): void {
  const organizations = program.command('organizations');
  organizations
    .command('create')
    .requiredOption('--name <name>')
    .description('make an organization')
    .action((options: { name: string }) =>
      operate((context) => createOrganization(context, options.name, commandLineActor())),
    );

  organizations
    .command('set')
    .requiredOption('--organization <id>')
    .option(
      '--client-confirm-methods <methods>',
      'what a terminal may confirm with its token alone: comma separated, or none',
    )
    .option('--late-payment-policy <policy>', 'what becomes of late money: auto_refund or hold')
    .option('--notification-email <address>', 'where mails go that need a person, or none')
    .option('--reason <text>', 'why, for the audit log')
    .option('--by <name>', 'the person who decided it, for the audit log')
    .description('change an organization; what is left out stays as it is')
    .action((options: SetOptions) => {
      const { organization, clientConfirmMethods: methods, latePaymentPolicy, reason, by } = options;
      const { notificationEmail: email } = options;
      const wanted = {
        ...(methods !== undefined && {
          client_confirm_methods: methods === 'none' ? [] : methods.split(','),
        }),
        ...(latePaymentPolicy !== undefined && { late_payment_policy: latePaymentPolicy }),
        ...(email !== undefined && { notification_email: email === 'none' ? '' : email }),
      };
      return operate((context) =>
        setOrganization(context, organization, wanted, commandLineActor(by), reason ?? null),
      );
    });
}
