// The daily settlement of what Plutu signed: made by itself once a day has ended, for every merchant, and held against
// the books.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Scope, startTestGateway } from './support/gateway.ts';
import { makeMpgsStage, newsPairs, signNews } from './support/mpgs-stage.ts';

/** 15 January, 19:00 in Japan. */
const DAY = '2026-01-15';
const DAY_MS = 24 * 3_600_000;

async function makeStage(t: Scope, replicas: 1 | 2 = 1) {
  const gateway = await startTestGateway(t, { replicas });
  const stage = await makeMpgsStage(gateway);
  const tell = async (invoice_no: string, changes: Record<string, string | null> = {}) => {
    const { status } = await stage.tell(signNews(newsPairs(invoice_no, changes)));
    assert.equal(status, 200);
  };
  return {
    ...gateway,
    tell,
    openPage: (changes: Record<string, unknown> = {}) => stage.openPage(changes),
    async pay(transaction_id: string, changes: Record<string, unknown> = {}) {
      const intent = await stage.openPage(changes);
      await tell(intent.invoice_no, { transaction_id });
      assert.equal(await gateway.statusOf(intent), 'succeeded');
      return intent;
    },
    /** Runs the job until nothing is due, and says how many days that made. */
    async settleNews(): Promise<number> {
      let made = 0;
      for (let once = 0; ; made += once) {
        once = await gateway.runJob('signed_news');
        if (once === 0) return made;
      }
    },
    settlements: (and = '') =>
      gateway.query(
        `select merchant_id, provider, business_date, currency, source, transaction_count as count, gross_amount as gross,
           expected_transaction_count as our_count, expected_gross_amount as our_gross, net_amount, status
         from settlements where true ${and} order by business_date, id`,
      ),
    exceptions: () =>
      gateway.query<Record<string, unknown>>(
        `select business_date, kind, provider_reference as of, amount_here as here, amount_there as there, status_here,
           status_there, resolved_at is null as is_open
         from reconciliation_exceptions e join settlements s using (business_date)
         where s.id = e.settlement_id and s.status <> 'replaced' order by business_date, e.id`,
      ),
    typesOf: (prefix: string) =>
      gateway
        .query<{ type: string }>(`select type from events where type like $1 order by id`, [`${prefix}%`])
        .then((rows) => rows.map(({ type }) => type)),
  };
}

test('what was signed and booked is reconciled at half past midnight in Japan, and not before', async (t) => {
  const { clock, pay, settleNews, settlements, typesOf, openPage, tell, client } = await makeStage(t);
  // On the eve there was nothing: the first run only remembers where it began.
  await settleNews();
  await pay('t1');
  await pay('t2');
  const late = await openPage();
  assert.equal((await client.post(`/v1/payment_intents/${late.id}/cancel`, {})).status, 200);
  await tell(late.invoice_no, { transaction_id: 't3' });
  clock.set('2026-01-15T15:29:59.999Z');
  assert.equal(await settleNews(), 0);
  assert.deepEqual(await settlements(), []);
  clock.set('2026-01-15T15:30:00.000Z');
  assert.equal(await settleNews(), 1);
  assert.deepEqual(await settlements(), [
    {
      merchant_id: 'merchant_001',
      provider: 'MPGS',
      business_date: DAY,
      currency: 'USD',
      source: 'notifications',
      count: 3,
      gross: 3_702,
      our_count: 3,
      our_gross: 3_702,
      net_amount: null,
      status: 'reconciled',
    },
  ]);
  assert.deepEqual(await typesOf('settlement.'), ['settlement.reconciled']);
  assert.equal(await settleNews(), 0);
  const listed = await client.get('/v1/settlements?provider=MPGS');
  assert.equal(listed.json.length, 1);
});

test('what only a person said, another amount, and what is neither yes nor no are exceptions, each by itself', async (t) => {
  const { clock, pay, tell, openPage, settleNews, settlements, exceptions, typesOf, client } =
    await makeStage(t);
  await pay('t1');
  const by_word = await openPage();
  await tell(by_word.invoice_no, { approved: '0' });
  const decided = await client.post(`/v1/payment_intents/${by_word.id}/resolve`, {
    outcome: 'paid',
    reason: 'It stands in the dashboard of Plutu.',
  });
  assert.equal(decided.status, 200, decided.text);
  const other_amount = await openPage();
  await tell(other_amount.invoice_no, { amount: '12.35', transaction_id: 't2' });
  const unclear = await openPage();
  await tell(unclear.invoice_no, { approved: null });
  clock.advance(DAY_MS);
  assert.equal(await settleNews(), 1);
  const [settlement] = await settlements();
  assert.deepEqual(
    [settlement?.['count'], settlement?.['gross'], settlement?.['our_count'], settlement?.['our_gross']],
    [2, 2_469, 2, 2_468],
  );
  assert.equal(settlement?.['status'], 'exceptions');
  const [first, second, third, ...others] = (await exceptions()).map(
    ({ kind, of, here, there, status_there }) => [...[kind, of, here, there, status_there]],
  );
  assert.deepEqual(first, ['missing_there', by_word.invoice_no, 1_234, null, 'unknown']);
  assert.deepEqual(second, ['amount_differs', other_amount.invoice_no, 1_234, 1_235, 'paid']);
  assert.deepEqual(third, ['status_differs', unclear.invoice_no, null, null, 'unknown']);
  assert.deepEqual(others, []);
  assert.deepEqual(await typesOf('settlement.'), ['settlement.exception']);
});

