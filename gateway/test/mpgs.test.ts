// Cards on a page of Plutu's (MPGS), from the confirm to the customer's way back: what is sent, what is believed, and
// what becomes of money that comes when nobody waits for it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';
import { MPGS, makeMpgsStage, newsPairs, RETURN_PATH, signNews } from './support/mpgs-stage.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, clock } = gateway;
const stage = await makeMpgsStage(gateway);
const browser = { accept: 'text/html,application/xhtml+xml;q=0.9' };
const approved = (invoice_no: string, changes: Record<string, string | null> = {}) =>
  signNews(newsPairs(invoice_no, changes));

test('a confirm asks Plutu for a page under the attempt’s id and sends the customer there', async () => {
  const intent = await stage.openPage();
  const { confirmation } = intent;
  assert.deepEqual(
    [
      confirmation.status,
      confirmation.provider,
      confirmation.processing_mode,
      confirmation.payment_method_type,
    ],
    ['requires_action', 'MPGS', 'pgw_processed', 'credit_card'],
  );
  const [payment] = await stage.payments();
  assert.ok(payment);
  assert.equal(confirmation.redirect_url, payment.checkout_url);
  assert.equal(confirmation.expires_at, new Date(clock.now() + 30 * 60_000).toISOString());
  assert.deepEqual(
    [payment.amount, payment.invoice_no, payment.return_url],
    ['12.34', intent.invoice_no, `${gateway.url}${RETURN_PATH}`],
  );
});

test('the callback of Plutu’s server pays the intent, in full and once', async () => {
  const intent = await stage.openPage();
  const told = gateway.log.next(answered('GET', RETURN_PATH));
  await stage.decide(intent.invoice_no, 'pay');
  assert.equal((await told)['status'], 200);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, json.provider], ['succeeded', 1_234, 'MPGS']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
  assert.equal(await stage.countCharges(intent), 1);
});

test('a customer who turns back has paid nothing, and the intent can be confirmed again under a new number', async () => {
  const intent = await stage.openPage();
  const { return_to } = await stage.decideQuietly(intent.invoice_no, 'cancel');
  const query = new URL(String(return_to)).search.slice(1);
  assert.equal((await stage.tell(query)).status, 200);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.last_payment_error.code],
    ['requires_payment_method', 'canceled_by_customer'],
  );
  const again = await client.confirm(intent.id, MPGS);
  assert.equal(again.status, 200, again.text);
  const { id } = await stage.attemptOf(intent);
  assert.notEqual(id, intent.invoice_no);
  // The old news once more say nothing about the new page.
  assert.equal((await stage.tell(query)).status, 200);
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  await stage.tell(approved(id));
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('a page that nobody comes back from ends when its time is over, without asking anybody meanwhile', async () => {
  const intent = await stage.openPage({ expires_in_minutes: 1440 });
  await gateway.settle();
  clock.advance(30 * 60_000 + 59_000);
  await gateway.settle();
  const asked = () =>
    gateway.log.lines.filter(
      (line) => line['attempt'] === intent.invoice_no && line['operation'] === 'lookUp',
    );
  assert.deepEqual([asked().length, await gateway.statusOf(intent)], [0, 'requires_action']);
  clock.advance(1_000);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.last_payment_error.code],
    ['requires_payment_method', 'payment_expired'],
  );
  // The order is still open, and nothing else pays it: the money is its own after all.
  await stage.tell(approved(intent.invoice_no));
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

test('an intent whose time is over is cancelled with its page, and money after that is late and held', async () => {
  const intent = await stage.openPage();
  clock.advance(30 * 60_000 + 1_000);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.cancellation_reason], ['cancelled', 'expired']);
  await stage.tell(approved(intent.invoice_no));
  const [late, ...others] = await gateway.latePaymentsOf(intent);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [late?.['status'], Number(late?.['amount']), late?.['currency'], late?.['attempt_id']],
    ['held', 1_234, 'USD', intent.invoice_no],
  );
  assert.equal(await gateway.statusOf(intent), 'cancelled');
  assert.equal((await gateway.eventsOf(intent)).at(-1), 'late_payment.created');
});

