// A code that the customer shows pays once: whoever scans it, how often, in which order and on which replica. And
// nothing of it is left behind but its mask, and for a day its hash.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Json } from './support/client.ts';
import { type CreatedIntent, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, clock, paypay } = gateway;
const CPM = { payment_method_type: 'qr_cpm' };

/** What a customer shows at the till. */
async function takeCode(behaviour?: string): Promise<string> {
  const body = behaviour === undefined ? {} : { behaviour };
  return (await paypay.control<{ code: string }>('POST', '/customer_codes', body)).code;
}

const makeIntent = (changes: Json = {}) =>
  gateway.createIntent({ payment_method_types: ['qr_cpm', 'cash'], ...changes });

const scan = (intent: CreatedIntent, customer_code: string, key?: string, at?: { url: string }) =>
  gateway.terminalFor(intent, at).confirm({ ...CPM, customer_code }, key);

const listAttempts = (intent: { id: string }) =>
  gateway.query<Json & { id: string; customer_code_hash: Buffer | null }>(
    'select * from payment_attempts where payment_intent_id = $1 order by id',
    [intent.id],
  );

async function takenFor(intent: { id: string }): Promise<number> {
  const ids = (await listAttempts(intent)).map(({ id }) => id);
  return (await paypay.taken()).filter(({ merchantPaymentId }) => ids.includes(merchantPaymentId)).length;
}

function assertUsed(answer: Answer): void {
  assert.equal(answer.status, 409, answer.text);
  assert.equal(answer.json.code, 'invalid_payment_state');
  assert.deepEqual(
    [answer.json.details.field, answer.json.details.constraint],
    ['customer_code', 'single_use'],
  );
  assert.match(answer.json.message, /Ask the customer for a fresh code/);
}

test('a scanned code pays: its wallet is recognised, and only its mask is shown and kept', async () => {
  const code = await takeCode();
  const intent = await makeIntent();
  const answer = await scan(intent, `]C1${code.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}\r\n`);
  const masked = `90008181…${code.slice(-4)}`;
  assert.equal(answer.status, 200, answer.text);
  const { status, provider, payment_method_type, processing_mode, customer_code_masked } = answer.json;
  assert.deepEqual(
    [status, provider, payment_method_type, processing_mode, customer_code_masked],
    ['succeeded', 'PAYPAY', 'qr_cpm', 'pgw_processed', masked],
  );
  assert.equal('qr_content' in answer.json || 'qr_code_url' in answer.json, false);
  assert.equal(await takenFor(intent), 1);
  const [attempt] = await listAttempts(intent);
  assert.equal(attempt?.['customer_code_masked'], masked);
  assert.equal(attempt?.customer_code_hash?.length, 32);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.amount_received, json.provider], [1_000, 'PAYPAY']);
});

test('a code of a wallet that the caller names rightly pays, too', async () => {
  const intent = await makeIntent();
  const answer = await client.confirm(intent.id, {
    ...CPM,
    provider: 'PAYPAY',
    customer_code: await takeCode(),
  });
  assert.deepEqual([answer.status, answer.json.status], [200, 'succeeded'], answer.text);
});

test('a code that is not as long as the table says goes to the wallet that the caller names', async () => {
  const code = (await takeCode()).slice(0, 23);
  const unnamed = await scan(await makeIntent(), code);
  assert.deepEqual([unnamed.status, unnamed.json.details.field], [400, 'provider'], unnamed.text);
  const intent = await makeIntent();
  const named = await client.confirm(intent.id, { ...CPM, provider: 'PAYPAY', customer_code: code });
  assert.deepEqual(
    [named.status, named.json.details.provider_code],
    [502, 'INVALID_USER_AUTHORIZATION_ID'],
    'PayPay was asked',
  );
});

test('an old code put to a new order is refused, however it is typed, and the order stays open', async () => {
  const code = await takeCode();
  const first = await makeIntent();
  assert.equal((await scan(first, code)).json.status, 'succeeded');
  const second = await makeIntent();
  for (const typed of [code, `${code}\n`, code.replaceAll(/(\d{4})(?=\d)/g, '$1-')])
    assertUsed(await scan(second, typed));
  assertUsed(await client.confirm(second.id, { ...CPM, customer_code: code, provider: 'PAYPAY' }));
  assert.deepEqual(await listAttempts(second), []);
  assert.equal(await takenFor(first), 1);
  // Neither the token nor the order was used up by the refusals.
  assert.equal((await scan(second, await takeCode())).json.status, 'succeeded');
});

test('the refusal of a used code is repeated to its key, and says the status', async () => {
  const code = await takeCode();
  await scan(await makeIntent(), code);
  const intent = await makeIntent();
  const answer = await scan(intent, code, 'till-7');
  assertUsed(answer);
  assert.equal(answer.json.details.status, 'requires_payment_method');
  const again = await scan(intent, code, 'till-7');
  assert.equal(again.text, answer.text);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
});

test('two tills that scan one code at the same moment: one is paid, once, and who pays beside them does not notice', async () => {
  for (let round = 0; round < 16; round += 1) {
    const code = await takeCode();
    const codes = [code, code, await takeCode()];
    const intents = await Promise.all([makeIntent(), makeIntent(), makeIntent()]);
    // On one replica the three may travel to the database in one statement, which is refused as a whole.
    const sides = round % 2 === 0 ? [0, 1, 0] : [0, 0, 0];
    const answers = await Promise.all(
      intents.map((intent, at) => scan(intent, codes[at] ?? '', undefined, gateway.replicas[sides[at] ?? 0])),
    );
    const told = answers.map(({ text }) => text).join('\n');
    assert.equal(answers[2]?.json.status, 'succeeded', told);
    const rivals = answers.slice(0, 2);
    assert.deepEqual(rivals.map(({ status }) => status).toSorted(), [200, 409], told);
    for (const answer of rivals) if (answer.status === 409) assertUsed(answer);
    const taken = await Promise.all(intents.map(takenFor));
    assert.deepEqual([taken.slice(0, 2).toSorted(), taken[2]], [[0, 1], 1]);
  }
});

