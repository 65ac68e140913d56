// Signed requests: every form that is accepted, made with OpenSSL, and the many that are not.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkTimestamp,
  DUMMY_KEYS,
  makeSigningKeys,
  parseAuthorization,
  type SignatureForm,
  signRequest,
  verifyRequestSignature,
} from './request-signature.ts';

// The expected signatures were computed without this code, in a shell:
//   BODY_HASH=$(printf '%s' "$BODY" | openssl dgst -sha256 | sed 's/.*= //')
//   KEY=$(printf '%s' "$SECRET" | openssl dgst -sha256 | sed 's/.*= //')     # canonical; raw: KEY=$SECRET
//   printf '%s\n%s\n%s\n%s' "$METHOD" "$TARGET" 1768471200 "$BODY_HASH" | openssl dgst -sha256 -hmac "$KEY"
const SECRET = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc';
const TIMESTAMP = '1768471200';
const UNICODE_BODY = '{"description":"お茶 ☕","amount":1000}';

interface Vector {
  what: string;
  method: string;
  path: string;
  body: string;
  canonical: string;
  raw: string;
}

const VECTORS: Vector[] = [
  {
    what: 'an empty body',
    method: 'POST',
    path: '/v1/payment_intents',
    body: '',
    canonical: '46b367f4c177f511740061d7c56ea24af133f74b7e56db3e8ea9fa745b1ec074',
    raw: '5eb19ff903368846f2ddfd0ad062ab953c16b7c126d4a8e32c9cb67cc5fc88a8',
  },
  {
    what: 'a body with Japanese text and a symbol',
    method: 'POST',
    path: '/v1/payment_intents',
    body: UNICODE_BODY,
    canonical: 'd473e6f0d62a4ea6cae69c5989d0959f19d12c94e2f437bc556579aae36d517d',
    raw: 'f250ffb0cbc5822dfc8778034ec5e715d4a5997cdbafb75278cf79e639f705f8',
  },
  {
    what: 'a query string',
    method: 'GET',
    path: '/v1/payment_intents?status=succeeded&limit=2',
    body: '',
    canonical: '8d797122ff0dd62af9105df9c6a8053e7543eea644fe999d25523911be37cc26',
    raw: '5f816b5852d1bbe9b79b559c4a15c40cc3c5b906060505596a17aaf573c96156',
  },
  {
    what: 'a GET without a query',
    method: 'GET',
    path: '/v1/payment_intents',
    body: '',
    canonical: 'd2572e4cff0bc1bc58a00d046868ddbefbb23c3ca4f9ec88c91b4efd48dec5f8',
    raw: '4fcc6916272a747ca6ade6fe3f8105f863fae1aceae0662468c82448c6301c56',
  },
];
const FORMS: SignatureForm[] = ['canonical', 'raw'];
const KEYS = makeSigningKeys(SECRET);

function verify(
  request: Partial<Parameters<typeof verifyRequestSignature>[0]> & { signature: string },
): boolean {
  return verifyRequestSignature({
    keys: KEYS,
    allow_raw: true,
    method: 'POST',
    target: '/v1/payment_intents',
    timestamp: TIMESTAMP,
    body: Buffer.alloc(0),
    ...request,
  });
}

for (const { what, method, path, body, ...expected } of VECTORS) {
  for (const form of FORMS) {
    test(`${what} is signed and verified in the ${form} form`, () => {
      const signature = signRequest({ secret: SECRET, form, method, path, timestamp: TIMESTAMP, body });
      assert.equal(signature, expected[form]);
      assert.equal(verify({ method, target: path, body: Buffer.from(body), signature }), true);
      assert.equal(
        verify({ method, target: path, body: Buffer.from(body), signature: signature.toUpperCase() }),
        true,
      );
    });
  }
}

test('a prepared pair of keys signs like its secret', () => {
  const request = {
    form: 'raw',
    method: 'POST',
    path: '/v1/payment_intents',
    timestamp: 1768471200,
  } as const;
  assert.equal(signRequest({ ...request, keys: KEYS, body: Buffer.from(UNICODE_BODY) }), VECTORS[1]?.raw);
});

test('the raw form is refused where the key does not allow it, the canonical form is not', () => {
  const vector = VECTORS[0];
  assert.ok(vector);
  assert.equal(verify({ signature: vector.raw, allow_raw: false }), false);
  assert.equal(verify({ signature: vector.canonical, allow_raw: false }), true);
});

