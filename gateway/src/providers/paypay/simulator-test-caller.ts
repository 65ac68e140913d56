// Calls the simulated PayPay for its tests: signs as an SDK does, typed here a second time, so that simulator
// and signer cannot agree on a shared mistake.
import { createHash, createHmac } from 'node:crypto';

export const MERCHANT = '123456789012345678';
export const NOON_JST = Date.parse('2026-04-01T03:00:00Z');

export interface SignOptions {
  key?: string;
  secret?: string;
  epoch?: number;
  signedPath?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface OpaReply {
  status: number;
  headers: Headers;
  raw: string;
  code: string;
  codeId: string;
  message: string;
  data: Record<string, unknown> | null;
}

interface ShownPayment {
  merchantPaymentId: string;
  status: string;
  notifications: { state: string; outcome: string; tries: string[] }[];
}

/** Every shape of the control API in one: a test reads the part that its route answers with. */
export interface ControlReply extends ShownPayment {
  error: { message: string };
  total: number;
  payments: ShownPayment[];
  charges: { merchantPaymentId: string; amount: number; at: string; reversed_at: string | null }[];
  requests: {
    endpoint: string;
    merchantPaymentId: string | null;
    count: number;
    answers: Record<string, number>;
  }[];
  refusals: { hint: string }[];
  faults: unknown[];
  taken: number;
  returned: number;
  qr_lifetime_seconds: number;
  webhook_secret_set: boolean;
}

export const makeOrder = (id: string, more: Record<string, unknown> = {}) => ({
  merchantPaymentId: id,
  amount: { amount: 1500, currency: 'JPY' },
  codeType: 'ORDER_QR',
  orderDescription: 'Coffee and cake',
  ...more,
});

export function makeCaller(url: string, now: () => number) {
  /** The path is signed without its query and without the folder that the simulator is mounted in. */
  async function call(method: string, path: string, payload?: unknown, options: SignOptions = {}) {
    const body = payload === undefined ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload);
    const type = body === '' ? 'empty' : 'application/json';
    const hash =
      body === ''
        ? 'empty'
        : createHash('md5')
            .update(type + body)
            .digest('base64');
    const epoch = String(options.epoch ?? Math.floor(now() / 1000));
    const signedPath = options.signedPath ?? path.split('?')[0];
    const text = `${signedPath}\n${method}\nnonce123\n${epoch}\n${type}\n${hash}`;
    const mac = createHmac('sha256', options.secret ?? 'simulator-secret')
      .update(text)
      .digest('base64');
    const headers: Record<string, string> = {
      authorization: `hmac OPA-Auth:${options.key ?? 'simulator-key'}:${mac}:nonce123:${epoch}:${hash}`,
      'x-assume-merchant': MERCHANT,
      ...(body === '' ? {} : { 'content-type': type }),
      ...options.headers,
    };
    const init: RequestInit = { method, headers };
    if (body !== '') init.body = body;
    if (options.signal) init.signal = options.signal;
    return readReply(await fetch(`${url}/paypay${path}`, init));
  }

  async function control(method: string, path: string, payload?: unknown) {
    const init: RequestInit = { method };
    if (payload !== undefined) {
      init.headers = { 'content-type': 'application/json' };
      init.body = JSON.stringify(payload);
    }
    const response = await fetch(`${url}/paypay/control${path}`, init);
    return { status: response.status, json: (await response.json()) as ControlReply };
  }

  return {
    call,
    control,
    createCode: (id: string, more: Record<string, unknown> = {}) =>
      call('POST', '/v2/codes', makeOrder(id, more)),
    getDetails: (id: string) => call('GET', `/v2/codes/payments/${id}`),
    pay: (id: string, body?: unknown) => control('POST', `/payments/${id}/pay`, body),
    listCharges: async () => (await control('GET', '/charges')).json.charges,
    async setFault(fault: Record<string, unknown>) {
      const { status, json } = await control('POST', '/faults', fault);
      if (status !== 201) throw new Error(json.error.message);
    },
  };
}

async function readReply(response: Response): Promise<OpaReply> {
  const raw = await response.text();
  const reply = { status: response.status, headers: response.headers, raw };
  if (!response.headers.get('content-type')?.includes('json')) {
    return { ...reply, code: '', codeId: '', message: '', data: null };
  }
  const { resultInfo, data } = JSON.parse(raw) as {
    resultInfo: { code: string; codeId: string; message: string };
    data: Record<string, unknown> | null;
  };
  return { ...reply, ...resultInfo, data };
}
