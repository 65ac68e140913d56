// What machines ask about the gateway itself: is it alive, is it ready, how is it doing.
import type { FastifyInstance } from 'fastify';
import { isReady } from '../application/readiness.ts';
import type { Context } from '../context.ts';

export function operationRoutes(app: FastifyInstance, context: Context): void {
  app.get('/health', { schema: { summary: 'Alive', tags: ['Operations'] } }, async (_, reply) =>
    reply.send({ status: 'ok' }),
  );

  app.get(
    '/ready',
    { schema: { summary: 'Ready to take payments', tags: ['Operations'] } },
    async (_, reply) => {
      const readiness = await isReady(context);
      return reply.code(readiness.status === 'ok' ? 200 : 503).send(readiness);
    },
  );

  app.get('/metrics', { schema: { hide: true } }, async (_, reply) => {
    const { registry } = context.metrics;
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
}
