// What Plutu tells, genuine or not: what is believed of it, and what becomes of news that are forged, repeated,
// contradictory, too early or too late.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { MPGS, makeMpgsStage, newsPairs, signNews } from './support/mpgs-stage.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, clock } = gateway;
const stage = await makeMpgsStage(gateway);
const browser = { accept: 'text/html,application/xhtml+xml;q=0.9' };
const approved = (invoice_no: string, changes: Record<string, string | null> = {}) =>
  signNews(newsPairs(invoice_no, changes));
const cancelled = (invoice_no: string) => approved(invoice_no, { approved: null, canceled: '1' });
const reported = (text: RegExp) =>
  gateway.log.lines.filter(({ msg = '', level }) => level >= 50 && text.test(msg));

/** Some at a time, so that all of them fall into one minute even where the machine is busy. */
async function isAnswered(
  tell: () => Promise<{ status: number }>,
  { times, with: wanted }: { times: number; with: number },
): Promise<void> {
  for (let sent = 0; sent < times; sent += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, tell));
    for (const { status } of answers) assert.equal(status, wanted);
  }
}

test('browser and server tell it at once, on two replicas and many times, and it succeeds once', async () => {
  const intent = await stage.openPage();
  const { return_to } = await stage.decideQuietly(intent.invoice_no, 'pay');
  const query = new URL(String(return_to)).search.slice(1);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      stage.tell(query, n % 2 === 0 ? browser : {}, gateway.replicas[n % 2]),
    ),
  );
  for (const { status } of answers) assert.equal(status, 200);
  clock.advance(90 * 24 * 3_600_000);
  assert.equal((await stage.tell(query)).status, 200);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

