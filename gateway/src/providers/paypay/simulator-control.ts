// The control API of the simulated PayPay, `/paypay/control/…`: plays the customer (pay, decline), sends
// notifications again, changes settings, and shows payments, charges and requests to tests and to the page.
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { EmptyBody, readLimit, registerRequestRoutes } from '../simulator-control-routes.ts';
import type { RequestLog } from '../simulator-request-log.ts';
import { capturedAmount } from './simulator-authorizations.ts';
import type { Notifier } from './simulator-notifications.ts';
import type { RefundBook } from './simulator-refunds.ts';
import type {
  Charge,
  PaymentPhase,
  PayOutcome,
  PaypaySettings,
  PaypayState,
  SimulatedPayment,
} from './simulator-state.ts';

const strict = { additionalProperties: false };
const PayBody = Type.Object({ late: Type.Optional(Type.Boolean()) }, strict);
const CaptureBody = Type.Object({ amount: Type.Optional(Type.Integer({ minimum: 1 })) }, strict);
const ShortenBody = Type.Object({ seconds: Type.Optional(Type.Integer({ minimum: 0 })) }, strict);
export const PaypaySettingsBody = Type.Partial(
  Type.Object(
    {
      notification_url: Type.Union([Type.String({ pattern: '^https?://', maxLength: 2_000 }), Type.Null()]),
      webhook_secret: Type.Union([Type.String({ minLength: 1, maxLength: 500 }), Type.Null()]),
      notification_body: Type.Union([Type.Literal('paypay'), Type.Literal('document')]),
      qr_lifetime_seconds: Type.Integer({ minimum: -86_400, maximum: 86_400 }),
      instant_pay: Type.Boolean(),
      instant_pay_delay_ms: Type.Integer({ minimum: 0, maximum: 600_000 }),
      can_take_customer_codes: Type.Boolean(),
      customer_code_lifetime_seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
      confirmation_lifetime_seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
      cancel_delay_seconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
      refund_delay_seconds: Type.Integer({ minimum: 0, maximum: 8_640_000 }),
      refund_failed_seconds: Type.Integer({ minimum: 0, maximum: 8_640_000 }),
      one_refund_per_payment: Type.Boolean(),
      refund_throttle_seconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
      can_authorize: Type.Boolean(),
      authorization_lifetime_seconds: Type.Integer({ minimum: 1, maximum: 8_640_000 }),
      capture_margin_seconds: Type.Integer({ minimum: 0, maximum: 8_640_000 }),
    },
    strict,
  ),
  strict,
);
type SettingsBody = Static<typeof PaypaySettingsBody>;

export interface PaypayControlParts {
  mount: string;
  now(): number;
  state: PaypayState;
  refunds: RefundBook;
  settings: PaypaySettings;
  requests: RequestLog;
  notifier: Notifier;
  reset(): void;
}

