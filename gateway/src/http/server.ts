// The HTTP server: limits, request ids, the log line, the one error handler, and the routes.
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { makeKeyring, makeOrganizationCache } from '../application/callers.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { accountingExportConfigRoutes } from './accounting-export-configs.ts';
import { accountingExportRoutes } from './accounting-exports.ts';
import { makeAnswerHeaders, tellTiming } from './answer-headers.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditLogRoutes } from './audit-log.ts';
import { EMPTY } from './auth.ts';
import { balanceRoutes } from './balances.ts';
import { cardBatchRoutes } from './card-batches.ts';
import { cardProcessorConnectionRoutes } from './card-processor-connection.ts';
import { openToBrowsers, watchOwner } from './cors.ts';
import { docsRoutes } from './docs.ts';
import { asRefusal, errorAnswer, plainPath } from './errors.ts';
import { eventRoutes } from './events.ts';
import { readJson } from './json-body.ts';
import { latePaymentRoutes } from './late-payments.ts';
import { merchantRoutes } from './merchants.ts';
import { notificationRoutes } from './notifications.ts';
import { registerOpenapi } from './openapi.ts';
import { operationRoutes } from './operations.ts';
import { orderListRoutes } from './order-lists.ts';
import { organizationRoutes } from './organization.ts';
import { paymentIntentRoutes } from './payment-intents.ts';
import { providerReturnRoutes } from './provider-returns.ts';
import { publishableKeyRoutes } from './publishable-keys.ts';
import { qrCodeRoutes } from './qr-codes.ts';
import { makeRateLimits, type RateLimits } from './rate-limit.ts';
import { reconciliationExceptionRoutes } from './reconciliation-exceptions.ts';
import { refundRoutes } from './refunds.ts';
import { resolutionRoutes } from './resolutions.ts';
import { settlementRoutes } from './settlements.ts';
import { answerUnreadable, MAX_HEADER_BYTES } from './unreadable.ts';
import { webhookDeliveryRoutes } from './webhook-deliveries.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

const MAX_BODY_BYTES = 128 * 1024;
const MAX_HEADERS = 100;

export async function makeServer(context: Context): Promise<FastifyInstance> {
  const headers = makeAnswerHeaders(context);
  const app = Fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    // One line for each answer is written below; the framework's own would show the query.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => context.makeId('req'),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: context.config.request_timeout_ms,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    trustProxy: context.config.trusted_proxies.length > 0 ? context.config.trusted_proxies : false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: context.config.headers_timeout_ms,
      // How often connections are looked at for those who are too slow.
      connectionsCheckingInterval: Math.min(2_000, context.config.headers_timeout_ms / 4),
    },
    routerOptions: { maxParamLength: 255, ignoreTrailingSlash: false },
    // Nothing is coerced, filled in or taken out: what was sent is what is checked.
    ajv: {
      customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, allErrors: false },
    },
    clientErrorHandler: (error, socket) => answerUnreadable(context, headers, error, socket),
    // Ours says so in our own form.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendRefusal(context, error, request, reply);
    },
  });

  app.server.maxConnections = context.config.max_connections;
  app.decorateRequest('timing', null);
  app.decorateRequest('span', undefined);
  app.decorateRequest('caller', null);
  app.decorateRequest('signature', null);
  app.decorateRequest('raw_body', null as unknown as Buffer);
  app.decorateRequest('late_count', null);
  app.decorateRequest('failure_count', null);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.raw_body = body;
    parseJson(body, done);
  });

  const limits = makeRateLimits(context);
  app.addHook('onRequest', async (request, reply) => {
    request.raw_body = EMPTY;
    reply.headers(headers).header('x-request-id', request.id);
    traceRequest(context, request);
    if (context.ending !== undefined) reply.header('connection', 'close');
    if (context.ending === 'closing') throw stopping();
    if (!isPlain(request)) {
      // What follows it on the connection may be part of it to somebody else.
      reply.header('connection', 'close');
      throw new GatewayError('invalid_request', 'The request must name exactly one Host, and HTTP 1.1.');
    }
    if (request.raw.rawHeaders.length > MAX_HEADERS * 2) {
      throw new GatewayError('headers_too_large', `A request may have at most ${MAX_HEADERS} header fields.`);
    }
  });
  app.addHook('onSend', async (request, reply) => {
    tellTiming(request, reply);
    await limits.tell(request, reply);
  });
  app.addHook('onResponse', async (request, reply) => logAnswer(context, request, reply));
  app.setErrorHandler(async (error, request, reply) =>
    sendRefusal(context, (await limits.countNameless(request)) ?? error, request, reply),
  );
  app.addHook('onClose', async () => limits.close());
  openToBrowsers(app, context, limits);
  app.setNotFoundHandler((request, reply) => {
    const refusal = new GatewayError(
      'not_found',
      `There is no ${request.method} ${plainPath(request.url)} in this API.`,
    );
    return sendRefusal(context, refusal, request, reply);
  });

  await registerOpenapi(app);
  docsRoutes(app);

  // Everything below is for callers who prove themselves, and is counted.
  await app.register(async (api) => {
    limitRates(api, limits);
    const caches = { keyring: makeKeyring(context), organizations: makeOrganizationCache(context) };
    api.addHook('onClose', () => caches.keyring.close());
    paymentIntentRoutes(api, context, caches);
    refundRoutes(api, context, caches);
    merchantRoutes(api, context, caches);
    webhookEndpointRoutes(api, context, caches);
    webhookDeliveryRoutes(api, context, caches);
    eventRoutes(api, context, caches);
    resolutionRoutes(api, context, caches);
    latePaymentRoutes(api, context, caches);
    settlementRoutes(api, context, caches);
    reconciliationExceptionRoutes(api, context, caches);
    orderListRoutes(api, context, caches);
    balanceRoutes(api, context, caches);
    auditLogRoutes(api, context, caches);
    organizationRoutes(api, context, caches);
    apiKeyRoutes(api, context, caches);
    publishableKeyRoutes(api, context, caches);
    accountingExportConfigRoutes(api, context, caches);
    accountingExportRoutes(api, context, caches);
    cardProcessorConnectionRoutes(api, context, caches);
    cardBatchRoutes(api, context, caches);
  });
  qrCodeRoutes(app, context);
  notificationRoutes(app, context, limits);
  providerReturnRoutes(app, context, limits);
  operationRoutes(app, context);
  return app;
}

