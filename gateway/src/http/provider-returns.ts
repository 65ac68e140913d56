// Where a provider that cannot be asked tells its news and where its page leads the customer back: one address, called
// by the provider's server and by a browser, in any order and any number of times. The news are written down first,
// whoever brings them; only then is anything answered.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { receiveSignedNews, type ToldPayment } from '../application/signed-news.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { isOnlyTold, type Provider } from '../providers/provider.ts';
import { PROVIDERS } from '../providers/registry.ts';
import { timedContext } from './answer-headers.ts';
import { asRefusal } from './errors.ts';
import type { RateLimits } from './rate-limit.ts';
import { makeReturnPage, outcomeOf, RETURN_PAGE_POLICY, type ReturnPage } from './return-page.ts';
import { errorResponses } from './schemas.ts';

const Plain = { schema: Type.String() };

export function providerReturnRoutes(app: FastifyInstance, context: Context, limits: RateLimits): void {
  for (const provider of PROVIDERS.filter(isOnlyTold)) {
    app.get(
      `/v1/webhooks/${provider.name.toLowerCase()}`,
      {
        schema: {
          operationId: `return${provider.name.charAt(0)}${provider.name.slice(1).toLowerCase()}Customer`,
          summary: `Signed news from ${provider.name}, and the customer's way back`,
          tags: ['Providers'],
          response: {
            200: {
              description:
                'Written down. A server is told OK; a browser gets a page that leads on to the return_url of the ' +
                'confirm, with payment_intent and redirect_status (succeeded, failed, pending) added to it.',
              content: { 'text/plain': Plain, 'text/html': Plain },
            },
            ...errorResponses(401, 429, 500, 503),
          },
        },
      },
      (request, reply) =>
        wantsPage(request)
          ? answerBrowser(context, limits, provider, request, reply)
          : answerServer(context, limits, provider, request, reply),
    );
  }
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

async function answerServer(
  context: Context,
  limits: RateLimits,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  await hearNews(context, limits, provider, request);
  return reply.type('text/plain').send('OK');
}

/** A person sees a page whatever happens. While we cannot write, it asks again by itself, and so brings the news again. */
async function answerBrowser(
  context: Context,
  limits: RateLimits,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let page: ReturnPage;
  try {
    const payment = await hearNews(context, limits, provider, request);
    page = { outcome: outcomeOf(payment), ...payment };
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal.status >= 500) context.log.error({ err: error, request_id: request.id }, 'news not written');
    if (refusal.retry_after_seconds !== undefined) reply.header('retry-after', refusal.retry_after_seconds);
    context.metrics.refusals.inc({ refusal: refusal.name_in_table });
    reply.code(refusal.status);
    page = { outcome: refusal.status === 401 ? 'not_genuine' : 'not_written' };
  }
  return reply
    .header('content-security-policy', RETURN_PAGE_POLICY)
    .header('vary', 'Accept, Accept-Language')
    .type('text/html; charset=utf-8')
    .send(makeReturnPage(page, request.headers['accept-language']));
}

async function hearNews(
  context: Context,
  limits: RateLimits,
  provider: Provider,
  request: FastifyRequest,
): Promise<ToldPayment> {
  limits.checkUnprovenNotifications(request);
  const at = request.url.indexOf('?');
  const after = await receiveSignedNews(timedContext(context, request), provider, {
    headers: request.headers,
    body: Buffer.alloc(0),
    query: at === -1 ? '' : request.url.slice(at + 1),
    remote_address: request.ip,
  });
  if (after !== 'refused' && after !== 'not_provable') return after;
  await limits.countUnprovenNotification(request);
  if (after === 'not_provable') {
    const message = 'This notification cannot be checked at present. Send it again later.';
    throw new GatewayError('unavailable', message, {}, { retry_after_seconds: 60 });
  }
  throw new GatewayError('unauthorized', 'This notification is not signed by the provider.');
}