test('news that come a day late prove the day on which it was booked, and end its exception', async (t) => {
  const { clock, tell, openPage, settleNews, settlements, exceptions, client } = await makeStage(t);
  const intent = await openPage();
  await tell(intent.invoice_no, { approved: '0' });
  const because = { outcome: 'paid', reason: 'It stands in the dashboard of Plutu.' };
  assert.equal((await client.post(`/v1/payment_intents/${intent.id}/resolve`, because)).status, 200);
  clock.advance(DAY_MS);
  await settleNews();
  assert.deepEqual(
    (await exceptions()).map(({ kind, is_open }) => [kind, is_open]),
    [['missing_there', true]],
  );
  await tell(intent.invoice_no, { transaction_id: 't1' });
  clock.advance(DAY_MS);
  await settleNews();
  assert.deepEqual(
    (await exceptions()).map(({ kind, business_date, is_open }) => [kind, business_date, is_open]),
    [['cross_midnight', DAY, false]],
  );
  assert.deepEqual(
    (await settlements()).map(({ business_date, status }) => [business_date, status]),
    [
      [DAY, 'replaced'],
      [DAY, 'reconciled'],
    ],
  );
});

test('days that were missed are made one by one, and two workers make each once', async (t) => {
  // No worker has run since the settings were saved.
  const { clock, pay, settlements, replicas, runJob, settleNews } = await makeStage(t, 2);
  for (const day of [1, 2, 3]) {
    await pay(`t${day}`);
    clock.advance(DAY_MS);
  }
  const [first, second] = replicas;
  assert.ok(first && second);
  for (let made = 1; made > 0; ) {
    const both = await Promise.all([runJob('signed_news', first), runJob('signed_news', second)]);
    made = both[0] + both[1];
  }
  assert.deepEqual(
    (await settlements()).map(({ business_date, count, status }) => [business_date, count, status]),
    [
      ['2026-01-15', 1, 'reconciled'],
      ['2026-01-16', 1, 'reconciled'],
      ['2026-01-17', 1, 'reconciled'],
    ],
  );
  // Nothing was sold on a day: it is passed over.
  clock.advance(2 * DAY_MS);
  assert.equal(await settleNews(), 2);
  assert.equal((await settlements()).length, 3);
});

test('an order list says of each payment by MPGS what Plutu has signed of it', async (t) => {
  const { clock, pay, openPage, tell, settleNews, client } = await makeStage(t);
  await pay('t1', { merchant_ref_id: 'proven' });
  const by_word = await openPage({ merchant_ref_id: 'by_word' });
  await tell(by_word.invoice_no, { approved: '0' });
  const because = { outcome: 'paid', reason: 'It stands in the dashboard of Plutu.' };
  assert.equal((await client.post(`/v1/payment_intents/${by_word.id}/resolve`, because)).status, 200);
  const orders = ['proven', 'by_word'].map((merchant_ref_id) => ({
    merchant_ref_id,
    amount: 1_234,
    status: 'paid',
  }));
  const body = { merchant_store_id: 'store_001', business_date: DAY, currency: 'USD', orders };
  const posted = await client.post('/v1/order_lists', body);
  assert.deepEqual([posted.status, posted.json.status], [201, 'reconciled'], posted.text);
  const statuses = async () => {
    const { json } = await client.get(`/v1/order_lists/${posted.json.id}/orders`);
    return json.map(({ provider_status }: { provider_status: string }) => provider_status);
  };
  assert.deepEqual(await statuses(), ['not_yet', 'not_yet']);
  clock.advance(DAY_MS);
  await settleNews();
  assert.deepEqual(await statuses(), ['confirmed', 'missing']);
  const { provider_statuses } = (await client.get(`/v1/order_lists/${posted.json.id}`)).json;
  assert.deepEqual(provider_statuses.missing, { orders_count: 1, amount: 1_234 });
});

test('what was paid before news were kept counts as signed after the upgrade, but for what a person resolved', async (t) => {
  const { pay, openPage, tell, client, query } = await makeStage(t);
  const paid = await pay('t1');
  const by_word = await openPage();
  await tell(by_word.invoice_no, { approved: '0' });
  const because = { outcome: 'paid', reason: 'It stands in the dashboard of Plutu.' };
  assert.equal((await client.post(`/v1/payment_intents/${by_word.id}/resolve`, because)).status, 200);
  const migrations = new URL('../../migrations/', import.meta.url);
  const sql = readFileSync(new URL('0020.do.order-lists-and-signed-news.sql', migrations), 'utf8');
  const upgrade = /^insert into signed_news [\s\S]*?;/m.exec(sql)?.[0] ?? '';
  const beginning = /^insert into signed_news_progress [\s\S]*?;/m.exec(sql)?.[0] ?? '';
  await query('alter table signed_news disable trigger user');
  await query('delete from signed_news');
  await query(upgrade);
  assert.deepEqual(await query('select attempt_id, result, amount, currency from signed_news'), [
    { attempt_id: paid.invoice_no, result: 'paid', amount: 1_234, currency: 'USD' },
  ]);
  // They are not settled anew: that begins with the day before the upgrade.
  await query(beginning);
  assert.deepEqual(
    await query(
      `select provider, (updated_at at time zone 'Asia/Tokyo')::date - last_business_date as days
       from signed_news_progress`,
    ),
    [{ provider: 'MPGS', days: 2 }],
  );
});

test('what was signed is never changed or deleted', async (t) => {
  const { pay, query } = await makeStage(t);
  await pay('t1');
  await assert.rejects(query('delete from signed_news'), /only grows/);
  await assert.rejects(query("update signed_news set result = 'unknown'"), /only grows/);
});
