// Which pages are alive. An entry belongs to the page that took the money, which sends it and tells how it ended; when
// that page is gone, another takes it over. Web Locks say it exactly, as the browser lets go of a dead page's locks;
// where they are missing (old WebViews, pages without https) a lease in localStorage says it within a minute and a half.

const LEASE_MS = 90_000;
const RENEW_MS = 20_000;

export interface PageLife {
  /** Other pages see that we live, from the moment that this resolves. */
  begin(): Promise<void>;
  isAlive(page: string): Promise<boolean>;
  end(): void;
}

export function makePageLife(name: string, page: string): PageLife {
  const sign = (id: string) => `${name} page ${id}`;
  return globalThis.navigator?.locks === undefined ? makeLease(sign, page) : makeLock(sign, page);
}

function makeLock(sign: (id: string) => string, page: string): PageLife {
  let release = () => {};
  return {
    begin() {
      release();
      return new Promise((resolve) => {
        navigator.locks
          .request(sign(page), () => {
            resolve();
            return new Promise<void>((end) => {
              release = end;
            });
          })
          // Refused to sandboxed pages: then nobody sees us, and at worst two pages send the same, once.
          .catch(() => resolve());
      });
    },
    async isAlive(id) {
      try {
        const { held } = await navigator.locks.query();
        return held?.some((lock) => lock.name === sign(id)) ?? false;
      } catch {
        return false;
      }
    },
    end: () => release(),
  };
}

function makeLease(sign: (id: string) => string, page: string): PageLife {
  let timer: ReturnType<typeof setInterval> | undefined;
  const renew = () => withStorage((storage) => storage.setItem(sign(page), String(Date.now() + LEASE_MS)));
  const end = () => {
    clearInterval(timer);
    withStorage((storage) => storage.removeItem(sign(page)));
  };
  return {
    async begin() {
      renew();
      timer = setInterval(renew, RENEW_MS);
      addEventListener('pagehide', end, { once: true });
    },
    async isAlive(id) {
      const until = Number(withStorage((storage) => storage.getItem(sign(id))) ?? 0);
      // A lease that ends later than any can is of a clock that was set back meanwhile.
      if (until > Date.now() && until <= Date.now() + LEASE_MS) return true;
      withStorage((storage) => storage.removeItem(sign(id)));
      return false;
    },
    end,
  };
}

/** Where pages have no storage they cannot see each other, and have no entries in common either. */
function withStorage<T>(work: (storage: Storage) => T): T | null {
  try {
    return work(localStorage);
  } catch {
    return null;
  }
}
