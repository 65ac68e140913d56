// A worker's own small server, which takes no payments: it says whether the worker lives and how its work goes.
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Context } from '../context.ts';
import { makeAnswerHeaders } from './answer-headers.ts';
import { operationRoutes } from './operations.ts';
import { MAX_HEADER_BYTES } from './unreadable.ts';

export function makeWorkerServer(context: Context): FastifyInstance {
  const app = Fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_024,
    requestTimeout: 10_000,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 5_000 },
  });
  const headers = makeAnswerHeaders(context);
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(headers);
  });
  operationRoutes(app, context);
  return app;
}
