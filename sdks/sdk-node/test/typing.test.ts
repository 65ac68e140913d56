// What the compiler says to those who use the client: mistakes are found, and what is to come breaks nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './typescript.ts';

const PRELUDE = `import { isPaymentGatewayError, PaymentGateway, responseOf, webhooks } from '@cloudsky/mpac-pgw-sdk-node';
import type { Event, PaymentIntent, WebhookEvent } from '@cloudsky/mpac-pgw-sdk-node';
declare const pgw: PaymentGateway;
declare const event: WebhookEvent;
declare const intent: PaymentIntent;
declare const caught: unknown;
export const used = [isPaymentGatewayError, PaymentGateway, responseOf, webhooks, pgw, event, intent, caught];
export type Used = Event;
`;

const GOOD: Record<string, string> = {
  'a-status-may-be-new': `const known: PaymentIntent['status'] = 'succeeded'; const later: PaymentIntent['status'] = 'on_hold';
    export const statuses = [known, later, intent.status === 'on_hold'];`,
  'events-are-told-apart': `export function amountOf(one: WebhookEvent): number {
      switch (one.type) {
        case 'payment_intent.succeeded': return one.data.object.amount_received;
        case 'refund.succeeded': return one.data.object.payment_intent.length;
        case 'webhook_endpoint.ping': return one.data.object.url.length;
        default: { const type: string = one.type; return type.length; }
      }
    }`,
  'the-events-of-a-day-are-told-apart': `export function tell(one: WebhookEvent): string {
      switch (one.type) {
        case 'settlement.reconciled': return one.data.object.business_date;
        case 'settlement.exception': return one.data.object.object === 'settlement'
          ? String(one.data.object.exceptions?.length) : one.data.object.kind;
        case 'export.succeeded': case 'export.failed': return one.data.object.file_name;
        default: return one.type;
      }
    }`,
  'an-event-of-the-list-has-no-sequence': `export async function read(): Promise<string> {
      for await (const one of pgw.events.list()) if (one.type === 'late_payment.kept') return one.data.object.id;
      return (await pgw.webhookEndpoints.events('we_1')).data[0]?.sequence.toFixed() ?? '';
    }`,
  'kinds-are-told-apart': `export function tell(): string {
      if (!isPaymentGatewayError(caught)) return 'another';
      switch (caught.kind) {
        case 'unknown_outcome': return caught.idempotency_key ?? '';
        case 'not_found': return caught.code ?? '';
        default: return caught.kind;
      }
    }`,
  'undefined-is-left-out': `export const answer = pgw.paymentIntents.create(
      { amount: 1, payment_method_types: ['cash'], merchant_ref_id: 'o', description: undefined },
      { idempotencyKey: undefined, signal: undefined });`,
  'a-list-may-be-constant': `const METHODS = ['cash', 'qr_mpm'] as const; const TYPES: readonly string[] = ['refund.*'];
    export const answers = [
      pgw.paymentIntents.create({ amount: 1, payment_method_types: METHODS, merchant_ref_id: 'o' }),
      pgw.webhookEndpoints.create({ url: 'https://shop.example.com', enabled_events: TYPES })];`,
  'fetch-may-be-anothers': `import type { Fetch } from '@cloudsky/mpac-pgw-sdk-node';
    import * as undici from 'undici';
    export const all: Fetch[] = [fetch, undici.fetch, async () => new Response('{}'),
      (url, request) => undici.fetch(url, { ...request, dispatcher: new undici.ProxyAgent('http://127.0.0.1:3128') })];`,
  'operations-take-one-object': `export const answers: [Promise<PaymentIntent>, Promise<{ id: string }[]>] = [
      pgw.call('capturePaymentIntent', { id: 'pi_1', amount: 5 }), pgw.call('listRefunds', { limit: 1 })];`,
  'deliveries-are-verified-by-any-server': `import type { IncomingHttpHeaders } from 'node:http';
    export const all = (node: IncomingHttpHeaders, web: Headers, body: Buffer) =>
      [webhooks.verify(body, node, 's'), webhooks.verify('{}', web, ['s', 't']), fetch('/', { headers: webhooks.sign(body, 's') })];`,
};

const BAD: Record<string, [text: string, complaint: RegExp]> = {
  'a-misspelt-field': [
    `export const a = pgw.paymentIntents.create({ amount: 1, payment_method_types: ['cash'], merchant_ref_id: 'o', expire_in_minutes: 5 });`,
    /expire_in_minutes/,
  ],
  'a-misspelt-field-beside-an-id': [
    `export const a = pgw.call('capturePaymentIntent', { id: 'pi_1', amonut: 5 });`,
    /amonut/,
  ],
  'a-method-that-is-none': [
    `export const a = pgw.paymentIntents.create({ amount: 1, payment_method_types: ['bitcoin'], merchant_ref_id: 'o' });`,
    /bitcoin/,
  ],
  'an-amount-as-text': [
    `export const a = pgw.refunds.create({ payment_intent: 'pi_1', amount: '5.00' });`,
    /string/,
  ],
  'a-reference-is-needed': [
    `export const a = pgw.paymentIntents.create({ amount: 1, payment_method_types: ['cash'] });`,
    /merchant_ref_id/,
  ],
  'an-operation-that-is-none': [`export const a = pgw.call('payMeNow', {});`, /payMeNow/],
  'a-parsed-body': [`export const a = webhooks.verify({ id: 'evt_1' }, {}, 's');`, /'id' does not exist/],
  'a-list-of-what-is-none': [
    `export const a = pgw.list('createRefund', { payment_intent: 'pi_1' });`,
    /createRefund/,
  ],
};

test('the compiler finds mistakes, and lets everything else pass', () => {
  const good = Object.entries(GOOD).map(([name, text]) => [name, PRELUDE + text]);
  const bad = Object.entries(BAD).map(([name, [text]]) => [name, PRELUDE + text]);
  const { complaints } = compile('typing', Object.fromEntries([...good, ...bad]));
  for (const name of Object.keys(GOOD)) assert.deepEqual(complaints.get(name) ?? [], [], name);
  for (const [name, [, complaint]] of Object.entries(BAD)) {
    assert.match(complaints.get(name)?.join('\n') ?? 'nothing', complaint, name);
  }
});
