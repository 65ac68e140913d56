// A transport, a clock, a sleep and chance that follow a script, for what no gateway can be made to do on demand.
const START_MS = 1_700_000_000_000;
const FAILURES = {
  refused: () => fetchFailed('ECONNREFUSED'),
  reset: () => fetchFailed('ECONNRESET'),
  timeout: () => new DOMException('It took too long.', 'TimeoutError'),
};

/** What fetch of Node rejects with. */
const fetchFailed = (code) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

/** What a client is given in place of the network, and `seen`: which requests and waits it then made. */
export function makeScript(tries, random = 0) {
  const seen = { requests: [], waits_ms: [] };
  let now_ms = START_MS;
  const options = {
    async fetch(url, init) {
      const one = tries[seen.requests.length];
      seen.requests.push({
        url,
        method: init.method,
        headers: new Headers(init.headers),
        body: init.body,
        now_ms,
      });
      if (one === undefined) throw new Error('one try more than may be made');
      now_ms += one.takes_ms ?? 0;
      if (one.network !== undefined) throw FAILURES[one.network]();
      return new Response(readBody(one) || null, { status: one.status, headers: one.headers ?? {} });
    },
    now: () => now_ms,
    async sleep(ms) {
      seen.waits_ms.push(ms);
      now_ms += ms;
    },
    random: () => random,
  };
  return { options, seen };
}

function readBody({ body = '', body_base64, body_repeat }) {
  // Not by Buffer, which a browser has not.
  if (body_base64 !== undefined) return Uint8Array.from(atob(body_base64), (sign) => sign.charCodeAt(0));
  return body_repeat === undefined ? body : body_repeat.text.repeat(body_repeat.times);
}
