// What a file of vectors may hold, as JSON Schema: a misspelt field must not silently ask nothing.
const text = { type: 'string' };
const name = { type: 'string', minLength: 1 };
const whole = { type: 'integer' };
const strings = { type: 'object', additionalProperties: text };
/** A header that comes more than once has a list. */
const fields = {
  type: 'object',
  additionalProperties: { oneOf: [text, { type: 'array', minItems: 1, items: text }] },
};
const nullable = { type: ['string', 'null'] };
const drivers = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { enum: ['node', 'js', 'go', 'python'] },
};
const method = { enum: ['GET', 'POST', 'PATCH', 'DELETE'] };
const base64 = {
  type: 'string',
  pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
};

type Properties = Record<string, unknown>;

function closed(required: Properties, optional: Properties = {}): Properties {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** The same object, in which exactly one of these fields stands. */
function oneOf(schema: Properties, names: string[]): Properties {
  return { ...schema, oneOf: names.map((field) => ({ required: [field] })) };
}

const KINDS = [
  'invalid_request',
  'provider_not_supported',
  'authentication_error',
  'invalid_token',
  'forbidden',
  'not_found',
  'idempotency_conflict',
  'invalid_payment_state',
  'conflict',
  'rate_limit_exceeded',
  'provider_error',
  'internal_error',
  'connection_error',
  'unknown_outcome',
  'invalid_response',
];
const kind = { enum: KINDS };
const REASONS = [
  'missing_header',
  'malformed_header',
  'too_old',
  'too_new',
  'no_match',
  'invalid_secret',
  'invalid_payload',
];

const status = { type: 'integer', minimum: 200, maximum: 599 };
const body_repeat = closed({ text: name, times: { type: 'integer', minimum: 2 } });
const takes_ms = { type: 'integer', minimum: 0 };
const answer = { status, headers: strings };

const CASES = {
  'request-signatures': oneOf(
    closed(
      {
        name,
        key_id: name,
        secret: name,
        method,
        target: { type: 'string', pattern: '^/' },
        timestamp: { type: 'integer', minimum: 0 },
        signature: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        authorization: { type: 'string', pattern: '^HMAC-SHA256 [^ :]+:[0-9]+:[0-9a-f]{64}$' },
      },
      { body: text, body_base64: base64 },
    ),
    ['body', 'body_base64'],
  ),
  'base-urls': oneOf(
    closed(
      { name, base_url: text },
      { allow_insecure_http: { const: true }, sent_to: name, refused: { const: true } },
    ),
    ['sent_to', 'refused'],
  ),
  errors: closed(
    {
      name,
      request: closed({ method }),
      response: oneOf(closed(answer, { body: text, body_base64: base64, body_repeat }), [
        'body',
        'body_base64',
        'body_repeat',
      ]),
      error: closed(
        { kind, status, code: name, retry_after_seconds: { type: ['integer', 'null'], minimum: 0 } },
        { message: name, param: nullable, request_id: nullable },
      ),
    },
    { for: drivers },
  ),
  retries: oneOf(
    closed(
      {
        name,
        request: closed({ method }, { idempotency_key: name }),
        tries: {
          type: 'array',
          items: {
            oneOf: [
              closed(answer, { body: text, takes_ms }),
              closed({ network: { enum: ['refused', 'reset', 'timeout'] } }, { takes_ms }),
            ],
          },
        },
        random: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        waits_ms: { type: 'array', items: takes_ms },
      },
      {
        for: drivers,
        options: closed({}, { max_retries: whole, deadline_ms: whole }),
        result: { const: 'ok' },
        error: closed({ kind }),
        error_in_browser: closed({ kind }),
      },
    ),
    ['result', 'error'],
  ),
  'webhook-signatures': {
    allOf: [
      { oneOf: [{ required: ['body'] }, { required: ['body_base64'] }] },
      oneOf(
        closed(
          { name, secrets: { type: 'array', items: text }, headers: fields, now_seconds: whole },
          {
            body: text,
            body_base64: base64,
            tolerance_seconds: { type: 'integer', minimum: 0 },
            sign: closed({ id: name, timestamp_seconds: whole }),
            event: closed({ id: nullable, type: nullable }),
            reason: { enum: REASONS },
          },
        ),
        ['event', 'reason'],
      ),
    ],
  },
  money: oneOf(
    closed(
      { name, call: { enum: ['to_minor_units', 'to_decimal'] }, input: {}, currency: text },
      { output: { type: ['integer', 'string'] }, refused: { const: true } },
    ),
    ['output', 'refused'],
  ),
  objects: oneOf(
    closed(
      { name, operation: name, body: name },
      { for: drivers, status, fields: { type: 'object', minProperties: 1 }, error: closed({ kind, status }) },
    ),
    ['fields', 'error'],
  ),
};

/** The schema of a whole file. */
export function shapeOf(file: keyof typeof CASES): Properties {
  return closed({ about: name, source: name, cases: { type: 'array', minItems: 1, items: CASES[file] } });
}
