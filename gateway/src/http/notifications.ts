// What providers send us. It is checked, stored and answered at once; nothing in it is believed, it only makes
// us ask the provider sooner.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { makeNotificationInbox } from '../application/notification-inbox.ts';
import { isProvable, receiveNotification } from '../application/notifications.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { isOnlyTold } from '../providers/provider.ts';
import { PROVIDERS } from '../providers/registry.ts';
import type { RateLimits } from './rate-limit.ts';
import { errorResponses } from './schemas.ts';

const MAX_NOTIFICATION_BYTES = 64 * 1024;

/** PayPay waits for 1.5 seconds, of which the network takes its part. */
const ANSWER_WITHIN_MS = 700;
const MOST_WAITING = 300;
const WRITES_AT_ONCE = 4;
const DRAIN_MS = 5_000;

export function notificationRoutes(app: FastifyInstance, context: Context, limits: RateLimits): void {
  const inbox = makeNotificationInbox({
    answer_within_ms: ANSWER_WITHIN_MS,
    most: MOST_WAITING,
    at_once: WRITES_AT_ONCE,
    drain_ms: DRAIN_MS,
    onLost: (error) =>
      context.log.warn({ err: error }, 'a notification could not be stored; polling finds the payment'),
  });
  app.addHook('onClose', inbox.drain);
  app.register(async (scope) => {
    // A provider's bytes are signed as they are, so they are not parsed on the way in.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body: Buffer, done) => done(null, body));
    for (const provider of PROVIDERS) {
      if (provider.readNotification === undefined || isOnlyTold(provider)) continue;
      scope.post(
        `/v1/webhooks/${provider.name.toLowerCase()}`,
        {
          bodyLimit: MAX_NOTIFICATION_BYTES,
          schema: {
            operationId: `receive${provider.name.charAt(0)}${provider.name.slice(1).toLowerCase()}Notification`,
            summary: `Notifications from ${provider.name}`,
            tags: ['Providers'],
            response: {
              200: {
                description: 'Received. What it says is checked by asking the provider.',
                content: { 'text/plain': { schema: Type.String() } },
              },
              ...errorResponses(400, 401, 413, 429, 500, 503),
            },
          },
        },
        async (request, reply) => {
          if (!isProvable(context.config, provider.name)) await limits.countUnprovenNotification(request);
          const notification = {
            headers: request.headers,
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            query: request.url.split('?')[1] ?? '',
            remote_address: request.ip,
          };
          const outcome = await receiveNotification(context, inbox, provider, notification, {
            socket_address: request.socket.remoteAddress,
            forwarded_for: request.headers['x-forwarded-for'],
          });
          if (outcome === 'refused') {
            throw new GatewayError('unauthorized', 'This notification is not signed as configured.');
          }
          if (outcome === 'unreadable') {
            throw new GatewayError('invalid_request', 'This notification cannot be read.');
          }
          if (outcome === 'full') {
            const later = { retry_after_seconds: 1 };
            throw new GatewayError('unavailable', 'Too many notifications wait to be stored.', {}, later);
          }
          return reply.code(200).type('text/plain').send('OK');
        },
      );
    }
  });
}
