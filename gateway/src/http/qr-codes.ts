// The picture of a QR code, for an <img> on a till that cannot draw one itself.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getQrCode } from '../application/qr-codes.ts';
import type { Context } from '../context.ts';
import { noteOwner } from './cors.ts';
import { errorResponses } from './schemas.ts';

const Params = Type.Object({ attempt_id: Type.String({ maxLength: 64 }) });
const Query = Type.Object({ signature: Type.String({ maxLength: 64 }) });

export function qrCodeRoutes(app: FastifyInstance, context: Context): void {
  app.get<{ Params: { attempt_id: string }; Querystring: { signature: string } }>(
    '/v1/qr_codes/:attempt_id.svg',
    {
      schema: {
        operationId: 'retrieveQrCode',
        summary: 'The picture of an open QR code, at the address given as qr_code_url',
        tags: ['Payment intents'],
        params: Params,
        querystring: Query,
        response: {
          200: {
            description: 'The code as SVG.',
            content: { 'image/svg+xml': { schema: Type.String() } },
          },
          ...errorResponses(400, 403, 404, 500),
        },
      },
    },
    async (request, reply) => {
      const { svg, owner } = await getQrCode(context, request.params.attempt_id, request.query.signature);
      noteOwner(request, owner);
      return reply
        .headers({
          'content-type': 'image/svg+xml',
          'cache-control': 'no-store',
          'content-security-policy': "default-src 'none'",
        })
        .send(svg);
    },
  );
}
