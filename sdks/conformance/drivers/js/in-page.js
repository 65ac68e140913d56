// What runs in the page: asks each vector of the SDK, and makes the calls of the scenarios with one client for each
// payment. A page makes its clients with a token, so a POST is preceded by reading the payment.
import { MPACError, MPACGateway, toDecimal, toMinorUnits } from '@cloudsky/mpac-pgw-sdk-js';
import { makeScript } from '../node/scripted-transport.js';

const TOKEN = 'pi_1_secret_Zm9yX3Rlc3Rz';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INTENT = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    id: 'pi_1',
    object: 'payment_intent',
    status: 'requires_payment_method',
    amount: 1500,
    currency: 'JPY',
  }),
};

const ASK = {
  async 'base-urls'({ base_url, allow_insecure_http, sent_to, refused }) {
    const options = { baseUrl: base_url, allowInsecureHttp: allow_insecure_http };
    if (refused) {
      const { param } = await failure(() => connect([INTENT], { method: 'GET' }, options));
      mustBe('baseUrl', param, 'the option that is named');
      return;
    }
    const { call, seen } = await connect([INTENT], { method: 'GET' }, options);
    await call();
    mustBe(sent_to, seen.requests[0].url.split('?')[0], 'the address');
  },

  async errors({ request, response, error, error_in_browser }) {
    const { call } = await connect([response], request, { maxRetries: 0 });
    compareFields(error_in_browser ?? error, await failure(call));
  },

  async retries(one) {
    const { request, options = {}, tries, random, waits_ms } = one;
    const limits = {
      ...(options.max_retries !== undefined && { maxRetries: options.max_retries }),
      ...(options.deadline_ms !== undefined && { deadlineMs: options.deadline_ms }),
    };
    const { call, seen } = await connect(tries, request, limits, random);
    if (one.error === undefined) await call();
    else compareFields(one.error_in_browser ?? one.error, await failure(call));
    mustBe(waits_ms, seen.waits_ms, 'waits');
    mustBe(tries.length, seen.requests.length, 'tries');
    checkRequests(seen.requests, request);
  },

  async money({ call, input, currency, output, refused }) {
    const convert = () => (call === 'to_decimal' ? toDecimal : toMinorUnits)(input, currency);
    if (refused) mustBe('invalid_request', (await failure(convert)).kind, 'the refusal');
    else mustBe(output, convert(), 'the result');
  },

  async objects({ operation, body, fields, error }) {
    mustBe('retrievePaymentIntent', operation, 'the operation');
    const { call } = await connect([{ ...INTENT, body }], { method: 'GET' });
    if (error !== undefined) {
      compareFields(error, await failure(call));
      return;
    }
    const answer = await call();
    for (const [path, value] of Object.entries(fields)) {
      const found = path.split('.').reduce((at, name) => at?.[name], answer);
      mustBe(value, found ?? null, path);
    }
  },
};

/** A client on a scripted network: `call` makes the call, and `seen` is what the network saw of it. */
async function connect(tries, { method, idempotency_key }, limits = {}, random = 0) {
  let script = makeScript([INTENT]);
  const follow =
    (name) =>
    (...given) =>
      script.options[name](...given);
  const client = new MPACGateway({
    publicKey: 'pk_test_conformance',
    environment: 'sandbox',
    baseUrl: 'https://pay.example.com',
    platform: { fetch: follow('fetch'), now: follow('now'), sleep: follow('sleep'), random: () => random },
    ...limits,
  });
  if (method === 'POST') await client.retrievePaymentIntent(TOKEN);
  script = makeScript(tries, random);
  const options = idempotency_key === undefined ? {} : { idempotencyKey: idempotency_key };
  const send = () =>
    method === 'GET' ? client.retrievePaymentIntent(TOKEN) : client.confirmCashPayment(options);
  return {
    seen: script.seen,
    // What is unknown is looked after for ever; here the call is what counts.
    call: async () => {
      try {
        return await send();
      } finally {
        client.destroy();
      }
    },
  };
}

/** All tries of a call are alike, and those that change something have one key. */
function checkRequests(requests, { method, idempotency_key }) {
  if (requests.length === 0) return;
  const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
  if (method === 'GET') mustBe(null, keys[0], 'the key of a GET');
  else if (idempotency_key !== undefined) mustBe(idempotency_key, keys[0], 'the key');
  else if (!UUID.test(keys[0])) throw new Error(`the key is ${keys[0]}`);
  const alike = requests.map(({ url, body }, place) => [url, body, keys[place]]);
  for (const one of alike) mustBe(alike[0], one, 'a try');
}

/** The fields that are named, and no others; null is one that is absent. */
function compareFields(expected, actual) {
  for (const [name, value] of Object.entries(expected)) mustBe(value, actual[name] ?? null, name);
}

function mustBe(expected, actual, what) {
  const [wanted, found] = [expected, actual].map((value) => JSON.stringify(sorted(value)));
  if (wanted !== found) throw new Error(`${what} is ${found}, not ${wanted}`);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

async function failure(call) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    if (error instanceof MPACError) return tell(error);
    throw error;
  }
  throw new Error(`no error, but ${JSON.stringify(answer)}`);
}

const tell = (error) => ({ ...error, message: error.message });

window.askVectors = async ({ file, cases }) => {
  const answers = [];
  for (const one of cases) {
    const why = await ASK[file](one).then(
      () => null,
      (error) => String(error?.message ?? error),
    );
    answers.push({ name: one.name, why });
  }
  return answers;
};

const clients = new Map();
let open = null;
window.openClients = (given) => {
  open = given;
};

const CALLS = {
  retrievePaymentIntent: ({ client, token }) => client.retrievePaymentIntent(token),
  confirmPaymentIntent: ({ client }, fields, options) => client.confirmPaymentIntent(fields, options),
  cancelPaymentIntent: ({ client }, fields) => client.cancel(fields),
};

/** `{answer}`, or `{error}` in the words of the contract. */
window.callSdk = async ({ operation, token, fields, idempotency_key }) => {
  const [id] = token.split('_secret_');
  let known = clients.get(id);
  try {
    if (known?.token !== token) {
      const client = known?.client ?? new MPACGateway({ environment: 'sandbox', ...open });
      known = { client, token };
      clients.set(id, known);
      if (operation !== 'retrievePaymentIntent') await client.retrievePaymentIntent(token);
    }
    const options = idempotency_key === undefined ? {} : { idempotencyKey: idempotency_key };
    return { answer: await CALLS[operation](known, fields, options) };
  } catch (error) {
    if (error instanceof MPACError) return { error: tell(error) };
    throw error;
  }
};
