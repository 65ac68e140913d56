// Several processes count as one in a real Redis; and when it is killed, frozen, read-only or not there at all, no
// request waits for it, each process goes on in its own memory, and everybody can see it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Config } from '../src/config.ts';
import { type Answer, send } from './support/client.ts';
import { MERCHANT_ID, startTestGateway, type TestGateway } from './support/gateway.ts';
import { waitUntil } from './support/process.ts';
import { NO_REDIS, startRedis, type TestRedis } from './support/redis.ts';

const INTENTS = '/v1/payment_intents';
const skip = NO_REDIS;
/** Far more than requests may ever wait for Redis; who waited for its answer would wait without an end. */
const PATIENCE_MS = 5_000;
/** Where it is counted exactly, a machine that is busy with other tests must not look like a Redis that is away. */
const PATIENT = { redis_deadline_ms: 5_000 };

const remainingOf = ({ headers }: Answer) => Number(headers.get('x-ratelimit-remaining'));

async function metricOf(replica: { url: string }): Promise<string | undefined> {
  const { text } = await send(replica.url, 'GET', '/metrics', {}, undefined);
  return /^mpac_rate_limit_redis_up (\S+)$/m.exec(text)?.[1];
}

async function untilRedisIs(gateway: TestGateway, up: '0' | '1'): Promise<void> {
  for (const replica of gateway.replicas) {
    await waitUntil(`the metric to be ${up}`, async () => (await metricOf(replica)) === up);
  }
}

async function start(t: TestContext, redis: TestRedis, config: Partial<Config> = {}) {
  const gateway = await startTestGateway(t, {
    replicas: 2,
    config: { redis_url: redis.url, rate_limit_per_merchant: 100, ...config },
  });
  const [first, second] = gateway.replicas;
  if (first === undefined || second === undefined) throw new Error('two replicas were asked for');
  return {
    gateway,
    at_first: gateway.clientFor(gateway.key, first),
    at_second: gateway.clientFor(gateway.key, second),
  };
}

const warnings = (gateway: TestGateway) =>
  gateway.log.lines.filter((line) => line.msg?.startsWith('Redis is away')).length;

test('two processes count as one: keys, merchants, and addresses that fail', { skip }, async (t) => {
  const { gateway, at_first, at_second } = await start(t, await startRedis(t), {
    ...PATIENT,
    rate_limit_per_merchant: 6,
  });
  await untilRedisIs(gateway, '1');
  const seen = [];
  for (const by of [at_first, at_second, at_first]) seen.push(remainingOf(await by.get(INTENTS)));
  assert.deepEqual(seen, [5, 4, 3]);

  const { json } = await at_first.create(gateway.newOrder());
  const [, second = gateway.replicas[0]] = gateway.replicas;
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: MERCHANT_ID }), second);
  assert.equal(remainingOf(await narrow.get(INTENTS)), 4);
  assert.equal(remainingOf(await at_second.retrieve(json.id)), 3);
  assert.equal(remainingOf(await at_first.retrieve(json.id)), 2);
  assert.equal(remainingOf(await narrow.get(INTENTS)), 1);
  assert.equal(remainingOf(await narrow.get(INTENTS)), 0);
  assert.equal((await narrow.get(INTENTS)).status, 429);
  // The other process hears of it with the next request of this merchant, and refuses those after it.
  await at_first.retrieve(json.id);
  assert.equal((await at_first.retrieve(json.id)).status, 429);

  const failures = [];
  for (const { url } of gateway.replicas)
    failures.push(remainingOf(await send(url, 'GET', INTENTS, {}, undefined)));
  assert.deepEqual(failures, [299, 298]);
});

