// Two real processes on one database, and two requests that want opposite things at the same moment. Whatever
// the order, there is exactly one outcome, and the loser is told what it is.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Client, Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { startGateway } from './support/process.ts';

const gateway = await startTestGateway({ after }, { now: 'real' });
const env = {
  MPAC_MODE: 'production',
  DATABASE_URL: gateway.database_url,
  MPAC_MASTER_KEY: gateway.master_key,
  MPAC_SIMULATOR_URL: gateway.simulator_url,
  MPAC_RATE_LIMIT_PER_MERCHANT: '1000000',
  MPAC_RATE_LIMIT_GLOBAL: '1000000',
  MPAC_DATABASE_POOL: '8',
};
const processes = await Promise.all([
  startGateway({ after }, 'serve', env),
  startGateway({ after }, 'serve', env),
]);
const here = gateway.clientFor(gateway.key, processes[0]);
// Signed in the other form, because equal requests of one second would otherwise be one signature.
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, processes[1]);

const ROUNDS = 15;
const CASH = { payment_method_type: 'cash' };
const QR = { payment_method_type: 'qr_mpm', provider: 'PAYPAY' };

type Created = Awaited<ReturnType<typeof gateway.createIntent>>;

/** Plays the same race again and again, each side from each process in turn. */
async function race(
  prepare: () => Promise<Created>,
  first: (intent: Created, by: Client, at: { url: string }) => Promise<Answer>,
  second: (intent: Created, by: Client, at: { url: string }) => Promise<Answer>,
  judge: (intent: Json & { id: string }, first: Answer, second: Answer) => Promise<void> | void,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await prepare();
    const sides = [
      [here, processes[0]],
      [there, processes[1]],
    ] as const;
    const [one, other] = round % 2 === 0 ? [sides[0], sides[1]] : [sides[1], sides[0]];
    const answers = await Promise.all([first(intent, ...one), second(intent, ...other)]);
    const { json } = await gateway.client.retrieve(intent.id);
    await judge(json, ...answers);
  }
}

/** Exactly one of two was done; the other one was told the status that came of it. */
function assertOneWinner(intent: Json, one: Answer, other: Answer): void {
  const told = `${one.status} ${one.text}\n${other.status} ${other.text}`;
  assert.deepEqual([one.status, other.status].sort(), [200, 409], told);
  const loser = one.status === 409 ? one : other;
  assert.equal(loser.json.code, 'invalid_payment_state', told);
  assert.equal(loser.json.details.status, intent['status'], told);
}

async function assertEvents(intent: { id: string }, ...expected: string[]): Promise<void> {
  assert.deepEqual(await gateway.eventsOf(intent), expected);
}

test('confirm against cancel: paid or cancelled, never both', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, by) => by.confirm(intent.id, CASH),
    (intent, by) => by.cancel(intent.id),
    async (intent, confirmed, cancelled) => {
      assertOneWinner(intent, confirmed, cancelled);
      assert.equal(intent['status'], confirmed.status === 200 ? 'succeeded' : 'cancelled');
      assert.equal(intent['amount_received'], confirmed.status === 200 ? 1_000 : 0);
      await assertEvents(intent, 'created', String(intent['status']));
    },
  );
});

test('two tills that take the cash for one order: one is told to give it back', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, by) => by.confirm(intent.id, CASH),
    (intent, by) => by.confirm(intent.id, CASH),
    async (intent, one, other) => {
      assertOneWinner(intent, one, other);
      await assertEvents(intent, 'created', 'succeeded');
    },
  );
});

test('cash against QR: one of them, and no code is left open when cash was faster', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, by) => by.confirm(intent.id, CASH),
    (intent, by) => by.confirm(intent.id, QR),
    async (intent, cash, qr) => {
      assert.deepEqual([cash.status, qr.status].sort(), [200, 409], `${cash.text}\n${qr.text}`);
      const loser = cash.status === 409 ? cash : qr;
      assert.equal(loser.json.code, 'invalid_payment_state');
      const attempts = await gateway.query<{ id: string; provider: string }>(
        'select id, provider from payment_attempts where payment_intent_id = $1',
        [intent.id],
      );
      assert.deepEqual(
        attempts.map((attempt) => attempt.provider),
        [cash.status === 200 ? 'CASH' : 'PAYPAY'],
      );
      assert.equal(intent['status'], cash.status === 200 ? 'succeeded' : 'requires_action');
      const codes = (await gateway.paypay.payments()).map((payment) => payment.merchantPaymentId);
      assert.equal(codes.includes(String(attempts[0]?.id)), qr.status === 200);
    },
  );
});

test('cash against QR with one token: it confirms once', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, _, at) => gateway.terminalFor(intent, at).confirm(CASH),
    (intent, _, at) => gateway.terminalFor(intent, at).confirm(QR),
    (_, cash, qr) => {
      assert.deepEqual([cash.status, qr.status].sort(), [200, 401], `${cash.text}\n${qr.text}`);
      assert.equal((cash.status === 401 ? cash : qr).json.code, 'invalid_token');
    },
  );
});

test('the same QR confirm at once: one code for both, or the second is asked to wait', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, _, at) => gateway.terminalFor(intent, at).confirm(QR),
    (intent, _, at) => gateway.terminalFor(intent, at).confirm(QR),
    async (intent, one, other) => {
      const codes = [one, other]
        .filter((answer) => answer.status === 200)
        .map((answer) => answer.json.qr_content);
      assert.ok(codes.length >= 1, `${one.text}\n${other.text}`);
      assert.equal(new Set(codes).size, 1);
      for (const answer of [one, other].filter((each) => each.status !== 200)) {
        assert.equal(answer.status, 409, answer.text);
        assert.ok(Number(answer.headers.get('retry-after')) >= 1);
      }
      assert.equal(intent['status'], 'requires_action');
      await assertEvents(intent, 'created', 'requires_action');
    },
  );
});

