// What stands in a file of the accounting export: money by every road, what went back, late money that was kept, many
// more lines than are read at once; and the mail of one that was given up, as it arrives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startMailServer } from '../src/simulator/mail-server.ts';
import { type AccountingStage, FIRST_DAY, makeAccountingStage } from './support/accounting-stage.ts';
import { MERCHANT_ID, STORE_ID } from './support/gateway.ts';

interface Line {
  transaction_id: string;
  timestamp: string;
  amount: number;
  tax_amount: number;
  payment_method: string;
  receipt_number: string | null;
}
interface File {
  transactions: Line[];
  totals: { gross_revenue: number; tax_collected: number; net_revenue: number };
}

/** The file of a day that is over, kept in the archive. */
async function makeFile(stage: AccountingStage, business_date: string, format = 'json'): Promise<string> {
  const asked = await stage.client.post('/v1/accounting_exports', {
    ...{ merchant_id: MERCHANT_ID, merchant_store_id: STORE_ID },
    ...{ business_date, format },
  });
  assert.equal(asked.status, 202, asked.text);
  await stage.gateway.runJob('accounting_exports');
  const file = await stage.client.get(`/v1/accounting_exports/${asked.json[0].id}/file`);
  assert.equal(file.status, 200, file.text);
  return file.text;
}

test('money by every road stands in the file under its method, and what went back is negative', async (t) => {
  const stage = await makeAccountingStage(t);
  const { gateway, client, clock } = stage;
  const at = { card: '', money: '', cash: '', qr: '' };
  const terminal = async (payment_method_type: string, provider: string, external_ref_id: string) => {
    const intent = await gateway.createIntent({
      amount: 2_000,
      tax_amount: 181,
      receipt_number: external_ref_id,
    });
    const paid = await client.confirm(intent.id, { payment_method_type, provider, external_ref_id });
    assert.equal(paid.json.status, 'succeeded', paid.text);
    return intent.id;
  };
  at.card = await terminal('credit_card', 'VISA', '123456-0042');
  clock.advance(1_000);
  at.money = await terminal('e_money', 'SUICA', '123456-0043');
  clock.advance(1_000);
  at.cash = (await stage.sell({ amount: 300 })).id;
  clock.advance(1_000);
  const qr = await gateway.openQr({ amount: 700, tax_amount: 63 });
  at.qr = qr.id;
  await gateway.paypay.pay(qr.code);
  clock.advance(5_000);
  await gateway.settle();
  const refund = await client.post('/v1/refunds', { payment_intent: at.qr, amount: 100 });
  assert.equal(refund.json.status, 'succeeded', refund.text);

  await client.patch('/v1/organization', { late_payment_policy: 'hold' });
  const late: { id: string; intent: string }[] = [];
  for (const amount of [400, 500]) {
    clock.advance(1_000);
    const open = await gateway.openQr({ amount });
    await open.terminal.cancel();
    await gateway.paypay.payLate(open.code);
    clock.advance(61_000);
    await gateway.settle();
    const [found] = await gateway.latePaymentsOf(open);
    const id = String(found?.['id']);
    const kept = await client.post(`/v1/late_payments/${id}/resolve`, { action: 'keep', reason: 'theirs' });
    assert.equal(kept.json.status, 'kept', kept.text);
    late.push({ id, intent: open.id });
  }
  clock.advance(1_000);
  await client.post(`/v1/late_payments/${late[1]?.id}/resolve`, { action: 'refund', reason: 'not theirs' });
  await gateway.settle();
  const returned = (await client.get(`/v1/late_payments/${late[1]?.id}`)).json;
  assert.equal(returned.status, 'refunded');

  clock.set('2026-01-15T15:02:00.000Z');
  const { transactions, totals } = JSON.parse(await makeFile(stage, FIRST_DAY)) as File;
  assert.deepEqual(
    transactions.map((line) => [line.transaction_id, line.amount, line.tax_amount, line.payment_method]),
    [
      [at.card, 2_000, 181, 'CREDIT_CARD'],
      [at.money, 2_000, 181, 'E_MONEY'],
      [at.cash, 300, 0, 'CASH'],
      [at.qr, 700, 63, 'PAYPAY'],
      [refund.json.id, -100, -9, 'PAYPAY'],
      [late[0]?.id, 400, 0, 'PAYPAY'],
      [late[1]?.id, 500, 0, 'PAYPAY'],
      [returned.refund, -500, 0, 'PAYPAY'],
    ],
  );
  assert.equal(transactions[0]?.receipt_number, '123456-0042');
  assert.deepEqual(totals, { gross_revenue: 5_300, tax_collected: 416, net_revenue: 4_884 });
});