test('a GET may be signed by its bare path, in both forms', () => {
  const bare = VECTORS[3];
  assert.ok(bare);
  const request = { method: 'GET', target: '/v1/payment_intents?status=succeeded&limit=2' };
  assert.equal(verify({ ...request, signature: bare.canonical }), true);
  assert.equal(verify({ ...request, signature: bare.raw }), true);
  assert.equal(verify({ ...request, signature: bare.raw, allow_raw: false }), false);
});

test('no other method may leave the query out of what it signs', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
    const request = { method, path: '/v1/refunds', timestamp: TIMESTAMP, body: '' };
    const signature = signRequest({ ...request, secret: SECRET, form: 'canonical' });
    assert.equal(verify({ method, target: '/v1/refunds', signature }), true);
    assert.equal(verify({ method, target: '/v1/refunds?amount=1', signature }), false);
  }
});

test('a signature over the full target does not cover another query', () => {
  const vector = VECTORS[2];
  assert.ok(vector);
  const target = '/v1/payment_intents?status=succeeded&limit=3';
  assert.equal(verify({ method: 'GET', target, signature: vector.canonical }), false);
});

test('nothing matches the keys of an unknown id', () => {
  for (const vector of VECTORS) {
    for (const form of FORMS) assert.equal(verify({ keys: DUMMY_KEYS, signature: vector[form] }), false);
  }
});

test('an empty secret makes no keys', () => {
  assert.throws(() => makeSigningKeys(''), RangeError);
});

const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc.webPath().map((path) => `/v1${path}`),
  query: fc.option(fc.webQueryParameters(), { nil: null }),
  timestamp: fc.nat(4_000_000_000).map(String),
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  form: fc.constantFrom(...FORMS),
  secret: fc.string({ minLength: 1, maxLength: 40 }),
});

test('whatever is signed is verified, and no altered part of it is', () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), fc.integer({ min: 1, max: 255 }), (request, position, flip) => {
      const { method, timestamp, body, form, secret } = request;
      const path = request.query === null ? request.path : `${request.path}?${request.query}`;
      const signature = signRequest({ secret, form, method, path, timestamp, body });
      const keys = makeSigningKeys(secret);
      const signed = { keys, method, target: path, timestamp, body, signature };
      assert.equal(verify(signed), true);

      const alter = (text: string): string => {
        const bytes = Buffer.from(text);
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        return bytes.toString('latin1');
      };
      assert.equal(verify({ ...signed, method: alter(method) }), false);
      assert.equal(verify({ ...signed, target: alter(path) }), false);
      assert.equal(verify({ ...signed, timestamp: alter(timestamp) }), false);
      assert.equal(verify({ ...signed, keys: makeSigningKeys(alter(secret)) }), false);
      const longer = Buffer.concat([body, Buffer.from([flip])]);
      assert.equal(verify({ ...signed, body: longer }), false);
      if (body.length > 0) {
        const changed = Buffer.from(body);
        const at = position % body.length;
        changed[at] = (changed[at] ?? 0) ^ flip;
        assert.equal(verify({ ...signed, body: changed }), false);
      }
      const bits = Buffer.from(signature, 'hex');
      bits[position % 32] = (bits[position % 32] ?? 0) ^ flip;
      assert.equal(verify({ ...signed, signature: bits.toString('hex') }), false);
    }),
  );
});

test('a signature that is not 64 hexadecimal digits is refused without an error', () => {
  const good = VECTORS[0]?.canonical ?? '';
  for (const signature of [
    '',
    good.slice(2),
    `${good}0`,
    `${good}00`,
    `${good.slice(0, 62)}zz`,
    ` ${good}`,
  ]) {
    assert.equal(verify({ signature }), false, signature);
  }
});

const HEX = 'AB12'.repeat(16);

test('an authorization header is read into its three parts, the signature in lower case', () => {
  const expected = { id: 'ak_01ARYZ6S41', timestamp: TIMESTAMP, signature: 'ab12'.repeat(16) };
  assert.deepEqual(parseAuthorization(`HMAC-SHA256 ak_01ARYZ6S41:${TIMESTAMP}:${HEX}`), expected);
  assert.deepEqual(parseAuthorization(`hmac-sha256  ak_01ARYZ6S41:${TIMESTAMP}:${HEX}`), expected);
});

