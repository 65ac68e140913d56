// A whole gateway for a test: the API over real HTTP, a database of its own, PayPay's simulator and a demo
// store, all on one clock that only the test moves. Jobs run when the test says so, so that nothing sleeps.
import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createApiKey } from '../../src/application/api-keys.ts';
import { type NewStore, saveStore } from '../../src/application/merchants.ts';
import { createOrganization } from '../../src/application/organizations.ts';
import { createPublishableKey } from '../../src/application/publishable-keys.ts';
import { closeContext, makeContext } from '../../src/commands/make-context.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { makeServer } from '../../src/http/server.ts';
import { align_deliveries } from '../../src/jobs/align-deliveries.ts';
import { check_books } from '../../src/jobs/check-books.ts';
import { makeCheckRefundsJob } from '../../src/jobs/check-refunds.ts';
import { makeDeliverWebhooksJob } from '../../src/jobs/deliver-webhooks.ts';
import { expire_payment_intents } from '../../src/jobs/expire-payment-intents.ts';
import { fan_out_events } from '../../src/jobs/fan-out-events.ts';
import { import_announced_files } from '../../src/jobs/import-announced-files.ts';
import { keep_partitions } from '../../src/jobs/keep-partitions.ts';
import { makeLookUpAttemptsJob } from '../../src/jobs/look-up-attempts.ts';
import { measure } from '../../src/jobs/measure.ts';
import { purge } from '../../src/jobs/purge.ts';
import { run_accounting_exports } from '../../src/jobs/run-accounting-exports.ts';
import { run_card_batches } from '../../src/jobs/run-card-batches.ts';
import { makeHeartbeatJob } from '../../src/jobs/send-heartbeat.ts';
import { send_mails } from '../../src/jobs/send-mails.ts';
import { settle_signed_news } from '../../src/jobs/settle-signed-news.ts';
import { work_off_notifications } from '../../src/jobs/work-off-notifications.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { startSimulatorServer } from '../../src/simulator/server.ts';
import { type Credentials, type Json, makeClient, makeTerminal } from './client.ts';
import { createTestDatabase } from './database.ts';
import { makeLogCapture } from './log-capture.ts';
import { makePaypayStage } from './paypay-stage.ts';

export const START_MS = Date.parse('2026-01-15T10:00:00.000Z');
export const MERCHANT_ID = 'merchant_001';
export const STORE_ID = 'store_001';
/** Unlike any number or word in the gateway, so that finding it in a log means that a secret was told. */
export const PAYPAY_SECRET = 'simulator-secret';

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
export type Replica = TestGateway['replicas'][number];
export type CreatedIntent = Json & { id: string; payment_token: string; status: string };

export interface TestGatewayOptions {
  /** Where the clock begins; `'real'` for tests with other processes, whose clocks nobody can move. */
  now?: number | 'real';
  config?: Partial<Config>;
  /** Runs all jobs by themselves, on the first replica. Without it `runJob` runs them. */
  worker?: boolean;
  replicas?: 1 | 2;
  /** Leads every replica to its database through something that a test can break, and says how it ends. */
  reachDatabase?(url: string): Promise<{ url: string; close(): Promise<void> }>;
}

/** Whose end the gateway does not outlive: a test, or with `{ after }` of node:test a whole file. */
export interface Scope {
  after(end: () => Promise<void>): void;
}

