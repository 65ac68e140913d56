// A PayPay that runs on this machine: puts together the books, the Open Payment API in front of them, the
// notifications, the control API and the pages. It shares no code with the adapter, so that a mistake in one
// is not repeated in the other. Everything lives in memory, in the process that runs the simulator.
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { ProviderSimulator, SimulatorParts } from '../simulator-contract.ts';
import { createRequestLog } from '../simulator-request-log.ts';
import { type Answer, REFUSAL_CODES, readCodeRequest } from './simulator-answers.ts';
import { PaypaySettingsBody, registerPaypayControl } from './simulator-control.ts';
import { createCustomerCodeBook } from './simulator-customer-codes.ts';
import { registerCustomerControl } from './simulator-customer-control.ts';
import { registerCustomerPages } from './simulator-customer-page.ts';
import { createCustomerPayments } from './simulator-customer-payments.ts';
import { createNotifier } from './simulator-notifications.ts';
import { registerOauth, TOKEN_ENDPOINT } from './simulator-oauth.ts';
import { OPA_ENDPOINTS, registerOpaRoutes } from './simulator-opa.ts';
import { registerPaypayPages } from './simulator-page.ts';
import { registerReconciliationFiles } from './simulator-reconciliation.ts';
import { createRefundBook } from './simulator-refunds.ts';
import { createPaypayState, type PaypaySettings, type SimulatedPayment } from './simulator-state.ts';

export const SIMULATOR_API_KEY = 'simulator-key';
export const SIMULATOR_API_SECRET = 'simulator-secret';
const PAYPAY_MOUNT = '/paypay';

export const simulator: ProviderSimulator = {
  name: 'paypay',
  title: 'PayPay',
  about: 'PayPay’s Open Payment API, and the customer with its app.',
  mount: PAYPAY_MOUNT,
  endpoints: [...OPA_ENDPOINTS, TOKEN_ENDPOINT],
  faults: [
    'server_error',
    'server_error_after_success',
    'hang',
    'hang_after_success',
    'slow',
    'slow_drip',
    'rate_limit',
    'maintenance',
    'html_502',
    'refuse',
    'wrong_amount',
    'lose_notification',
    'duplicate_notification',
    'reorder_notifications',
    'instant_pay',
  ],
  codes: REFUSAL_CODES,
  settings: Type.Object(
    {
      ...PaypaySettingsBody.properties,
      api_key: Type.Optional(Type.String({ minLength: 1 })),
      api_secret: Type.Optional(Type.String({ minLength: 1 })),
    },
    { additionalProperties: false },
  ),
  register: registerPaypaySimulator,
};

type StartSettings = Partial<PaypaySettings> & { api_key?: string; api_secret?: string };

