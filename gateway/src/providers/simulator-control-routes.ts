// The routes of a control API that every simulator has: what it was asked, why it refused, and forgetting it all. The
// dial of faults has its own, in simulator-fault-routes.ts.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { RequestLog } from './simulator-request-log.ts';

/** For a POST that says everything by its path: a field in it would be a mistake, and is refused. */
export const EmptyBody = Type.Object({}, { additionalProperties: false });

/** `reference_name` is what the provider calls the id of a payment that it was asked about. */
export function registerRequestRoutes(
  scope: FastifyInstance,
  { requests, reference_name, reset }: { requests: RequestLog; reference_name: string; reset(): void },
): void {
  scope.get('/requests', () => ({
    requests: requests
      .listCounts()
      .map(({ reference, ...counted }) => ({ ...counted, [reference_name]: reference })),
  }));
  scope.get('/refusals', () => ({ refusals: requests.listRefusals() }));
  scope.post('/reset', { schema: { body: EmptyBody } }, () => {
    reset();
    return { reset: true };
  });
}

/** Without a limit all are shown; the page asks for the newest only. */
export function readLimit(limit: string | undefined): number {
  return limit !== undefined && /^\d{1,9}$/.test(limit) ? Number(limit) : Number.POSITIVE_INFINITY;
}
