// What nobody should send: each is refused with the field and the rule it broke, nothing is written, and the
// process goes on.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { bytesOf, type Json, sendBytes, sign } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

/** The fields of a refusal that a client written from either document reads. */
async function refusalOf(body: Json | string | Buffer, headers: Record<string, string> = {}) {
  const { status, json } = await client.create(body, { headers });
  const { code, details, error, request_id, message } = json;
  assert.equal(typeof message, 'string');
  assert.match(request_id, /^req_/);
  assert.equal(error.message, message);
  assert.equal(error.param, details?.field);
  return { status, code, inner: error.code, field: details?.field, constraint: details?.constraint };
}

const invalid = (field: string, constraint: string) => ({
  status: 400,
  code: 'invalid_request',
  inner: 'invalid_request',
  field,
  constraint,
});

test('an amount that is not a whole number from 1 on is refused, in the words of the documents', async () => {
  for (const [text, constraint] of [
    ['0', 'min_value'],
    ['-1', 'min_value'],
    ['-0', 'min_value'],
    ['1.5', 'type'],
    ['"1000"', 'type'],
    ['null', 'type'],
    ['true', 'type'],
    ['[1000]', 'type'],
    ['100000000000', 'max_value'],
    ['9007199254740992', 'max_value'],
    ['1e400', 'type'],
  ] as const) {
    const order = JSON.stringify(gateway.newOrder({ amount: 0 })).replace('"amount":0', `"amount":${text}`);
    const refusal = await refusalOf(order);
    assert.deepEqual(refusal, invalid('amount', text === '1e400' ? refusal.constraint : constraint), text);
  }
  const { json } = await client.create(gateway.newOrder({ amount: 0 }));
  assert.equal(json.message, 'Amount must be greater than 0.');
});

test('a field that is missing is named', async () => {
  for (const field of ['amount', 'payment_method_types', 'merchant_ref_id']) {
    assert.deepEqual(await refusalOf(gateway.newOrder({ [field]: undefined })), invalid(field, 'required'));
  }
});

test('a field that does not exist is named, so that a typo never changes a payment', async () => {
  for (const field of ['ammount', 'status', 'amount_received', 'livemode', 'constructor', 'payment_token']) {
    assert.deepEqual(await refusalOf(gateway.newOrder({ [field]: 'x' })), invalid(field, 'unknown_field'));
  }
});

test('a currency that does not exist is refused', async () => {
  for (const currency of ['XXZ', 'JP', 'YEN!', '', 'jp¥', '123']) {
    const { status, field } = await refusalOf(gateway.newOrder({ currency }));
    assert.deepEqual([status, field], [400, 'currency'], currency);
  }
});

test('payment methods are a list of known ones, not empty, none twice', async () => {
  for (const [payment_method_types, field] of [
    [[], 'payment_method_types'],
    [['cash', 'cash'], 'payment_method_types'],
    ['cash', 'payment_method_types'],
    [['bitcoin'], 'payment_method_types.0'],
    [['cash', 'QR_MPM'], 'payment_method_types.1'],
    [[null], 'payment_method_types.0'],
  ] as const) {
    const refusal = await refusalOf(gateway.newOrder({ payment_method_types }));
    assert.deepEqual([refusal.status, refusal.field], [400, field]);
  }
});

test('a reference has 1 to 255 characters that a database can keep', async () => {
  for (const [merchant_ref_id, field_ok] of [
    ['', false],
    ['a\u0000b', false],
    ['x'.repeat(256), false],
    ['😀'.repeat(256), false],
    ['😀'.repeat(255), true],
    ['注文 №1 😀', true],
    ['x'.repeat(255), true],
    [' ', true],
  ] as const) {
    const { status, json } = await client.create(gateway.newOrder({ merchant_ref_id }));
    assert.equal(status, field_ok ? 201 : 400, JSON.stringify(merchant_ref_id.slice(0, 9)));
    if (field_ok) {
      assert.equal((await client.retrieve(json.id)).json.merchant_ref_id, merchant_ref_id);
      const path = `/v1/payment_intents?merchant_ref_id=${encodeURIComponent(merchant_ref_id)}`;
      assert.deepEqual(
        (await client.get(path)).json.map((intent: Json) => intent['id']),
        [json.id],
      );
    } else {
      assert.equal(json.details.field, 'merchant_ref_id');
    }
  }
});

