// The webhooks of the OpenAPI document: each type of event with the object that it tells of, as an endpoint gets it.
import { EVENT_TYPES } from '../domain/event.ts';
import { IDS, SHAPES, TOLD } from './openapi-examples.ts';
import { EVENTS } from './openapi-words.ts';

type Json = Record<string, unknown>;

/** What the gateway sends to endpoints: each type with the object that it tells of. */
export function makeWebhooks(): Json {
  return Object.fromEntries(
    EVENT_TYPES.map((type) => {
      const [family = '', what = ''] = type.split('.');
      const told = TOLD[family];
      const words = `${family}_${what}`.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const titles =
        type === 'settlement.exception' ? [told?.title, 'ReconciliationException'] : [told?.title];
      const shapes = titles.map((title) => ({ $ref: `#/components/schemas/${title}` }));
      const object = shapes.length === 1 ? shapes[0] : { anyOf: shapes };
      const schema = {
        allOf: [
          { $ref: '#/components/schemas/WebhookEvent' },
          {
            type: 'object',
            properties: { type: { const: type }, data: { type: 'object', properties: { object } } },
          },
        ],
      };
      const example = { ...(SHAPES['WebhookEvent'] as Json), type, data: { object: objectOf(type) } };
      return [
        type,
        {
          post: {
            operationId: `on${words.charAt(0).toUpperCase()}${words.slice(1)}`,
            summary: EVENTS[type],
            tags: ['Events'],
            parameters: Object.keys(SIGNATURE).map((name) => ({ $ref: `#/components/parameters/${name}` })),
            requestBody: { required: true, content: { 'application/json': { schema, example } } },
            responses: RECEIVER,
          },
        },
      ];
    }),
  );
}

/** As it is when this is told of it. */
function objectOf(type: string): Json {
  const [family = '', what = ''] = type.split('.');
  const object = TOLD[family]?.object ?? {};
  if (what === 'created' && family === 'payment_intent') {
    const { processing_mode: _, provider: __, ...new_one } = object;
    return { ...new_one, status: 'requires_payment_method', amount_received: 0 };
  }
  if (family === 'payment_intent')
    return { ...object, status: what, amount_received: what === 'succeeded' ? 1500 : 0 };
  if (type === 'refund.created') return { ...object, status: 'pending' };
  if (type === 'refund.failed') {
    const failure = {
      failure_code: 'REFUND_WINDOW_EXCEED',
      failure_message: 'It is too late to refund this payment.',
    };
    return { ...object, status: 'failed', ...failure };
  }
  if (type === 'late_payment.refunded' || type === 'late_payment.kept') return { ...object, status: what };
  if (type === 'settlement.reconciled') {
    const { exceptions_count: _, open_exceptions_count: __, ...settled } = object;
    return {
      ...settled,
      ...{ transaction_count: 245, gross_amount: 12_500_000, status: 'reconciled' },
      ...{ exceptions_count: 0, open_exceptions_count: 0, exceptions: [] },
    };
  }
  if (type === 'webhook_endpoint.disabled') {
    return { ...object, status: 'disabled', disabled_reason: 'attempts_exhausted' };
  }
  return object;
}

const header = (name: string, description: string, example: string) => ({
  [name]: { name, in: 'header', required: true, description, schema: { type: 'string' }, example },
});

/** By the name of the header. */
export const SIGNATURE: Json = {
  ...header(
    'webhook-id',
    'The event’s id: the same at every try. Keep those that you have seen.',
    IDS.events,
  ),
  ...header('webhook-timestamp', 'Unix seconds of this try, part of what is signed.', '1768471200'),
  ...header(
    'webhook-signature',
    'Standard Webhooks: v1 and the signature of id, timestamp and body; two while a secret is exchanged.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
};

const RECEIVER = {
  '2XX': { description: 'Taken. Anything else is tried again, for about three days.' },
  410: { description: 'Gone: the endpoint is disabled at once.' },
};
