// The line between the page and the gateway: a proxy on loopback that passes everything on, until a test says what goes
// wrong on it. It notes what the page sent, so that a test can count keys, order and repetitions.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from './gateway-process.ts';
import { waitUntil } from './wait-until.ts';

/**
 * `drop_request`: cut before the gateway hears of it. `drop_answer`: carried out, and cut before the answer.
 * `hang`: not answered and not carried out before `releaseHanging`. A number: answered with this status by the line itself.
 */
export type Fault = 'drop_request' | 'drop_answer' | 'hang' | number;

export interface SeenRequest {
  method: string;
  path: string;
  idempotency_key: string | undefined;
  body: Record<string, unknown>;
  /** What the gateway answered, also where the page never got it; null when it never got there. */
  status: number | null;
}

export interface FaultLine {
  url: string;
  seen: SeenRequest[];
  /** The confirms among them. */
  confirms(): SeenRequest[];
  /** From now on, or for the next `times` only, this becomes of the requests that `strikes`. */
  break(fault: Fault, times?: number): void;
  heal(): void;
  /** What hangs goes on to the gateway. */
  releaseHanging(): void;
  /** Which requests a fault meets: all confirms, unless a test says otherwise. */
  strikes(request: { method: string; path: string }): boolean;
  waitForConfirms(count: number): Promise<SeenRequest[]>;
}

const OPEN_TO_PAGES = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'X-Request-Id, Retry-After',
  'content-type': 'application/json',
};

export async function startFaultLine(scope: Scope, gateway_url: string): Promise<FaultLine> {
  const hanging: (() => void)[] = [];
  let current: { fault: Fault; remaining: number } | null = null;
  const server = createServer((incoming, outgoing) => {
    // A browser silently repeats a request whose kept connection was cut before an answer, a POST, too. With a new
    // connection for each request, what is lost here is lost.
    outgoing.setHeader('connection', 'close');
    void pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  function takeFault(): Fault | null {
    if (current === null) return null;
    const { fault } = current;
    current.remaining -= 1;
    if (current.remaining <= 0) current = null;
    return fault;
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = 'GET', url = '/' } = incoming;
    const noted: SeenRequest = {
      method,
      path: url.split('?')[0] ?? '',
      idempotency_key: incoming.headers['idempotency-key'] as string | undefined,
      body: body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>),
      status: null,
    };
    const is_preflight = method === 'OPTIONS';
    if (!is_preflight) line.seen.push(noted);
    const fault = is_preflight || !line.strikes(noted) ? null : takeFault();
    if (fault === 'drop_request') return void outgoing.destroy();
    if (fault === 'hang') await new Promise<void>((release) => hanging.push(release));
    if (typeof fault === 'number') {
      outgoing.writeHead(fault, OPEN_TO_PAGES);
      return void outgoing.end(JSON.stringify({ code: 'internal_error', error: { code: 'internal_error' } }));
    }
    const { host, connection, ...headers } = incoming.headers;
    const forwarded = request(new URL(url, gateway_url), { method, headers }, (answer) => {
      noted.status = answer.statusCode ?? null;
      if (fault === 'drop_answer') {
        answer.resume();
        outgoing.destroy();
        return;
      }
      const { connection: kept, ...answered } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, answered);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  }

  const line: FaultLine = {
    url: '',
    seen: [],
    break(fault, times = Number.POSITIVE_INFINITY) {
      current = { fault, remaining: times };
    },
    heal() {
      current = null;
    },
    releaseHanging() {
      for (const release of hanging.splice(0)) release();
    },
    strikes: ({ path }) => path.endsWith('/confirm'),
    confirms: () => line.seen.filter(({ path }) => path.endsWith('/confirm')),
    waitForConfirms: (count) =>
      waitUntil(`${count} confirms`, () => line.confirms().length >= count && line.confirms()),
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  scope.after(() => {
    server.closeAllConnections();
    server.close();
  });
  line.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return line;
}
