// The fault dial of the simulators: which faults are switched on, for which endpoint and how often. A simulator plays
// its own choice out of one list; what a fault does is its own business, and the dial only says when.
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
  refuse: {
    about: 'Does nothing and answers with a code of the provider’s own',
    takes_endpoint: true,
    default_ms: null,
  },
  wrong_amount: { about: 'Reports another amount than was paid', takes_endpoint: false, default_ms: null },
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
    /** What `refuse` answers with. */
    code: Type.Optional(Type.String()),
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
  code: string | null;
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
  /** Switches off every fault of one name, or a single one; else all, and the chances begin anew. */
  clear(which?: { fault?: string | undefined; id?: number | undefined }): void;
  /** The same seed strikes the same requests on every machine. */
  seed(): number;
  reseed(seed: number): void;
  endpoints: readonly string[];
  /** Those that this simulator plays. */
  faults: readonly FaultName[];
  /** What its provider can be made to refuse with. */
  codes: readonly string[];
}

/** Mulberry32: small, and the same on every machine. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** FNV-1a: a seed of its own for each text, out of one seed for all. */
function makeSeed(seed: number, text: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * A row of chances for each fault and endpoint: whether the fifth request to an endpoint fails does not hang on what
 * came in between to another, so that a run of many at once strikes the same requests again.
 */
function makeChances(seed: number): (fault: FaultName, endpoint: string) => number {
  const rows = new Map<string, () => number>();
  return (fault, endpoint) => {
    const name = `${fault}/${endpoint}`;
    const row = rows.get(name) ?? makeRandom(makeSeed(seed, name));
    rows.set(name, row);
    return row();
  };
}

export function createFaultDial(options: {
  seed: number;
  endpoints: readonly string[];
  faults: readonly FaultName[];
  codes?: readonly string[];
}): FaultDial {
  const { endpoints, faults, codes = [] } = options;
  let { seed } = options;
  let drawChance = makeChances(seed);
  let active: ActiveFault[] = [];
  let nextId = 1;

  return {
    endpoints,
    faults,
    codes,
    seed: () => seed,
    reseed(next) {
      seed = next;
      drawChance = makeChances(seed);
    },
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
      const code = request.code ?? null;
      if (name !== 'refuse' && code !== null) {
        return { ok: false, field: 'code', message: `The fault '${name}' does not take a code.` };
      }
      if (name === 'refuse' && (code === null || !codes.includes(code))) {
        const what = code === null ? "The fault 'refuse' needs a code." : `There is no code '${code}'.`;
        return { ok: false, field: 'code', message: `${what} Known: ${codes.join(', ')}.` };
      }
      const fault: ActiveFault = {
        id: nextId++,
        fault: name,
        endpoint,
        code,
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
        if (fault.probability < 1 && drawChance(name, endpoint) >= fault.probability) continue;
        if (fault.times_left !== null) {
          fault.times_left -= 1;
          if (fault.times_left === 0) active = active.filter((other) => other !== fault);
        }
        return { ...fault };
      }
      return null;
    },
    list: () => active.map((fault) => ({ ...fault })),
    clear(which = {}) {
      const { fault: name, id } = which;
      if (name === undefined && id === undefined) {
        active = [];
        drawChance = makeChances(seed);
      } else active = active.filter((fault) => fault.fault !== name && fault.id !== id);
    },
  };
}
