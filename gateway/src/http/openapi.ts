// The OpenAPI document, made from the routes' own schemas. The golden file at the project's root is this text.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

export async function registerOpenapi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'mpac-pgw',
        version: '1',
        description: 'A payment gateway for points of sale. Amounts are integers in minor units.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          hmac: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description:
              'HMAC-SHA256 <key id or merchant id>:<unix seconds>:<signature>. The signature is the hex HMAC-SHA256 of ' +
              'METHOD, PATH, TIMESTAMP and hex SHA-256 of the body, joined by line feeds, under the ASCII of the hex ' +
              'SHA-256 of the secret key.',
          },
          payment_token: {
            type: 'apiKey',
            in: 'query',
            name: 'payment_token',
            description: 'In the query for GET, as a field of the body for POST.',
          },
        },
      },
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
