// The same backend on Fastify. The raw body is kept in a plugin of its own, so that all other routes get theirs parsed.
import { type PaymentGateway, webhooks } from '@cloudsky/mpac-pgw-sdk-node';
import fastify, { type FastifyInstance } from 'fastify';
import { answerTo } from './answers.ts';
import { beginPayment } from './begin-payment.ts';
import type { OrderBook } from './order-book.ts';

export interface ShopOptions {
  pgw: PaymentGateway;
  /** `whsec_…`, from the answer that created the webhook endpoint. */
  webhook_secret: string;
  orders: OrderBook;
}

export function makeFastifyShop({ pgw, webhook_secret, orders }: ShopOptions): FastifyInstance {
  const app = fastify();

  app.register(async (plugin) => {
    // A signature is of the bytes as they arrived.
    plugin.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    plugin.post<{ Body: Buffer }>('/webhooks', async (request, reply) => {
      const event = webhooks.verify(request.body, request.headers, webhook_secret);
      if (event.type === 'payment_intent.succeeded') {
        await orders.markPaid(event.data.object.merchant_ref_id, event.id);
      }
      return reply.code(204).send();
    });
  });

  app.post<{ Params: { order: string }; Body: { checkout: string } }>(
    '/orders/:order/payment',
    async ({ params: { order }, body: { checkout } }, reply) => {
      const amount = await orders.amountOf(order);
      const { id, status, qr_content } = await beginPayment(pgw, { order, amount, checkout });
      return reply.code(201).send({ payment_intent: id, status, qr_content });
    },
  );

  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = answerTo(error);
    return reply.code(status).send(body);
  });
  return app;
}