export function registerPaypayControl(app: FastifyInstance, parts: PaypayControlParts): void {
  const { state, refunds, settings, requests, notifier } = parts;
  const show = (payment: SimulatedPayment) => ({
    ...makePaymentView(payment, state.getPhase(payment)),
    refunded: refunds.refundedOf(payment.paymentId),
  });

  const refuse = (reply: FastifyReply, status: number, message: string) =>
    reply.code(status).send({ error: { message } });

  function act(reply: FastifyReply, id: string, work: (payment: SimulatedPayment) => PayOutcome) {
    const payment = state.findPayment(id);
    if (!payment) return refuse(reply, 404, `There is no payment '${id}'.`);
    const outcome = work(payment);
    return outcome.ok ? show(outcome.payment) : refuse(reply, 409, outcome.message);
  }

  app.register(
    async (scope) => {
      scope.addHook('preValidation', async (request) => {
        request.body ??= {};
      });

      scope.get<{ Querystring: { limit?: string } }>('/payments', (request) => {
        const payments = state.listNewestFirst();
        const shown = payments.slice(0, readLimit(request.query.limit)).map(show);
        return { now: new Date(parts.now()).toISOString(), total: payments.length, payments: shown };
      });

      scope.post<{ Params: { id: string }; Body: Static<typeof PayBody> }>(
        '/payments/:id/pay',
        { schema: { body: PayBody } },
        (request, reply) =>
          act(reply, request.params.id, (payment) => {
            const outcome = state.pay(payment, request.body.late ?? false);
            if (outcome.ok) notifier.notify(payment);
            return outcome;
          }),
      );

      scope.post<{ Params: { id: string } }>(
        '/payments/:id/decline',
        { schema: { body: EmptyBody } },
        (request, reply) =>
          act(reply, request.params.id, (payment) => {
            const outcome = state.decline(payment);
            if (outcome.ok) notifier.notify(payment);
            return outcome;
          }),
      );

      scope.post<{ Params: { id: string } }>(
        '/payments/:id/notify',
        { schema: { body: EmptyBody } },
        (request, reply) =>
          act(reply, request.params.id, (payment) => {
            if (payment.status === 'CREATED') {
              return { ok: false, message: 'PayPay notifies nobody of a code that is not paid.' };
            }
            notifier.notify(payment);
            return { ok: true, payment };
          }),
      );

      // What a person does with held money at PayPay's own tool for merchants, and PayPay by itself.
      scope.post<{ Params: { id: string }; Body: Static<typeof CaptureBody> }>(
        '/payments/:id/capture',
        { schema: { body: CaptureBody } },
        (request, reply) =>
          act(reply, request.params.id, (payment) => {
            const { amount = payment.request.amount.amount } = request.body;
            return state.authorizations.captureByHand(payment, amount);
          }),
      );
      scope.post<{ Params: { id: string } }>(
        '/payments/:id/revert',
        { schema: { body: EmptyBody } },
        (request, reply) => act(reply, request.params.id, state.authorizations.revertByHand),
      );
      scope.post<{ Params: { id: string }; Body: Static<typeof ShortenBody> }>(
        '/payments/:id/shorten',
        { schema: { body: ShortenBody } },
        (request, reply) =>
          act(reply, request.params.id, (payment) =>
            state.authorizations.shortenByHand(payment, request.body.seconds ?? 0),
          ),
      );

      scope.get('/settings', () => makeSettingsView(settings));
      scope.post<{ Body: SettingsBody }>(
        '/settings',
        { schema: { body: PaypaySettingsBody } },
        (request, reply) => {
          const url = request.body.notification_url;
          if (typeof url === 'string' && !URL.canParse(url)) {
            return refuse(reply, 400, 'notification_url must be a complete URL.');
          }
          Object.assign(settings, request.body);
          return makeSettingsView(settings);
        },
      );

      scope.get<{ Querystring: { limit?: string } }>('/charges', (request) => {
        const charges = state
          .listCharges()
          .map((charge) => ({ ...charge, refunded: refunds.refundedOf(charge.paymentId) }));
        const sum = (of: Charge[]) => of.reduce((total, charge) => total + charge.amount, 0);
        const refunded = charges.reduce((sum_so_far, charge) => sum_so_far + charge.refunded, 0);
        const returned = sum(charges.filter((charge) => charge.reversed_at !== null)) + refunded;
        const total = { count: charges.length, taken: sum(charges), returned };
        return { ...total, charges: charges.slice(0, readLimit(request.query.limit)) };
      });
      scope.get('/refunds', () => ({ refunds: refunds.list() }));
      registerRequestRoutes(scope, { requests, reference_name: 'merchantPaymentId', reset: parts.reset });
    },
    { prefix: `${parts.mount}/control` },
  );
}

/** The secret goes in and never comes out. */
function makeSettingsView(settings: PaypaySettings) {
  const { webhook_secret, ...open } = settings;
  return { ...open, webhook_secret_set: webhook_secret !== null };
}

function makePaymentView(payment: SimulatedPayment, phase: PaymentPhase) {
  const { request } = payment;
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    merchantPaymentId: request.merchantPaymentId,
    paymentId: payment.paymentId,
    merchantId: payment.merchantId,
    codeId: payment.codeId,
    url: payment.url,
    amount: request.amount.amount,
    currency: request.amount.currency,
    orderDescription: request.orderDescription ?? null,
    storeInfo: request.storeInfo ?? null,
    storeId: request.storeId ?? null,
    terminalId: request.terminalId ?? null,
    status: payment.status,
    phase,
    /** Who has to do something: the customer scans the merchant's code, or has shown one of its own. */
    presented_by: payment.customer === null ? 'merchant' : 'customer',
    cancel_requested: payment.cancel !== null,
    created_at: iso(payment.createdAtMs),
    expires_at: iso(payment.expiryDate * 1000),
    paid_at: iso(payment.acceptedAtMs),
    failed_at: iso(payment.failedAtMs),
    held_until: payment.hold && iso(payment.hold.expiresAt * 1_000),
    captured: capturedAmount(payment),
    notifications: payment.notifications,
  };
}
