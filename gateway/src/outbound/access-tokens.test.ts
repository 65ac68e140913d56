// How tokens are kept, shared and renewed, on a clock that the test moves; and what counts as a token at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccessTokens } from './access-tokens.ts';
import { fetchAccessToken, type TokenAnswer } from './client-credentials.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

const HOUR_MS = 3_600_000;

/** Whoever asks gets the next token, as soon as `answer` lets the fetch end. */
function makeDesk(lifetime_ms = HOUR_MS) {
  const tokens = makeAccessTokens();
  let clock = 0;
  const waiting: ((answer: TokenAnswer) => void)[] = [];
  let fetched = 0;
  const fetch = () => {
    fetched += 1;
    return new Promise<TokenAnswer>((resolve) => waiting.push(resolve));
  };
  return {
    tokens,
    fetched: () => fetched,
    advance(ms: number) {
      clock += ms;
    },
    get: (key = 'k') => tokens.get(key, () => clock, fetch),
    forget: (token: string) => tokens.forget('k', token, () => clock),
    /** Ends the oldest fetch that is under way, and lets everybody hear of it. */
    async answer(token: string | null) {
      const failure = { ok: false, reason: 'server_error', message: 'no' } as const;
      waiting.shift()?.(token === null ? failure : { ok: true, token, lifetime_ms });
      await new Promise(setImmediate);
    },
  };
}

test('everybody who needs a token while it is fetched shares the one fetch', async () => {
  const desk = makeDesk();
  const all = [desk.get(), desk.get(), desk.get()];
  await desk.answer('t1');
  for (const lent of await Promise.all(all))
    assert.deepEqual(lent, { ok: true, token: 't1', is_fresh: true });
  assert.deepEqual(await desk.get(), { ok: true, token: 't1', is_fresh: false });
  assert.equal(desk.fetched(), 1);
});

test('each key has a token of its own', async () => {
  const desk = makeDesk();
  const [a, b] = [desk.get('a'), desk.get('b')];
  await desk.answer('ta');
  await desk.answer('tb');
  assert.deepEqual(
    [await a, await b].map((lent) => lent.ok && lent.token),
    ['ta', 'tb'],
  );
});

test('a token is renewed a minute before it ends, and nobody waits for that', async () => {
  const desk = makeDesk();
  const first = desk.get();
  await desk.answer('t1');
  await first;
  desk.advance(HOUR_MS - 60_001);
  await desk.get();
  assert.equal(desk.fetched(), 1);
  desk.advance(1);
  assert.deepEqual(await desk.get(), { ok: true, token: 't1', is_fresh: false });
  assert.equal(desk.fetched(), 2);
  await desk.answer('t2');
  assert.deepEqual(await desk.get(), { ok: true, token: 't2', is_fresh: false });
  assert.equal(desk.fetched(), 2);
});

test('a renewal that fails leaves the old token in use, and is tried again after a pause', async () => {
  const desk = makeDesk();
  const first = desk.get();
  await desk.answer('t1');
  await first;
  desk.advance(HOUR_MS - 60_000);
  await desk.get();
  await desk.answer(null);
  assert.deepEqual(await desk.get(), { ok: true, token: 't1', is_fresh: false });
  assert.equal(desk.fetched(), 2);
  desk.advance(5_000);
  await desk.get();
  assert.equal(desk.fetched(), 3);
});

test('a token that would end on its way is not used any more', async () => {
  const desk = makeDesk();
  const first = desk.get();
  await desk.answer('t1');
  await first;
  desk.advance(HOUR_MS - 10_000);
  const second = desk.get();
  await desk.answer('t2');
  assert.deepEqual(await second, { ok: true, token: 't2', is_fresh: true });
});

test('a token with a short life is used for most of it', async () => {
  const desk = makeDesk(10_000);
  const first = desk.get();
  await desk.answer('t1');
  await first;
  desk.advance(4_999);
  await desk.get();
  assert.equal(desk.fetched(), 1);
  desk.advance(4_000);
  assert.deepEqual(await desk.get(), { ok: true, token: 't1', is_fresh: false });
});

test('a fetch that fails is the answer to all who waited for it, and the next one is tried', async () => {
  const desk = makeDesk();
  const all = [desk.get(), desk.get()];
  await desk.answer(null);
  for (const lent of await Promise.all(all)) assert.equal(lent.ok, false);
  const next = desk.get();
  await desk.answer('t1');
  assert.equal((await next).ok, true);
});

