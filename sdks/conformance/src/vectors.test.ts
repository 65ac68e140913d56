// The vectors themselves, before anybody is measured by them: well formed, and right by somebody else's word: the
// openssl command, the library of Standard Webhooks, ICU and BigInt, and the rules said a second time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Webhook } from 'standardwebhooks';
import { decimalByHand, minorUnitsByHand } from './money-oracle.ts';
import { signRequestByOpenssl, signWebhookByOpenssl } from './openssl-oracle.ts';
import { listen, play } from './rules-oracle.ts';
import { bytesOf, readVectors, readVectorText, VECTOR_FILES, type WebhookCase } from './vector-files.ts';
import { shapeOf } from './vector-shapes.ts';

const AT_LEAST = {
  'request-signatures': 25,
  'base-urls': 30,
  errors: 30,
  retries: 30,
  'webhook-signatures': 25,
  money: 40,
  objects: 10,
};

for (const file of VECTOR_FILES) {
  test(`${file}.json has the shape that drivers read, enough cases, and each name once`, () => {
    const validate = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(shapeOf(file));
    assert.ok(validate(JSON.parse(readVectorText(file))), JSON.stringify(validate.errors?.slice(0, 5)));
    const names = readVectors(file).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    );
    assert.ok(names.length >= AT_LEAST[file], `${names.length} cases`);
  });
}

test('every file of vectors is for somebody', () => {
  const { files } = JSON.parse(readFileSync(new URL('../drivers.json', import.meta.url), 'utf8')) as {
    files: Record<string, string[]>;
  };
  assert.deepEqual(Object.keys(files).sort(), [...VECTOR_FILES].sort());
  for (const file of VECTOR_FILES) {
    for (const { name, for: drivers = [] } of readVectors(file)) {
      const others = drivers.filter((driver) => !files[file]?.includes(driver));
      assert.deepEqual(others, [], `${file}: ${name}`);
    }
  }
});

test('a base URL leads where the platform says, and to another machine by https alone', () => {
  const is_here = ({ hostname }: URL) => hostname === 'localhost' || /^(127\.[\d.]+|\[::1\])$/.test(hostname);
  for (const { name, base_url, allow_insecure_http, sent_to } of readVectors('base-urls')) {
    const url = URL.canParse(base_url) ? new URL(base_url) : null;
    const may_be_open = url !== null && (is_here(url) || allow_insecure_http === true);
    const is_taken =
      url !== null &&
      (url.protocol === 'https:' || (url.protocol === 'http:' && may_be_open)) &&
      `${url.username}${url.search}${url.hash}` === '';
    const wanted = is_taken && `${url.origin}${url.pathname.replace(/\/$/, '')}/v1/payment_intents/pi_1`;
    assert.equal(sent_to ?? false, wanted, name);
  }
});

test('openssl signs each request as the vector says', () => {
  for (const vector of readVectors('request-signatures')) {
    const signature = signRequestByOpenssl({ ...vector, body: bytesOf(vector) });
    assert.equal(vector.signature, signature, vector.name);
    assert.equal(
      vector.authorization,
      `HMAC-SHA256 ${vector.key_id}:${vector.timestamp}:${signature}`,
      vector.name,
    );
  }
});

test('no two requests have the same signature', () => {
  const signatures = readVectors('request-signatures').map(
    ({ signature, key_id }) => `${key_id} ${signature}`,
  );
  assert.equal(new Set(signatures).size, signatures.length);
});

/** Headers by their names in lower case. */
const headersOf = ({ headers }: WebhookCase) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
  );

test('openssl signs each webhook that is accepted, and none that does not match', () => {
  for (const vector of readVectors('webhook-signatures')) {
    const is_signed = vector.event !== undefined || vector.reason === 'invalid_payload';
    if (!is_signed && vector.reason !== 'no_match') continue;
    for (const secret of vector.secrets) {
      const { length } = Buffer.from(secret.slice('whsec_'.length), 'base64');
      assert.ok(secret.startsWith('whsec_') && length >= 24 && length <= 64, vector.name);
    }
    const headers = headersOf(vector);
    const given = (headers['webhook-signature'] ?? '').split(' ');
    const sent = {
      id: headers['webhook-id'] ?? '',
      timestamp: headers['webhook-timestamp'] ?? '',
      body: bytesOf(vector),
    };
    const ours = vector.secrets.map((secret) => signWebhookByOpenssl({ ...sent, secret }));
    assert.equal(
      ours.some((one) => given.includes(one)),
      is_signed,
      vector.name,
    );
  }
});

/**
 * What the library cannot be asked, or is less strict about: it reads a time as a number and signs that, and takes an id
 * with a dot, with which another message could be signed alike.
 */
function isOursAlone(vector: WebhookCase): boolean {
  const { tolerance_seconds, reason, body_base64 } = vector;
  const { 'webhook-id': id, 'webhook-timestamp': time = '' } = headersOf(vector);
  const is_stricter = id?.includes('.') || ![time, 'NaN'].includes(String(Number.parseInt(time, 10)));
  const cannot = tolerance_seconds !== undefined || reason === 'invalid_secret' || body_base64 !== undefined;
  return cannot || is_stricter;
}

