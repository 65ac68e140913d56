// The load generator, a process of its own. Told `prepare` it signs requests, told `go` it takes payments one
// after the other on every connection until the time is up, and reports. Any answer that is not exactly what
// a correct server gives ends the run.
import pg from 'pg';
import { type Connection, openConnection } from './connection.ts';
import { type CreateRequest, makeConfirmRequest, makeCreateRequests, type Signer } from './requests.ts';
import { type Subject, storeOf } from './subjects.ts';

export interface Round {
  subject: Subject;
  port: number;
  signer: Signer;
  database_url: string;
  connections: number;
  seconds: number;
  /** How many payments will be made at most, as far as can be foreseen. */
  expected: number;
}

export type Order = { kind: 'prepare'; round: Round } | { kind: 'go' };

export interface RoundReport {
  payments: number;
  seconds: number;
  p50_ms: number;
  p99_ms: number;
}

export type Reply =
  | { kind: 'ready' }
  | { kind: 'report'; report: RoundReport }
  | { kind: 'failed'; message: string };

const WATCH_EVERY_MS = 10;
const PATIENCE_MS = 30_000;

/** Waits for the end of payments that end behind the scenes, with one cheap query for all that are open. */
async function openWatcher({ database_url, subject }: Round) {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const open = new Map<string, { resolve(): void; reject(error: Error): void; since: number }>();

  async function look(): Promise<void> {
    const { rows } = await client.query<{ id: string; status: string }>({
      name: 'ended',
      text: `select id, status from payment_intents
        where id = any($1) and status in ('succeeded', 'failed', 'cancelled')`,
      values: [[...open.keys()]],
    });
    for (const { id, status } of rows) {
      const waiting = open.get(id);
      open.delete(id);
      if (status === subject.final_status) waiting?.resolve();
      else waiting?.reject(new Error(`${id} is ${status}`));
    }
    const now = performance.now();
    for (const [id, { reject, since }] of open) {
      if (now - since > PATIENCE_MS) reject(new Error(`${id} did not become ${subject.final_status}`));
    }
  }

  let looking: Promise<void> = Promise.resolve();
  let is_looking = false;
  const timer = setInterval(() => {
    if (is_looking || open.size === 0) return;
    is_looking = true;
    looking = look().finally(() => {
      is_looking = false;
    });
  }, WATCH_EVERY_MS);
  return {
    ended: (id: string) =>
      new Promise<void>((resolve, reject) => open.set(id, { resolve, reject, since: performance.now() })),
    async close() {
      clearInterval(timer);
      await looking;
      await client.end();
    },
  };
}

type Watcher = Awaited<ReturnType<typeof openWatcher>>;

interface Payment {
  id: string;
  status: string;
  amount: number;
  merchant_ref_id?: string;
  payment_token?: string;
}

function read(what: string, answer: { status: number; body: string }, status: number): Payment {
  if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as Payment;
}

async function pay(round: Round, connection: Connection, watcher: Watcher | null, create: CreateRequest) {
  const { subject } = round;
  const created = read('create', await connection.ask(create.text), 201);
  if (
    created.status !== 'requires_payment_method' ||
    created.amount !== create.amount ||
    created.merchant_ref_id !== create.merchant_ref_id
  ) {
    throw new Error(`create gave another payment: ${JSON.stringify(created)}`);
  }
  if (subject.confirm === null) return;
  const confirm = makeConfirmRequest(created.id, created.payment_token ?? '', subject.confirm);
  const confirmed = read('confirm', await connection.ask(confirm), 200);
  // The customer of a QR payment may be faster than the answer to the terminal.
  const is_right = [subject.answered_status, subject.final_status].includes(confirmed.status);
  if (confirmed.id !== created.id || !is_right) {
    throw new Error(`confirm gave another payment: ${JSON.stringify(confirmed)}`);
  }
  await watcher?.ended(created.id);
}

function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

async function prepare(round: Round) {
  const { subject, signer } = round;
  const makeSome = (count: number) =>
    makeCreateRequests(signer, storeOf(subject), subject.payment_method_type, count);
  const ready = makeSome(round.expected);
  const waits = subject.final_status !== subject.answered_status;
  const watcher = waits ? await openWatcher(round) : null;
  const connections = await Promise.all(
    Array.from({ length: round.connections }, () => openConnection(round.port)),
  );

  return async (): Promise<RoundReport> => {
    const latencies: number[] = [];
    const started = performance.now();
    const until = started + round.seconds * 1_000;
    await Promise.all(
      connections.map(async (connection) => {
        for (let begun = performance.now(); begun < until; begun = performance.now()) {
          if (ready.length === 0) ready.push(...makeSome(100));
          const create = ready.pop() as CreateRequest;
          await pay(round, connection, watcher, create);
          latencies.push(performance.now() - begun);
        }
      }),
    );
    const seconds = (performance.now() - started) / 1_000;
    for (const connection of connections) connection.close();
    await watcher?.close();
    const sorted = Float64Array.from(latencies).sort();
    const p50_ms = percentile(sorted, 0.5);
    return { payments: latencies.length, seconds, p50_ms, p99_ms: percentile(sorted, 0.99) };
  };
}

let run: (() => Promise<RoundReport>) | null = null;
const reply = (message: Reply) => process.send?.(message);

process.on('message', (order: Order) => {
  const work = async () => {
    if (order.kind === 'prepare') {
      run = await prepare(order.round);
      reply({ kind: 'ready' });
    } else if (run !== null) {
      reply({ kind: 'report', report: await run() });
    }
  };
  work().catch((error: Error) => reply({ kind: 'failed', message: error.message }));
});
