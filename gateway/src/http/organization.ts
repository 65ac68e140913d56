// The routes of the caller's own organization: its settings, and how they are changed.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring, makeOrganizationCache } from '../application/callers.ts';
import {
  changeOwnOrganization,
  readMailAddress,
  retrieveOrganization,
} from '../application/organization-settings.ts';
import type { Context } from '../context.ts';
import { LATE_PAYMENT_POLICIES } from '../domain/late-payment.ts';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-intent.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson } from './pages.ts';
import { errorResponses, Instant, OneOf, Text } from './schemas.ts';

const ConfirmMethods = Type.Array(OneOf(PAYMENT_METHOD_TYPES), {
  uniqueItems: true,
  description: 'What a terminal may confirm with a payment token alone; the others need your signature.',
});
const LatePaymentPolicy = OneOf(LATE_PAYMENT_POLICIES, {
  description: 'What becomes of money that arrives after the end: given back at once, or held for a person.',
});

const UpdateBody = Type.Object(
  {
    client_confirm_methods: Type.Optional(ConfirmMethods),
    late_payment_policy: Type.Optional(LatePaymentPolicy),
    notification_email: Type.Optional(
      Text(254, { min: 0, description: 'Where mails go that need a person. Empty: nowhere.' }),
    ),
  },
  {
    title: 'OrganizationSettings',
    additionalProperties: false,
    examples: [{ late_payment_policy: 'hold' }],
  },
);

const OrganizationShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('organization'),
    name: Type.String(),
    client_confirm_methods: ConfirmMethods,
    late_payment_policy: LatePaymentPolicy,
    notification_email: Type.Optional(Type.String()),
    created_at: Instant,
  },
  { title: 'Organization', description: 'The organization that the key belongs to.' },
);

const about = { tags: ['Organization'], security: [{ hmac: [] }] };

export function organizationRoutes(
  app: FastifyInstance,
  context: Context,
  caches: {
    keyring: ReturnType<typeof makeKeyring>;
    organizations: ReturnType<typeof makeOrganizationCache>;
  },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get(
    '/v1/organization',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveOrganization',
        summary: 'Retrieve the organization of the key',
        response: { 200: OrganizationShape, ...errorResponses(401, 403, 429, 500) },
      },
    },
    async (request, reply) => {
      const { organization_id } = organizationCaller(request);
      return sendJson(reply, await retrieveOrganization(context, organization_id));
    },
  );

  app.patch<{ Body: Static<typeof UpdateBody> }>(
    '/v1/organization',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'updateOrganization',
        summary: 'Change settings; what is left out stays as it is',
        description:
          'Settings hold for test and live payments alike: a test key changes them only while the organization has ' +
          'no live key.',
        body: UpdateBody,
        response: { 200: OrganizationShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      return answerOnce(context, request, reply, async (mark) => {
        const { notification_email, ...others } = request.body;
        const settings = {
          ...others,
          ...(notification_email !== undefined && {
            notification_email: readMailAddress('notification_email', notification_email),
          }),
        };
        const answer = await changeOwnOrganization(context, caller, settings, request.id, mark);
        caches.organizations.forget(caller.organization_id);
        return answer;
      });
    },
  );
}