test('one till that sends the same confirm twice at once is paid once, and hears no refusal of the code', async () => {
  for (let round = 0; round < 12; round += 1) {
    const code = await takeCode();
    const intent = await makeIntent();
    const answers = await Promise.all(
      gateway.replicas.map((replica) => scan(intent, code, undefined, replica)),
    );
    for (const answer of answers) {
      if (answer.status === 200) continue;
      assert.equal(answer.status, 409, answer.text);
      assert.match(answer.json.message, /same confirm is running/);
      assert.equal(answer.headers.get('retry-after'), '1');
    }
    assert.equal((await scan(intent, code)).json.status, 'succeeded');
    assert.equal((await listAttempts(intent)).length, 1);
    assert.equal(await takenFor(intent), 1);
  }
});

test('the same confirm again is answered as the first was: by token, by key, by Idempotency-Key', async () => {
  const code = await takeCode();
  const intent = await makeIntent();
  const first = await scan(intent, code, 'key-1');
  assert.equal(first.text.includes(code.slice(0, -4)), false, 'the stored answer has only the mask');
  const replayed = await scan(intent, code, 'key-1');
  assert.equal(replayed.text, first.text);
  assert.equal(replayed.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual((await scan(intent, ` ${code}`)).json, first.json);
  assert.deepEqual((await client.confirm(intent.id, { ...CPM, customer_code: code })).json, first.json);
  assert.equal((await listAttempts(intent)).length, 1);
  assert.equal(await takenFor(intent), 1);
});

test('another code is another confirm, which a token does not authorise', async () => {
  const intent = await makeIntent();
  const first = await takeCode('confirms');
  assert.equal((await scan(intent, first)).json.status, 'processing');
  const other = await scan(intent, await takeCode());
  assert.deepEqual([other.status, other.json.code], [401, 'invalid_token'], other.text);
  const by_key = await client.confirm(intent.id, { ...CPM, customer_code: await takeCode() });
  assert.deepEqual([by_key.status, by_key.json.details.status], [409, 'processing']);
  assert.equal((await listAttempts(intent)).length, 1);
});

test('after silence the same confirm asks again, with the same attempt, and PayPay takes the money once', async () => {
  for (const fault of ['server_error', 'server_error_after_success', 'html_502']) {
    const code = await takeCode();
    const intent = await makeIntent();
    await paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
    const silent = await scan(intent, code, 'key-1');
    assert.equal(silent.json.details?.outcome, 'unknown', silent.text);
    const again = await scan(intent, code, 'key-1');
    assert.deepEqual([again.status, again.json.status], [200, 'succeeded'], `${fault} ${again.text}`);
    assert.equal((await listAttempts(intent)).length, 1, fault);
    assert.equal(await takenFor(intent), 1, fault);
    // Meanwhile nobody else could have used it.
    assertUsed(await scan(await makeIntent(), code));
  }
});

test('whatever became of its attempt, a code does not begin another one', async () => {
  const code = await takeCode('expired');
  const intent = await makeIntent();
  const refused = await scan(intent, code);
  assert.deepEqual([refused.status, refused.json.code], [502, 'provider_error'], refused.text);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  assertUsed(await scan(intent, code));
  const { json: fresh } = await client.reissueToken(intent.id);
  assertUsed(await scan(fresh, code));
  const paid = await scan(fresh, await takeCode());
  assert.equal(paid.json.status, 'succeeded', paid.text);
  const attempts = await listAttempts(intent);
  assert.deepEqual(
    attempts.map(({ status }) => status),
    ['ended_unpaid', 'paid'],
  );
});

test('what one organization scanned says nothing in another', async () => {
  const code = await takeCode('insufficient_funds');
  const intent = await makeIntent();
  assert.equal((await scan(intent, code)).json.status, 'failed');
  const other = await gateway.addOrganization();
  const theirs = await gateway.createIntent({ payment_method_types: ['qr_cpm'] }, other.client);
  const answer = await other.client.confirm(theirs.id, { ...CPM, customer_code: code });
  // PayPay itself refuses it; that is for PayPay to say.
  assert.deepEqual([answer.status, answer.json.code], [502, 'provider_error'], answer.text);
  assert.equal(answer.json.details.provider_code, 'INVALID_USER_AUTHORIZATION_ID');
  const hashes = [...(await listAttempts(intent)), ...(await listAttempts(theirs))].map((attempt) =>
    attempt.customer_code_hash?.toString('hex'),
  );
  assert.equal(new Set(hashes).size, 2);
});

test('a hash is forgotten after a day and an hour, and the attempt stays as it is', async () => {
  const code = await takeCode();
  const intent = await makeIntent();
  await scan(intent, code);
  const [before] = await listAttempts(intent);
  clock.advance(25 * 3_600_000 - 60_000);
  await gateway.runJob('purge');
  assert.deepEqual(await listAttempts(intent), [before]);
  clock.advance(120_000);
  await gateway.runJob('purge');
  assert.deepEqual(await listAttempts(intent), [{ ...before, customer_code_hash: null }]);
});
