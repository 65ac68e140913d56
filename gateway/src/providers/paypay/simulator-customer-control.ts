// The control API of the codes that customers show, `/paypay/control/customer_codes`: a test, a demonstration or the
// wallet page takes one out, and says how its customer will behave.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  CODE_BEHAVIOURS,
  type CodeBehaviour,
  type CustomerCode,
  type CustomerCodeBook,
} from './simulator-customer-codes.ts';

const BEHAVIOURS = Object.keys(CODE_BEHAVIOURS) as CodeBehaviour[];
const IssueBody = Type.Object(
  {
    behaviour: Type.Optional(Type.Enum(BEHAVIOURS)),
    /** Two codes of one customer, by a name of the caller's choice. */
    customer: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  { additionalProperties: false },
);

/** For the page, which shows the newest only. */
const SHOWN = 20;

export function registerCustomerControl(
  app: FastifyInstance,
  { mount, codes }: { mount: string; codes: CustomerCodeBook },
): void {
  app.register(
    async (scope) => {
      scope.addHook('preValidation', async (request) => {
        request.body ??= {};
      });
      scope.post<{ Body: Static<typeof IssueBody> }>(
        '',
        { schema: { body: IssueBody } },
        (request, reply) => {
          const { behaviour, customer } = request.body;
          reply.code(201);
          return makeCodeView(
            codes.issue({ ...(behaviour && { behaviour }), ...(customer && { customer }) }),
          );
        },
      );
      scope.get('', () => ({
        behaviours: Object.entries(CODE_BEHAVIOURS).map(([name, { about }]) => ({ name, about })),
        codes: codes.listNewestFirst().slice(0, SHOWN).map(makeCodeView),
      }));
    },
    { prefix: `${mount}/control/customer_codes` },
  );
}

function makeCodeView(issued: CustomerCode) {
  const { code, customer, behaviour, used_by } = issued;
  return {
    code,
    customer,
    behaviour,
    used_by,
    created_at: new Date(issued.createdAtMs).toISOString(),
    expires_at: new Date(issued.expiresAtMs).toISOString(),
  };
}
