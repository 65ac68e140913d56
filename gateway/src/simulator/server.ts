// The simulator server: one loopback HTTP server with every provider's simulator on it. It has no login, so
// it listens on this machine only and refuses calls that a web page of another origin makes a browser send.
import type { AddressInfo } from 'node:net';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Value } from 'typebox/value';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { registerFaultRoutes } from '../providers/simulator-fault-routes.ts';
import { createFaultDial, type FaultRequest } from '../providers/simulator-faults.ts';
import { sendPage } from '../providers/simulator-page.ts';
import { makeFrontPage } from './front-page.ts';
import { listSimulators } from './simulators.ts';

const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

export interface SimulatorServerOptions {
  /** 0 takes a free port. */
  port: number;
  host?: string;
  now?: () => number;
  log?: (facts: Record<string, unknown>, message: string) => void;
  /** Where faults with a probability strike. */
  seed?: number;
  /** Absent: all that there are. */
  simulators?: readonly ProviderSimulator[];
  /** Where the gateway listens that they notify. */
  gateway_url?: string | null;
  /** What they start with, each under its simulator's name. */
  settings?: Record<string, Record<string, unknown>>;
  faults?: Record<string, readonly FaultRequest[]>;
}

export interface SimulatorServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

export async function startSimulatorServer(options: SimulatorServerOptions): Promise<SimulatorServer> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK_HOSTS.includes(host))
    throw new Error(`A simulator listens on loopback only, not on ${host}.`);
  const now = options.now ?? Date.now;
  const log = options.log ?? (() => {});
  // A fault may hold an answer back for ever; closing the server must not wait for it.
  const app = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  setErrorAnswers(app, log);
  app.addHook('onRequest', async (request, reply) => {
    if (!isFromHere(request)) {
      return reply.code(403).send({ error: { message: 'The simulator only answers this machine.' } });
    }
  });

  let url = '';
  const simulators = options.simulators ?? (await listSimulators());
  for (const simulator of simulators) {
    const { name, mount } = simulator;
    const dial = makeDial(simulator, options);
    const settings = options.settings?.[name] ?? {};
    if (!Value.Check(simulator.settings, settings)) throw new Error(`${name} cannot be set to that.`);
    const parts = { serverUrl: () => url, now, log, faults: dial, settings };
    // In a scope of its own, so that one simulator's way of reading bodies is no business of another's.
    app.register(async (scope) => {
      simulator.register(scope, { ...parts, gateway_url: options.gateway_url ?? null });
      registerFaultRoutes(scope, dial, `${mount}/control`);
    });
  }

  app.get('/', (_request, reply) => sendPage(reply, makeFrontPage(simulators)));

  await app.listen({ port: options.port, host });
  const { port } = app.server.address() as AddressInfo;
  url = `http://${host === '::1' ? '[::1]' : host}:${port}`;
  log({ url }, 'simulator listening');
  return { url, port, close: () => app.close() };
}

function makeDial(simulator: ProviderSimulator, options: SimulatorServerOptions) {
  const dial = createFaultDial({ seed: options.seed ?? 1, ...simulator });
  for (const fault of options.faults?.[simulator.name] ?? []) {
    const added = dial.add(fault);
    if (!added.ok) throw new Error(added.message);
  }
  return dial;
}

/** Neither a foreign page's script nor a foreign name that points at this machine gets through. */
function isFromHere(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
  if (!LOOPBACK_HOSTS.includes(name)) return false;
  return origin === undefined || origin === `http://${host}`;
}

interface ValidationProblem {
  keyword: string;
  instancePath: string;
  message?: string;
  params: { additionalProperties?: string[] };
}

function setErrorAnswers(app: FastifyInstance, log: NonNullable<SimulatorServerOptions['log']>): void {
  app.setErrorHandler<Error & { statusCode?: number; validation?: ValidationProblem[] }>(
    (error, _request, reply) => {
      if (error.validation) return reply.code(400).send({ error: explainProblems(error.validation) });
      const status = error.statusCode ?? 500;
      if (status >= 500) log({ err: error }, 'the simulator failed');
      return reply
        .code(status)
        .send({ error: { message: status >= 500 ? 'Internal error' : error.message } });
    },
  );
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.method} ${request.url.split('?', 1)[0]}.`;
    reply.code(404).send({ error: { message } });
  });
}

function explainProblems(problems: ValidationProblem[]): { message: string; field?: string } {
  const unknown = problems.find((problem) => problem.keyword === 'additionalProperties');
  const field = unknown?.params.additionalProperties?.[0];
  if (field !== undefined) return { message: `Unknown field '${field}'.`, field };
  const first = problems[0];
  const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const message = `${path === '' ? 'The body' : path} ${first?.message ?? 'is not valid'}.`;
  return path === '' ? { message } : { message, field: path };
}