test('a cancel ends the attempt although the page stays open, and a customer who pays all the same is told the truth', async () => {
  const intent = await stage.openPage({}, { return_url: 'https://shop.example/done' });
  const cancelled = await client.cancel(intent.id);
  assert.deepEqual([cancelled.status, cancelled.json.status], [200, 'cancelled'], cancelled.text);
  const { return_to } = await stage.decideQuietly(intent.invoice_no, 'pay');
  const query = new URL(String(return_to)).search.slice(1);
  const page = await stage.tell(query, browser);
  assert.equal(page.status, 200);
  assert.match(page.text, /arrived after the order was closed/);
  assert.match(page.text, /redirect_status=pending/);
  for (let n = 0; n < 3; n += 1) await stage.tell(query);
  const lates = await gateway.latePaymentsOf(intent);
  assert.deepEqual(
    lates.map((late) => late['status']),
    ['held'],
  );
  assert.equal(await gateway.statusOf(intent), 'cancelled');
});

test('a cancel after the payment is refused, and a refund is the record of money given back by hand', async () => {
  const intent = await stage.openPage();
  await stage.tell(approved(intent.invoice_no));
  assert.equal((await client.cancel(intent.id)).status, 409);
  const refund = await client.post('/v1/refunds', { payment_intent: intent.id, amount: 234 });
  assert.deepEqual(
    [refund.status, refund.json.status, refund.json.processing_mode],
    [201, 'succeeded', 'manual'],
    refund.text,
  );
  assert.equal((await client.retrieve(intent.id)).json.amount_refunded, 234);
});

test('what MPGS does not do is refused before Plutu hears of it', async () => {
  const count = (await stage.payments()).length;
  const held = await stage.createIntent({ capture_method: 'manual' });
  const manual = await client.confirm(held.id, MPGS);
  assert.deepEqual([manual.status, manual.json.code], [400, 'provider_not_supported']);
  const yen = await stage.createIntent({ currency: 'JPY' });
  const other = await client.confirm(yen.id, MPGS);
  assert.equal(other.json.details.provider_code, 'currency_not_supported', other.text);
  assert.equal(await gateway.statusOf(yen), 'requires_payment_method');
  // An approval code says that a terminal has the money already: nobody is sent to pay a second time.
  const taken = await client.confirm(yen.id, { ...MPGS, external_ref_id: 'APPROVAL_1' });
  assert.deepEqual([taken.status, taken.json.details.field], [400, 'external_ref_id'], taken.text);
  assert.equal((await stage.payments()).length, count);
});

test('a return_url that no browser can safely be sent to is refused, naming the field', async () => {
  const intent = await stage.createIntent();
  for (const return_url of [
    'shop.example/done',
    '/done',
    'javascript:alert(1)',
    'https://user:secret@shop.example/',
    'https://',
    'https://shop.example/a b',
    'https://shop.example/\0',
    `https://shop.example/${'a'.repeat(2_048)}`,
  ]) {
    const { status, json } = await client.confirm(intent.id, { ...MPGS, return_url });
    assert.deepEqual([status, json.details.field], [400, 'return_url'], return_url);
  }
  assert.equal(
    (await client.confirm(intent.id, { ...MPGS, return_url: 'http://localhost:3000/' })).status,
    200,
  );
});

test('an answer of Plutu’s that is lost leaves nothing that could be paid, and the next confirm opens another page', async () => {
  const intent = await stage.createIntent();
  await stage.setFault('server_error_after_success');
  const lost = await client.confirm(intent.id, MPGS);
  assert.deepEqual([lost.status, lost.json.details.outcome], [502, 'unknown'], lost.text);
  const { id } = await stage.attemptOf(intent);
  clock.advance(2_500);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.last_payment_error.code], ['requires_payment_method', 'page_not_told']);
  assert.equal((await client.confirm(intent.id, MPGS)).status, 200);
  assert.notEqual((await stage.attemptOf(intent)).id, id);
});

test('the same confirm again, before anybody looked, asks under the same number and learns what became of the first', async () => {
  // The first never arrived: its page is opened now.
  const never = await stage.createIntent();
  await stage.setFault('server_error');
  assert.equal((await client.confirm(never.id, MPGS)).status, 502);
  const first = await stage.attemptOf(never);
  const opened = await client.confirm(never.id, MPGS);
  assert.deepEqual([opened.status, opened.json.status], [200, 'requires_action'], opened.text);
  assert.equal((await stage.attemptOf(never)).id, first.id);
  // The first did arrive: its page is lost, and the token that confirmed is good for another try.
  const lost = await stage.createIntent();
  const terminal = gateway.terminalFor(lost);
  await stage.setFault('server_error_after_success');
  assert.equal((await terminal.confirm(MPGS)).status, 502);
  const duplicate = await terminal.confirm(MPGS);
  assert.deepEqual([duplicate.status, duplicate.json.details.provider_code], [502, 'page_not_told']);
  assert.equal(await gateway.statusOf(lost), 'requires_payment_method');
  assert.equal((await terminal.confirm(MPGS)).json.status, 'requires_action');
});

