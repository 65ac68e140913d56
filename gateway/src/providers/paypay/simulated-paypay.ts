// For the adapter's tests: the adapter before the simulator, over real HTTP, with every call written down. Nothing of
// either is replaced.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ProviderResult } from '../../domain/provider-result.ts';
import { type HttpCall, type HttpRequest, makeHttpClient } from '../../outbound/http.ts';
import { makePeerMemory } from '../../outbound/peer-memory.ts';
import { startSimulatorServer } from '../../simulator/server.ts';
import type { AttemptFacts, ProviderContext, RefundFacts } from '../provider.ts';
import type { PaypayCredentials } from './credentials.ts';
import { paypay } from './paypay.ts';
import { makeAttempt, NOW } from './scripted-paypay.ts';

export async function openPaypay(
  t: TestContext,
  options: { settings?: Record<string, unknown>; credentials?: Partial<PaypayCredentials> } = {},
) {
  let clock = NOW;
  let made = 0;
  const calls: HttpCall[] = [];
  const sent: HttpRequest[] = [];
  const settings = { paypay: options.settings ?? {} };
  const simulator = await startSimulatorServer({ port: 0, now: () => clock, settings });
  const client = makeHttpClient({ user_agent: 'mpac-pgw/test', observe: (call) => calls.push(call) });
  t.after(async () => {
    await simulator.close();
    await client.close();
  });
  const http = {
    ...client,
    request(request: HttpRequest) {
      sent.push(request);
      return client.request(request);
    },
  };
  const context: ProviderContext<PaypayCredentials> = {
    http,
    memory: makePeerMemory(),
    now: () => clock,
    livemode: false,
    deadline_ms: 1_500,
    credentials: {
      merchant_id: '234567',
      api_key: 'simulator-key',
      api_secret: 'simulator-secret',
      base_url: `${simulator.url}/paypay`,
      ...options.credentials,
    },
  };

  async function control<Answer>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${simulator.url}/paypay/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, `${path} answered ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  function makeFresh(changes: Partial<AttemptFacts> = {}): AttemptFacts {
    made += 1;
    const id = `pa_01J${String(made).padStart(23, '0')}`;
    return makeAttempt({ id, created_at: new Date(clock).toISOString(), ...changes });
  }

  return {
    url: simulator.url,
    context,
    now: () => clock,
    advance(ms: number) {
      clock += ms;
    },
    control,
    makeFresh,
    sent,
    calls,
    /** What was asked so far, as method, path and status; begins anew with every asking. */
    asked: () =>
      calls
        .splice(0)
        .map(
          ({ method, path, status }) => `${method} ${path.replace('/paypay', '')} ${status ?? 'no answer'}`,
        ),
    pay: (attempt: AttemptFacts, late = false) => control('POST', `/payments/${attempt.id}/pay`, { late }),
    async start(attempt: AttemptFacts): Promise<ProviderResult> {
      const result = await paypay.start?.(attempt, context);
      assert.ok(result);
      return result;
    },
    /** With a code in front of the customer, and what the gateway then knows of it. */
    async openCode(changes: Partial<AttemptFacts> = {}): Promise<AttemptFacts> {
      const attempt = makeFresh(changes);
      const result = await this.start(attempt);
      assert.equal(result.kind, 'waiting', JSON.stringify(result));
      return {
        ...attempt,
        provider_code_id: result.provider_code_id ?? null,
        action_expires_at: result.action?.expires_at ?? null,
      };
    },
    /** With money that PayPay holds. */
    async hold(): Promise<AttemptFacts> {
      const attempt = await this.openCode({ authorize_only: true });
      await this.pay(attempt);
      const result = await this.lookUp(attempt);
      assert.equal(result.kind, 'authorized');
      return { ...attempt, is_held: true, provider_payment_id: result.provider_payment_id ?? null };
    },
    async lookUp(attempt: AttemptFacts): Promise<ProviderResult> {
      const result = await paypay.lookUp?.(attempt, context);
      assert.ok(result);
      return result;
    },
    async cancel(attempt: AttemptFacts): Promise<ProviderResult> {
      const result = await paypay.cancel?.(attempt, context);
      assert.ok(result);
      return result;
    },
    makeRefund: (changes: Partial<RefundFacts> = {}): RefundFacts => ({
      id: 're_01J0000000000000000000000A',
      amount: 1250,
      currency: 'JPY',
      reason: null,
      created_at: new Date(clock).toISOString(),
      asked_before: false,
      ...changes,
    }),
  };
}

/** Signed by itself, good for a day: for what speaks TLS and nothing else. */
export function makeCertificate(host = 'localhost'): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'mpac-paypay-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const wish = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1';
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  try {
    const wanted = ['req', ...wish.split(' '), ...name, '-keyout', key, '-out', cert];
    execFileSync('openssl', wanted, { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
