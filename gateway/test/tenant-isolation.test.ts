// Nobody sees or moves what is another's: every route of the served document, asked for an object of one organization
// by all who may be taken for its owner and are not. A route without an entry here fails the first test.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CanaryObjects, MERCHANT, makeCanaryObjects, STORE } from './support/canary-objects.ts';
import { type Client, makeTerminal, send } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { makeAnswerCheck, type OpenapiDocument } from './support/openapi-document.ts';

const gateway = await startTestGateway({ after });
const { client, organization_id } = gateway;
await gateway.saveStore({
  merchant: { id: MERCHANT, name: 'Canary merchant' },
  store: { id: STORE, name: 'Canary store' },
});

const live = gateway.clientFor(await gateway.addKey({ livemode: true }));

let objects: CanaryObjects;
let strangers: Record<string, Client>;
before(async () => {
  objects = await makeCanaryObjects(gateway, live);
  strangers = {
    'another organization': (await gateway.addOrganization()).client,
    'the live mode of the same organization': live,
    'another merchant of the same organization': gateway.clientFor(
      await gateway.addKey({ merchant_id: 'merchant_001' }),
    ),
  };
});

interface Entry {
  /** Where an object of the owner stands in the path or in the body; it must be valid, so that only the owner counts. */
  path?: (of: CanaryObjects) => string;
  body?: (of: CanaryObjects) => object;
  /** What a stranger gets: a refusal, a list or an answer of his own things, or what is open to everybody. */
  stranger: 'refused' | 'sees_his_own' | 'open';
  /** A token of another payment intent is read at this route, and refused. */
  token?: boolean;
}

const at = (path: (of: CanaryObjects) => string, body?: Entry['body'], token?: true): Entry => ({
  path,
  stranger: 'refused',
  ...(body && { body }),
  ...(token && { token }),
});
const own: Entry = { stranger: 'sees_his_own' };
const QR = { payment_method_type: 'qr_mpm', provider: 'PAYPAY' };
const SETTLEMENT = 'Merchant ID,Date,Transaction Count,Gross Amount,Fees,Net Amount\n';
const because = { reason: 'isolation test', resolved_by: 'nobody' };
const endpoint = (rest = '', body?: object): Entry =>
  at(({ endpoint: id }) => `/v1/webhook_endpoints/${id}${rest}`, body && (() => body));

const export_config = (rest = '', body?: object): Entry =>
  at(() => `/v1/merchants/${MERCHANT}/accounting_export${rest}`, body && (() => body));