/** How the library of Standard Webhooks ends, with the first secret that it is content with. */
function verifyByLibrary(vector: WebhookCase): string {
  const endings = vector.secrets.map((secret) => {
    try {
      new Webhook(secret).verify(bytesOf(vector).toString('utf8'), headersOf(vector), { jsonParse: false });
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  });
  return endings.find((ending) => ending === 'accepted') ?? endings[0] ?? 'no secret';
}

test('the library of Standard Webhooks accepts what is accepted, and refuses the rest', (t) => {
  for (const vector of readVectors('webhook-signatures').filter((each) => !isOursAlone(each))) {
    const clock = t.mock.method(Date, 'now', () => vector.now_seconds * 1_000);
    const ending = verifyByLibrary(vector);
    clock.mock.restore();
    const is_signed = vector.event !== undefined || vector.reason === 'invalid_payload';
    assert.equal(ending === 'accepted', is_signed, `${vector.name}: ${ending}`);
    if (vector.reason === 'too_old') assert.equal(ending, 'Message timestamp too old', vector.name);
    if (vector.reason === 'too_new') assert.equal(ending, 'Message timestamp too new', vector.name);
    if (vector.reason === 'missing_header') assert.equal(ending, 'Missing required headers', vector.name);
  }
});

test('what is signed is the header that a delivery has, whoever signs it', () => {
  const cases = readVectors('webhook-signatures').filter(({ sign }) => sign !== undefined);
  assert.ok(cases.length >= 8);
  for (const vector of cases) {
    const { id = '', timestamp_seconds = 0 } = vector.sign ?? {};
    const sent = { id, timestamp: String(timestamp_seconds), body: bytesOf(vector) };
    const signatures = vector.secrets.map((secret) => signWebhookByOpenssl({ ...sent, secret }));
    assert.deepEqual(
      vector.headers,
      { 'webhook-id': id, 'webhook-timestamp': sent.timestamp, 'webhook-signature': signatures.join(' ') },
      vector.name,
    );
    if (vector.body === undefined) continue;
    const date = new Date(timestamp_seconds * 1_000);
    const by_library = vector.secrets.map((secret) =>
      new Webhook(secret).sign(id, date, vector.body as string),
    );
    assert.equal(vector.headers['webhook-signature'], by_library.join(' '), vector.name);
  }
});

test('money is the same by BigInt and the digits of ICU', () => {
  for (const { name, call, input, currency, output, refused } of readVectors('money')) {
    const by_hand =
      call === 'to_decimal' ? decimalByHand(input, currency) : minorUnitsByHand(input, currency);
    assert.equal(by_hand, refused ? null : output, name);
    assert.ok(!Object.is(output, -0), name);
  }
});

test('every error is what the rules say of its answer', () => {
  for (const { name, request, response, error } of readVectors('errors')) {
    // The clock is the machine's own here, so a date can only be asked about when it is long past.
    const now_ms = Date.UTC(2026, 0, 1);
    const { end } = play({ request, options: { max_retries: 0 }, tries: [response], random: 0 });
    assert.equal(error.kind, end, name);
    assert.equal(error.status, response.status, name);
    const said = listen(response, now_ms);
    assert.equal(error.code, said.code ?? error.kind, name);
    assert.equal(error.retry_after_seconds, said.retry_after_seconds, name);
  }
});

test('every story of retries ends as the rules say, after the waits that they say', () => {
  for (const { name, waits_ms, result, error, error_in_browser, ...story } of readVectors('retries')) {
    const played = play(story);
    assert.deepEqual(played, { waits_ms, end: result ?? error?.kind }, name);
    assert.equal(waits_ms.length, Math.max(0, story.tries.length - 1), `${name}: no try is left over`);
    if (story.for !== undefined && !story.for.includes('js')) continue;
    const in_browser = play(story, { in_browser: true });
    assert.deepEqual(
      in_browser,
      { waits_ms, end: error_in_browser?.kind ?? result ?? error?.kind },
      `${name}, in a browser`,
    );
  }
});

test('every row of docs/errors.md is asked about', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (\d{3}) \| `(\w+)` \| `(\w+)` \|/gm)];
  assert.ok(rows.length >= 19);
  const asked = readVectors('errors').map(({ response, error }) => `${response.status} ${error.code}`);
  const missing = rows.map(([, status, , code]) => `${status} ${code}`).filter((row) => !asked.includes(row));
  assert.deepEqual(missing, []);
});

test('the fields of an object vector are read as its body has them', () => {
  for (const { name, body, fields = {} } of readVectors('objects')) {
    for (const [path, wanted] of Object.entries(fields)) {
      const found = path
        .split('.')
        .reduce<unknown>(
          (at, key) =>
            typeof at === 'object' && at !== null && Object.hasOwn(at, key)
              ? (at as Record<string, unknown>)[key]
              : undefined,
          JSON.parse(body),
        );
      assert.deepEqual(found ?? null, wanted, `${name}: ${path}`);
    }
  }
});
