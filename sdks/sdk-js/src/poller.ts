// When to look: every second while a payment is fresh, slower as it takes longer, at once when somebody looks at the page
// again, and not at all while nobody does. What is looked at is not its business.
import type { Platform } from './platform.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 5_000;
const LONGEST_AFTER_ERRORS_MS = 15_000;
const GROWTH = 1.3;
const JITTER = 0.2;
/** A browser's timer that is to wait longer than 31 bits of milliseconds waits not at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a look came to. `retry_after_seconds`: the gateway asked to be left alone for so long. */
export interface Look {
  goes_on: boolean;
  failed?: boolean;
  retry_after_seconds?: number | undefined;
}

export class Poller {
  readonly #look: () => Promise<Look>;
  readonly #platform: Pick<Platform, 'now' | 'random'>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait_ms = FIRST_MS;
  #failures = 0;
  #is_running = false;
  #is_looking = false;
  /** Somebody came back to the page while a look was under way. */
  #is_wanted = false;
  /** Not earlier than this, by the platform's clock, whoever comes: the gateway said so. */
  #not_before = 0;

  constructor(look: () => Promise<Look>, platform: Pick<Platform, 'now' | 'random'>) {
    this.#look = look;
    this.#platform = platform;
  }

  get is_running(): boolean {
    return this.#is_running;
  }

  /** From the beginning of the schedule. `at_once`: the first look is now. */
  start(at_once = false): void {
    if (!this.#is_running) {
      this.#is_running = true;
      this.#listen('addEventListener');
    }
    this.#wait_ms = FIRST_MS;
    this.#schedule(at_once ? 0 : FIRST_MS);
  }

  stop(): void {
    if (!this.#is_running) return;
    this.#is_running = false;
    clearTimeout(this.#timer);
    this.#listen('removeEventListener');
  }

  #listen(how: 'addEventListener' | 'removeEventListener'): void {
    document[how]('visibilitychange', this.#wake);
    for (const name of ['focus', 'online', 'pageshow']) window[how](name, this.#wake);
  }

  readonly #wake = (): void => {
    if (document.hidden) clearTimeout(this.#timer);
    else this.start(true);
  };

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#is_looking) {
      this.#is_wanted ||= ms === 0;
      return;
    }
    // A hidden page costs nothing; when it is shown again, `#wake` looks at once.
    if (!this.#is_running || document.hidden) return;
    const wait = Math.max(ms, this.#not_before - this.#platform.now());
    this.#timer = setTimeout(() => void this.#run(), Math.min(wait, LONGEST_TIMER_MS));
  }

  async #run(): Promise<void> {
    this.#is_looking = true;
    this.#is_wanted = false;
    // A look that throws is one that failed: polling must not die of it.
    const look = await this.#look().catch((): Look => ({ goes_on: true, failed: true }));
    this.#is_looking = false;
    if (!this.#is_running) return;
    if (!look.goes_on) return this.stop();
    const { retry_after_seconds = 0 } = look;
    if (retry_after_seconds > 0) this.#not_before = this.#platform.now() + retry_after_seconds * 1_000;
    if (this.#is_wanted) return this.#schedule(0);
    // One cut line must not make a customer wait who has paid: only many in a row slow the looking down.
    this.#failures = look.failed ? this.#failures + 1 : 0;
    const wait = look.failed
      ? Math.min(FIRST_MS * 2 ** this.#failures, LONGEST_AFTER_ERRORS_MS)
      : Math.min(this.#wait_ms, LONGEST_MS);
    if (!look.failed) this.#wait_ms = wait * GROWTH;
    this.#schedule(wait * (1 + JITTER * (2 * this.#platform.random() - 1)));
  }
}