test('half of a surrogate pair is refused in every text', async () => {
  for (const field of ['merchant_ref_id', 'description', 'merchant_terminal_id', 'receipt_number']) {
    for (const half of ['\\ud83d', '\\ude00', '\\ude00\\ud83d']) {
      const order = JSON.stringify(gateway.newOrder({ [field]: 'HALF' })).replace('HALF', half);
      const refusal = await refusalOf(order);
      assert.deepEqual([refusal.status, refusal.field], [400, field], half);
    }
  }
});

test('other limits are told by field', async () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, place) => [`key_${place}`, 'v']));
  for (const [changes, field] of [
    [{ description: 'x'.repeat(256) }, 'description'],
    [{ expires_in_minutes: 0 }, 'expires_in_minutes'],
    [{ expires_in_minutes: 1441 }, 'expires_in_minutes'],
    [{ expires_in_minutes: 1.5 }, 'expires_in_minutes'],
    [{ capture_method: 'later' }, 'capture_method'],
    [{ metadata: many }, 'metadata'],
    [{ metadata: { n: 7 } }, 'metadata.n'],
    [{ metadata: { n: { deep: 'x' } } }, 'metadata.n'],
    [{ metadata: [] }, 'metadata'],
    [{ tax_amount: -1 }, 'tax_amount'],
    [{ tax_amount: 1_001 }, 'tax_amount'],
    [{ merchant_store_id: 7 }, 'merchant_store_id'],
    [{ merchant_store_id: null }, 'merchant_store_id'],
  ] as const) {
    const refusal = await refusalOf(gateway.newOrder(changes));
    assert.deepEqual([refusal.status, refusal.field], [400, field], JSON.stringify(changes).slice(0, 60));
  }
});

test('names that mean something to JavaScript are ordinary names', async () => {
  const order = JSON.stringify(gateway.newOrder()).slice(0, -1);
  const proto = await refusalOf(`${order},"__proto__":{"amount":1}}`);
  assert.deepEqual(proto, invalid('__proto__', 'unknown_field'));
  const metadata = '{"__proto__":"a","constructor":"b","toString":"c"}';
  const kept = await client.create(`${order},"metadata":${metadata}}`);
  assert.equal(kept.status, 201, kept.text);
  const shown = (await client.retrieve(kept.json.id)).text;
  assert.ok(shown.includes(`"metadata":${metadata}`), shown);
  assert.equal(({} as Json)['amount'], undefined);
});

test('a body that is no JSON object is refused before anything else', async () => {
  for (const body of [
    '{',
    '{"amount":1000,}',
    "{'amount':1000}",
    'amount=1000',
    'NaN',
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    Buffer.from('{"merchant_ref_id":"\xe3\x81"}', 'latin1'),
  ]) {
    assert.deepEqual(await refusalOf(body), invalid('body', 'json'), String(body));
  }
  for (const body of ['[]', '"text"', '7', 'true']) {
    assert.deepEqual(await refusalOf(body), invalid('body', 'type'), body);
  }
  for (const body of ['', '{}', 'null']) {
    assert.equal((await refusalOf(body)).constraint, 'required', body);
  }
});

test('a body of a hundred thousand brackets is refused like any other', async () => {
  const deep = '['.repeat(60_000) + ']'.repeat(60_000);
  assert.equal((await refusalOf(deep)).status, 400);
  const order = JSON.stringify(gateway.newOrder()).slice(0, -1);
  const nested = await refusalOf(
    `${order},"metadata":{"n":${'{"n":'.repeat(15_000)}1${'}'.repeat(15_000)}}}`,
  );
  assert.deepEqual(nested, invalid('metadata.n', 'type'));
});

test('a body of one megabyte is 413, another content type 415, and both have the usual shape', async () => {
  const large = await refusalOf(JSON.stringify(gateway.newOrder({ description: 'x'.repeat(1_048_576) })));
  assert.deepEqual([large.status, large.code], [413, 'invalid_request']);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data',
  ]) {
    const refusal = await refusalOf(gateway.newOrder(), { 'content-type': type });
    assert.deepEqual(
      [refusal.status, refusal.code, refusal.field],
      [415, 'invalid_request', 'Content-Type'],
      type,
    );
  }
  const charset = await client.create(gateway.newOrder(), {
    headers: { 'content-type': 'Application/JSON; charset=UTF-8' },
  });
  assert.equal(charset.status, 201);
});

test('an idempotency key has 1 to 255 printable characters', async () => {
  for (const key of ['', '""', 'x'.repeat(256), 'tab\there', 'ключ']) {
    const header = Buffer.from(key).toString('latin1');
    const { status, json } = await client.create(gateway.newOrder(), {
      headers: { 'idempotency-key': header },
    });
    assert.deepEqual([status, json.details.field], [400, 'Idempotency-Key'], key);
  }
  const longest = await client.create(gateway.newOrder(), { idempotency_key: 'x'.repeat(255) });
  assert.equal(longest.status, 201);
});

