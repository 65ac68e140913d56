// The simulated PayPay's files of a day, as PayPay makes them for each merchant: written from its books at the call of
// the control API, served for two hours, and announced to the gateway. Money that was held stands in a file of its own.
import { createHmac, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { RefundBook } from './simulator-refunds.ts';
import { encodeShiftJis } from './simulator-shift-jis.ts';
import type { PaypaySettings, PaypayState, SimulatedPayment } from './simulator-state.ts';

const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const SERVED_MS = 2 * 3_600_000;
const ANNOUNCE_TIMEOUT_MS = 5_000;
const MERCHANT_NAME = 'シミュレーター商店';

const FileBody = Type.Object(
  {
    /** In Japan; absent: yesterday. */
    date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })),
    /** False: the file is made and nobody is told. */
    announce: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What PayPay did without this simulator: at another till, at its own tool, or on a day before it was started. */
const MovementsBody = Type.Object(
  {
    movements: Type.Array(
      Type.Object(
        {
          merchant_id: Type.String({ pattern: '^[0-9A-Za-z_-]{1,64}$' }),
          at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z$' }),
          status: Type.Union([Type.Literal('取引完了'), Type.Literal('取引失敗'), Type.Literal('返金完了')]),
          /** Yen, without a sign: the status says which way it went. */
          amount: Type.Integer({ minimum: 1 }),
          reference: Type.String({ minLength: 1, maxLength: 64 }),
          provider_payment_id: Type.String({ pattern: '^\\d{1,64}$' }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10_000 },
    ),
  },
  { additionalProperties: false },
);

interface MadeFile {
  name: string;
  bytes: Buffer;
  made_at_ms: number;
}

interface Movement {
  merchantId: string;
  is_held: boolean;
  at_ms: number;
  cells: Record<string, string>;
}

export interface ReconciliationParts {
  mount: string;
  now(): number;
  serverUrl(): string;
  settings: PaypaySettings;
  state: PaypayState;
  refunds: RefundBook;
}

export function registerReconciliationFiles(
  app: FastifyInstance,
  parts: ReconciliationParts,
): { reset(): void } {
  const { mount, now, settings, state } = parts;
  const files = new Map<string, MadeFile>();
  let foreign: Movement[] = [];

  app.post<{ Body: Static<typeof MovementsBody> }>(
    `${mount}/control/movements`,
    { schema: { body: MovementsBody }, bodyLimit: 4 * 1_024 * 1_024 },
    (request, reply) => {
      const made = request.body.movements.map(
        ({ merchant_id, at, status, amount, reference, provider_payment_id }) =>
          makeMovement(
            { merchantId: merchant_id, paymentId: provider_payment_id, hold: null, request: {} },
            status,
            Date.parse(at),
            status === '返金完了' ? -amount : amount,
            reference,
          ),
      );
      const unclear = made.findIndex(({ at_ms }) => Number.isNaN(at_ms));
      if (unclear >= 0)
        return reply.code(400).send({ error: { message: `movements[${unclear}].at is no time.` } });
      foreign.push(...made);
      return reply.code(201).send({ movements_count: made.length });
    },
  );

  app.post<{ Body: Static<typeof FileBody> }>(
    `${mount}/control/reconciliation_file`,
    { schema: { body: FileBody } },
    async (request, reply) => {
      const { date = dayOf(now() - DAY_MS), announce = true } = request.body;
      const begins_ms = Date.parse(`${date}T00:00:00+09:00`);
      if (Number.isNaN(begins_ms)) return reply.code(400).send({ error: { message: 'date is no day.' } });
      const payments = state.listNewestFirst().reverse();
      const made: { name: string; url: string; rows: number; announced: string }[] = [];
      const of_day = foreign.filter(({ at_ms }) => at_ms >= begins_ms && at_ms < begins_ms + DAY_MS);
      for (const merchantId of new Set([...payments, ...of_day].map((one) => one.merchantId))) {
        const own = payments.filter((payment) => payment.merchantId === merchantId);
        for (const is_held of own.some(({ hold }) => hold !== null) ? [false, true] : [false]) {
          const rows = [
            ...listMovements(own, parts.refunds, begins_ms + DAY_MS),
            ...of_day.filter((row) => row.merchantId === merchantId),
          ]
            .filter(
              (row) => row.is_held === is_held && row.at_ms >= begins_ms && row.at_ms < begins_ms + DAY_MS,
            )
            .sort((a, b) => a.at_ms - b.at_ms);
          const kind = is_held ? 'preauth_transaction' : 'transaction';
          const day = date.replaceAll('-', '');
          const name = `${kind}_${merchantId}_${day}000000_${day}235959_v2.csv`;
          const bytes = encodeShiftJis(makeCsv(is_held ? HELD_COLUMNS : COLUMNS, rows));
          files.set(name, { name, bytes, made_at_ms: now() });
          const url = `${parts.serverUrl()}${mount}/files/${encodeURIComponent(name)}`;
          const announced = announce ? await announceFile(settings, url, now()) : 'no';
          made.push({ name, url, rows: rows.length, announced });
        }
      }
      return { date, files: made };
    },
  );

  app.get<{ Params: { name: string } }>(`${mount}/files/:name`, (request, reply) => {
    const file = files.get(request.params.name);
    if (file === undefined || now() > file.made_at_ms + SERVED_MS)
      return reply.code(404).send({ error: { message: 'There is no such file, or not any more.' } });
    return reply.type('text/csv; charset=Shift_JIS').send(file.bytes);
  });

  return {
    reset() {
      foreign = [];
    },
  };
}

const COLUMNS = [
  ...['決済番号', '加盟店ID', '屋号', '店舗ID', '店舗名', '端末番号/PosID', '取引ステータス', '取引日時'],
  ...['取引金額', 'レシート番号', '支払い方法', 'マーチャント決済ID', '支払い詳細'],
];
const HELD_COLUMNS = [
  ...['orderId', 'merchantId', 'brandName', 'storeId', 'storeName', 'terminalId', 'transactionStatus'],
  ...['acceptedAt', 'amount', 'orderReceiptNumber', 'methodOfPayment', 'merchantPaymentId', 'paymentDetails'],
];

/** The same thirteen facts in either file, in their order, under the names of the first. */
function makeCsv(header: string[], rows: Movement[]): string {
  const lines = rows.map(({ cells }) => COLUMNS.map((name) => cells[name] ?? ''));
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join('');
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** As the books stood at the end of the day: a cancel of the day after leaves the payment completed. */
function listMovements(payments: SimulatedPayment[], refunds: RefundBook, ends_ms: number): Movement[] {
  const by_number = new Map(payments.map((payment) => [payment.paymentId, payment]));
  const given_back = refunds
    .listMovements()
    .flatMap(({ paymentId, merchantRefundId, amount, is_done, at_ms }) => {
      const payment = by_number.get(paymentId);
      if (payment === undefined) return [];
      const is_held = payment.hold !== null;
      // In the file of held money a refund has no sign, and one that failed is not there.
      if (is_held && !is_done) return [];
      const status = is_held ? 'REFUNDED' : is_done ? '返金完了' : '返金失敗';
      return [makeMovement(payment, status, at_ms, is_held ? amount : -amount, merchantRefundId)];
    });
  return [
    ...payments.flatMap((payment) =>
      payment.hold === null ? listPaid(payment, ends_ms) : listHeld(payment, payment.hold),
    ),
    ...given_back,
  ];
}

function listPaid(payment: SimulatedPayment, ends_ms: number): Movement[] {
  const { acceptedAtMs, failedAtMs, request } = payment;
  const { merchantPaymentId } = request;
  const move = (status: string, at_ms: number) =>
    makeMovement(payment, status, at_ms, request.amount.amount, merchantPaymentId);
  const has_failed = failedAtMs !== null && failedAtMs < ends_ms;
  if (acceptedAtMs === null) return failedAtMs === null ? [] : [move('取引失敗', failedAtMs)];
  if (!has_failed) return [move('取引完了', acceptedAtMs)];
  return [move('取引失敗', failedAtMs)];
}

function listHeld(payment: SimulatedPayment, hold: NonNullable<SimulatedPayment['hold']>): Movement[] {
  const { acceptedAtMs, failedAtMs, status, request } = payment;
  const { merchantPaymentId } = request;
  const all = request.amount.amount;
  const { revert } = hold;
  return [
    ...(acceptedAtMs === null
      ? []
      : [makeMovement(payment, 'AUTHORIZED', acceptedAtMs, all, merchantPaymentId)]),
    ...hold.captures.map(({ acceptedAt, amount, merchantCaptureId }) =>
      makeMovement(payment, 'COMPLETED', acceptedAt * 1_000, amount.amount, merchantCaptureId),
    ),
    ...(revert === null
      ? []
      : [makeMovement(payment, 'CANCELED', revert.acceptedAt * 1_000, all, revert.merchantRevertId)]),
    ...(status === 'EXPIRED'
      ? [makeMovement(payment, 'EXPIRED', hold.expiresAt * 1_000, all, merchantPaymentId)]
      : []),
    ...(failedAtMs === null ? [] : [makeMovement(payment, 'FAILED', failedAtMs, all, merchantPaymentId)]),
  ];
}

function makeMovement(
  payment: Pick<SimulatedPayment, 'merchantId' | 'paymentId' | 'hold'> & {
    request: Pick<SimulatedPayment['request'], 'storeId' | 'terminalId'>;
  },
  status: string,
  at_ms: number,
  amount: number,
  reference: string,
): Movement {
  const { merchantId, paymentId, request } = payment;
  const is_held = payment.hold !== null;
  const is_taken = ['取引完了', '返金完了', 'COMPLETED', 'REFUNDED'].includes(status);
  const money = { amount: Math.abs(amount), currency: 'JPY' };
  return {
    merchantId,
    is_held,
    at_ms,
    cells: {
      決済番号: paymentId,
      加盟店ID: merchantId,
      屋号: MERCHANT_NAME,
      店舗ID: request.storeId ?? '',
      店舗名: '本店',
      '端末番号/PosID': request.terminalId ?? '',
      取引ステータス: status,
      取引日時: is_held
        ? `${localTime(at_ms)}+09:00`
        : localTime(at_ms).replace('T', ' ').replaceAll('-', '/'),
      取引金額: String(amount),
      支払い方法: 'PayPay残高',
      マーチャント決済ID: reference,
      支払い詳細: is_taken ? JSON.stringify({ paymentMethods: [{ type: 'WALLET', amount: money }] }) : '',
    },
  };
}

const localTime = (ms: number) => new Date(ms + JST_OFFSET_MS).toISOString().slice(0, 19);
const dayOf = (ms: number) => localTime(ms).slice(0, 10);

/** Tells the gateway where the file lies; says what it answered. */
async function announceFile(settings: PaypaySettings, path: string, now_ms: number): Promise<string> {
  const { notification_url, webhook_secret } = settings;
  if (notification_url === null) return 'no_url';
  const body = JSON.stringify({
    notification_type: 'file.created',
    notification_id: randomUUID(),
    fileType: 'transaction_recon',
    path,
    requestedAt: Math.floor(now_ms / 1_000),
  });
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (webhook_secret !== null)
    headers['x-paypay-signature'] = createHmac('sha256', webhook_secret).update(body).digest('hex');
  try {
    const signal = AbortSignal.timeout(ANNOUNCE_TIMEOUT_MS);
    const answer = await fetch(notification_url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    });
    await answer.body?.cancel();
    return String(answer.status);
  } catch {
    return 'no connection';
  }
}
