// `mpac-pgw payments`, `refunds` and `late-payments`: what a person decides where no provider tells, or about money that
// nobody wanted. Who did it and why stands in the audit log.
import { type Command, Option } from 'commander';
import { decideLatePayment } from '../application/late-payments.ts';
import { decideRefund } from '../application/manual-refund-resolutions.ts';
import { resolvePaymentIntent } from '../application/manual-resolutions.ts';
import type { Context } from '../context.ts';
import { LATE_PAYMENT_ACTIONS, type LatePaymentAction } from '../domain/late-payment.ts';
import {
  OUTCOMES_BY_HAND,
  type OutcomeByHand,
  REFUND_STATUSES_BY_HAND,
  type RefundStatusByHand,
} from '../domain/manual-resolution.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';
import { readWords } from './tables.ts';

interface Decided {
  reason: string;
  by: string;
}

/** A decision is by somebody, for a reason: both are asked for. */
function decision(parent: Command, name: string, words: Option): Command {
  return parent
    .command(name)
    .addOption(words.makeOptionMandatory())
    .requiredOption('--reason <text>', 'why, for the audit log', readWords(1_000))
    .requiredOption('--by <name>', 'the person who decided it, for the audit log', readWords(255));
}

function print(work: (context: Context) => Promise<{ body: string }>): Promise<void> {
  return operate(async (context) => JSON.parse((await work(context)).body) as object);
}

export function registerResolutionCommands(program: Command): void {
  const outcome = new Option('--outcome <outcome>', 'what the books of the provider say');
  decision(program.command('payments'), 'resolve', outcome.choices(OUTCOMES_BY_HAND))
    .requiredOption('--payment-intent <id>')
    .option('--provider-payment-id <id>', 'how the provider calls the payment')
    .description('decide a payment whose outcome is unknown')
    .action(
      (options: Decided & { paymentIntent: string; outcome: OutcomeByHand; providerPaymentId?: string }) => {
        const { paymentIntent, reason, by, providerPaymentId } = options;
        const wanted = {
          outcome: options.outcome,
          reason,
          ...(providerPaymentId !== undefined && { provider_payment_id: providerPaymentId }),
        };
        return print((context) =>
          resolvePaymentIntent(context, null, paymentIntent, wanted, commandLineActor(by), null),
        );
      },
    );

  const status = new Option('--status <status>', 'whether the money went back');
  decision(program.command('refunds'), 'resolve', status.choices(REFUND_STATUSES_BY_HAND))
    .requiredOption('--refund <id>')
    .description('decide a refund whose outcome is unknown, or that failed and was paid back by hand')
    .action((options: Decided & { refund: string; status: RefundStatusByHand }) => {
      const { refund, reason, by } = options;
      const wanted = { status: options.status, reason };
      return print((context) => decideRefund(context, null, refund, wanted, commandLineActor(by), null));
    });

  const action = new Option('--action <action>', 'what becomes of the money');
  decision(program.command('late-payments'), 'resolve', action.choices(LATE_PAYMENT_ACTIONS))
    .requiredOption('--late-payment <id>')
    .description('give late money back, or keep it')
    .action((options: Decided & { latePayment: string; action: LatePaymentAction }) => {
      const { latePayment, reason, by } = options;
      const wanted = { action: options.action, reason };
      return print((context) =>
        decideLatePayment(context, null, latePayment, wanted, commandLineActor(by), null),
      );
    });
}
