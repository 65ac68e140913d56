// The control API of the simulated Plutu, `/mpgs/control/…`: plays the customer without a browser (pay, cancel, decline),
// sends callbacks again, changes settings, and shows payments, charges and requests to tests and to the page.
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { EmptyBody, readLimit, registerRequestRoutes } from '../simulator-control-routes.ts';
import type { RequestLog } from '../simulator-request-log.ts';
import type { Books, EndOutcome, Outcome, PlutuPayment } from './simulator-books.ts';
import type { Callbacks } from './simulator-callbacks.ts';
import { makeSettingsView, type PlutuSettings, SOME_SETTINGS } from './simulator-settings.ts';

const strict = { additionalProperties: false };
const EndBody = Type.Object({ late: Type.Optional(Type.Boolean()) }, strict);

export interface PlutuControlParts {
  mount: string;
  now(): number;
  settings: PlutuSettings;
  books: Books;
  callbacks: Callbacks;
  requests: RequestLog;
  checkoutUrl(id: string): string;
  reset(): void;
}

const ACTS: readonly { path: string; outcome: Outcome }[] = [
  { path: 'pay', outcome: 'approved' },
  { path: 'cancel', outcome: 'canceled' },
  { path: 'decline', outcome: 'declined' },
];

export function registerPlutuControl(app: FastifyInstance, parts: PlutuControlParts): void {
  const { books, callbacks, settings, requests } = parts;

  const refuse = (reply: FastifyReply, status: number, message: string) =>
    reply.code(status).send({ error: { message } });

  function act(reply: FastifyReply, invoice_no: string, work: (payment: PlutuPayment) => EndOutcome) {
    const payment = books.findByInvoice(invoice_no);
    if (payment === null) return refuse(reply, 404, `There is no payment '${invoice_no}'.`);
    const done = work(payment);
    return done.ok ? show(done.payment) : refuse(reply, 409, done.message);
  }

  function show(payment: PlutuPayment) {
    const { request, id, created_at_ms, expires_at_ms, ended_at_ms, ...facts } = payment;
    const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
    return {
      ...request,
      ...facts,
      phase: books.getPhase(payment),
      checkout_url: parts.checkoutUrl(id),
      created_at: iso(created_at_ms),
      expires_at: iso(expires_at_ms),
      ended_at: iso(ended_at_ms),
    };
  }

  app.register(
    async (scope) => {
      scope.addHook('preValidation', async (request) => {
        request.body ??= {};
      });

      scope.get<{ Querystring: { limit?: string } }>('/payments', (request) => {
        const payments = books.listNewestFirst();
        const shown = payments.slice(0, readLimit(request.query.limit)).map(show);
        return { now: new Date(parts.now()).toISOString(), total: payments.length, payments: shown };
      });

      for (const { path, outcome } of ACTS) {
        // There is no browser to wait for, so the callback goes out at once. What the browser would bring is answered.
        scope.post<{ Params: { invoice_no: string }; Body: Static<typeof EndBody> }>(
          `/payments/:invoice_no/${path}`,
          { schema: { body: EndBody } },
          (request, reply) =>
            act(reply, request.params.invoice_no, (payment) => {
              const ended = books.end(payment, outcome, request.body.late ?? false);
              if (ended.ok) callbacks.send(payment);
              return ended;
            }),
        );
      }

      scope.post<{ Params: { invoice_no: string } }>(
        '/payments/:invoice_no/callback',
        { schema: { body: EmptyBody } },
        (request, reply) =>
          act(reply, request.params.invoice_no, (payment) => {
            if (payment.return_to === null) return { ok: false, message: 'There is nothing to tell yet.' };
            callbacks.send(payment);
            return { ok: true, payment };
          }),
      );

      scope.get('/settings', () => makeSettingsView(settings));
      scope.post<{ Body: Static<typeof SOME_SETTINGS> }>(
        '/settings',
        { schema: { body: SOME_SETTINGS } },
        (request) => {
          Object.assign(settings, request.body);
          return makeSettingsView(settings);
        },
      );

      scope.get<{ Querystring: { limit?: string } }>('/charges', (request) => {
        const charges = books.listCharges();
        const taken_cents = charges.reduce((sum, charge) => sum + charge.amount_cents, 0);
        const shown = charges.slice(0, readLimit(request.query.limit));
        return { count: charges.length, taken_cents, currency: settings.currency, charges: shown };
      });
      registerRequestRoutes(scope, { requests, reference_name: 'invoice_no', reset: parts.reset });
    },
    { prefix: `${parts.mount}/control` },
  );
}
