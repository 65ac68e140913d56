// PayPay's side of a test, through the simulator's control API: what the customer does with a code, what goes
// wrong on the way, and what PayPay has in its books afterwards.

export interface PaypayPayment {
  merchantPaymentId: string;
  url: string;
  amount: number;
  phase:
    | 'open'
    | 'held'
    | 'paid'
    | 'declined'
    | 'cancelled'
    | 'released'
    | 'hold_expired'
    | 'deleted'
    | 'expired';
  /** Until when PayPay holds the money, and what of it was captured. */
  held_until: string | null;
  captured: number | null;
  notifications: { state: string; outcome: string }[];
}

export interface FaultOptions {
  times?: number;
  ms?: number;
  /** Of `refuse`: with which of the provider's codes. */
  code?: string;
  endpoint?:
    | 'create_code'
    | 'create_payment'
    | 'delete_code'
    | 'get_payment'
    | 'create_payment'
    | 'authorize_payment'
    | 'get_customer_payment'
    | 'cancel_payment'
    | 'capture_payment'
    | 'revert_authorization'
    | 'create_refund'
    | 'get_refund';
}

export type PaypayStage = ReturnType<typeof makePaypayStage>;

export function makePaypayStage(url: string, notification_url: string) {
  async function control<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${url}/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Newest first. */
  const payments = async () => (await control<{ payments: PaypayPayment[] }>('GET', '/payments')).payments;

  /** By the code that the customer scans; without one, the newest. */
  async function find(code?: string): Promise<PaypayPayment> {
    const all = await payments();
    const found = code === undefined ? all[0] : all.find((payment) => payment.url === code);
    if (found === undefined) throw new Error(`PayPay knows no payment with the code ${code}`);
    return found;
  }

  const act = async (verb: string, code: string | undefined, body: object) =>
    control('POST', `/payments/${(await find(code)).merchantPaymentId}/${verb}`, body);

  return {
    url,
    control,
    payments,
    find,
    pay: (code?: string) => act('pay', code, {}),
    /** Takes the money although the code should be dead. */
    payLate: (code?: string) => act('pay', code, { late: true }),
    decline: (code?: string) => act('decline', code, {}),
    /** Of held money: what a person does at PayPay's own tool, and the time that PayPay leaves. */
    captureByHand: (code: string, amount?: number) =>
      act('capture', code, amount === undefined ? {} : { amount }),
    revertByHand: (code: string) => act('revert', code, {}),
    shortenHold: (code: string, seconds: number) => act('shorten', code, { seconds }),
    /** A code that a customer shows at the till; `behaviour` is what the customer does then. */
    showCode: async (behaviour = 'pays', customer?: string) =>
      (
        await control<{ code: string }>('POST', '/customer_codes', {
          behaviour,
          ...(customer !== undefined && { customer }),
        })
      ).code,
    notifyAgain: (code?: string) => act('notify', code, {}),
    /** From now on PayPay notifies the gateway; before, its notifications are lost. */
    connectNotifications: (webhook_secret: string | null = null) =>
      control('POST', '/settings', { notification_url, webhook_secret }),
    setFault: (fault: string, options: FaultOptions = {}) =>
      control('POST', '/faults', { fault, ...options }),
    clearFaults: () => control('DELETE', '/faults'),
    /** Money that PayPay took, and did not give back. */
    async taken(): Promise<{ merchantPaymentId: string; amount: number }[]> {
      const { charges } = await control<{
        charges: { merchantPaymentId: string; amount: number; reversed_at: string | null }[];
      }>('GET', '/charges');
      return charges.filter((charge) => charge.reversed_at === null);
    },
    /** How often an endpoint was called, for one payment or for all. */
    async calls(endpoint: string, merchantPaymentId?: string): Promise<number> {
      const { requests } = await control<{
        requests: { endpoint: string; merchantPaymentId: string | null; count: number }[];
      }>('GET', '/requests');
      return requests
        .filter((one) => one.endpoint === endpoint)
        .filter((one) => merchantPaymentId === undefined || one.merchantPaymentId === merchantPaymentId)
        .reduce((sum, one) => sum + one.count, 0);
    },
  };
}
