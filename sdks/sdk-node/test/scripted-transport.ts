// A transport, a clock, a sleep and chance that follow a script, for faults that no server can be made to show on demand.
import assert from 'node:assert/strict';
import {
  type FetchRequest,
  PaymentGateway,
  type PaymentGatewayOptions,
  signRequest,
} from '../src/mpac-pgw.ts';

export interface ScriptedTry {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  takes_ms?: number;
  network?: 'refused' | 'reset' | 'timeout';
}

interface SeenRequest {
  url: string;
  init: FetchRequest;
  at_ms: number;
}

const KEY = { apiKey: 'ak_01JHM4Z4T6V0Q0V9W8S1R2X3YA', secretKey: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' };
const START_MS = 1_700_000_000_000;

/** What fetch of Node rejects with. */
function fetchFailed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

export function makeScript(tries: readonly ScriptedTry[], random: number) {
  let now_ms = START_MS;
  const waits_ms: number[] = [];
  const requests: SeenRequest[] = [];

  const play = async (url: string, init: FetchRequest): Promise<Response> => {
    const one = tries[requests.length];
    requests.push({ url, init, at_ms: now_ms });
    assert.ok(one !== undefined, 'one try more than there are in the script');
    now_ms += one.takes_ms ?? 0;
    if (one.network === 'refused') throw fetchFailed('ECONNREFUSED');
    if (one.network === 'reset') throw fetchFailed('ECONNRESET');
    if (one.network === 'timeout') throw new DOMException('It took too long.', 'TimeoutError');
    return new Response(one.body || null, { status: one.status ?? 200, headers: one.headers ?? {} });
  };

  const makeGateway = (options: Partial<PaymentGatewayOptions>): PaymentGateway =>
    new PaymentGateway({
      baseUrl: 'https://pay.example.com',
      ...KEY,
      fetch: play,
      now: () => now_ms,
      sleep: async (ms) => {
        waits_ms.push(ms);
        now_ms += ms;
      },
      random: () => random,
      ...options,
    });

  /** Each try is signed for its own second, and all have one key. */
  const checkSignatures = (idempotency_key: string | undefined): void => {
    const keys = requests.map(({ init }) => new Headers(init.headers).get('idempotency-key'));
    for (const { url, init, at_ms } of requests) {
      const headers = new Headers(init.headers);
      const { pathname, search } = new URL(url);
      const signed = signRequest({
        key_id: KEY.apiKey,
        secret: KEY.secretKey,
        method: init.method,
        target: pathname + search,
        timestamp: Math.floor(at_ms / 1000),
        body: init.body ?? '',
      });
      assert.equal(headers.get('authorization'), signed.authorization);
      assert.equal(headers.get('idempotency-key'), keys[0]);
      assert.equal(keys[0] === null, init.method === 'GET');
      if (idempotency_key !== undefined) assert.equal(keys[0], idempotency_key);
    }
  };

  return { makeGateway, checkSignatures, requests, waits_ms };
}