const MATRIX: Record<string, Entry> = {
  'GET /health': { stranger: 'open' },
  'GET /ready': { stranger: 'open' },
  'GET /v1/qr_codes/{attempt_id}.svg': at(
    ({ attempt }) => `/v1/qr_codes/${attempt}.svg?signature=${'0'.repeat(43)}`,
  ),
  'GET /v1/webhooks/mpgs': { stranger: 'open' },
  'POST /v1/webhooks/paypay': { stranger: 'open', body: () => ({}) },
  'POST /v1/payment_intents': at(
    () => '/v1/payment_intents',
    () => gateway.newOrder({ merchant_store_id: STORE }),
  ),
  'GET /v1/payment_intents': own,
  'GET /v1/payment_intents/{id}': at(({ intent }) => `/v1/payment_intents/${intent}`, undefined, true),
  'POST /v1/payment_intents/{id}/confirm': at(
    ({ fresh }) => `/v1/payment_intents/${fresh}/confirm`,
    () => QR,
    true,
  ),
  'POST /v1/payment_intents/{id}/cancel': at(
    ({ fresh }) => `/v1/payment_intents/${fresh}/cancel`,
    () => ({}),
    true,
  ),
  'POST /v1/payment_intents/{id}/capture': at(
    ({ fresh }) => `/v1/payment_intents/${fresh}/capture`,
    () => ({}),
  ),
  'POST /v1/payment_intents/{id}/payment_token': at(
    ({ fresh }) => `/v1/payment_intents/${fresh}/payment_token`,
    () => ({}),
  ),
  'POST /v1/payment_intents/{id}/resolve': at(
    ({ intent }) => `/v1/payment_intents/${intent}/resolve`,
    () => ({ outcome: 'not_paid', ...because }),
  ),
  'POST /v1/refunds': at(
    () => '/v1/refunds',
    ({ paid }) => ({ payment_intent: paid, amount: 1 }),
  ),
  'GET /v1/refunds': own,
  'GET /v1/refunds/{id}': at(({ refund }) => `/v1/refunds/${refund}`),
  'POST /v1/refunds/{id}/resolve': at(
    ({ refund }) => `/v1/refunds/${refund}/resolve`,
    () => ({ status: 'failed', ...because }),
  ),
  'GET /v1/merchants': own,
  'GET /v1/merchants/{id}': at(() => `/v1/merchants/${MERCHANT}`),
  'GET /v1/merchants/{id}/stores': at(() => `/v1/merchants/${MERCHANT}/stores`),
  'POST /v1/webhook_endpoints': { ...own, body: () => ({ url: 'https://hooks.example.com/stranger' }) },
  'GET /v1/webhook_endpoints': own,
  'GET /v1/webhook_endpoints/{id}': endpoint(),
  'PATCH /v1/webhook_endpoints/{id}': endpoint('', { description: 'taken' }),
  'DELETE /v1/webhook_endpoints/{id}': endpoint(),
  'POST /v1/webhook_endpoints/{id}/roll_secret': endpoint('/roll_secret', {}),
  'GET /v1/webhook_endpoints/{id}/events': endpoint('/events'),
  'GET /v1/webhook_endpoints/{id}/deliveries': endpoint('/deliveries'),
  'GET /v1/webhook_endpoints/{id}/deliveries/{sequence}': endpoint('/deliveries/1'),
  'POST /v1/webhook_endpoints/{id}/deliveries/{sequence}/resend': endpoint('/deliveries/1/resend', {}),
  'POST /v1/webhook_endpoints/{id}/resend': endpoint('/resend', { after_sequence: 0 }),
  'POST /v1/webhook_endpoints/{id}/ping': endpoint('/ping', {}),
  'GET /v1/events': own,
  'GET /v1/events/{id}': at(({ event }) => `/v1/events/${event}`),
  'GET /v1/balances': own,
  'GET /v1/late_payments': own,
  'GET /v1/late_payments/{id}': at(({ late_payment }) => `/v1/late_payments/${late_payment}`),
  'POST /v1/late_payments/{id}/resolve': at(
    ({ late_payment }) => `/v1/late_payments/${late_payment}/resolve`,
    () => ({ action: 'keep', ...because }),
  ),
  'GET /v1/accounting_exports': own,
  'POST /v1/accounting_exports': at(
    () => '/v1/accounting_exports',
    () => ({ merchant_id: MERCHANT, business_date: '2026-01-14' }),
  ),
  'GET /v1/accounting_exports/{id}': at(
    ({ accounting_export }) => `/v1/accounting_exports/${accounting_export}`,
  ),
  'GET /v1/accounting_exports/{id}/file': at(
    ({ accounting_export }) => `/v1/accounting_exports/${accounting_export}/file`,
  ),
  'PUT /v1/merchants/{id}/accounting_export': export_config('', { is_active: false }),
  'GET /v1/merchants/{id}/accounting_export': export_config(),
  'DELETE /v1/merchants/{id}/accounting_export': export_config(),
  'POST /v1/merchants/{id}/accounting_export/test': export_config('/test', {}),
  'GET /v1/settlements': own,
  'GET /v1/settlements/{id}': at(({ settlement }) => `/v1/settlements/${settlement}`),
  'GET /v1/reconciliation_exceptions': own,
  'GET /v1/reconciliation_exceptions/{id}': at(
    ({ exception }) => `/v1/reconciliation_exceptions/${exception}`,
  ),
  'POST /v1/reconciliation_exceptions/{id}/resolve': at(
    ({ exception }) => `/v1/reconciliation_exceptions/${exception}/resolve`,
    () => because,
  ),
  'POST /v1/order_lists': at(
    () => '/v1/order_lists',
    () => ({ merchant_store_id: STORE, business_date: '2026-01-15', orders: [] }),
  ),
  'GET /v1/order_lists/{id}': at(({ order_list }) => `/v1/order_lists/${order_list}`),
  'GET /v1/order_lists/{id}/orders': at(({ order_list }) => `/v1/order_lists/${order_list}/orders`),
  'GET /v1/audit_log': own,
  'GET /v1/organization': own,
  'PATCH /v1/organization': { ...own, body: () => ({}) },
  'POST /v1/api_keys': { ...own, body: () => ({ name: 'stranger' }) },
  'GET /v1/api_keys': own,
  'GET /v1/api_keys/{id}': at(({ api_key }) => `/v1/api_keys/${api_key}`),
  'PATCH /v1/api_keys/{id}': at(
    ({ api_key }) => `/v1/api_keys/${api_key}`,
    () => ({ name: 'taken' }),
  ),
  'POST /v1/api_keys/{id}/roll': at(
    ({ api_key }) => `/v1/api_keys/${api_key}/roll`,
    () => ({}),
  ),
  'POST /v1/api_keys/{id}/revoke': at(
    ({ api_key }) => `/v1/api_keys/${api_key}/revoke`,
    () => ({}),
  ),
  'POST /v1/publishable_keys': { ...own, body: () => ({ name: 'stranger' }) },
  'GET /v1/publishable_keys': own,
  'GET /v1/publishable_keys/{id}': at(({ publishable_key }) => `/v1/publishable_keys/${publishable_key}`),
  'PATCH /v1/publishable_keys/{id}': at(
    ({ publishable_key }) => `/v1/publishable_keys/${publishable_key}`,
    () => ({ name: 'taken' }),
  ),
  'POST /v1/publishable_keys/{id}/revoke': at(
    ({ publishable_key }) => `/v1/publishable_keys/${publishable_key}/revoke`,
    () => ({}),
  ),
  'PUT /v1/card_processor_connection': {
    ...own,
    body: () => ({ host: '127.0.0.1', port: 1_024, username: 'stranger', password: 'stranger' }),
  },
  'POST /v1/card_processor_connection/test': { ...own, body: () => ({}) },
  'GET /v1/card_processor_connection': own,
  'DELETE /v1/card_processor_connection': own,
  'GET /v1/card_batches': own,
  'POST /v1/card_batches': { ...own, body: () => ({ business_date: '2026-01-14' }) },
  'GET /v1/card_batches/{id}': at(({ card_batch }) => `/v1/card_batches/${card_batch}`),
  'POST /v1/card_batches/{id}/settlement_file': at(
    ({ card_batch }) => `/v1/card_batches/${card_batch}/settlement_file`,
    () => ({
      file_name: 'settlement_20260114.csv',
      content_base64: Buffer.from(SETTLEMENT).toString('base64'),
    }),
  ),
  'POST /v1/sync/merchants': {
    ...own,
    body: () => ({
      merchants: [{ id: MERCHANT, name: 'Taken', stores: [{ id: STORE, name: 'Taken' }] }],
    }),
  },
};

