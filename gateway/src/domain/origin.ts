// The origins that a publishable key lets in: scheme, host and port, as a browser names them in `Origin`. A list
// entry is compared with that header letter by letter, so it is kept in the one spelling that browsers use.

/** Every origin; for test keys only. */
export const ANY_ORIGIN = '*';

const MAX_LENGTH = 255;

export type CheckedOrigin = { ok: true; origin: string } | { ok: false; reason: string };

/** An entry of a key's list, in the browsers' spelling, or what is wrong with it. */
export function checkAllowedOrigin(text: string, options: { livemode: boolean }): CheckedOrigin {
  if (text === ANY_ORIGIN) {
    if (!options.livemode) return { ok: true, origin: ANY_ORIGIN };
    return { ok: false, reason: '* is for test keys only. Name the origins of your live pages.' };
  }
  const form = 'must be an origin: scheme, host and port only, such as https://shop.example.com.';
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return { ok: false, reason: form };
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && !text.includes('@');
  if (!bare || text.includes('*') || /\s/.test(text) || url.host === '') return { ok: false, reason: form };
  if (url.protocol === 'https:') return { ok: true, origin: url.origin };
  if (url.protocol === 'http:' && isThisMachine(url.hostname)) return { ok: true, origin: url.origin };
  return { ok: false, reason: 'must begin with https://. Only localhost may use http://.' };
}

function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || /^[a-z0-9.-]+\.localhost$/.test(hostname);
}

/** Whether a list lets in what the header `Origin` says. A page without an origin of its own says `null`. */
export function isOriginAllowed(allowed_origins: readonly string[], origin: string): boolean {
  return allowed_origins.includes(origin) || allowed_origins.includes(ANY_ORIGIN);
}