test('a Redis that is killed costs no request anything, and is used again when it is back', {
  skip,
}, async (t) => {
  const redis = await startRedis(t);
  const { gateway, at_first, at_second } = await start(t, redis, PATIENT);
  await untilRedisIs(gateway, '1');
  for (const by of [at_first, at_second, at_first]) await by.get(INTENTS);
  // A machine that is busy at the start may have had one of them say so already.
  const said_before = warnings(gateway);

  await redis.kill();
  const before = performance.now();
  const alone = [];
  for (const by of [at_first, at_first, at_second]) {
    const answer = await by.get(INTENTS);
    assert.equal(answer.status, 200);
    alone.push(remainingOf(answer));
  }
  assert.ok(performance.now() - before < PATIENCE_MS);
  // The first heard of three requests, the second of two; each goes on from there.
  assert.deepEqual(alone, [96, 95, 97]);
  await untilRedisIs(gateway, '0');
  assert.equal(warnings(gateway) - said_before, 2, 'each process says so once');

  await redis.start();
  await untilRedisIs(gateway, '1');
  const together = [];
  for (const by of [at_first, at_second, at_first]) together.push(remainingOf(await by.get(INTENTS)));
  assert.deepEqual(together, [99, 98, 97], 'the new Redis knows nothing of before');
  assert.equal(warnings(gateway), 2);
});

test('a Redis that does not answer is waited for by one request at most, and only for a moment', {
  skip,
}, async (t) => {
  const redis = await startRedis(t);
  const { gateway, at_first, at_second } = await start(t, redis);
  await untilRedisIs(gateway, '1');
  await at_first.get(INTENTS);
  redis.freeze();
  t.after(() => redis.thaw());
  for (const by of [at_first, at_second]) {
    const before = performance.now();
    const answers = await Promise.all([1, 2, 3, 4].map(() => by.get(INTENTS)));
    assert.ok(performance.now() - before < PATIENCE_MS);
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
  }
  await untilRedisIs(gateway, '0');
  redis.thaw();
  await untilRedisIs(gateway, '1');
  // What it was sent while it was frozen it may have counted, too; nobody was counted less.
  assert.ok(remainingOf(await at_first.get(INTENTS)) <= 98);
});

test('a Redis that is not there at the start is found when it comes', { skip }, async (t) => {
  const redis = await startRedis(t, { stopped: true });
  const { gateway, at_first, at_second } = await start(t, redis, PATIENT);
  await waitUntil('the warnings', async () => warnings(gateway) === 2);
  const alone = [];
  for (const by of [at_first, at_second]) alone.push(remainingOf(await by.get(INTENTS)));
  assert.deepEqual(alone, [99, 99]);
  assert.deepEqual(await Promise.all(gateway.replicas.map(metricOf)), ['0', '0']);
  await redis.start();
  await untilRedisIs(gateway, '1');
  const together = [];
  for (const by of [at_first, at_second]) together.push(remainingOf(await by.get(INTENTS)));
  assert.deepEqual(together, [99, 98]);
});

test('a Redis that only reads, as after a failover, counts as away', { skip }, async (t) => {
  const redis = await startRedis(t);
  const { gateway, at_first } = await start(t, redis);
  await untilRedisIs(gateway, '1');
  assert.equal(await redis.command('REPLICAOF 127.0.0.1 1'), '+OK');
  assert.equal((await at_first.get(INTENTS)).status, 200);
  const [first] = gateway.replicas;
  assert.ok(first);
  await waitUntil('the metric', async () => (await metricOf(first)) === '0');
  await redis.command('REPLICAOF NO ONE');
  await untilRedisIs(gateway, '1');
});

test('a password that Redis does not accept is named in no log line', { skip }, async (t) => {
  const redis = await startRedis(t, { password: 'right-secret' });
  const wrong = { ...redis, url: redis.url.replace('right', 'canary') };
  const { gateway, at_first } = await start(t, wrong);
  await waitUntil('the warnings', async () => warnings(gateway) === 2);
  assert.equal((await at_first.get(INTENTS)).status, 200);
  assert.equal(gateway.log.texts.join('').includes('canary-secret'), false);
});
