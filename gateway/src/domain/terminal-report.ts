// What the app of an external terminal says came of a payment that it has tried, and the news that this is: the same
// values that a provider's answer ends as, so that one table decides about both. Pure.
import type { Attempt } from './attempt.ts';
import type { ProviderResult } from './provider-result.ts';

export const TERMINAL_STATUSES = ['success', 'declined', 'error'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export interface TerminalReport {
  status: TerminalStatus;
  /** Why it was declined or could not be carried out; null when the terminal gives no reason. */
  reason: string | null;
  /** What the terminal says it took, in minor units; null when it does not say. */
  amount: number | null;
  currency: string | null;
}

const ERROR_CODE = 'terminal_error';

/** There is nobody to ask about it afterwards: the terminal and its acquirer have decided. */
export function newsOfTerminal(
  attempt: Pick<Attempt, 'amount' | 'currency' | 'authorize_only'>,
  { status, reason, amount, currency }: TerminalReport,
): ProviderResult {
  switch (status) {
    case 'success':
      return {
        kind: attempt.authorize_only ? 'authorized' : 'paid',
        stated: { amount: amount ?? attempt.amount, currency: currency ?? attempt.currency },
      };
    case 'declined':
      return {
        kind: 'declined',
        code: 'card_declined',
        message: reason || 'The terminal reports that the payment was declined.',
      };
    case 'error':
      return {
        kind: 'ended_unpaid',
        reason: 'failed',
        code: ERROR_CODE,
        message: reason || 'The terminal could not carry the payment out.',
      };
  }
}

/**
 * Whether an attempt can be what this report left. Two reports about one reference may contradict each other, and
 * then the second is no repetition of the first.
 */
export function isLeftBy(attempt: Pick<Attempt, 'status' | 'error'>, status: TerminalStatus): boolean {
  const is_error = attempt.status === 'ended_unpaid' && attempt.error?.code === ERROR_CODE;
  const reported = is_error ? 'error' : attempt.status === 'declined' ? 'declined' : 'success';
  return status === reported;
}
