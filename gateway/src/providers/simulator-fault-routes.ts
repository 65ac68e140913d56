// The control routes that turn a fault dial, `{mount}/control/faults`; the control page turns it by them, too.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { makeFaultWords } from './simulator-fault-words.ts';
import { FAULTS, type FaultDial, FaultRequest } from './simulator-faults.ts';

const SeedRequest = Type.Object(
  { seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }) },
  { additionalProperties: false },
);
const Which = Type.Object(
  { fault: Type.Optional(Type.String()), id: Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })) },
  { additionalProperties: false },
);

/** The server has set up validation and error answers. */
export function registerFaultRoutes(app: FastifyInstance, dial: FaultDial, prefix: string): void {
  const known = Object.fromEntries(dial.faults.map((name) => [name, FAULTS[name]]));
  const listing = () => {
    const faults = dial.list();
    const on_command_line = makeFaultWords(faults);
    return {
      faults,
      on_command_line,
      seed: dial.seed(),
      known,
      endpoints: dial.endpoints,
      codes: dial.codes,
    };
  };

  app.get(`${prefix}/faults`, listing);

  app.post<{ Body: FaultRequest }>(
    `${prefix}/faults`,
    { schema: { body: FaultRequest } },
    (request, reply) => {
      const added = dial.add(request.body);
      if (added.ok) return reply.code(201).send(added.fault);
      return reply.code(400).send({ error: { message: added.message, field: added.field } });
    },
  );

  app.post<{ Body: Static<typeof SeedRequest> }>(
    `${prefix}/faults/seed`,
    { schema: { body: SeedRequest } },
    (request) => {
      dial.reseed(request.body.seed);
      return listing();
    },
  );

  app.delete<{ Querystring: Static<typeof Which> }>(
    `${prefix}/faults`,
    { schema: { querystring: Which } },
    (request) => {
      const { fault, id } = request.query;
      dial.clear({ fault, id: id === undefined ? undefined : Number(id) });
      return listing();
    },
  );
}
