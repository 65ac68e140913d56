// A gateway of few lines for stories in virtual time: one intent by the rules of the real one, on a line that loses,
// delays and spoils what goes over it. It knows of each confirm whether it took money, whatever anybody was told.
import type { VirtualPage } from './virtual-page.ts';

interface Try {
  fields: string;
  took: boolean;
}

interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** What may become of a request on the line. `proxy`: an answer of something between, that is not the gateway's. */
export type LineFault = 'none' | 'drop_request' | 'drop_answer' | 'late' | 'proxy' | 'limit' | 'garbage';

export class ScriptedGateway {
  status = 'requires_payment_method';
  token = 'pi_1_secret_1';
  readonly tries = new Map<string, Try>();
  /** The key of each confirm that the page has sent, also of those that never came here, and when it first did. */
  readonly sent_at = new Map<string, number>();
  /** Of the confirm that is under way. */
  live: string | null = null;
  is_unknown = false;
  /** For how long it asks to be left alone, where it is asked too often. */
  limit_seconds = 2;
  /** What the next request meets; and what a new confirm comes to. */
  nextFault: () => LineFault = () => 'none';
  nextFate: () => 'usual' | 'refused' | 'unknown' = () => 'usual';
  readonly is_manual: boolean;
  readonly #page: VirtualPage;
  readonly #refused = new Set<string>();
  #token_count = 1;
  #is_used = false;
  #reason: string | undefined;
  #last_error: string | undefined;

  constructor(page: VirtualPage, is_manual = false) {
    this.#page = page;
    this.is_manual = is_manual;
  }

  get has_money(): boolean {
    return this.status === 'succeeded' || this.status === 'held';
  }

  get has_ended(): boolean {
    return this.has_money || this.status === 'failed' || this.status === 'cancelled';
  }

  /** A fresh token ends the one before. */
  reissue(): string {
    this.#token_count += 1;
    this.#is_used = false;
    this.token = `pi_1_secret_${this.#token_count}`;
    return this.token;
  }

  /** The token's life is over. */
  endToken(): void {
    this.token = '';
  }

  /** What the customer, the provider or the backend does to the confirm that is under way. */
  end(how: 'paid' | 'declined' | 'run_out' | 'cancelled'): void {
    const live = this.tries.get(this.live ?? '');
    if (this.has_ended || (live === undefined && how !== 'cancelled')) return;
    this.live = null;
    this.is_unknown = false;
    if (how === 'paid' && live !== undefined) {
      live.took = true;
      this.status = this.is_manual ? 'held' : 'succeeded';
    } else if (how === 'run_out') {
      this.status = 'requires_payment_method';
      this.#last_error = 'payment_expired';
    } else {
      this.status = how === 'declined' ? 'failed' : 'cancelled';
      this.#reason = 'requested_by_customer';
    }
  }

  /** As the page's network: the request may be lost, and so may its answer; who aborts does not call it back. */
  readonly fetch = (url: string, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const key = (init.headers as Record<string, string>)['idempotency-key'] ?? '';
      if (url.endsWith('/confirm') && !this.sent_at.has(key)) this.sent_at.set(key, this.#page.now());
      const fault = this.nextFault();
      const fail = () => reject(new TypeError('Failed to fetch'));
      init.signal?.addEventListener('abort', fail);
      const answer = ({ status, body, headers = {} }: Answer, text = JSON.stringify(body)) =>
        resolve({
          type: 'cors',
          status,
          headers: new Headers(headers),
          text: async () => text,
        } as Response);
      const way = fault === 'late' ? 40_000 : 40;
      if (fault === 'drop_request') return void this.#page.later(way, fail);
      if (fault === 'proxy')
        return void this.#page.later(way, () => answer({ status: 401, body: {} }, '<html>'));
      if (fault === 'limit')
        return void this.#page.later(way, () =>
          answer(refusal(429, 'rate_limit_exceeded', { 'retry-after': String(this.limit_seconds) })),
        );
      this.#page.later(way, () => {
        const told = this.#handle(url, init);
        this.#page.later(40, () => {
          if (fault === 'drop_answer') fail();
          else if (fault === 'garbage') answer({ status: 200, body: {} }, '<html>');
          else answer(told);
        });
      });
    });

  #handle(url: string, { method, body, headers }: RequestInit): Answer {
    const { pathname, searchParams } = new URL(url);
    const { payment_token = searchParams.get('payment_token'), ...fields } = JSON.parse(String(body ?? '{}'));
    if (payment_token !== this.token) return refusal(401, 'invalid_token');
    if (method === 'GET') return this.#tell();
    if (pathname.endsWith('/cancel')) {
      if (this.has_ended) return refusal(409, 'invalid_payment_state');
      if (this.is_unknown) return refusal(502, 'provider_error', { 'retry-after': '1' });
      this.end('cancelled');
      return this.#tell();
    }
    return this.confirm((headers as Record<string, string>)['idempotency-key'] ?? '', JSON.stringify(fields));
  }

  /** Also for another page, which has the same token. */
  confirm(key: string, fields: string): Answer {
    const under_way = this.tries.get(this.live ?? '');
    // The same key hears the same, also when its first request comes after the second.
    if (this.#refused.has(key)) return refusal(502, 'provider_error');
    if (this.tries.has(key) || under_way?.fields === fields) return this.#tell();
    if (this.has_ended || under_way !== undefined) return refusal(409, 'invalid_payment_state');
    if (this.#is_used) return refusal(401, 'invalid_token');
    const fate = this.nextFate();
    if (fate === 'refused') {
      this.#refused.add(key);
      return refusal(502, 'provider_error');
    }
    this.tries.set(key, { fields, took: false });
    this.live = key;
    this.#is_used = true;
    if (fate === 'unknown') {
      this.is_unknown = true;
      this.status = 'processing';
      return { ...refusal(504, 'provider_error', {}, { outcome: 'unknown' }) };
    }
    this.status = 'requires_action';
    if (fields.includes('cash')) this.end('paid');
    return this.#tell();
  }

  #tell(): Answer {
    const { status, is_unknown } = this;
    const held = status === 'held';
    const body = {
      id: 'pi_1',
      object: 'payment_intent',
      payment_intent_id: 'pi_1',
      status: held ? 'processing' : status,
      amount: 1_500,
      currency: 'JPY',
      amount_capturable: held ? 1_500 : 0,
      ...(is_unknown && { outcome: 'unknown' }),
      ...(status === 'requires_action' && { qr_content: `code of ${this.live}` }),
      ...(this.#reason !== undefined && { cancellation_reason: this.#reason }),
      ...(this.#last_error !== undefined &&
        status === 'requires_payment_method' && {
          last_payment_error: { code: this.#last_error, message: 'It ran out.' },
        }),
    };
    return { status: 200, body };
  }
}

function refusal(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  details?: object,
): Answer {
  const body = { code, error: { code, message: code }, request_id: 'req_1', ...(details && { details }) };
  return { status, body, headers };
}
