// A page without a browser, in time that a test turns on: timers, the events of window and document, and what is left of
// them when a client is gone. Thousands of stories pass in it within seconds, and each again as it was.

export interface VirtualPage {
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets everything happen that is due until then, each at its time. */
  runFor(ms: number): Promise<void>;
  /** Something of the world outside: it is no timer of the page. */
  later(ms: number, happens: () => void): void;
  setHidden(hidden: boolean): void;
  /** As the browser tells it to the window: `online`, `focus`, `pageshow`. */
  tell(name: string): void;
  /** Timers and listeners that the page has. */
  left(): number;
}

interface Timer {
  at: number;
  of_page: boolean;
  happens(): void;
}

class CountingTarget extends EventTarget {
  count = 0;
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.count += 1;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.count -= 1;
    super.removeEventListener(...args);
  }
}

/** Takes the place of the globals that a page has, for this process. */
export function startVirtualPage(): VirtualPage {
  let now = Date.UTC(2030, 0, 1);
  let last_id = 0;
  const timers = new Map<number, Timer>();
  const window = new CountingTarget();
  const document = Object.assign(new CountingTarget(), { hidden: false });
  const start = (ms: number, of_page: boolean, happens: () => void): number => {
    last_id += 1;
    // As a browser does: what does not fit into 31 bits is due at once.
    const wait = ms > 2 ** 31 - 1 || !(ms >= 1) ? 1 : ms;
    timers.set(last_id, { at: now + wait, of_page, happens });
    return last_id;
  };
  const setTimeout = (happens: () => void, ms = 0) => start(ms, true, happens);
  const clearTimeout = (id: number) => void timers.delete(id);
  Object.assign(globalThis, { window, document, setTimeout, clearTimeout });

  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    later: (ms, happens) => void start(ms, false, happens),
    async runFor(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        let next: [number, Timer] | null = null;
        for (const timer of timers) if (next === null || timer[1].at < next[1].at) next = timer;
        if (next === null || next[1].at > end) break;
        timers.delete(next[0]);
        now = next[1].at;
        next[1].happens();
        await settle();
      }
      now = end;
    },
    setHidden(hidden) {
      document.hidden = hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    tell: (name) => void window.dispatchEvent(new Event(name)),
    left: () => window.count + document.count + [...timers.values()].filter(({ of_page }) => of_page).length,
  };
}
