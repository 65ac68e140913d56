// What machines ask about the gateway itself: is it alive, is it ready, how is it doing.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { measureDatabase } from '../application/measurements.ts';
import { isReady } from '../application/readiness.ts';
import type { Context } from '../context.ts';

const Health = Type.Object({ status: Type.Literal('ok') }, { description: 'The process answers.' });
const ReadinessShape = Type.Object(
  {
    status: Type.String({ description: 'ok or unavailable' }),
    checks: Type.Object(
      {
        database: Type.String(),
        migrations: Type.String(),
        worker: Type.String(),
        master_key: Type.String(),
      },
      { description: 'Each is ok, or says what to do.' },
    ),
  },
  { title: 'Readiness', description: 'Whether this process can take payments: 200 yes, 503 no.' },
);

export function operationRoutes(app: FastifyInstance, context: Context): void {
  app.get(
    '/health',
    {
      schema: {
        operationId: 'retrieveHealth',
        summary: 'Alive',
        tags: ['Operations'],
        response: { 200: Health },
      },
    },
    async (_, reply) => reply.send({ status: 'ok' }),
  );

  app.get(
    '/ready',
    {
      schema: {
        operationId: 'retrieveReadiness',
        summary: 'Ready to take payments',
        tags: ['Operations'],
        response: { 200: ReadinessShape, 503: ReadinessShape },
      },
    },
    async (_, reply) => {
      const readiness = await isReady(context);
      return reply.code(readiness.status === 'ok' ? 200 : 503).send(readiness);
    },
  );

  app.get('/metrics', { schema: { hide: true } }, async (_, reply) => {
    await measureDatabase(context);
    const { registry } = context.metrics;
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
}
