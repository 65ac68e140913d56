// Calls the simulated Plutu for its tests, and plays the merchant's server that it calls back; the hash is computed here a
// second time, so that simulator and check cannot agree on a shared mistake.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlutuReply {
  status: number;
  json: {
    status?: number;
    result?: { code: string; redirect_url: string };
    error?: { status: number; code: string; message: string; fields?: Record<string, string[]> };
  };
}

interface ShownPayment {
  invoice_no: string;
  phase: string;
  return_to: string | null;
  checkout_url: string;
  declines: number;
  callbacks: { outcome: string; tries: string[] }[];
}

/** Every shape of the control API in one: a test reads the part that its route answers with. */
export interface ControlReply extends ShownPayment {
  error: { message: string };
  total: number;
  payments: ShownPayment[];
  charges: { invoice_no: string; amount: string }[];
  taken_cents: number;
  requests: { invoice_no: string | null; count: number; answers: Record<string, number> }[];
  refusals: { code: string; hint: string }[];
  currency: string;
}

export function makePlutuCaller(url: string) {
  async function confirm(
    form: Record<string, string>,
    headers: Record<string, string> = {},
    init: RequestInit = {},
  ) {
    const answer = await fetch(`${url}/mpgs/transaction/mpgs/confirm`, {
      method: 'POST',
      headers: { 'x-api-key': 'simulator-key', authorization: 'Bearer simulator-token', ...headers },
      body: new URLSearchParams(form),
      ...init,
    });
    const raw = await answer.text();
    const is_json = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, raw, json: is_json ? (JSON.parse(raw) as PlutuReply['json']) : {} };
  }

  async function control(method: string, path: string, body?: object) {
    const answer = await fetch(`${url}/mpgs/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as ControlReply };
  }

  return {
    confirm,
    control,
    async setFault(fault: Record<string, unknown>) {
      const { status, json } = await control('POST', '/faults', fault);
      if (status !== 201) throw new Error(json.error.message);
    },
    async find(invoice_no: string): Promise<ShownPayment> {
      const { payments } = (await control('GET', '/payments')).json;
      const found = payments.find((payment) => payment.invoice_no === invoice_no);
      if (!found) throw new Error(`no payment ${invoice_no}`);
      return found;
    },
  };
}

export interface MerchantServer {
  url: string;
  /** The request targets in the order of their arrival. */
  received: { target: string; headers: IncomingHttpHeaders }[];
  /** What the next calls are answered with; after them, 200. */
  statuses: number[];
  receive(count: number): Promise<string[]>;
  close(): void;
}

export async function startMerchantServer(): Promise<MerchantServer> {
  const received: MerchantServer['received'] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    received.push({ target: request.url ?? '', headers: request.headers });
    response.writeHead(statuses.shift() ?? 200).end('OK');
    server.emit('received');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/webhooks/mpgs`,
    received,
    statuses,
    async receive(count) {
      while (received.length < count) await once(server, 'received', { signal: AbortSignal.timeout(8_000) });
      return received.map(({ target }) => target);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const SIGNED = ['gateway', 'approved', 'canceled', 'amount', 'currency', 'invoice_no', 'transaction_id'];

/** As the merchant's side checks it: the known pairs as they came, under the secret key. */
export function isHashed(target: string, secret_key: string): boolean {
  const pairs = (target.split('?')[1] ?? '').split('&').map((pair) => pair.split('='));
  const text = pairs
    .filter(([name]) => SIGNED.includes(name ?? ''))
    .map((pair) => pair.join('='))
    .join('&');
  const hashed = pairs.find(([name]) => name === 'hashed')?.[1];
  return hashed === createHmac('sha256', secret_key).update(text).digest('hex').toUpperCase();
}
