// For the adapter's tests: a real HTTP server that plays PayPay from a script and writes down what it was
// asked, so that answers can be given that the simulator never gives.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { ProviderResult } from '../../domain/provider-result.ts';
import { makeHttpClient } from '../../outbound/http.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import type { PaypayCredentials } from './credentials.ts';
import { paypay } from './paypay.ts';

export const CREATED_AT = '2026-01-28T10:30:00.000Z';
export const NOW = Date.parse(CREATED_AT) + 10_000;
export const EXPIRES_AT = '2026-01-28T10:35:00.000Z';
export const AFTER_EXPIRY = Date.parse(EXPIRES_AT) + 31_000;

export function makeAttempt(changes: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    id: 'pa_01J0000000000000000000000A',
    payment_intent_id: 'pi_01J0000000000000000000000A',
    payment_method_type: 'qr_mpm',
    provider: 'PAYPAY',
    amount: 1250,
    currency: 'JPY',
    authorize_only: false,
    merchant_id: 'm1',
    merchant_store_id: 'shibuya',
    merchant_terminal_id: 'till-1',
    description: 'Coffee x2',
    external_ref_id: null,
    customer_code: null,
    return_url: null,
    created_at: CREATED_AT,
    provider_payment_id: null,
    provider_code_id: null,
    action_expires_at: null,
    asked_before: false,
    cancel_requested_at: null,
    given_up: false,
    is_held: false,
    capture_amount: null,
    ...changes,
  };
}

export const OPENED = { provider_code_id: '04-abc', action_expires_at: EXPIRES_AT };

export type Scripted = { status: number; body: unknown; headers?: Record<string, string> };
interface Asked {
  what: string;
  headers: Record<string, unknown>;
  body: string;
}

export function answer(status: number, code: string, data: unknown = null): Scripted {
  return { status, body: { resultInfo: { code, message: 'CANARY', codeId: '00000001' }, data } };
}
export const created = () => answer(200, 'SUCCESS', details('CREATED'));
export const gone = () => answer(400, 'DYNAMIC_QR_PAYMENT_NOT_FOUND');
export const opened = () =>
  answer(201, 'SUCCESS', {
    codeId: '04-abc',
    url: 'https://qr.example/04abc',
    deeplink: 'paypay://payment?link_key=x',
    expiryDate: Date.parse(EXPIRES_AT) / 1000,
  });

export function details(status: string, more: Record<string, unknown> = {}) {
  return {
    paymentId: '04999',
    status,
    acceptedAt: Date.parse('2026-01-28T10:31:00Z') / 1000,
    merchantPaymentId: 'pa_01J0000000000000000000000A',
    amount: { amount: 1250, currency: 'JPY' },
    ...more,
  };
}

/** Plays the answers in order; one too many questions is answered in a way that fails the test. */
export async function playPaypay(t: TestContext, script: Scripted[], now = NOW) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    asked.push({ what: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() });
    const next = script.shift() ?? { status: 418, body: 'the script is over' };
    // A real time of day would be a clock that is years off from the script's.
    response.sendDate = false;
    response.writeHead(next.status, { 'x-request-id': 'OPA45F6', ...next.headers });
    response.end(typeof next.body === 'string' ? next.body : JSON.stringify(next.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = makeHttpClient({ user_agent: 'mpac-pgw/test' });
  t.after(async () => {
    await http.close();
    server.close();
  });
  const context: ProviderContext<PaypayCredentials> = {
    http,
    now: () => now,
    livemode: false,
    credentials: {
      merchant_id: '234567',
      api_key: 'key-1',
      api_secret: 'CANARY',
      base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`,
    },
  };
  return { context, asked, paths: () => asked.map((one) => one.what.replace('/prefix', '')) };
}

export const GET_DETAILS = 'GET /v2/codes/payments/pa_01J0000000000000000000000A';
export const DELETE_CODE = 'DELETE /v2/codes/04-abc';
export const CREATE_CODE = 'POST /v2/codes';

export async function run(
  t: TestContext,
  step: 'start' | 'lookUp' | 'cancel',
  facts: Partial<AttemptFacts>,
  script: Scripted[],
  now = NOW,
): Promise<{ result: ProviderResult; paths: string[] }> {
  const stage = await playPaypay(t, script, now);
  const ask = paypay[step];
  assert.ok(ask);
  const result = await ask(makeAttempt(facts), stage.context);
  assert.equal(script.length, 0, 'every scripted answer was asked for');
  assert.doesNotMatch(JSON.stringify(result), /CANARY/);
  return { result: withoutRequestId(result, stage.asked.length > 0), paths: stage.paths() };
}

/** The script calls every answer by the same id, and so must each result that came of one. */
export function withoutRequestId<Result extends { provider_request_id?: string }>(
  result: Result | undefined,
  was_asked = true,
): Result {
  assert.ok(result);
  const alone = { ...result };
  delete alone.provider_request_id;
  assert.equal(result.provider_request_id, was_asked ? 'OPA45F6' : undefined);
  return alone;
}