const document = (await send(gateway.url, 'GET', '/openapi.json', {}, undefined)).json as OpenapiDocument;
const violations = makeAnswerCheck(document);

/** The lists of the document, and what each is narrowed by. */
const listed = Object.entries(document.paths).flatMap(([path, { get }]) =>
  get === undefined || path.includes('{')
    ? []
    : [{ path, names: (get.parameters ?? []).flatMap((one) => (one.in === 'query' ? one.name : [])) }],
);

const entries = Object.entries(MATRIX).map(([route, entry]) => {
  const [method = '', pattern = ''] = route.split(' ');
  return { route, method, pathOf: entry.path ?? (() => pattern), ...entry };
});

/** Everything that belongs to the organization in test mode, but for when its keys were last used. */
async function snapshot(): Promise<string> {
  const tables = await gateway.query<{ name: string; has_mode: boolean }>(
    `select t.table_name as name, exists (select from information_schema.columns c
       where c.table_name = t.table_name and c.column_name = 'livemode') as has_mode
     from information_schema.columns t join information_schema.tables k using (table_schema, table_name)
     where t.table_schema = 'public' and t.column_name = 'organization_id' and k.table_type = 'BASE TABLE'
       and t.table_name not in ('idempotency_keys', 'request_signatures') order by 1`,
  );
  assert.ok(tables.length > 8);
  const text = tables
    .map(
      ({
        name,
        has_mode,
      }) => `select '${name}' as name, md5(coalesce(string_agg((to_jsonb(r) - 'last_used_at')::text, '|' order by r::text), ''))
         as state from ${name} r where organization_id = $1${has_mode ? ' and livemode is not true' : ''}`,
    )
    .join(' union all ');
  return JSON.stringify(await gateway.query(text, [organization_id]));
}

/** What the stranger said himself may be repeated to him. */
function assertTellsNothing(text: string, sent: string, what: string): void {
  const marks = [...Object.values(objects), MERCHANT, STORE, 'canary', 'Canary'];
  for (const mark of marks) {
    if (!sent.includes(mark)) assert.equal(text.includes(mark), false, `${what} tells ${mark}`);
  }
}

test('every route of the served document has its entry here', () => {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual(Object.keys(MATRIX).sort(), routes.sort());
});

