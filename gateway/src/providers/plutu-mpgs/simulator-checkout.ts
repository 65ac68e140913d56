// The payment page of the simulated Plutu, `/mpgs/checkout/…`, that a customer is sent to: a test card is chosen, perhaps
// the bank asks, and the browser goes back to the merchant. Plain forms, so that it also works where scripts do not run.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendPage } from '../simulator-page.ts';
import type { Books, Outcome, PlutuPayment } from './simulator-books.ts';
import type { Callbacks } from './simulator-callbacks.ts';
import { makeCheckoutPage } from './simulator-checkout-page.ts';
import { BANK_CODE } from './simulator-checkout-words.ts';
import type { PlutuSettings } from './simulator-settings.ts';

export interface CheckoutParts {
  mount: string;
  now(): number;
  settings: PlutuSettings;
  books: Books;
  callbacks: Callbacks;
}

export function registerPlutuCheckout(app: FastifyInstance, parts: CheckoutParts): void {
  const { mount, books, callbacks, settings } = parts;
  const pathOf = (payment: PlutuPayment, rest = '') => `${mount}/checkout/${payment.id}${rest}`;

  /** Ends the payment on the page; the browser then sees how it went, and goes on from there. */
  async function end(reply: FastifyReply, payment: PlutuPayment, outcome: Outcome): Promise<FastifyReply> {
    if (books.end(payment, outcome).ok) await callbacks.begin(payment);
    return reply.redirect(pathOf(payment), 303);
  }

  function decline(reply: FastifyReply, payment: PlutuPayment): FastifyReply | Promise<FastifyReply> {
    if (settings.decline_ends) return end(reply, payment, 'declined');
    if (books.getPhase(payment) === 'open') payment.declines += 1;
    return reply.redirect(pathOf(payment, '?notice=declined'), 303);
  }

  app.register(
    async (scope) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, new URLSearchParams(String(body))),
      );

      scope.get<{ Params: { id: string }; Querystring: { notice?: string } }>('/:id', (request, reply) => {
        const payment = books.findById(request.params.id);
        const page = makeCheckoutPage(payment, {
          mount,
          now: parts.now(),
          phase: payment === null ? 'unknown' : books.getPhase(payment),
          notice: request.query.notice ?? null,
          browser_returns: settings.browser_returns,
        });
        return sendPage(reply.code(payment === null ? 404 : 200), page);
      });

      scope.get<{ Params: { id: string } }>('/:id/return', (request, reply) => {
        const payment = books.findById(request.params.id);
        if (payment?.return_to == null) return reply.redirect(`${mount}/checkout/${request.params.id}`);
        callbacks.browserLeaves(payment);
        return reply.header('cache-control', 'no-store').redirect(payment.return_to);
      });

      scope.post<{ Params: { id: string; act: string } }>('/:id/:act', async (request, reply) => {
        const payment = books.findById(request.params.id);
        if (payment === null) return reply.redirect(`${mount}/checkout/${request.params.id}`, 303);
        const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        switch (request.params.act) {
          case 'cancel':
            return end(reply, payment, 'canceled');
          case 'pay':
            if (form.get('card') === 'three_ds') return reply.redirect(pathOf(payment, '?notice=bank'), 303);
            return form.get('card') === 'approve' ? end(reply, payment, 'approved') : decline(reply, payment);
          case 'bank':
            if (form.get('answer') === 'refuse') return decline(reply, payment);
            if (form.get('code')?.trim() === BANK_CODE) return end(reply, payment, 'approved');
            return reply.redirect(pathOf(payment, '?notice=wrong_code'), 303);
          default:
            return reply.redirect(pathOf(payment), 303);
        }
      });
    },
    { prefix: `${mount}/checkout` },
  );
}
