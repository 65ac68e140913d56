// What providers send us. It is checked, stored and answered at once; nothing in it is believed, it only makes
// us ask the provider sooner.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { isProvable, receiveNotification } from '../application/notifications.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { PROVIDERS } from '../providers/registry.ts';
import type { RateLimits } from './rate-limit.ts';
import { errorResponses } from './schemas.ts';

const MAX_NOTIFICATION_BYTES = 64 * 1024;

export function notificationRoutes(app: FastifyInstance, context: Context, limits: RateLimits): void {
  app.register(async (scope) => {
    // A provider's bytes are signed as they are, so they are not parsed on the way in.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body: Buffer, done) => done(null, body));
    for (const provider of PROVIDERS) {
      if (provider.readNotification === undefined) continue;
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
                description: 'Stored. What it says is checked by asking the provider.',
                content: { 'text/plain': { schema: Type.String() } },
              },
              ...errorResponses(400, 401, 413, 429, 500),
            },
          },
        },
        async (request, reply) => {
          if (!isProvable(context.config, provider.name)) await limits.countUnprovenNotification(request);
          const outcome = await receiveNotification(context, provider, {
            headers: request.headers,
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            query: request.url.split('?')[1] ?? '',
            remote_address: request.ip,
          });
          if (outcome === 'refused') {
            throw new GatewayError('unauthorized', 'This notification is not signed as configured.');
          }
          if (outcome === 'unreadable') {
            throw new GatewayError('invalid_request', 'This notification cannot be read.');
          }
          return reply.code(200).type('text/plain').send('OK');
        },
      );
    }
  });
}
