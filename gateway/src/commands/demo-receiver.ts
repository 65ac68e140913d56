// The merchant's server of the demo, with nothing but what a merchant needs: take the body, check its signature,
// answer. It shows the webhooks of the payment that is followed.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '../domain/webhook-signature.ts';
import { call, say } from './demo-client.ts';
import type { DevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

interface SavedEndpoint {
  id: string;
  url: string;
  secret: string;
}

interface WebhookBody {
  type: string;
  sequence: number;
  data: { object: { id: string } };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Its endpoint is kept for the next demo, so that demos do not pile up endpoints. */
export async function startReceiver(facts: DevelopmentFacts, saved_path: string) {
  const saved = await findSavedEndpoint(facts, saved_path);
  let secret = saved?.secret ?? '';
  let followed: string | null = null;
  const types = new Map<string, Set<string>>();
  // The first webhook can be faster than the answer that tells the intent's id.
  const early: { intent_id: string; show(): void }[] = [];

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { type, sequence, data } = JSON.parse(body.toString('utf8')) as WebhookBody;
      const valid = isSigned(request.headers, body, secret);
      response.writeHead(valid ? 200 : 400).end();
      const intent_id = data.object.id;
      const show = () => {
        say('Webhook', `${type}, number ${sequence}, signature ${valid ? 'valid' : 'NOT VALID'}`);
        if (valid) types.set(intent_id, (types.get(intent_id) ?? new Set()).add(type));
      };
      if (intent_id === followed) show();
      else early.push({ intent_id, show });
    });
  });
  const port = saved === null ? 0 : Number(new URL(saved.url).port);
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new StartError(`Port ${port} is taken; is another demo running?`)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  if (saved === null) {
    const { id, secret: made } = await call(facts, 'POST', '/v1/webhook_endpoints', {
      url,
      description: 'Demo',
    });
    secret = String(made);
    await writeFile(saved_path, JSON.stringify({ id, url, secret }), { mode: 0o600 });
  }
  return {
    url,
    /** From now on the webhooks of this payment are shown. */
    follow(id: string) {
      followed = id;
      for (const { intent_id, show } of early.splice(0)) if (intent_id === id) show();
    },
    hasCome: (id: string, type: string) => types.get(id)?.has(type) === true,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function isSigned(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  return verifyWebhook({
    secrets: [secret],
    id: String(headers['webhook-id']),
    timestamp: String(headers['webhook-timestamp']),
    signature: String(headers['webhook-signature']),
    body,
    now_seconds: Math.floor(Date.now() / 1_000),
  });
}

/** The endpoint of an earlier demo, if the gateway still knows it and has not given it up. */
async function findSavedEndpoint(facts: DevelopmentFacts, path: string): Promise<SavedEndpoint | null> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as SavedEndpoint;
    const endpoint = await call(facts, 'GET', `/v1/webhook_endpoints/${saved.id}`);
    return endpoint['status'] === 'enabled' ? saved : null;
  } catch {
    return null;
  }
}