test('news that somebody else signed, or that were changed on the way, are refused and change nothing', async () => {
  const intent = await stage.openPage();
  const own = approved(intent.invoice_no);
  const pairs = newsPairs(intent.invoice_no);
  const unsigned = new URLSearchParams(pairs).toString();
  const forged = [
    signNews(pairs, 'another-secret'),
    own.replace('12.34', '12.35'),
    own.replace('approved=1&', ''),
    own.toLowerCase().replace(intent.invoice_no.toLowerCase(), intent.invoice_no),
    unsigned,
    `${unsigned}&hashed=`,
    `${unsigned}&hashed=${'0'.repeat(64)}`,
    `${own}&approved=1`,
    `${own}&hashed=${'0'.repeat(64)}`,
    `${own}&amount%5B%5D=1`,
    `${own}&amount[0]=1`,
    own.replace('gateway=mpgs', 'gateway=MPGS'),
    approved('pa_01KBB0000000000000000000ZZ'),
    approved('../../etc'),
    '',
    '%E0%A4%A',
    'hashed',
  ];
  for (const query of forged) {
    assert.equal((await stage.tell(query)).status, 401, query);
    assert.equal((await stage.tell(query, browser)).status, 401, query);
  }
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  // The genuine ones count, whatever else somebody has hung on to them.
  assert.equal((await stage.tell(`utm_source=mail&${own}&gateways=x`)).status, 200);
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('whoever forges without end waits, and the log never holds what was sent', async () => {
  const own = await startTestGateway({ after });
  const own_stage = await makeMpgsStage(own);
  const intent = await own_stage.openPage();
  const query = signNews(newsPairs(intent.invoice_no, { transaction_id: 'canary-value' }), 'another-secret');
  await isAnswered(() => own_stage.tell(query), { times: 600, with: 401 });
  assert.equal((await own_stage.tell(query)).status, 429);
  assert.equal(
    own.log.texts.some((text) => text.includes('canary-value')),
    false,
  );
});

test('another amount or currency than ours is neither accepted nor declined, and a person decides', async () => {
  for (const changes of [{ amount: '12.35' }, { currency: 'EUR' }]) {
    const intent = await stage.openPage();
    assert.equal((await stage.tell(approved(intent.invoice_no, changes))).status, 200);
    const { json } = await client.retrieve(intent.id);
    assert.deepEqual(
      [json.status, json.outcome, json.last_payment_error.code],
      ['processing', 'unknown', 'amount_mismatch'],
    );
    // Time ends it no more than a look-up does.
    clock.advance(2 * 3_600_000);
    await gateway.settle();
    assert.equal(await gateway.statusOf(intent), 'processing');
    const decided = await client.post(`/v1/payment_intents/${intent.id}/resolve`, {
      outcome: 'not_paid',
      reason: 'The dashboard of Plutu shows another order.',
      resolved_by: 'A. Salem',
    });
    assert.equal(decided.status, 200, decided.text);
    clock.advance(2 * 3_600_000);
    await gateway.settle();
    const ended = await gateway.statusOf(intent);
    assert.ok(ended === 'requires_payment_method' || ended === 'cancelled', ended);
    // What Plutu says stays what it says: told again, it is money of that sum, and not the order's.
    await stage.tell(approved(intent.invoice_no, changes));
    assert.deepEqual(
      (await gateway.latePaymentsOf(intent)).map((late) => [late['status'], String(late['amount'])]),
      [['held', 'amount' in changes ? '1235' : '1234']],
    );
  }
});

test('an amount is compared as the sum that it is, and one that cannot be read is no yes', async () => {
  const intent = await stage.openPage({ amount: 500 });
  assert.equal((await stage.tell(approved(intent.invoice_no, { amount: '5' }))).status, 200);
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  for (const amount of ['5.000', '5,00', '+5', '']) {
    const other = await stage.openPage({ amount: 500 });
    await stage.tell(approved(other.invoice_no, { amount }));
    assert.equal(await gateway.statusOf(other), 'processing', amount);
  }
});

test('news that say neither yes nor no leave the outcome unknown until a person or better news end it', async () => {
  for (const changes of [{ approved: null }, { approved: '0' }, { canceled: '1' }]) {
    const intent = await stage.openPage();
    await stage.tell(approved(intent.invoice_no, changes));
    clock.advance(2 * 3_600_000);
    await gateway.settle();
    const { json } = await client.retrieve(intent.id);
    assert.deepEqual(
      [json.status, json.outcome, json.last_payment_error.code],
      ['processing', 'unknown', 'provider_unclear_news'],
    );
    await stage.tell(approved(intent.invoice_no));
    assert.equal(await gateway.statusOf(intent), 'succeeded');
  }
});

test('two ends meet at one attempt, a cancel and the news, and one of them is the truth', async () => {
  for (let n = 0; n < 5; n += 1) {
    const intent = await stage.openPage();
    const [cancel, told] = await Promise.all([
      gateway.clientFor(gateway.key, gateway.replicas[n % 2]).cancel(intent.id),
      stage.tell(approved(intent.invoice_no)),
    ]);
    assert.equal(told.status, 200);
    const status = await gateway.statusOf(intent);
    const lates = await gateway.latePaymentsOf(intent);
    if (cancel.status === 200) assert.deepEqual([status, lates.length], ['cancelled', 1]);
    else assert.deepEqual([cancel.status, status, lates.length], [409, 'succeeded', 0]);
  }
});

test('a cancel that contradicts an approval of another sum does not undo it, and neither do a clock or a second look', async () => {
  for (const changes of [{ amount: '12.35' }, { amount: '5,00' }, { canceled: '1' }]) {
    const intent = await stage.openPage();
    await stage.tell(approved(intent.invoice_no, changes));
    const { text } = await stage.tell(cancelled(intent.invoice_no), browser);
    assert.match(text, /being confirmed/);
    clock.advance(2 * 3_600_000);
    await gateway.settle();
    const { json } = await client.retrieve(intent.id);
    assert.deepEqual([json.status, json.outcome], ['processing', 'unknown'], JSON.stringify(changes));
    // Told the other way round, the money is late: the two orders end alike, with somebody who is told to look.
    const turned = await stage.openPage();
    await stage.tell(cancelled(turned.invoice_no));
    await stage.tell(approved(turned.invoice_no, changes));
    if (changes.amount === '12.35') assert.equal((await gateway.latePaymentsOf(turned)).length, 1);
    else assert.ok(reported(/cannot be believed/).some((line) => line['attempt'] === turned.invoice_no));
  }
});

test('news that overtake the answer to our own question stand, whatever that answer says', async () => {
  for (const [query, answered, status, attempt_status] of [
    [approved, 200, 'succeeded', 'paid'],
    [cancelled, 502, 'requires_payment_method', 'ended_unpaid'],
    [(id: string) => approved(id, { amount: '99.00' }), 502, 'processing', 'unknown'],
    [(id: string) => approved(id, { approved: null }), 502, 'processing', 'unknown'],
  ] as const) {
    const intent = await stage.createIntent();
    const [first, second] = gateway.replicas;
    assert.ok(first && second);
    const held = gateway.holdProviderAnswers(first);
    const confirming = client.confirm(intent.id, MPGS);
    await held.arrived;
    const { id } = await stage.attemptOf(intent);
    assert.equal((await stage.tell(query(id), {}, second)).status, 200);
    held.release();
    assert.equal((await confirming).status, answered);
    assert.equal(await gateway.statusOf(intent), status);
    assert.equal((await stage.attemptOf(intent)).status, attempt_status);
  }
});

test('a page whose asking was given up on another replica is told to nobody, and opens nothing again', async () => {
  const intent = await stage.createIntent({ expires_in_minutes: 600 });
  const [first, second] = gateway.replicas;
  assert.ok(first && second);
  const held = gateway.holdProviderAnswers(first);
  const confirming = client.confirm(intent.id, MPGS);
  await held.arrived;
  clock.advance(31_000);
  const again = await gateway.clientFor(gateway.key, second).confirm(intent.id, MPGS);
  assert.equal(again.json.details.provider_code, 'page_not_told', again.text);
  held.release();
  const answer = await confirming;
  assert.deepEqual([answer.status, answer.json.details.provider_code], [502, 'page_not_told'], answer.text);
  assert.equal(answer.text.includes('/checkout/'), false);
  assert.equal((await stage.attemptOf(intent)).status, 'ended_unpaid');
});

test('an approval that cannot be believed after the end tells nobody that nothing was charged, and a person hears of it', async () => {
  for (const amount of ['0.00', '-5.00', '9999999999.99', '5,00']) {
    const intent = await stage.openPage({}, { return_url: 'https://shop.example/done' });
    assert.equal((await client.cancel(intent.id)).status, 200);
    const { status, text } = await stage.tell(approved(intent.invoice_no, { amount }), browser);
    assert.equal(status, 200);
    assert.match(text, /being confirmed/);
    assert.match(text, /redirect_status=pending/);
    assert.ok(reported(/cannot be believed/).some((line) => line['attempt'] === intent.invoice_no));
    assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  }
});

test('a second payment under one number hides nothing of the first, and a person hears of it', async () => {
  const intent = await stage.openPage();
  await stage.tell(approved(intent.invoice_no));
  await stage.tell(approved(intent.invoice_no));
  const ofIntent = () =>
    reported(/second payment/).filter((line) => line['attempt'] === intent.invoice_no).length;
  assert.equal(ofIntent(), 0);
  await stage.tell(approved(intent.invoice_no, { transaction_id: '100919' }));
  assert.equal(ofIntent(), 1);
  const [attempt] = await gateway.query<{ provider_payment_id: string }>(
    'select provider_payment_id from payment_attempts where id = $1',
    [intent.invoice_no],
  );
  assert.equal(attempt?.provider_payment_id, '100918');
});

test('repeated news of what has ended write nothing', async () => {
  const intent = await stage.openPage();
  const query = approved(intent.invoice_no);
  const versionOf = async () => {
    const [row] = await gateway.query<{ version: string }>(
      'select xmin::text as version from payment_attempts where id = $1',
      [intent.invoice_no],
    );
    return row?.version;
  };
  await stage.tell(query);
  const written = await versionOf();
  for (let n = 0; n < 3; n += 1) assert.equal((await stage.tell(query, browser)).status, 200);
  assert.equal(await versionOf(), written);
});

test('a payment counts even where its transaction has an id that cannot be kept', async () => {
  for (const transaction_id of ['\0', 'a\nb', '', '取引']) {
    const intent = await stage.openPage();
    const { status } = await stage.tell(approved(intent.invoice_no, { transaction_id }));
    assert.deepEqual([status, await gateway.statusOf(intent)], [200, 'succeeded'], transaction_id);
  }
});

test('the log holds nothing of genuine news either, whether they were written or not', async () => {
  const intent = await stage.openPage();
  const query = approved(intent.invoice_no, { transaction_id: 'canary-transaction' });
  await stage.tell(query);
  await stage.tell(query, browser);
  await stage.tell(`${query}&hashed=1`);
  const [, hashed = ''] = query.split('hashed=');
  const all = gateway.log.texts.join('');
  assert.deepEqual([all.includes('canary-transaction'), all.includes(hashed)], [false, false]);
});

test('whoever sends without end what cannot be proven for want of settings waits, too', async () => {
  const own = await startTestGateway({ after });
  const own_stage = await makeMpgsStage(own);
  const { invoice_no } = await own_stage.openPage();
  // An account whose settings the gateway has lost.
  await own.query('update payment_attempts set provider_account = $2 where id = $1', [invoice_no, 'nobody']);
  await isAnswered(() => own_stage.tell(approved(invoice_no)), { times: 600, with: 503 });
  assert.equal((await own_stage.tell(approved(invoice_no))).status, 429);
});