test('a confirm says by its fields what is wrong with it', async () => {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  for (const [fields, field] of [
    [{}, 'payment_method_type'],
    [{ payment_method_type: 'paypay' }, 'payment_method_type'],
    [{ payment_method_type: 'cash', provider: 'paypay' }, 'provider'],
    [{ payment_method_type: 'cash', amount: 1 }, 'amount'],
    [{ payment_method_type: 'cash', external_ref_id: 'x'.repeat(256) }, 'external_ref_id'],
    [{ payment_method_type: 'cash', return_url: 'javascript:alert(1)' }, 'return_url'],
  ] as const) {
    const { status, json } = await terminal.confirm(fields);
    assert.deepEqual([status, json.details.field], [400, field]);
  }
  for (const body of [{ amount: 0 }, { amount: '5' }, { amount: 1.5 }, { sum: 5 }]) {
    const { status, json } = await client.capture(intent.id, body);
    assert.deepEqual([status, json.details.field], [400, Object.keys(body)[0]]);
  }
  const { status, json } = await client.cancel(intent.id, { cancellation_reason: 'because' });
  assert.deepEqual([status, json.details.field], [400, 'cancellation_reason']);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

/** A signed request in bytes, with header fields that no client library would send. */
function rawCreate(body: string, extra: string): string {
  const timestamp = Math.floor(gateway.clock.now() / 1_000);
  const signature = sign(gateway.key, { method: 'POST', path: '/v1/payment_intents', timestamp, body });
  return (
    `POST /v1/payment_intents HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n${extra}` +
    `Authorization: HMAC-SHA256 ${gateway.key.id}:${timestamp}:${signature}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

test('a request may have a hundred header fields and no more', async () => {
  const fields = (count: number) => Array.from({ length: count }, (_, n) => `X-Field-${n}: 1\r\n`).join('');
  const body = () => String(bytesOf(gateway.newOrder()));
  const allowed = await sendBytes(gateway.url, rawCreate(body(), fields(95)));
  assert.equal(allowed.status, 201, allowed.text);
  for (const count of [96, 101, 1_500]) {
    const refused = await sendBytes(gateway.url, rawCreate(body(), fields(count)));
    assert.equal(refused.status, 431, String(count));
    assert.ok(refused.text.includes('"code":"invalid_request"'));
  }
});

test('header fields that are too large, and bytes that are no HTTP, get the usual answer and an id', async () => {
  const large = await sendBytes(gateway.url, rawCreate('{}', `X-Large: ${'x'.repeat(20_000)}\r\n`));
  const garbage = await sendBytes(gateway.url, '\u0016\u0003\u0001 not http at all\r\n\r\n');
  for (const [answer, status] of [
    [large, 431],
    [garbage, 400],
  ] as const) {
    assert.equal(answer.status, status);
    assert.match(answer.text, /\r\nX-Request-Id: (req_\w+)\r\n.*"request_id":"\1"/is);
  }
});

test('a path that cannot be read, or does not exist, is answered in the same shape', async () => {
  for (const [path, status] of [
    ['/v1/payment_intents/%zz', 400],
    ['/v1/payment_intent', 404],
    ['/', 404],
    [`/v1/payment_intents/${'x'.repeat(300)}`, 400],
    ['/v1/payment_intents/pi_1/refund', 404],
  ] as const) {
    const answer = await client.get(path);
    assert.equal(answer.status, status, path.slice(0, 40));
    assert.equal(answer.json.request_id, answer.headers.get('x-request-id'), path.slice(0, 40));
    assert.equal(answer.json.error.message, answer.json.message);
  }
  assert.equal((await client.call('DELETE', '/v1/payment_intents')).status, 404);
  for (const id of ["'; drop table payment_intents; --", 'x'.repeat(64), 'pi_', 'pi_%00']) {
    const { status, json } = await client.retrieve(id);
    assert.deepEqual([status, json.error.code], [404, 'payment_not_found'], id);
  }
});

test('after all of this the gateway creates and pays as before', async () => {
  const intent = await gateway.createIntent();
  assert.equal((await client.capture(intent.id)).json.status, 'succeeded');
  const errors = gateway.log.lines.filter((line) => line.level >= 50);
  assert.deepEqual(errors, [], 'none of it was an error of ours');
});
