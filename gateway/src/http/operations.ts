// What machines ask about the gateway itself: is it alive, is it ready, how is it doing.
import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { isReady } from '../application/readiness.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';

const Health = Type.Object({ status: Type.Literal('ok') }, { description: 'The process answers.' });
const ReadinessShape = Type.Object(
  {
    status: Type.String({ description: 'ok, unavailable, or draining: the process is about to stop' }),
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

  const { metrics_token } = context.config;
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (metrics_token !== null && !presents(request.headers.authorization, metrics_token)) {
      throw new GatewayError('unauthorized', 'The metrics want the bearer token of MPAC_METRICS_TOKEN.');
    }
    const { registry } = context.metrics;
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
}

/** Hashed first, so that neither the length nor the content of the token shows in the time. */
function presents(authorization: string | undefined, token: string): boolean {
  return timingSafeEqual(
    hash('sha256', authorization ?? '', 'buffer'),
    hash('sha256', `Bearer ${token}`, 'buffer'),
  );
}
