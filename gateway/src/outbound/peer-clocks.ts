// How far the clocks of other sides are from ours, as the Date headers of their answers show it. What is kept is
// only ever as good as the last answer: whoever signs with it must expect to be corrected once more.

export interface PeerClocks {
  /** What has to be added to our time to have theirs, in milliseconds; 0 while no difference is certain. */
  offsetOf(host: string): number;
  /** `asked_at` and `answered_at` by our clock. A header that tells no time teaches nothing. */
  learn(host: string, date: string | string[] | undefined, asked_at: number, answered_at: number): void;
  /** Our own time was believed and this header's was not: somebody on the way writes it, and it is not read for a while. */
  distrust(host: string, now_ms: number): void;
}

/** The header tells whole seconds, so what it means lies half a second later on average. */
const HALF_A_SECOND_MS = 500;
/** Below this the difference may as well be the way there and back. */
const CERTAIN_MS = 2_000;
/** Beyond this somebody should look after our clock: PayPay refuses two minutes. */
const WORRYING_MS = 30_000;
/** Then it is read once more: who wrote it may have been set right, or ours may have gone wrong. */
const DISTRUSTED_MS = 10 * 60_000;

/** `observe` hears of each offset, `worry` once each time that one has grown so large that a person must look. */
export function makePeerClocks(
  observe: (host: string, offset_ms: number) => void = () => {},
  worry: (host: string, offset_ms: number) => void = () => {},
): PeerClocks {
  const offsets = new Map<string, number>();
  const distrusted_until = new Map<string, number>();
  return {
    offsetOf: (host) => offsets.get(host) ?? 0,
    learn(host, date, asked_at, answered_at) {
      const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
      if (Number.isNaN(theirs) || answered_at < (distrusted_until.get(host) ?? 0)) return;
      // They wrote the time at some moment between our asking and their answer: on average in the middle.
      const half_way_ms = Math.max(0, answered_at - asked_at) / 2;
      const measured = Math.round(theirs + HALF_A_SECOND_MS - (asked_at + half_way_ms));
      const is_certain = Math.abs(measured) - HALF_A_SECOND_MS - half_way_ms > CERTAIN_MS;
      const offset = is_certain ? measured : 0;
      const was_worrying = Math.abs(offsets.get(host) ?? 0) > WORRYING_MS;
      offsets.set(host, offset);
      observe(host, offset);
      if (Math.abs(offset) > WORRYING_MS && !was_worrying) worry(host, offset);
    },
    distrust(host, now_ms) {
      distrusted_until.set(host, now_ms + DISTRUSTED_MS);
      offsets.set(host, 0);
      observe(host, 0);
    },
  };
}
