// The stage: a small HTTP server beside the gateway on which a driver in any language plays the customer, the provider,
// the merchant's network, and for a browser the merchant's backend. Its actions are written down in the README.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAttempts } from './attempts.ts';
import { makeBackend } from './backend.ts';
import { makeCustomers } from './customers.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { startReceivers } from './receivers.ts';

type Json = Record<string, unknown>;
type Action = (given: Json) => Promise<object>;

export interface Stage {
  url: string;
  close(): Promise<void>;
}

const BACKEND = 'backend/';

export async function startStage({ facts, data_dir }: GatewayProcess): Promise<Stage> {
  const attempts = openAttempts(data_dir);
  const customers = makeCustomers(new URL(facts.simulator_url).origin, attempts);
  const receivers = await startReceivers();
  const askBackend = makeBackend(facts);

  const actions: Record<string, Action> = {
    customer_pays: async (given) => {
      await customers.pays(read(given, 'payment_intent'));
      return {};
    },
    customer_declines: async (given) => {
      await customers.declines(read(given, 'payment_intent'));
      return {};
    },
    customer_shows_code: ({ behaviour }) =>
      customers.showsCode(behaviour === undefined ? undefined : String(behaviour)),
    provider_falls_silent: async (given) => {
      await customers.providerFallsSilent(read(given, 'provider'));
      return {};
    },
    provider_speaks: async (given) => {
      await customers.providerSpeaks(read(given, 'provider'));
      return {};
    },
    money_moved: (given) => customers.moneyMoved(read(given, 'payment_intent')),
    receiver: async () => ({ url: receivers.open() }),
    next_delivery: (given) =>
      receivers.next(read(given, 'url'), {
        type: read(given, 'type'),
        payment_intent: given['payment_intent'] === undefined ? undefined : read(given, 'payment_intent'),
      }),
  };

  async function act(name: string, given: Json): Promise<object> {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined) return action(given);
    if (!name.startsWith(BACKEND)) throw new Error(`The stage has no action ${name}`);
    return askBackend(name.slice(BACKEND.length), given);
  }

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      const given = JSON.parse((await readBody(request)) || '{}') as Json;
      answer(200, await act((request.url ?? '').slice(1), given));
    } catch (error) {
      answer(500, { message: error instanceof Error ? error.message : String(error) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await receivers.close();
      await attempts.close();
    },
  };
}

function read(given: Json, name: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw new Error(`${name} has to be a text`);
  return value;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