test('an id may be any printable text without a colon, up to 255 characters', () => {
  for (const id of ['m', 'merchant-001/tokyo', '~!@#;<=', 'x'.repeat(255)]) {
    assert.equal(parseAuthorization(`HMAC-SHA256 ${id}:1:${HEX}`)?.id, id);
  }
  for (const id of ['', 'a b', 'a:b', 'é', 'a\tb', 'x'.repeat(256)]) {
    assert.equal(parseAuthorization(`HMAC-SHA256 ${id}:1:${HEX}`), null, id);
  }
});

test('any other header is not of this scheme', () => {
  for (const header of [
    '',
    'HMAC-SHA256',
    `Bearer ak:1:${HEX}`,
    `HMAC-SHA512 ak:1:${HEX}`,
    `HMAC-SHA256ak:1:${HEX}`,
    ` HMAC-SHA256 ak:1:${HEX}`,
    `HMAC-SHA256 ak:1:${HEX} `,
    `HMAC-SHA256 ak:1:${HEX}\n`,
    `HMAC-SHA256 ak:1:${HEX}0`,
    `HMAC-SHA256 ak:1:${HEX.slice(1)}`,
    `HMAC-SHA256 ak:1:${HEX.slice(1)}g`,
    `HMAC-SHA256 ak::${HEX}`,
    `HMAC-SHA256 ak:-1:${HEX}`,
    `HMAC-SHA256 ak:1.5:${HEX}`,
    `HMAC-SHA256 ak:1e9:${HEX}`,
    `HMAC-SHA256 ak:1234567890123456:${HEX}`,
    `HMAC-SHA256 ak:1:${HEX}, HMAC-SHA256 ak:1:${HEX}`,
  ]) {
    assert.equal(parseAuthorization(header), null, JSON.stringify(header));
  }
});

test('a header of any length is refused quickly', () => {
  const started = process.hrtime.bigint();
  assert.equal(parseAuthorization(`HMAC-SHA256 ${' '.repeat(200_000)}`), null);
  assert.equal(parseAuthorization(`HMAC-SHA256 ${':1'.repeat(100_000)}`), null);
  assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
});

const NOW = 1768471200;
for (const [timestamp, expected] of [
  ['1768471200', { ok: true }],
  ['1768471500', { ok: true }],
  ['1768470900', { ok: true }],
  ['1768471501', { ok: false, skew_seconds: 301, looks_like_milliseconds: false }],
  ['1768470899', { ok: false, skew_seconds: -301, looks_like_milliseconds: false }],
  ['0', { ok: false, skew_seconds: -1768471200, looks_like_milliseconds: false }],
  ['1768471200000', { ok: false, skew_seconds: 1766702728800, looks_like_milliseconds: true }],
] as const) {
  test(`a timestamp of ${timestamp} is ${expected.ok ? 'inside' : 'outside'} the window around ${NOW}`, () => {
    assert.deepEqual(checkTimestamp(timestamp, NOW), expected);
  });
}

test('the window can be made smaller, and a clock with fractions counts whole seconds', () => {
  assert.deepEqual(checkTimestamp('1768471190', NOW + 0.9, 10), { ok: true });
  assert.equal(checkTimestamp('1768471189', NOW, 10).ok, false);
  assert.equal(checkTimestamp('not a time', NOW).ok, false);
});

test('a refusal costs the same for a key that allows the raw form, one that does not, and an unknown one', () => {
  // Counts the work instead of timing it: each computed signature reads its key once.
  const countReads = (keys: typeof KEYS, allow_raw: boolean, method: string, target: string): number => {
    let reads = 0;
    const counted = {
      get canonical() {
        reads += 1;
        return keys.canonical;
      },
      get raw() {
        reads += 1;
        return keys.raw;
      },
    };
    const signature = randomBytes(32).toString('hex');
    assert.equal(verify({ keys: counted, allow_raw, method, target, signature }), false);
    return reads;
  };
  for (const [method, target, work] of [
    ['POST', '/v1/refunds?x=1', 2],
    ['GET', '/v1/refunds', 2],
    ['GET', '/v1/refunds?x=1', 4],
  ] as const) {
    assert.equal(countReads(KEYS, true, method, target), work);
    assert.equal(countReads(KEYS, false, method, target), work);
    assert.equal(countReads(DUMMY_KEYS, true, method, target), work);
  }
});
