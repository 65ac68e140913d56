// Payments that have happened already when we hear of them: cash, and what an external terminal has tried. The attempt
// and its outcome are one change; nobody is asked, then or later.
import type { Context } from '../context.ts';
import { findHolderOfReference, REFERENCE_CONSTRAINT } from '../db/external-references.ts';
import type { Change } from '../db/payment-intents.ts';
import { violatedConstraint } from '../db/pool.ts';
import type { Attempt } from '../domain/attempt.ts';
import { decideOnProviderResult } from '../domain/decision.ts';
import { GatewayError } from '../domain/error.ts';
import { normalizeCurrency } from '../domain/money.ts';
import { type PaymentIntent, paymentIntentResource, refusedMove } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { TerminalReport, TerminalStatus } from '../domain/terminal-report.ts';
import type { Provider } from '../providers/provider.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makeEvent } from './make-event.ts';
import { attemptFacts } from './provider-access.ts';
import { carryOut, logMismatch } from './provider-results.ts';

/** What a confirm may tell of a terminal's payment. */
export interface ReportFields {
  external_ref_id?: string;
  external_status?: TerminalStatus;
  external_reason?: string;
  external_amount?: number;
  external_currency?: string;
}

const ONLY_OF_TERMINALS = [
  'external_status',
  'external_reason',
  'external_amount',
  'external_currency',
] as const;

/** The terminal's report in a confirm; undefined where no terminal took part. Refuses what does not fit together. */
export function readTerminalReport(provider: Provider, fields: ReportFields): TerminalReport | undefined {
  if (!provider.requires_external_ref) {
    // Whoever has a reference has taken the money elsewhere, and must not be sent to pay it here.
    if (provider.start !== undefined && fields.external_ref_id !== undefined) {
      const message = `external_ref_id is of a payment taken elsewhere, and ${provider.name} takes it itself.`;
      throw misfit('external_ref_id', 'recorded_only', message);
    }
    const field = ONLY_OF_TERMINALS.find((name) => fields[name] !== undefined);
    if (field === undefined) return undefined;
    throw misfit(field, 'terminal_only', `${field} is for cards and e-money at an external terminal only.`);
  }
  const { external_status: status = 'success', external_reason, external_amount, external_currency } = fields;
  if (status === 'success' && fields.external_ref_id === undefined) {
    const message = 'external_ref_id, the approval code of the terminal, is required.';
    throw misfit('external_ref_id', 'required', message);
  }
  if (status !== 'success' && (external_amount ?? external_currency) !== undefined) {
    const field = external_amount !== undefined ? 'external_amount' : 'external_currency';
    const message = `${field} says what the terminal took, so it goes with external_status "success" only.`;
    throw misfit(field, 'success_only', message);
  }
  const currency = external_currency === undefined ? null : normalizeCurrency(external_currency);
  if (external_currency !== undefined && currency === null) {
    const message = 'external_currency must be an active ISO 4217 code, such as JPY.';
    throw misfit('external_currency', 'iso_4217', message);
  }
  return { status, reason: external_reason ?? null, amount: external_amount ?? null, currency };
}

function misfit(field: string, constraint: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { field, constraint });
}

/** Who records it, and the terminal's report where one took part. */
export interface Told {
  provider: Provider;
  report: TerminalReport | undefined;
}

/** What has happened, as the news that it is. */
export function readRecord(
  intent: PaymentIntent,
  attempt: Attempt,
  { provider, report }: Told,
): ProviderResult {
  const result = provider.record?.(attemptFacts(intent, attempt), report);
  if (result === undefined) throw new Error(`${provider.name} has no record`);
  return result;
}

/** Write down what has happened. `answer` says it to the caller; null: somebody was faster, read and decide again. */
export async function recordPayment(
  context: Context,
  before: PaymentIntent,
  intent: PaymentIntent,
  attempt: Attempt,
  told: Told,
  mark: Mark,
  answer: (intent: PaymentIntent, attempt: Attempt) => Answer,
): Promise<Answer | null> {
  const tried = {
    ...intent,
    attempt_id: attempt.id,
    provider: attempt.provider,
    processing_mode: attempt.processing_mode,
  };
  const decision = decideOnProviderResult(
    tried,
    attempt,
    readRecord(intent, attempt, told),
    attempt.created_at,
  );
  const next = { ...decision.attempt, next_check_at: null };
  const said = answer(decision.intent, next);
  completeMark(context, mark, said);
  const event = decision.event && makeEvent(context, decision.event, paymentIntentResource(decision.intent));
  const change = { intent: decision.intent, attempt: next, event, mark };
  if (!(await writeRecord(context, before, change))) return null;
  logMismatch(context, next);
  return said;
}

/** False: read and decide again. Refuses, by throwing, a terminal's payment that was recorded already. */
export async function writeRecord(
  context: Context,
  before: PaymentIntent,
  change: Change & { attempt: Attempt },
): Promise<boolean> {
  try {
    return await carryOut(context, before, change);
  } catch (error) {
    if (violatedConstraint(error) !== REFERENCE_CONSTRAINT) throw error;
    const holder = await findHolderOfReference(context.db, change.attempt);
    // Given back at this moment: it is free again.
    if (holder === null) return false;
    // The payment that the intent has, under another name.
    throw holder.id === before.id ? refusedMove(holder, 'confirmed') : takenBy(holder);
  }
}

function takenBy(holder: PaymentIntent): GatewayError {
  return new GatewayError(
    'idempotency_conflict',
    `The terminal payment with this external_ref_id was recorded for ${holder.id} already. If this is another payment ` +
      'whose approval code happens to be the same, confirm it with the slip number of the terminal added, such as ' +
      '"123456-0042".',
    {
      field: 'external_ref_id',
      constraint: 'unique_terminal_payment',
      payment_intent: holder.id,
      status: holder.status,
    },
  );
}
