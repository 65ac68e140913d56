// The toy wallet, running on this machine: its books in memory, the API that the adapter calls, and the control API
// by which a test plays its customers. It shares no code with the adapter.
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { ProviderSimulator, SimulatorParts } from '../simulator-contract.ts';

const MOUNT = '/toy_wallet';
const KEY = 'simulator-key';
const CODE_LIFE_MS = 5 * 60_000;

const settings = Type.Object(
  {
    notification_url: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    webhook_secret: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);

interface Charge {
  reference: string;
  id: string;
  state: 'open' | 'paid' | 'refused' | 'closed' | 'expired';
  amount: number;
  currency: string;
  code: string;
  expires_at: string;
  paid_at: string | null;
  times_paid: number;
}

export const simulator: ProviderSimulator = {
  name: 'toy_wallet',
  title: 'Toy wallet',
  about: 'A wallet that nobody has.',
  mount: MOUNT,
  endpoints: ['create_charge', 'get_charge', 'close_charge'],
  faults: [
    'server_error',
    'server_error_after_success',
    'hang',
    'hang_after_success',
    'slow_drip',
    'rate_limit',
    'maintenance',
    'html_502',
    'wrong_amount',
  ],
  settings,
  register,
};

type Answer = { status: number; body: object };

function register(app: FastifyInstance, { now, faults }: SimulatorParts): void {
  const charges = new Map<string, Charge>();
  const told: { notification_url: string | null; webhook_secret: string | null } = {
    notification_url: null,
    webhook_secret: null,
  };

  function find(reference: string): Charge | undefined {
    const charge = charges.get(reference);
    if (charge?.state === 'open' && now() > Date.parse(charge.expires_at)) charge.state = 'expired';
    return charge;
  }

  const work = {
    create_charge(reference: string, body: { amount: number; currency: string }): Charge {
      const charge = find(reference) ?? {
        ...body,
        reference,
        id: `toy_${randomUUID()}`,
        state: 'open',
        code: `toy:${randomUUID()}`,
        expires_at: new Date(now() + CODE_LIFE_MS).toISOString(),
        paid_at: null,
        times_paid: 0,
      };
      charges.set(reference, charge);
      return charge;
    },
    get_charge: find,
    close_charge(reference: string) {
      const charge = find(reference);
      if (charge?.state === 'open') charge.state = 'closed';
      return charge;
    },
  };

  /** What the wallet answers; null where it says nothing at all. */
  function decide(endpoint: keyof typeof work, key: unknown, reference: string, body: Charge): Answer | null {
    const strikes = (fault: Parameters<typeof faults.take>[0]) => faults.take(fault, endpoint) !== null;
    if (strikes('server_error')) return { status: 500, body: { error: 'oops' } };
    if (strikes('rate_limit')) return { status: 429, body: { error: 'too_many_requests' } };
    if (strikes('maintenance')) return { status: 503, body: { error: 'maintenance' } };
    if (strikes('html_502')) return { status: 502, body: Buffer.from('<h1>502</h1>') };
    if (strikes('hang')) return null;
    if (key !== KEY) return { status: 401, body: { error: 'bad_key' } };
    const charge = work[endpoint](reference, body);
    if (charge === undefined) return { status: 404, body: { error: 'no_such_charge' } };
    if (strikes('server_error_after_success')) return { status: 500, body: { error: 'oops' } };
    if (strikes('hang_after_success')) return null;
    const wrong = endpoint === 'get_charge' && faults.take('wrong_amount', endpoint) !== null;
    return { status: 200, body: wrong ? { ...charge, amount: charge.amount + 1 } : charge };
  }

  async function answer(endpoint: keyof typeof work, reply: FastifyReply, decided: Answer | null) {
    // The socket stays open until the client gives up or the server closes.
    if (decided === null) return reply.hijack();
    const drip = faults.take('slow_drip', endpoint);
    if (drip !== null) await wait(drip.ms, undefined, { ref: false });
    return reply.code(decided.status).send(decided.body);
  }

  async function notify({ reference, id, state, amount }: Charge): Promise<void> {
    const { notification_url, webhook_secret } = told;
    if (notification_url === null) return;
    const body = JSON.stringify({ reference, id, state, amount });
    const signature = webhook_secret && createHmac('sha256', webhook_secret).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      ...(signature && { 'x-toy-signature': signature }),
    };
    await fetch(notification_url, { method: 'POST', headers, body });
  }

  type Named = { Params: { reference: string } };
  app.post<{ Body: Charge }>(`${MOUNT}/v1/charges`, ({ headers, body }, reply) =>
    answer('create_charge', reply, decide('create_charge', headers['x-toy-key'], body.reference, body)),
  );
  for (const [method, endpoint] of [
    ['GET', 'get_charge'],
    ['DELETE', 'close_charge'],
  ] as const) {
    app.route<Named & { Body: Charge }>({
      method,
      url: `${MOUNT}/v1/charges/:reference`,
      handler: ({ headers, params, body }, reply) =>
        answer(endpoint, reply, decide(endpoint, headers['x-toy-key'], params.reference, body)),
    });
  }

  const control = `${MOUNT}/control`;
  app.get<Named>(
    `${control}/charges/:reference`,
    ({ params }) => find(params.reference) ?? { times_paid: 0 },
  );
  app.post<Named & { Body: { late?: boolean } }>(
    `${control}/charges/:reference/pay`,
    async ({ params, body }) => {
      const charge = find(params.reference);
      if (charge === undefined || charge.state === 'paid') return { paid: false };
      if (charge.state !== 'open' && body.late !== true) return { paid: false };
      charge.state = 'paid';
      charge.paid_at = new Date(now()).toISOString();
      charge.times_paid += 1;
      await notify(charge);
      return { paid: true };
    },
  );
  app.post<Named>(`${control}/charges/:reference/refuse`, async ({ params }) => {
    const charge = find(params.reference);
    if (charge?.state === 'open') charge.state = 'refused';
    return {};
  });
  app.post<Named>(`${control}/charges/:reference/notify`, async ({ params }) => {
    const charge = find(params.reference);
    if (charge !== undefined) await notify(charge);
    return {};
  });
  app.post<{ Body: typeof told }>(`${control}/settings`, async ({ body }) => Object.assign(told, body));
}
