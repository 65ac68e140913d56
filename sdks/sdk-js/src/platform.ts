// What the SDK takes from the browser: the network, the clock, waiting and chance. Nothing is touched at import, so the
// module loads on a server, too; tests hand in their own.

export interface Platform {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Milliseconds since 1970 by a clock that never jumps; how far it is off is another matter (server-clock.ts). */
  now(): number;
  /** Waits between the tries of one request. Ends early, and without an error, when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 up to, but not including, 1. */
  random(): number;
}

export const BROWSER: Platform = {
  // `fetch` wants to be called on its window.
  fetch: (url, init) => globalThis.fetch(url, init),
  // Date.now() jumps when somebody sets the clock of the device, and then every waiting time would be wrong.
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    }),
  random: Math.random,
};

/** A random UUID. `crypto.randomUUID` exists in newer browsers and on secure pages only. */
export function makeIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
