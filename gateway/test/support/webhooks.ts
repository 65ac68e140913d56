// What the webhook tests stand on: a database and a context whose clock moves by hand, and a receiver that
// notes what arrives and answers as it is told.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { makeAuditEntry, SYSTEM } from '../../src/application/audit.ts';
import { createWebhookEndpoint, type NewWebhookEndpoint } from '../../src/application/webhook-endpoints.ts';
import { readConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { upsertMerchants } from '../../src/db/merchant-sync.ts';
import { insertOrganization } from '../../src/db/organizations.ts';
import { openDatabase } from '../../src/db/pool.ts';
import type { EventType } from '../../src/domain/event.ts';
import { makeIdSource } from '../../src/domain/id.ts';
import { makeMasterKey } from '../../src/domain/secret-box.ts';
import { type DeliveryOptions, makeDeliverWebhooksJob } from '../../src/jobs/deliver-webhooks.ts';
import { fan_out_events } from '../../src/jobs/fan-out-events.ts';
import { makeMetrics } from '../../src/metrics.ts';
import { makeAddressGuard } from '../../src/outbound/address-guard.ts';
import { makeHttpClient } from '../../src/outbound/http.ts';
import { makePeerMemory } from '../../src/outbound/peer-memory.ts';
import { makeFileTransfers } from '../../src/outbound/transfer.ts';
import { createTestDatabase } from './database.ts';

export const ORGANIZATION = 'org_webhooks';
export const START_MS = Date.parse('2026-01-15T10:00:00.250Z');

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Endpoint {
  id: string;
  secret: string;
}

export type WebhookHarness = Awaited<ReturnType<typeof makeWebhookHarness>>;

/** A gateway's webhooks on a database of their own, cleared away when the test ends. */
export async function makeWebhookHarness(t: TestContext) {
  const database = await createTestDatabase();
  const clock = { now_ms: START_MS };
  const db = openDatabase({ connection_string: database.url, max: 8, application_name: 'test' });
  const webhook_http = makeHttpClient({
    user_agent: 'mpac-pgw-test',
    guard: makeAddressGuard({ allow_loopback: true }),
  });
  t.after(async () => {
    await webhook_http.close();
    await db.close();
    await database.drop();
  });
  const now = () => clock.now_ms;
  const master_key = makeMasterKey('11'.repeat(32));
  const context: Context = {
    config: readConfig({}, 'development'),
    db,
    log: pino({ level: 'silent' }),
    metrics: makeMetrics(),
    now,
    randomBytes: (count) => randomBytes(count),
    random: () => 0,
    makeId: makeIdSource(now),
    master_key,
    opening_keys: [master_key],
    http: webhook_http,
    peer_memory: makePeerMemory(),
    webhook_http,
    file_http: webhook_http,
    circuits: new Map(),
    throttles: new Map(),
    mailer: null,
    files: makeFileTransfers({
      deadline_ms: 10_000,
      stall_ms: 5_000,
      guard: makeAddressGuard({ allow_loopback: true }),
    }),
  };
  const organization = { id: ORGANIZATION, name: 'Webhooks', created_at: new Date(START_MS).toISOString() };
  const audit = {
    organization_id: ORGANIZATION,
    livemode: null,
    action: 'organization.created',
    object_id: ORGANIZATION,
  };
  await insertOrganization(db, organization, makeAuditEntry(context, SYSTEM, audit));
  const merchants = ['merchant_1', 'merchant_2'].map((id) => ({ id, name: id }));
  const owner = { organization_id: ORGANIZATION, livemode: false };
  await upsertMerchants(db, owner, merchants, new Date(START_MS).toISOString());

  const query = <Row>(text: string, values: unknown[] = []) =>
    db.query<Row>(
      { name: `test_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, text },
      values,
    );

  return {
    context,
    clock,
    query,
    database_url: database.url,

    async addEndpoint(wanted: NewWebhookEndpoint, livemode = false): Promise<Endpoint> {
      const caller = { organization_id: ORGANIZATION, livemode, merchant_id: null };
      const answer = await createWebhookEndpoint(context, caller, wanted, { actor: SYSTEM, mark: null });
      return JSON.parse(answer.body) as Endpoint;
    },

    /** Events as a payment's own statement leaves them. */
    async addEvents(count: number, type: EventType = 'payment_intent.succeeded', merchant_id = 'merchant_1') {
      const ids = Array.from({ length: count }, () => context.makeId('evt'));
      await query(
        `insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at)
         select id, $2, false, $3, $4, '{"id":"pi_1","amount":1500,"description":"コーヒー"}', $5
         from unnest($1::text[]) id`,
        [ids, ORGANIZATION, merchant_id, type, new Date(clock.now_ms).toISOString()],
      );
      return ids;
    },

    fanOut: () => fan_out_events.run(context),

    /** A job as a worker has it; `deliver` claims once and waits for what was claimed. */
    makeDelivery(options: DeliveryOptions = {}) {
      const job = makeDeliverWebhooksJob(context, options);
      return {
        claim: () => job.run(context),
        drain: () => job.drain(),
        async deliver(): Promise<number> {
          const claimed = await job.run(context);
          await job.drain();
          return claimed;
        },
      };
    },

    deliveries: (endpoint: Endpoint) =>
      query<{
        sequence: number;
        event_id: string;
        status: string;
        attempts_made: number;
        next_attempt_at: string;
      }>(
        `select sequence, event_id, status, attempts_made, next_attempt_at
         from webhook_deliveries where webhook_endpoint_id = $1 order by sequence`,
        [endpoint.id],
      ),

    attempts: (endpoint: Endpoint) =>
      query<{
        sequence: number;
        attempt_number: number;
        response_status: number | null;
        error: string | null;
      }>(
        `select sequence, attempt_number, response_status, error
         from webhook_delivery_attempts where webhook_endpoint_id = $1 order by sequence, attempt_number`,
        [endpoint.id],
      ),

    endpoint: async (endpoint: Endpoint) =>
      (
        await query<{ status: string; disabled_reason: string | null; last_sequence: number }>(
          'select status, disabled_reason, last_sequence from webhook_endpoints where id = $1',
          [endpoint.id],
        )
      )[0],
  };
}

/** A merchant's server on this machine. `answer` may leave the response open; it is cut when the test ends. */
export async function startReceiver(
  t: TestContext,
  answer: (response: ServerResponse, received: Received) => void = (response) => response.end('ok'),
) {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(one);
      answer(response, one);
      for (const { count, resolve } of waiting) if (received.length >= count) resolve();
    });
    response.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    close,
    cutConnections: () => server.closeAllConnections(),
    /** Resolves when so many requests have arrived. */
    arrived: (count: number) =>
      received.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            waiting.push({ count, resolve });
          }),
  };
}

/** What one side of a test waits for until the other side gives it. */
export function makeSignal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