function registerPaypaySimulator(app: FastifyInstance, parts: SimulatorParts): void {
  const { now, log, faults, gateway_url } = parts;
  const { api_key, api_secret, ...startSettings } = parts.settings as StartSettings;
  const initialSettings: PaypaySettings = {
    notification_url: gateway_url === null ? null : `${gateway_url}/v1/webhooks/paypay`,
    webhook_secret: null,
    notification_body: 'paypay',
    qr_lifetime_seconds: 300,
    instant_pay: false,
    instant_pay_delay_ms: 0,
    can_take_customer_codes: true,
    customer_code_lifetime_seconds: 300,
    confirmation_lifetime_seconds: 300,
    cancel_delay_seconds: 0,
    refund_delay_seconds: 0,
    refund_failed_seconds: 0,
    one_refund_per_payment: false,
    refund_throttle_seconds: 0,
    can_authorize: true,
    authorization_lifetime_seconds: 30 * 24 * 3_600,
    capture_margin_seconds: 0,
    ...startSettings,
  };
  const settings = { ...initialSettings };
  const state = createPaypayState({
    now,
    settings,
    baseUrl: () => `${parts.serverUrl()}${PAYPAY_MOUNT}`,
    notify: (payment) => notifier.notify(payment),
  });
  const refunds = createRefundBook({ now, settings, findCharge: state.findCharge });
  const requests = createRequestLog(now);
  const notifier = createNotifier({
    settings,
    now,
    log,
    takeFault: (fault) => faults.take(fault, 'notification') !== null,
    isUnderMaintenance: () =>
      faults.list().some(({ fault, endpoint }) => fault === 'maintenance' && endpoint === null),
  });
  const codes = createCustomerCodeBook({ now, settings });
  const customers = createCustomerPayments({
    now,
    settings,
    codes,
    state,
    notify: (payment) => notifier.notify(payment),
  });
  const timers = new Set<NodeJS.Timeout>();

  function stopTimers() {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  }

  /** Through a timer even without a delay, so that the code is answered before it is paid. */
  function payLater(payment: SimulatedPayment, delayMs: number) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (state.pay(payment, false).ok) notifier.notify(payment);
    }, delayMs);
    timers.add(timer);
  }

  function showDetails(merchantId: string, id: string, presented_by: 'merchant' | 'customer'): Answer {
    const answer = refunds.addToDetails(state.getDetails(merchantId, id, presented_by));
    const endpoint = presented_by === 'merchant' ? 'get_payment' : 'get_customer_payment';
    if (!answer.data || !faults.take('wrong_amount', endpoint)) return answer;
    return { ...answer, data: withOneYenMore(answer.data) };
  }

  app.addHook('onClose', async () => {
    stopTimers();
    await notifier.close();
  });

  const secrets = new Map([[api_key ?? SIMULATOR_API_KEY, api_secret ?? SIMULATOR_API_SECRET]]);
  const oauth = registerOauth(app, {
    mount: PAYPAY_MOUNT,
    secrets,
    now,
    requests,
    takeFault: (fault) => faults.take(fault, TOKEN_ENDPOINT),
  });
  registerOpaRoutes(app, {
    mount: PAYPAY_MOUNT,
    secrets,
    findOwnerOfToken: oauth.findOwner,
    now,
    log,
    takeFault: (fault, endpoint) => faults.take(fault, endpoint),
    requests,
    findIdOfPayment: state.findIdOfPayment,
    findIdOfRefund: refunds.findPaymentIdOf,
    findIdOfCode: (codeId) => state.findByCode(codeId)?.request.merchantPaymentId ?? null,
    work: {
      create_code(merchantId, _id, body) {
        const request = readCodeRequest(body);
        if ('status' in request) return request;
        const answer = state.createCode(merchantId, request);
        const payment = state.findByCode(String(answer.data?.['codeId']));
        if (payment?.status === 'CREATED') {
          const instant = faults.take('instant_pay', 'create_code');
          if (instant) payLater(payment, instant.ms);
          else if (settings.instant_pay) payLater(payment, settings.instant_pay_delay_ms);
        }
        return answer;
      },
      delete_code: state.deleteCode,
      get_payment: (merchantId, id) => showDetails(merchantId, id, 'merchant'),
      create_payment: (merchantId, _id, body, query) => customers.create(merchantId, body, query, false),
      authorize_payment: (merchantId, _id, body, query) => customers.create(merchantId, body, query, true),
      get_customer_payment: (merchantId, id) => showDetails(merchantId, id, 'customer'),
      cancel_payment: state.cancel,
      capture_payment: (merchantId, _id, body) => state.authorizations.capture(merchantId, body),
      revert_authorization: (merchantId, _id, body) => state.authorizations.revert(merchantId, body),
      create_refund: (merchantId, _id, body) => refunds.create(merchantId, body),
      get_refund: (merchantId, id, _body, query) => refunds.getOne(merchantId, id, query.get('paymentId')),
    },
  });

  const files = registerReconciliationFiles(app, {
    mount: PAYPAY_MOUNT,
    now,
    serverUrl: parts.serverUrl,
    settings,
    state,
    refunds,
  });
  registerPaypayControl(app, {
    mount: PAYPAY_MOUNT,
    now,
    state,
    refunds,
    settings,
    requests,
    notifier,
    reset() {
      stopTimers();
      notifier.forget();
      state.reset();
      oauth.reset();
      codes.reset();
      refunds.reset();
      files.reset();
      requests.reset();
      faults.clear();
      Object.assign(settings, initialSettings);
    },
  });
  registerCustomerControl(app, { mount: PAYPAY_MOUNT, codes });
  registerCustomerPages(app, { mount: PAYPAY_MOUNT, state, codes, notifier, now });
  registerPaypayPages(app, { mount: PAYPAY_MOUNT, state, notifier, now });
}

/** Wherever the details state the money: as the payment's amount, and as what was captured of it. */
function withOneYenMore(data: Record<string, unknown>): Record<string, unknown> {
  const more = <T extends object>(holder: T) => {
    const { amount } = holder as { amount: { amount: number; currency: string } };
    return { ...holder, amount: { ...amount, amount: amount.amount + 1 } };
  };
  const captures = data['captures'] as { data: object[] } | undefined;
  return { ...more(data), ...(captures && { captures: { data: captures.data.map(more) } }) };
}
