// The route of the audit log: who changed what, and why. It is read only; nothing here can write or take back.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { listAuditLog } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import type { Context } from '../context.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { sendPage } from './pages.ts';
import { errorResponses, Instant, OneOf, PageLimit, Text } from './schemas.ts';

const AuditQuery = Type.Object(
  {
    object: Type.Optional(Text(255, { description: 'The id of what was changed: pi_…, lp_…, ak_…' })),
    action: Type.Optional(
      Type.String({
        pattern: '^[a-z_]{1,64}\\.[a-z_]{1,64}$',
        description: 'Such as late_payment.resolved.',
      }),
    ),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^al_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const AuditEntryShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('audit_entry'),
    action: Type.String({ description: 'The kind of object, and what was done to it.' }),
    object_id: Type.String(),
    actor_type: OneOf(['api_key', 'command_line', 'system']),
    actor_id: Type.String({
      description: 'The key, the account of the operating system that ran the command, or the gateway.',
    }),
    on_behalf_of: Type.Optional(Type.String({ description: 'The person in whose name it was done.' })),
    reason: Type.Optional(Type.String()),
    details: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'What changed. Never a secret.' }),
    ),
    livemode: Type.Optional(Type.Boolean({ description: 'Left out for what concerns both modes.' })),
    merchant_id: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String({ description: 'X-Request-Id of the request that did it.' })),
    created_at: Instant,
  },
  { title: 'AuditEntry', description: 'One thing that was changed or decided. It is never changed itself.' },
);

export function auditLogRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  app.get<{ Querystring: Static<typeof AuditQuery> }>(
    '/v1/audit_log',
    {
      preValidation: makeAuthenticate(context, caches.keyring, { allow_token: false }),
      schema: {
        operationId: 'listAuditLog',
        summary: 'List who changed what and why, newest first',
        tags: ['Audit log'],
        security: [{ hmac: [] }],
        querystring: AuditQuery,
        response: {
          200: Type.Array(AuditEntryShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { object = null, action = null, starting_after = null, limit = '20' } = request.query;
      const filter = { object_id: object, action, starting_after, limit: Number(limit) };
      return sendPage(
        context,
        request,
        reply,
        await listAuditLog(context, organizationCaller(request), filter),
      );
    },
  );
}