test('QR against cancel: when the intent is cancelled, no code is left that could be paid', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, by) => by.confirm(intent.id, QR),
    (intent, by) => by.cancel(intent.id),
    async (intent, qr, cancelled) => {
      const told = `${qr.status} ${qr.text}\n${cancelled.status} ${cancelled.text}`;
      assert.ok([200, 409].includes(qr.status) && [200, 409].includes(cancelled.status), told);
      assert.ok(qr.status === 200 || cancelled.status === 200, told);
      assert.equal(intent['status'], cancelled.status === 200 ? 'cancelled' : 'requires_action', told);
      const [attempt] = await gateway.query<{ id: string }>(
        'select id from payment_attempts where payment_intent_id = $1',
        [intent.id],
      );
      const code = (await gateway.paypay.payments()).find((each) => each.merchantPaymentId === attempt?.id);
      if (intent['status'] === 'cancelled') assert.notEqual(code?.phase, 'open', told);
      else assert.equal(code?.phase, 'open', told);
    },
  );
});

test('capture against cancel of held money: taken or released', async () => {
  await race(
    async () => {
      const intent = await gateway.createIntent({ capture_method: 'manual' });
      await gateway.client.confirm(intent.id, CASH);
      return intent;
    },
    (intent, by) => by.capture(intent.id),
    (intent, by) => by.cancel(intent.id),
    async (intent, captured, cancelled) => {
      assertOneWinner(intent, captured, cancelled);
      assert.equal(intent['amount_received'], captured.status === 200 ? 1_000 : 0);
      assert.equal(intent['amount_capturable'], 0);
      await assertEvents(intent, 'created', 'processing', String(intent['status']));
    },
  );
});

test('two captures of different amounts: one of them', async () => {
  await race(
    async () => {
      const intent = await gateway.createIntent({ capture_method: 'manual' });
      await gateway.client.confirm(intent.id, CASH);
      return intent;
    },
    (intent, by) => by.capture(intent.id, { amount: 400 }),
    (intent, by) => by.capture(intent.id, { amount: 700 }),
    (intent, small, large) => {
      assertOneWinner(intent, small, large);
      assert.equal(intent['amount_received'], small.status === 200 ? 400 : 700);
    },
  );
});

test('a cancel against the customer’s payment: cancelled means that PayPay took nothing', async () => {
  await race(
    () => gateway.openQr(),
    (intent, by) => by.cancel(intent.id),
    async (intent) => {
      const { confirmation } = intent as unknown as { confirmation: { qr_content: string } };
      await gateway.paypay.pay(confirmation.qr_content).catch(() => {});
      return gateway.client.retrieve(intent.id);
    },
    async (intent, cancelled) => {
      const [attempt] = await gateway.query<{ id: string }>(
        'select id from payment_attempts where payment_intent_id = $1',
        [intent.id],
      );
      const taken = (await gateway.paypay.taken()).some((charge) => charge.merchantPaymentId === attempt?.id);
      assert.equal(intent['status'], taken ? 'succeeded' : 'cancelled', cancelled.text);
      assert.equal(cancelled.status, taken ? 409 : 200);
    },
  );
});

test('one order created at both: one intent, which the other is told', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = gateway.newOrder();
    const answers = await Promise.all([
      here.create({ ...order, description: 'here' }),
      there.create({ ...order, description: 'there' }),
    ]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409]);
    const won = answers.find((answer) => answer.status === 201);
    const lost = answers.find((answer) => answer.status === 409);
    assert.equal(lost?.json.details.payment_intent, won?.json.id);
  }
});

test('one request sent to both with one key: one piece of work, one answer', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = gateway.newOrder();
    const options = { idempotency_key: `race-${round}` };
    const [one, other] = await Promise.all([here.create(order, options), there.create(order, options)]);
    assert.deepEqual([one.status, other.status, other.text], [201, 201, one.text]);
    const path = one.json.id;
    const confirms = await Promise.all([
      here.confirm(path, CASH, options),
      there.confirm(path, CASH, options),
    ]);
    assert.deepEqual(
      confirms.map((answer) => [answer.status, answer.text]),
      Array(2).fill([200, confirms[0]?.text]),
    );
    await assertEvents(one.json, 'created', 'succeeded');
  }
});

test('a fresh token against a confirm with the old one: the order is paid once, or the old token is dead', async () => {
  await race(
    () => gateway.createIntent(),
    (intent, by) => by.reissueToken(intent.id),
    (intent, _, at) => gateway.terminalFor(intent, at).confirm(CASH),
    (intent, fresh, confirmed) => {
      const told = `${fresh.text}\n${confirmed.text}`;
      assert.equal(
        intent['status'],
        confirmed.status === 200 ? 'succeeded' : 'requires_payment_method',
        told,
      );
      if (confirmed.status !== 200) assert.deepEqual([confirmed.status, fresh.status], [401, 200], told);
    },
  );
});

test('after all of it, the books agree and no process failed', async () => {
  const [row] = await gateway.query<{ unfinished: number; duplicates: number }>(
    `select (select count(*)::int from idempotency_keys where response_status is null) as unfinished,
            (select count(*)::int from (select 1 from payment_attempts where status = 'paid'
               group by payment_intent_id having count(*) > 1) twice) as duplicates`,
  );
  assert.deepEqual(row, { unfinished: 0, duplicates: 0 });
  for (const process of processes) assert.equal(/"level":(50|60)/.test(process.stdout()), false);
});