test('whatever is sold and given back, the lines add up to the totals, and the totals to what was sold', async (t) => {
  const stage = await makeAccountingStage(t);
  const sale = fc.record({
    amount: fc.integer({ min: 1, max: 100_000 }),
    tax: fc.integer({ min: 0, max: 100 }),
    back: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }),
  });
  const day = fc.array(sale, { minLength: 1, maxLength: 6 });
  let business_date = FIRST_DAY;
  await fc.assert(
    fc.asyncProperty(day, async (sales) => {
      let [gross, tax_left_whole] = [0, 0];
      for (const { amount, tax, back } of sales) {
        const tax_amount = Math.floor((amount * tax) / 100);
        const intent = await stage.sell({ amount, tax_amount });
        let left = amount;
        for (const share of back) {
          const part = Math.min(left, Math.ceil((amount * share) / 100));
          if (part === 0) continue;
          await stage.giveBack(intent, part);
          left -= part;
        }
        gross += left;
        if (left === amount) tax_left_whole += tax_amount;
      }
      const now = stage.clock.now();
      stage.clock.set(Date.parse(`${business_date}T15:02:00.000Z`));
      const { transactions, totals } = JSON.parse(await makeFile(stage, business_date)) as File;
      const sum = (name: 'amount' | 'tax_amount') =>
        transactions.reduce((total, line) => total + line[name], 0);
      assert.equal(totals.gross_revenue, gross);
      assert.deepEqual([sum('amount'), sum('tax_amount')], [totals.gross_revenue, totals.tax_collected]);
      assert.equal(totals.net_revenue, totals.gross_revenue - totals.tax_collected);
      assert.ok(totals.tax_collected >= tax_left_whole);
      assert.ok(stage.clock.now() > now);
      business_date = new Date(Date.parse(business_date) + 86_400_000).toISOString().slice(0, 10);
      stage.clock.advance(3_600_000);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

test('of more lines than are read at once, many of the same moment, each stands there once and in order', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.sell({ amount: 100 });
  // 45,000 sales in 45 milliseconds.
  await stage.gateway.query(
    `insert into book_entries
     select 'be_' || n, organization_id, livemode, merchant_id, merchant_store_id, provider, business_date, currency,
       kind, debit_account, credit_account, 1 + n % 7, n % 2, 'pa_' || lpad(n::text, 26, '0'),
       'pi_' || lpad(n::text, 26, '0'), created_at + (1 + n % 45) * interval '1 millisecond'
     from book_entries, generate_series(1, 45000) n`,
  );
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const { transactions, totals } = JSON.parse(await makeFile(stage, FIRST_DAY)) as File;
  assert.equal(transactions.length, 45_001);
  const expected = Array.from({ length: 45_000 }, (_, at) => at + 1)
    .sort((a, b) => (a % 45) - (b % 45) || a - b)
    .map((n) => [`pi_${String(n).padStart(26, '0')}`, 1 + (n % 7)]);
  assert.deepEqual(
    transactions.slice(1).map(({ transaction_id, amount }) => [transaction_id, amount]),
    expected,
  );
  const sum = expected.reduce((total, [, amount]) => total + Number(amount), 100);
  assert.deepEqual(totals, { gross_revenue: sum, tax_collected: 22_500, net_revenue: sum - 22_500 });
  const csv = await makeFile(stage, FIRST_DAY, 'csv');
  assert.equal(csv.split('\r\n').length, 45_001 + 3);
});

test('the mail of an export that was given up arrives at the merchant’s administrator, in Japanese', async (t) => {
  const mail_server = await startMailServer({ port: 0 });
  t.after(() => mail_server.close());
  const stage = await makeAccountingStage(t, {
    config: { mail: { smtp_url: mail_server.url, from: 'MPAC <pgw@example.com>' } },
  });
  const server = await stage.connect({ mail_to: 'kanri@example.com' });
  server.faults.add('refuse_auth');
  stage.clock.set('2026-01-15T15:02:00.000Z');
  for (let attempt = 1; attempt <= 7; attempt++) {
    await stage.work();
    await stage.gateway.runJob('mails');
    stage.clock.advance(30 * 60_000);
  }
  assert.deepEqual(
    mail_server.mails.map(({ from, to, subject }) => [from, to, subject]),
    [
      [
        'pgw@example.com',
        ['kanri@example.com'],
        `日次売上データの送信に失敗しました - 加盟店 ${MERCHANT_ID}`,
      ],
    ],
  );
  const [mail] = mail_server.mails;
  const [row] = await stage.list();
  for (const line of [
    '- 対象日: 2026-01-15',
    `- 店舗 ID: ${STORE_ID}`,
    '- 再試行回数: 5/5',
    `- 失敗の理由: ${row?.['error']}`,
  ]) {
    assert.ok(mail?.text.split(/\r?\n/).includes(line), `${line}\n${mail?.text}`);
  }
  assert.ok(row?.['mailed_at']);
});

test('without an address of the merchant the organization’s is written to, and without any the log tells', async (t) => {
  const stage = await makeAccountingStage(t);
  const server = await stage.connect();
  server.faults.add('refuse_auth');
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const fail = async () => {
    for (let attempt = 1; attempt <= 6; attempt++) {
      await stage.work();
      stage.clock.advance(30 * 60_000);
    }
  };
  await fail();
  const mails = () => stage.gateway.query<{ recipient: string }>('select recipient from mails');
  assert.deepEqual(await mails(), []);
  const line = stage.gateway.log.lines.find(({ msg }) => String(msg).includes('given up'));
  assert.equal(line?.['level'], 50);
  await stage.client.patch('/v1/organization', { notification_email: 'ops@example.com' });
  stage.clock.set('2026-01-16T15:02:00.000Z');
  await fail();
  assert.deepEqual(await mails(), [{ recipient: 'ops@example.com' }]);
});
