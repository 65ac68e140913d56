// A terminal's success that is told when its intent is over. The confirm is refused as any other is, but the terminal
// has taken the money: it is kept as a late payment, by the statement that writes its attempt, and the refusal names it.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findLateReport } from '../db/late-payments.ts';
import type { Change } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { decideOnProviderResult } from '../domain/decision.ts';
import { GatewayError } from '../domain/error.ts';
import type { LatePayment } from '../domain/late-payment.ts';
import { isFinal, type PaymentIntent, phaseOf, refusedMove } from '../domain/payment-intent.ts';
import type { TerminalReport } from '../domain/terminal-report.ts';
import { type Caller, invalidToken } from './callers.ts';
import { expirePaymentIntent } from './cancel.ts';
import { completeMark, type Mark } from './idempotency.ts';
import { addArrival } from './late-payment-changes.ts';
import { noteLatePayment } from './provider-results.ts';
import { readRecord, type Told, writeRecord } from './recorded-payments.ts';

/** Whether a terminal says that it took money which the intent cannot take any more. */
export function isLateReport(
  context: Context,
  intent: PaymentIntent,
  report: TerminalReport | undefined,
): boolean {
  if (report?.status !== 'success') return false;
  return isFinal(intent.status) || isPastItsTime(context, intent);
}

/** Nothing is under way, and only the worker has not come by yet. */
function isPastItsTime(context: Context, intent: PaymentIntent): boolean {
  return phaseOf(intent) === 'requires_payment_method' && instant(context) >= intent.expires_at;
}

/** Keeps the money and refuses the confirm, by throwing. Returns when somebody was faster: read and decide again. */
export async function refuseLateReport(
  context: Context,
  caller: Caller,
  intent: PaymentIntent,
  attempt: Attempt,
  told: Told,
  mark: Mark,
): Promise<void> {
  if (!isFinal(intent.status)) {
    await expirePaymentIntent(context, intent);
    return;
  }
  // Read after the intent: what is written meanwhile fails at the intent's version.
  const earlier = await findLateReport(context.db, intent.id, attempt.external_ref_id);
  if (earlier?.external_ref_id === attempt.external_ref_id && earlier !== null)
    throw refused(intent, earlier);
  // As a token authorises one confirm, it tells of one payment that came too late.
  if (earlier !== null && caller.kind === 'token') throw invalidToken();

  const decision = decideOnProviderResult(
    intent,
    attempt,
    readRecord(intent, attempt, told),
    attempt.created_at,
  );
  if (decision.late_payment === null) throw new Error(`payment intent ${intent.id} is over and takes money`);
  const change: Change & { attempt: Attempt } = {
    intent: decision.intent,
    attempt: { ...decision.attempt, next_check_at: null },
    mark,
  };
  await addArrival(context, change, decision.late_payment);
  // The refusal is kept for the request's retry where every refusal is.
  completeMark(context, mark, null);
  if (!(await writeRecord(context, intent, change))) return;
  noteLatePayment(context, decision.attempt, decision.late_payment);
  if (change.late_payment) throw refused(intent, change.late_payment);
}

function refused(intent: PaymentIntent, late: LatePayment): GatewayError {
  const refusal = refusedMove(intent, 'confirmed');
  const way_on =
    late.status === 'held'
      ? `Give it back at the terminal and record that with POST /v1/late_payments/${late.id}/resolve, or keep it there.`
      : `It is ${late.status}.`;
  return new GatewayError(
    'invalid_payment_state',
    `${refusal.message} What the terminal took is kept as the late payment ${late.id}. ${way_on}`,
    {
      ...refusal.details,
      constraint: 'late_payment',
      late_payment: late.id,
      late_payment_status: late.status,
    },
  );
}