test('no filter of a list leads to what is another’s', async () => {
  const { settlement, order_list, intent, card_batch, event } = objects;
  const FILTERS: Record<string, string[]> = {
    merchant_id: [MERCHANT],
    merchant_store_id: [STORE],
    payment_intent: [intent],
    object: [intent, card_batch, settlement],
    ...{ settlement: [settlement], order_list: [order_list], starting_after: [event] },
    business_date_lte: ['2026-01-15'],
  };
  const asked = listed.flatMap(({ path, names }) =>
    names.flatMap((name) => (FILTERS[name] ?? []).map((value) => `${path}?${name}=${value}`)),
  );
  assert.ok(asked.length > 20, asked.join('\n'));
  for (const target of asked) {
    for (const [who, by] of Object.entries(strangers)) {
      const answer = await by.get(target);
      assert.ok([200, 400, 403].includes(answer.status), `${who}, ${target}: ${answer.text}`);
      assertTellsNothing(answer.text, target, `${who}, ${target}`);
    }
  }
});

for (const { route, method, stranger, pathOf, body, token } of entries.filter(
  (one) => one.stranger !== 'open',
)) {
  test(`${route} tells a stranger nothing and changes nothing for him`, async () => {
    const path = pathOf(objects);
    const sent = body?.(objects);
    for (const [who, by] of Object.entries(strangers)) {
      const unchanged = await snapshot();
      const answer = await by.call(method, path, sent);
      const what = `${who}: ${answer.status} ${answer.text}`;
      const is_refused = [401, 403, 404].includes(answer.status);
      // A store of another's is refused by its name, as one that does not exist.
      const is_unknown_store = answer.json?.details?.field === 'merchant_store_id';
      if (stranger === 'refused') assert.ok(is_refused || is_unknown_store, what);
      else assert.ok(is_refused || answer.status < 300, what);
      assertTellsNothing(answer.text, path + JSON.stringify(sent), what);
      const may_change_own = stranger === 'sees_his_own' && who !== 'another organization';
      if (!may_change_own || is_refused) assert.equal(await snapshot(), unchanged, what);
    }
    const nobody = await send(
      gateway.url,
      method,
      path,
      { 'content-type': 'application/json' },
      sent ?? undefined,
    );
    assert.ok([401, 404].includes(nobody.status), `nobody: ${nobody.status} ${nobody.text}`);
    const other = await gateway.createIntent();
    const before_token = await snapshot();
    const { payment_token } = other;
    const by_token =
      method === 'GET'
        ? await send(
            gateway.url,
            method,
            `${path}${path.includes('?') ? '&' : '?'}payment_token=${payment_token}`,
            {},
            undefined,
          )
        : await send(
            gateway.url,
            method,
            path,
            { 'content-type': 'application/json' },
            { ...sent, payment_token },
          );
    const expected = token ? [401] : [400, 401, 404];
    assert.ok(expected.includes(by_token.status), `a token: ${by_token.status} ${by_token.text}`);
    assertTellsNothing(by_token.text, path + JSON.stringify(sent), 'a token');
    assert.equal(await snapshot(), before_token);
  });
}

// What would be refused to everybody proves nothing, so the owner asks the same at the end.
test('the owner is refused none of it, hears what the document says, and the same again for the same key', async () => {
  const last = /DELETE|revoke|roll$|\/cancel/;
  const ordered = entries.toSorted((a, b) => Number(last.test(a.route)) - Number(last.test(b.route)));
  for (const { route, method, pathOf, body, stranger } of ordered) {
    if (stranger === 'open' || route.includes('qr_codes')) continue;
    // What holds for both modes is changed by a live key only.
    const owner = route === 'PATCH /v1/organization' ? live : client;
    const sent = body?.(objects);
    const ask = () =>
      owner.call(method, pathOf(objects), sent, method === 'GET' ? {} : { idempotency_key: route });
    const answer = await ask();
    assert.ok(answer.status < 300 || answer.status === 409, `${route}: ${answer.status} ${answer.text}`);
    assert.equal(violations(route, answer), '', `${route}: ${answer.text}`);
    if (method === 'GET' || route.includes('/webhooks/')) continue;
    const again = await ask();
    assert.equal(again.headers.get('idempotency-replayed'), 'true', `${route}: ${again.text}`);
    assert.deepEqual([again.status, again.text], [answer.status, answer.text], route);
  }
  const terminal = makeTerminal(gateway.url, await gateway.createIntent());
  assert.equal((await terminal.retrieve()).status, 200);
});
