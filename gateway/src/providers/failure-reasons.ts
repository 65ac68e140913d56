// What it leaves open when no answer came: how an outgoing request failed, in the words in which an outcome is unknown.
// None of them is ever a no.
import type { UnknownReason } from '../domain/provider-result.ts';

export const FAILURE_REASONS = {
  timeout: 'timeout',
  connection_failed: 'connection_failed',
  response_too_large: 'unreadable_answer',
  refused_address: 'connection_failed',
} as const satisfies Record<string, UnknownReason>;
