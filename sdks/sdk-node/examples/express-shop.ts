// A shop's backend on Express 5: it starts a payment for an order, and hears by webhook when it is paid.
import { type PaymentGateway, webhooks } from '@cloudsky/mpac-pgw-sdk-node';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { answerTo } from './answers.ts';
import { beginPayment } from './begin-payment.ts';
import type { OrderBook } from './order-book.ts';

export interface ShopOptions {
  pgw: PaymentGateway;
  /** `whsec_…`, from the answer that created the webhook endpoint. */
  webhook_secret: string;
  orders: OrderBook;
}

export function makeExpressShop({ pgw, webhook_secret, orders }: ShopOptions): Express {
  const app = express();

  // In front of express.json(): a signature is of the bytes as they arrived. An event can be longer than the 100 kB that
  // Express reads by itself.
  app.post(
    '/webhooks',
    express.raw({ type: 'application/json', limit: '1mb' }),
    async (request, response) => {
      const event = webhooks.verify(request.body, request.headers, webhook_secret);
      if (event.type === 'payment_intent.succeeded') {
        await orders.markPaid(event.data.object.merchant_ref_id, event.id);
      }
      response.status(204).end();
    },
  );

  app.use(express.json());

  app.post('/orders/:order/payment', async (request, response) => {
    const { order } = request.params;
    const { checkout } = request.body as { checkout: string };
    const amount = await orders.amountOf(order);
    const { id, status, qr_content } = await beginPayment(pgw, { order, amount, checkout });
    response.status(201).json({ payment_intent: id, status, qr_content });
  });

  const tellError: ErrorRequestHandler = (error, _request, response, _next) => {
    const { status, body } = answerTo(error);
    response.status(status).json(body);
  };
  app.use(tellError);
  return app;
}