/** Starts a gateway that is gone again when its scope ends. */
export async function startTestGateway(t: Scope, options: TestGatewayOptions = {}) {
  const stops: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      for (const stop of stops.reverse()) await stop();
    })();
    return closing;
  };
  t.after(close);

  const clock = makeClock(options.now ?? START_MS);
  const log = makeLogCapture();
  const master_key = randomBytes(32).toString('hex');
  const database = await createTestDatabase();
  stops.push(database.drop);
  const way = (await options.reachDatabase?.(database.url)) ?? { url: database.url, close: async () => {} };
  stops.push(way.close);
  const simulator = await startSimulatorServer({ port: 0, now: clock.now });
  stops.push(simulator.close);

  async function startReplica() {
    const config: Config = {
      ...readConfig({ LOG_LEVEL: 'trace', PORT: '0' }, 'development'),
      database_url: way.url,
      master_key,
      database_pool_size: 8,
      rate_limit_per_merchant: 1_000_000,
      rate_limit_global: 1_000_000,
      // One database sees many tests; what is due in one must not wait for the look-ups of the others.
      look_up_per_second: 100_000,
      look_up_burst: 100_000,
      simulator_url: simulator.url,
      ...options.config,
    };
    const context = makeContext({
      config,
      database_url: way.url,
      master_key,
      now: clock.now,
      log_to: log,
    });
    stops.push(() => closeContext(context));
    const server = await makeServer(context);
    stops.push(() => server.close());
    await server.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    config.base_url = url;
    return { url, context, server };
  }

  /** Keeps the next answers of providers (or those to one method) from a replica until they are released. */
  function holdProviderAnswers(replica: { context: Context }, method?: 'GET') {
    const { http } = replica.context;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    replica.context.http = {
      ...http,
      async request(request) {
        const answer = await http.request(request);
        if (method !== undefined && request.method !== method) return answer;
        arrive();
        await released;
        return answer;
      },
    };
    const end = () => {
      replica.context.http = http;
      release();
    };
    stops.push(async () => end());
    /** `arrived`: the provider has answered the first question, and the replica does not know it yet. */
    return { arrived, release: end };
  }

  const first = await startReplica();
  const replicas = [first];
  if (options.replicas === 2) replicas.push(await startReplica());
  const { context, url } = first;
  const jobs = makeJobs(context);
  if (options.worker) {
    const worker = startWorker(context);
    stops.push(() => worker.stop());
  }

  const { id: organization_id } = await createOrganization(context, 'Test organization');
  await saveTestStore(context, organization_id);
  const key = await addKey(context, organization_id);
  const client = makeClient(url, clock.now, key);
  let references = 0;

  return {
    url,
    context,
    replicas,
    clock,
    log,
    database_url: database.url,
    master_key,
    simulator_url: simulator.url,
    paypay: makePaypayStage(`${simulator.url}/paypay`, `${url}/v1/webhooks/paypay`),
    organization_id,
    key,
    client,
    close,
    holdProviderAnswers,

    /** Another backend, by default with the same key, on any replica. */
    clientFor: (credentials: Credentials = key, at: { url: string } = first) =>
      makeClient(at.url, clock.now, credentials),
    terminalFor: (intent: { id: string; payment_token: string }, at: { url: string } = first) =>
      makeTerminal(at.url, intent),
    addKey: (owner: { organization_id?: string; livemode?: boolean; merchant_id?: string } = {}) =>
      addKey(context, owner.organization_id ?? organization_id, owner),
    addPublishableKey: (wanted: { livemode?: boolean; allowed_origins?: string[] } = {}) =>
      createPublishableKey(context, { organization_id, livemode: false, ...wanted }),
    saveStore: (changes: Partial<NewStore> = {}) =>
      saveTestStore(context, changes.organization_id ?? organization_id, changes),
    /** An organization of its own, with a store of the same names and a key. */
    async addOrganization() {
      const other = await createOrganization(context, 'Another organization');
      await saveTestStore(context, other.id);
      const other_key = await addKey(context, other.id);
      return { organization_id: other.id, key: other_key, client: makeClient(url, clock.now, other_key) };
    },

    newOrder(changes: Json = {}): Json {
      references += 1;
      return {
        amount: 1_000,
        currency: 'JPY',
        payment_method_types: ['qr_mpm', 'credit_card', 'e_money', 'cash'],
        merchant_ref_id: `order_${references}`,
        merchant_store_id: STORE_ID,
        ...changes,
      };
    },
    async createIntent(changes: Json = {}, by = client): Promise<CreatedIntent> {
      const answer = await by.create(this.newOrder(changes));
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`);
      return answer.json;
    },
    /** An intent with its code in front of the customer; `code` is what the customer scans. */
    async openQr(changes: Json = {}) {
      const intent = await this.createIntent(changes);
      const terminal = makeTerminal(url, intent);
      const answer = await terminal.confirmQr();
      if (answer.status !== 200) throw new Error(`confirm answered ${answer.status}: ${answer.text}`);
      return { ...intent, terminal, confirmation: answer.json, code: String(answer.json.qr_content) };
    },
    /** An intent whose money PayPay holds for a later capture; `code` is what the customer scanned. */
    async holdQr(changes: Json = {}) {
      const intent = await this.openQr({ capture_method: 'manual', ...changes });
      await this.paypay.pay(intent.code);
      clock.advance(2_500);
      await this.runJob('look_ups');
      return intent;
    },
    async statusOf(intent: { id: string }): Promise<string> {
      return (await client.retrieve(intent.id)).json.status;
    },

    /** Runs a worker's job once, by default on the first replica. Waits for its work; says of how many rows. */
    async runJob(name: keyof typeof jobs, at: { context: Context } = first): Promise<number> {
      const job = (at === first ? jobs : makeJobs(at.context))[name];
      const handled = await job.run(at.context);
      await job.drain?.();
      return handled;
    },
    /** Runs what a worker would run until nothing is due any more at this instant. */
    async settle(): Promise<void> {
      await this.runJob('notifications');
      await this.runJob('expiry');
      while ((await this.runJob('look_ups')) > 0);
      while ((await this.runJob('refunds')) > 0);
    },
    query: <Row = Json>(text: string, values: unknown[] = []): Promise<Row[]> =>
      context.db.query<Row>({ name: `test_${createHash('md5').update(text).digest('hex')}`, text }, values),
    /** The types of an intent's events, oldest first. */
    /**
     * In the order in which they were written: each change of an intent begins after the one before was committed, so its
     * transaction has a higher number. Ids of two replicas tell no order within a millisecond, and here time stands still.
     */
    async eventsOf(intent: { id: string }): Promise<string[]> {
      const events = await this.query<{ type: string }>(
        `select type from events where object_json::json ->> 'id' = $1
           or object_json::json ->> 'payment_intent_id' = $1
           or object_json::json ->> 'payment_intent' = $1 order by xmin::text::bigint, id`,
        [intent.id],
      );
      return events.map((event) => event.type.replace('payment_intent.', ''));
    },
    latePaymentsOf: (intent: { id: string }): Promise<Json[]> =>
      context.db.query(
        { name: 'test_late', text: 'select * from late_payments where payment_intent_id = $1' },
        [intent.id],
      ),
  };
}

function makeClock(start: number | 'real') {
  if (start === 'real') return { now: Date.now, advance: () => {}, set: () => {} };
  let now_ms = start;
  return {
    now: () => now_ms,
    advance(ms: number) {
      now_ms += ms;
    },
    set(to: number | string) {
      now_ms = typeof to === 'number' ? to : Date.parse(to);
    },
  };
}

function makeJobs(context: Context) {
  return {
    look_ups: makeLookUpAttemptsJob(context),
    refunds: makeCheckRefundsJob(context),
    notifications: work_off_notifications,
    check_books,
    files: import_announced_files,
    card_batches: run_card_batches,
    expiry: expire_payment_intents,
    fan_out: fan_out_events,
    deliveries: makeDeliverWebhooksJob(context),
    align_deliveries,
    signed_news: settle_signed_news,
    mails: send_mails,
    accounting_exports: run_accounting_exports,
    heartbeat: makeHeartbeatJob(context),
    purge,
    measure,
    partitions: keep_partitions,
  } satisfies Record<string, import('../../src/jobs/job.ts').Job>;
}

async function addKey(
  context: Context,
  organization_id: string,
  owner: { livemode?: boolean; merchant_id?: string } = {},
) {
  const { id, secret_key } = await createApiKey(context, { organization_id, livemode: false, ...owner });
  return { id, secret: secret_key };
}

function saveTestStore(context: Context, organization_id: string, changes: Partial<NewStore> = {}) {
  return saveStore(context, {
    organization_id,
    livemode: false,
    merchant: { id: MERCHANT_ID, name: 'Example Restaurant Chain' },
    store: { id: STORE_ID, name: 'Tokyo Branch' },
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'paypay_merchant_123' } },
    ],
    ...changes,
  });
}