test('whoever joined a fetch that ran out of the other’s time fetches for himself', async () => {
  const tokens = makeAccessTokens();
  let giveUp = (_: TokenAnswer) => {};
  const hasty = tokens.get(
    'k',
    () => 0,
    () =>
      new Promise<TokenAnswer>((resolve) => {
        giveUp = resolve;
      }),
  );
  const patient = tokens.get(
    'k',
    () => 0,
    async () => ({ ok: true, token: 't1', lifetime_ms: HOUR_MS }),
  );
  giveUp({ ok: false, reason: 'timeout', message: 'no' });
  assert.equal((await hasty).ok, false);
  assert.deepEqual(await patient, { ok: true, token: 't1', is_fresh: true });
});

test('a token is forgotten once it is refused, but not the newer one that came since', async () => {
  const desk = makeDesk();
  const first = desk.get();
  await desk.answer('t1');
  await first;
  assert.equal(desk.forget('another'), true);
  assert.equal((await desk.get()).ok, true);
  assert.equal(desk.fetched(), 1);
  assert.equal(desk.forget('t1'), false, 'it came a moment ago');
  desk.advance(5_000);
  assert.equal(desk.forget('t1'), true);
  const second = desk.get();
  await desk.answer('t2');
  assert.deepEqual(await second, { ok: true, token: 't2', is_fresh: true });
});

const CLIENT = {
  token_url: 'https://p.example/oauth2/token',
  client_id: 'key:1 ü',
  client_secret: 'CANARY+%',
};

function answering(answer: Partial<Extract<HttpAnswer, { kind: 'answered' }>> | 'timeout') {
  const asked: HttpRequest[] = [];
  const request = async (sent: HttpRequest): Promise<HttpAnswer> => {
    asked.push(sent);
    if (answer === 'timeout') {
      return { kind: 'failed', reason: 'timeout', message: 'Late.', sent: true, duration_ms: 1 };
    }
    const empty = { kind: 'answered', status: 200, headers: {}, body: Buffer.alloc(0) } as const;
    return { ...empty, truncated: false, duration_ms: 1, ...answer };
  };
  return { asked, http: { request } };
}
const json = (body: unknown) => Buffer.from(JSON.stringify(body));
const GOOD = { access_token: 'abc.def', token_type: 'bearer', expires_in: 3_600 };

test('a token is asked for as RFC 6749 writes it, the key and the secret form-encoded', async () => {
  const { asked, http } = answering({ body: json(GOOD) });
  assert.deepEqual(await fetchAccessToken(http, CLIENT), {
    ok: true,
    token: 'abc.def',
    lifetime_ms: HOUR_MS,
  });
  const [sent] = asked;
  assert.equal(sent?.method, 'POST');
  assert.equal(sent.url, CLIENT.token_url);
  assert.equal(sent.body, 'grant_type=client_credentials');
  assert.equal(sent.headers?.['content-type'], 'application/x-www-form-urlencoded');
  const encoded = Buffer.from(sent.headers?.['authorization']?.split(' ')[1] ?? '', 'base64').toString();
  assert.equal(encoded, 'key%3A1+%C3%BC:CANARY%2B%25');
});

test('a life that is not told is short, and an endless one ends within a day', async () => {
  for (const [expires_in, lifetime_ms] of [
    [undefined, 300_000],
    ['3600', 300_000],
    [-1, 300_000],
    [1e12, 24 * HOUR_MS],
  ]) {
    const { http } = answering({ body: json({ ...GOOD, expires_in }) });
    const answer = await fetchAccessToken(http, CLIENT);
    assert.equal(answer.ok && answer.lifetime_ms, lifetime_ms, String(expires_in));
  }
});

test('what is no token is none, and neither a secret nor their words stand in the message', async () => {
  for (const [answer, reason] of [
    ['timeout', 'timeout'],
    [{ status: 401, body: json({ error: 'invalid_client', error_description: 'CANARY' }) }, 'refused'],
    [{ status: 401, body: json({ error: 'CANARY' }) }, 'refused'],
    [{ status: 302, headers: { location: 'https://elsewhere' } }, 'refused'],
    [{ status: 429 }, 'rate_limited'],
    [{ status: 503, body: Buffer.from('<h1>CANARY</h1>') }, 'server_error'],
    [{ body: Buffer.from('CANARY') }, 'unreadable_answer'],
    [{ body: json(null) }, 'unreadable_answer'],
    [{ body: json({ ...GOOD, access_token: undefined }) }, 'unreadable_answer'],
    [{ body: json({ ...GOOD, access_token: 'CANARY\r\nx: 1' }) }, 'unreadable_answer'],
    [{ body: json({ ...GOOD, access_token: 'CANARY', token_type: 'mac' }) }, 'unreadable_answer'],
  ] as const) {
    const result = await fetchAccessToken(answering(answer).http, CLIENT);
    assert.equal(result.ok === false && result.reason, reason);
    assert.doesNotMatch(JSON.stringify(result), /CANARY/);
  }
});