function limitRates(api: FastifyInstance, limits: RateLimits): void {
  api.addHook('onRequest', async (request) => limits.checkAddress(request));
  api.addHook('preValidation', async (request) => {
    if (request.body === undefined || request.body === null) request.body = {};
  });
  // The first of a route's own preValidation finds the caller. He is counted right after, before he is refused for
  // anything else, or a body of his is read.
  api.addHook('onRoute', (route) => {
    const [findCaller, ...others] = route.preValidation === undefined ? [] : [route.preValidation].flat();
    const count = async (request: FastifyRequest, reply: FastifyReply) => {
      watchOwner(request);
      await limits.count(request, reply);
    };
    route.preValidation = [...(findCaller === undefined ? [] : [findCaller]), count, ...others] as never;
  });
  api.addHook('onError', async (request, _, error) => {
    if (asRefusal(error).status === 401) await limits.countFailure(request);
  });
}

function parseJson(body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  try {
    done(null, readJson(body));
  } catch (error) {
    done(error as Error);
  }
}

function sendRefusal(
  context: Context,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = asRefusal(error);
  const is_fault = refusal.name_in_table === 'internal_error' || refusal.name_in_table === 'unavailable';
  if (is_fault && context.ending !== 'closing') {
    context.log.error({ err: refusal.cause ?? error, request_id: request.id }, 'unexpected error');
  }
  if (refusal.retry_after_seconds !== undefined) reply.header('retry-after', refusal.retry_after_seconds);
  context.metrics.refusals.inc({ refusal: refusal.name_in_table });
  const answer = errorAnswer(refusal, request);
  // Set here too: the framework's own refusals, such as of a path that cannot be decoded, run no hooks.
  if (!reply.hasHeader('x-request-id')) reply.headers(makeAnswerHeaders(context));
  reply.header('x-request-id', request.id);
  return reply.code(answer.status).header('content-type', answer.content_type).send(answer.body);
}

/** Whether a proxy before us must have read the same request as we do: its host twice, or none, could be two. */
function isPlain({ raw }: FastifyRequest): boolean {
  if (raw.httpVersion === '1.0') return true;
  let hosts = 0;
  const { rawHeaders } = raw;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 && raw.httpVersion === '1.1';
}

function stopping(): GatewayError {
  return new GatewayError(
    'unavailable',
    'This gateway is stopping. Send the request again; another one will answer.',
    {},
    { retry_after_seconds: 1 },
  );
}

/** The route is known by now; a path may hold an id, and its query a token, so neither is told. */
function traceRequest(context: Context, request: FastifyRequest): void {
  const route = request.routeOptions.url ?? 'unknown';
  request.span = context.tracing?.start(
    `${request.method} ${route}`,
    { 'http.request.method': request.method, 'http.route': route, request_id: request.id },
    request.headers['traceparent'],
  );
}

/** One line for each request. The path without its query, because a payment token may stand there. */
function logAnswer(context: Context, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unknown';
  const duration_ms = Math.round(reply.elapsedTime * 10) / 10;
  const labels = { method: request.method, route };
  context.metrics.http_requests.inc({ ...labels, status: reply.statusCode });
  context.metrics.http_duration.observe(labels, reply.elapsedTime / 1_000);
  request.span?.end({ 'http.response.status_code': reply.statusCode });
  context.log.info(
    {
      request_id: request.id,
      method: request.method,
      path: plainPath(request.url),
      status: reply.statusCode,
      duration_ms,
      ...(request.span && { trace_id: request.span.trace_id }),
      caller: request.caller?.kind === 'key' ? request.caller.key_id : request.caller?.kind,
    },
    'request',
  );
}