test('the same confirm again while the page is open gives the same page', async () => {
  const intent = await stage.createIntent();
  const terminal = gateway.terminalFor(intent);
  const answers = [await terminal.confirm(MPGS), await terminal.confirm(MPGS)];
  assert.equal(answers[0]?.json.redirect_url, answers[1]?.json.redirect_url);
  assert.deepEqual(answers[0]?.json, answers[1]?.json);
});

test('a refusal of Plutu’s is told by its code, and no key stands in the log', async () => {
  const intent = await stage.createIntent();
  await stage.control('POST', '/faults', { fault: 'refuse', code: 'DENIED_ACCESS_GATEWAY', times: 1 });
  const refused = await client.confirm(intent.id, MPGS);
  assert.deepEqual(
    [refused.status, refused.json.details.provider_code, refused.json.details.status],
    [502, 'DENIED_ACCESS_GATEWAY', 'requires_payment_method'],
  );
  const all = gateway.log.texts.join('');
  for (const secret of ['simulator-secret', 'simulator-token', 'simulator-key']) {
    assert.equal(all.includes(secret), false, secret);
  }
});

test('while Plutu is silent nothing is begun there, and what needs no Plutu goes on', async () => {
  const own = await startTestGateway({ after }, { config: { provider_circuit_failures: 2 } });
  const own_stage = await makeMpgsStage(own);
  const [left, cancelled] = [await own_stage.openPage(), await own_stage.openPage()];
  for (let n = 0; n < 2; n += 1) {
    await own_stage.setFault('server_error');
    assert.equal((await own.client.confirm((await own_stage.createIntent()).id, MPGS)).status, 502);
  }
  const next = await own_stage.createIntent();
  const isRefused = async () => {
    const { json } = await own.client.confirm(next.id, MPGS);
    assert.equal(json.details.outcome, 'not_begun', JSON.stringify(json));
  };
  await isRefused();
  assert.equal((await own.client.cancel(cancelled.id)).json.status, 'cancelled');
  await own.settle();
  // Who was not asked has not answered: neither the cancel nor a look-up brings Plutu back.
  await isRefused();
  await own_stage.tell(approved(left.invoice_no));
  assert.equal(await own.statusOf(left), 'succeeded');
});

test('money that was late stays late, though its news come again when the order is open once more', async () => {
  const intent = await stage.openPage();
  const turnBack = async (invoice_no: string) => {
    const { status } = await stage.tell(approved(invoice_no, { approved: null, canceled: '1' }));
    assert.equal(status, 200);
  };
  await turnBack(intent.invoice_no);
  assert.equal((await client.confirm(intent.id, MPGS)).status, 200);
  await stage.tell(approved(intent.invoice_no));
  await turnBack((await stage.attemptOf(intent)).id);
  const reloaded = await stage.tell(approved(intent.invoice_no), browser);
  assert.match(reloaded.text, /after the order was closed/);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  assert.deepEqual(
    (await gateway.latePaymentsOf(intent)).map((late) => [late['status'], Number(late['amount'])]),
    [['held', 1_234]],
  );
});

test('money that comes after the order was paid in cash is late, and payments of others than Plutu are not its to tell', async () => {
  const intent = await stage.openPage();
  await stage.tell(approved(intent.invoice_no, { approved: null, canceled: '1' }));
  assert.equal((await client.confirm(intent.id, { payment_method_type: 'cash' })).status, 200);
  const cash = await stage.attemptOf(intent);
  const qr = await gateway.openQr();
  const yen = { amount: '1000', currency: 'JPY' };
  assert.equal((await stage.tell(approved(cash.id))).status, 401);
  assert.equal((await stage.tell(approved((await stage.attemptOf(qr)).id, yen))).status, 401);
  assert.match((await stage.tell(approved(intent.invoice_no), browser)).text, /after the order was closed/);
  assert.deepEqual(
    (await gateway.latePaymentsOf(intent)).map((late) => [late['status'], Number(late['amount'])]),
    [['held', 1_234]],
  );
  assert.equal(await gateway.statusOf(qr), 'requires_action');
});
