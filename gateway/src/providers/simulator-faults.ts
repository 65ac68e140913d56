// The fault dial of the simulators: which faults are switched on, for which endpoint and how often, and the control
// routes that turn it. A simulator plays its own choice out of one list; what a fault does is its own business, and
// the dial only says when.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';

/** Every fault that a simulator may be asked for. `default_ms` stands where a fault takes a length of time. */
export const FAULTS = {
  server_error: { about: 'Does nothing and answers 500', takes_endpoint: true, default_ms: null },
  server_error_after_success: {
    about: 'Does the work, then answers 500',
    takes_endpoint: true,
    default_ms: null,
  },
  hang: { about: 'Does nothing and never answers', takes_endpoint: true, default_ms: null },
  hang_after_success: {
    about: 'Does the work and never answers',
    takes_endpoint: true,
    default_ms: null,
  },
  slow: { about: 'Waits before it answers', takes_endpoint: true, default_ms: 5_000 },
  slow_drip: { about: 'Answers at once, then trickles the body', takes_endpoint: true, default_ms: 10_000 },
  rate_limit: { about: 'Answers 429, too many requests', takes_endpoint: true, default_ms: null },
  maintenance: { about: 'Answers 503, under maintenance', takes_endpoint: true, default_ms: null },
  html_502: { about: 'Answers a 502 page of HTML, as a proxy does', takes_endpoint: true, default_ms: null },
  wrong_amount: { about: 'Look-ups report another amount', takes_endpoint: false, default_ms: null },
  lose_notification: { about: 'The notification is never sent', takes_endpoint: false, default_ms: null },
  duplicate_notification: {
    about: 'The notification is sent twice',
    takes_endpoint: false,
    default_ms: null,
  },
  reorder_notifications: {
    about: 'The notification waits until a later one has overtaken it',
    takes_endpoint: false,
    default_ms: null,
  },
  instant_pay: { about: 'Customers pay as soon as a code exists', takes_endpoint: false, default_ms: 0 },
} as const;

export type FaultName = keyof typeof FAULTS;

export const FaultRequest = Type.Object(
  {
    fault: Type.String(),
    /** How often it strikes before it switches itself off. Without it the fault stands until it is removed. */
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    endpoint: Type.Optional(Type.String()),
    /** The chance that it strikes when it could, drawn from the seeded generator. */
    probability: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequest>;

export interface ActiveFault {
  id: number;
  fault: FaultName;
  /** Null: every endpoint. */
  endpoint: string | null;
  /** Null: until it is removed. */
  times_left: number | null;
  ms: number;
  probability: number;
}

export interface FaultDial {
  add(
    request: FaultRequest,
  ): { ok: true; fault: ActiveFault } | { ok: false; message: string; field: string };
  /** The fault that strikes here and now, if one does. Taking a counted fault uses it up. */
  take(fault: FaultName, endpoint: string): ActiveFault | null;
  list(): ActiveFault[];
  /** Switches off every fault, or every fault of one name. */
  clear(fault?: string): void;
  endpoints: readonly string[];
  /** Those that this simulator plays. */
  faults: readonly FaultName[];
}

/** Mulberry32: small, and the same seed strikes at the same requests on every machine. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createFaultDial(options: {
  seed: number;
  endpoints: readonly string[];
  faults: readonly FaultName[];
}): FaultDial {
  const { endpoints, faults } = options;
  const random = makeRandom(options.seed);
  let active: ActiveFault[] = [];
  let nextId = 1;

  return {
    endpoints,
    faults,
    add(request) {
      const name = faults.find((fault) => fault === request.fault);
      if (name === undefined) {
        const message = `There is no fault '${request.fault}'. Known: ${faults.join(', ')}.`;
        return { ok: false, field: 'fault', message };
      }
      const { takes_endpoint, default_ms } = FAULTS[name];
      const endpoint = request.endpoint ?? null;
      if (endpoint !== null && !takes_endpoint) {
        return { ok: false, field: 'endpoint', message: `The fault '${name}' does not take an endpoint.` };
      }
      if (endpoint !== null && !endpoints.includes(endpoint)) {
        const message = `There is no endpoint '${endpoint}'. Known: ${endpoints.join(', ')}.`;
        return { ok: false, field: 'endpoint', message };
      }
      if (request.ms !== undefined && default_ms === null) {
        return { ok: false, field: 'ms', message: `The fault '${name}' does not take ms.` };
      }
      const fault: ActiveFault = {
        id: nextId++,
        fault: name,
        endpoint,
        times_left: request.times ?? null,
        ms: request.ms ?? default_ms ?? 0,
        probability: request.probability ?? 1,
      };
      active.push(fault);
      return { ok: true, fault: { ...fault } };
    },
    take(name, endpoint) {
      for (const fault of active) {
        if (fault.fault !== name || (fault.endpoint !== null && fault.endpoint !== endpoint)) continue;
        if (fault.probability < 1 && random() >= fault.probability) continue;
        if (fault.times_left !== null) {
          fault.times_left -= 1;
          if (fault.times_left === 0) active = active.filter((other) => other !== fault);
        }
        return { ...fault };
      }
      return null;
    },
    list: () => active.map((fault) => ({ ...fault })),
    clear(name) {
      active = name === undefined ? [] : active.filter((fault) => fault.fault !== name);
    },
  };
}

/** Mounts the dial at `{prefix}/faults`. The server has set up validation and error answers. */
export function registerFaultRoutes(app: FastifyInstance, dial: FaultDial, prefix: string): void {
  const known = Object.fromEntries(dial.faults.map((name) => [name, FAULTS[name]]));
  const listing = () => ({ faults: dial.list(), known, endpoints: dial.endpoints });

  app.get(`${prefix}/faults`, () => listing());

  app.post<{ Body: FaultRequest }>(
    `${prefix}/faults`,
    { schema: { body: FaultRequest } },
    (request, reply) => {
      const added = dial.add(request.body);
      if (added.ok) return reply.code(201).send(added.fault);
      return reply.code(400).send({ error: { message: added.message, field: added.field } });
    },
  );

  app.delete<{ Querystring: { fault?: string } }>(`${prefix}/faults`, (request) => {
    dial.clear(request.query.fault);
    return listing();
  });
}
