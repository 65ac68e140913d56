// What the vectors do not ask of webhooks: the kinds of headers and bodies that Node's servers hand over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import {
  PaymentGateway,
  type WebhookHeaders,
  type WebhookRefusal,
  WebhookVerificationError,
  webhooks,
} from '../src/mpac-pgw.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const BODY = JSON.stringify({
  id: 'evt_1',
  type: 'payment_intent.succeeded',
  data: { object: { amount: 1500 } },
  note: '抹茶',
});

const reasonIs = (reason: WebhookRefusal) => (error: unknown) =>
  error instanceof WebhookVerificationError && error.reason === reason;

test('headers are read as Node, fetch and plain records have them', () => {
  const signed = webhooks.sign(BODY, SECRET);
  const upper = Object.fromEntries(
    Object.entries(signed).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const lists = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, [value]]));
  const all: WebhookHeaders[] = [
    { ...signed },
    upper,
    lists,
    new Headers({ ...signed }),
    { ...signed, host: undefined },
  ];
  for (const headers of all) assert.equal(webhooks.verify(BODY, headers, SECRET).id, 'evt_1');
});

test('a body is text or bytes, and says the same', () => {
  const bytes = new Uint8Array(Buffer.from(BODY));
  const headers = { ...webhooks.sign(bytes, SECRET) };
  const of_another_realm = runInNewContext('Uint8Array.from(bytes)', { bytes }) as Uint8Array;
  for (const body of [
    BODY,
    bytes,
    Buffer.from(BODY),
    Buffer.from(`xx${BODY}`).subarray(2),
    of_another_realm,
  ]) {
    const event = webhooks.verify(body, headers, SECRET);
    assert.equal((event as unknown as { note: string }).note, '抹茶');
  }
});

test('a parsed body is refused with the way to get it raw', () => {
  const headers = { ...webhooks.sign(BODY, SECRET) };
  for (const parsed of [JSON.parse(BODY), undefined, null, 42, []]) {
    assert.throws(() => webhooks.verify(parsed, headers, SECRET), reasonIs('parsed_body'));
  }
  assert.throws(() => webhooks.verify({} as never, headers, SECRET), /express\.raw.*addContentTypeParser/s);
  assert.throws(() => webhooks.sign({} as never, SECRET), reasonIs('parsed_body'));
});

test('while a secret is exchanged either of the two is enough, on both sides', () => {
  const both = { ...webhooks.sign(BODY, [SECRET, OTHER]) };
  assert.equal(both['webhook-signature']?.split(' ').length, 2);
  for (const secrets of [SECRET, OTHER, [OTHER, SECRET]]) webhooks.verify(BODY, both, secrets);
  const one = { ...webhooks.sign(BODY, SECRET) };
  webhooks.verify(BODY, one, [OTHER, SECRET]);
  assert.throws(() => webhooks.verify(BODY, one, OTHER), reasonIs('no_match'));
});

test('without secrets nothing is verified', () => {
  const headers = { ...webhooks.sign(BODY, SECRET) };
  for (const secrets of [[], '', undefined, [SECRET, '']]) {
    assert.throws(() => webhooks.verify(BODY, headers, secrets as string[]), reasonIs('invalid_secret'));
  }
});

test('a tolerance that is no number lets nothing through', () => {
  const headers = { ...webhooks.sign(BODY, SECRET, { timestampSeconds: 1_700_000_000 }) };
  const now = () => 1_700_000_001_000;
  webhooks.verify(BODY, headers, SECRET, { now });
  assert.throws(
    () => webhooks.verify(BODY, headers, SECRET, { now, toleranceSeconds: Number.NaN }),
    reasonIs('too_old'),
  );
});

test('a body that is no UTF-8 is no JSON, however it is signed', () => {
  const body = Buffer.from('{"note":"\xff"}', 'latin1');
  const headers = webhooks.sign(body, SECRET);
  assert.throws(() => webhooks.verify(body, headers, SECRET), reasonIs('invalid_payload'));
});

test('headers that are none at all are missing', () => {
  for (const headers of [undefined, null, {}]) {
    assert.throws(() => webhooks.verify(BODY, headers as never, SECRET), reasonIs('missing_header'));
  }
});

test('a client has the webhooks, too', () => {
  const pgw = new PaymentGateway({
    baseUrl: 'https://pay.example.com',
    apiKey: 'ak_1',
    secretKey: 'sk_test_1',
  });
  assert.equal(pgw.webhooks, webhooks);
});
