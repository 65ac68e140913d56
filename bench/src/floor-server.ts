// The floor: the least that a server can do that takes a signed payment and keeps it. It checks the signature,
// reads the JSON, inserts a payment, its idempotency key and its event in one prepared statement, and writes one
// log line. No schema, no rate limit, no replay, no tenants. What a gateway costs is measured against this.
import { createHash, createHmac, createSecretKey, hash, randomUUID, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import pg from 'pg';
import { pino } from 'pino';

export interface FloorSettings {
  port: number;
  database_url: string;
  api_key: string;
  secret_key: string;
}

const settings = JSON.parse(process.env['FLOOR_SETTINGS'] ?? '{}') as FloorSettings;

const TABLES = `
  create table payments (
    id text primary key, merchant_id text not null, merchant_ref_id text not null, amount bigint not null,
    currency text not null, status text not null, created_at timestamptz(3) not null);
  create table idempotency_keys (
    id bytea primary key, fingerprint bytea not null, created_at timestamptz(3) not null);
  create table events (
    id text primary key, type text not null, object_json text not null, created_at timestamptz(3) not null)`;

const INSERT = {
  name: 'insert_payment',
  text: `
    with payment as (
      insert into payments values ($1, $2, $3, $4, $5, 'requires_payment_method', $6)
    ), claimed as (
      insert into idempotency_keys values ($7, $8, $6)
    )
    insert into events values ($9, 'payment.created', $10, $6)`,
};

const AUTHORIZATION = /^HMAC-SHA256 ([!-9;-~]{1,255}):([0-9]{1,15}):([0-9a-f]{64})$/;
const TOLERANCE_SECONDS = 300;

const log = pino({ level: 'info', base: null }, pino.destination({ sync: false }));
const pool = new pg.Pool({ connectionString: settings.database_url, max: 16 });
const key = createSecretKey(hash('sha256', settings.secret_key, 'hex'), 'ascii');

function isSigned(header: string | undefined, method: string, target: string, body_hash: string): boolean {
  const [, id, timestamp, signature] = AUTHORIZATION.exec(header ?? '') ?? [];
  if (id !== settings.api_key || timestamp === undefined || signature === undefined) return false;
  if (Math.abs(Number(timestamp) - Date.now() / 1_000) > TOLERANCE_SECONDS) return false;
  const signed = `${method}\n${target}\n${timestamp}\n${body_hash}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

interface Payment {
  amount: number;
  currency: string;
  merchant_ref_id: string;
}

const app = fastify({
  loggerInstance: log as FastifyBaseLogger,
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID(),
});
app.removeContentTypeParser('application/json');
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
app.addHook('onResponse', async (request, reply) => {
  const { id: request_id, method, url: path } = request;
  const duration_ms = Math.round(reply.elapsedTime * 10) / 10;
  log.info({ request_id, method, path, status: reply.statusCode, duration_ms }, 'request');
});
app.post<{ Body: Buffer }>('/v1/payment_intents', async (request, reply) => {
  const body = request.body;
  const body_hash = hash('sha256', body, 'hex');
  if (!isSigned(request.headers.authorization, request.method, request.url, body_hash)) {
    return reply.code(401).send({ message: 'The signature is wrong.' });
  }
  const wanted = JSON.parse(body.toString('utf8')) as Payment;
  const created_at = new Date().toISOString();
  const id = `pi_${randomUUID()}`;
  const resource = { ...wanted, id, status: 'requires_payment_method', created_at };
  const text = JSON.stringify(resource);
  const idempotency_key = `${request.method}\n${request.url}\n${String(request.headers['idempotency-key'])}`;
  await pool.query({
    ...INSERT,
    values: [
      id,
      'merchant',
      wanted.merchant_ref_id,
      wanted.amount,
      wanted.currency,
      created_at,
      createHash('sha256').update(idempotency_key).digest(),
      Buffer.from(body_hash, 'hex'),
      `evt_${randomUUID()}`,
      text,
    ],
  });
  return reply.code(201).header('content-type', 'application/json; charset=utf-8').send(text);
});

await pool.query(TABLES);
await app.listen({ port: settings.port, host: '127.0.0.1' });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
