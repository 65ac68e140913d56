// A circuit between us and a provider, or one account there: closed while it answers, open for a pause once it has
// failed at several payments in a row, and probed by one question after that. Pure; it decides only whether a question
// is worth sending now. What a question comes to is never its business: a payment that was asked about stays unknown.

export interface CircuitRules {
  /** At so many different payments in a row, within `window_ms`, it opens. 0: never. */
  failures: number;
  /** Of so many different accounts, so that one account's trouble is not taken for everybody's. */
  accounts: number;
  window_ms: number;
  /** The pause before the first probe; each probe that fails doubles it, up to the longest. */
  first_pause_ms: number;
  longest_pause_ms: number;
  /** After so long a probe of which nothing was heard is given up, and another may go. */
  probe_ms: number;
}

interface Failure {
  /** Which payment: one that fails for ever by itself must not cut off all the others. */
  subject: string;
  account: string;
  at_ms: number;
}

export type Circuit =
  /** `since_ms`: questions that were asked before it closed say nothing about now. */
  | { state: 'closed'; since_ms: number; failures: readonly Failure[] }
  | { state: 'open'; pause_ms: number; until_ms: number }
  | { state: 'probing'; pause_ms: number; since_ms: number; until_ms: number };

export const CLOSED: Circuit = { state: 'closed', since_ms: Number.NEGATIVE_INFINITY, failures: [] };

/** Whoever meets a probe under way comes again after so long: it may have closed the circuit by then. */
const PROBE_GLANCE_MS = 2_000;

export type Admission = { may_ask: true; circuit: Circuit } | { may_ask: false; again_at_ms: number };

/** Whether a question may be sent now. The first that comes after the pause is the probe. */
export function admit(circuit: Circuit, now_ms: number, rules: CircuitRules): Admission {
  if (circuit.state === 'closed') return { may_ask: true, circuit };
  const { pause_ms, until_ms } = circuit;
  if (now_ms < until_ms) {
    const again_at_ms = circuit.state === 'open' ? until_ms : Math.min(until_ms, now_ms + PROBE_GLANCE_MS);
    return { may_ask: false, again_at_ms };
  }
  const probing = { pause_ms, since_ms: now_ms, until_ms: now_ms + rules.probe_ms };
  return { may_ask: true, circuit: { state: 'probing', ...probing } };
}

/** What came of a question. `answered` is every answer, also a no: the provider is there. */
export interface Heard {
  kind: 'answered' | 'failed';
  subject: string;
  account: string;
  asked_at_ms: number;
}

/** The circuit after that; the same value where nothing has changed. */
export function hear(circuit: Circuit, heard: Heard, now_ms: number, rules: CircuitRules): Circuit {
  if (heard.kind === 'answered') {
    if (circuit.state !== 'closed') return { state: 'closed', since_ms: now_ms, failures: [] };
    return circuit.failures.length === 0 ? circuit : { ...circuit, failures: [] };
  }
  if (circuit.state === 'open') return circuit;
  if (heard.asked_at_ms < circuit.since_ms) return circuit;
  if (circuit.state === 'probing') {
    return opened(Math.min(circuit.pause_ms * 2, rules.longest_pause_ms), now_ms);
  }
  const others = circuit.failures.filter(
    ({ subject, at_ms }) => subject !== heard.subject && now_ms - at_ms < rules.window_ms,
  );
  const failures = [...others, { subject: heard.subject, account: heard.account, at_ms: now_ms }];
  const accounts = new Set(failures.map(({ account }) => account));
  const is_enough =
    rules.failures > 0 && failures.length >= rules.failures && accounts.size >= rules.accounts;
  return is_enough ? opened(rules.first_pause_ms, now_ms) : { ...circuit, failures };
}

function opened(pause_ms: number, now_ms: number): Circuit {
  return { state: 'open', pause_ms, until_ms: now_ms + pause_ms };
}
