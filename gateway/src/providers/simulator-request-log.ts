// Counts what a simulated provider was asked, per endpoint and payment, and how it answered. Tests read here
// how often the gateway called; a developer reads why a call was refused.

const MOST_REFUSALS = 20;

export interface RequestCount {
  endpoint: string;
  /** The gateway's id of the payment; null when the request did not say or was not readable. */
  reference: string | null;
  count: number;
  /** HTTP status (or `no answer`) → how often. */
  answers: Record<string, number>;
}

export interface RequestRefusal {
  endpoint: string;
  at: string;
  status: number;
  code: string;
  hint: string;
}

export function createRequestLog(now: () => number) {
  const counts = new Map<string, RequestCount>();
  const refusals: RequestRefusal[] = [];

  return {
    /** Counts the arrival; the function that comes back counts the answer. */
    countRequest(endpoint: string, reference: string | null): (answer: string) => void {
      const key = `${endpoint}/${reference ?? ''}`;
      const entry = counts.get(key) ?? { endpoint, reference, count: 0, answers: {} };
      counts.set(key, entry);
      entry.count += 1;
      return (answer) => {
        entry.answers[answer] = (entry.answers[answer] ?? 0) + 1;
      };
    },
    addRefusal(endpoint: string, status: number, code: string, hint: string) {
      refusals.unshift({ endpoint, at: new Date(now()).toISOString(), status, code, hint });
      if (refusals.length > MOST_REFUSALS) refusals.pop();
    },
    listCounts: () => [...counts.values()],
    listRefusals: () => [...refusals],
    reset() {
      counts.clear();
      refusals.length = 0;
    },
  };
}

export type RequestLog = ReturnType<typeof createRequestLog>;
