// The simulated PayPay's one-time codes: what a customer's app shows at the till. Each belongs to a customer, lives
// for minutes, is used up by the first payment that names it, and was told how its customer will behave.
import { randomInt } from 'node:crypto';
import type { ResultCode } from './simulator-answers.ts';
import type { PaypaySettings } from './simulator-state.ts';

/** What PayPay's codes begin with (ri25r.hatenablog.jp, measured in 2020), and how many digits they have. */
const PREFIX = '9000818188';
const DIGITS = 24;

interface Behaviour {
  about: string;
  /** What becomes of a payment by the code: taken at once, or asked for in the customer's app. */
  leads_to: 'paid' | 'question' | 'declined_question' | { refusal: ResultCode };
}

/** How a customer, or the customer's account, behaves. */
export const CODE_BEHAVIOURS = {
  pays: { about: 'Pays at once', leads_to: 'paid' },
  confirms: { about: 'Must confirm in the app', leads_to: 'question' },
  never_answers: { about: 'Is asked in the app and never answers', leads_to: 'question' },
  declines: { about: 'Is asked in the app and declines', leads_to: 'declined_question' },
  insufficient_funds: { about: 'Has too little money', leads_to: { refusal: 'NO_SUFFICIENT_FUND' } },
  limit_exceeded: { about: 'Is over the limit of the day', leads_to: { refusal: 'LIMIT_EXCEEDED' } },
  no_payment_method: {
    about: 'Has no valid means of payment',
    leads_to: { refusal: 'NO_VALID_PAYMENT_METHOD' },
  },
  inactive: { about: 'Has an account that is closed', leads_to: { refusal: 'USER_STATE_IS_NOT_ACTIVE' } },
  expired: { about: 'Shows a code that has expired', leads_to: { refusal: 'EXPIRED_USER_AUTHORIZATION_ID' } },
  used: { about: 'Shows a code that was used', leads_to: { refusal: 'INVALID_USER_AUTHORIZATION_ID' } },
} as const satisfies Record<string, Behaviour>;
export type CodeBehaviour = keyof typeof CODE_BEHAVIOURS;

export interface CustomerCode {
  code: string;
  customer: string;
  behaviour: CodeBehaviour;
  createdAtMs: number;
  expiresAtMs: number;
  /** The payment that used it up. */
  used_by: string | null;
}

export type CustomerCodeBook = ReturnType<typeof createCustomerCodeBook>;

export function createCustomerCodeBook(options: { now(): number; settings: PaypaySettings }) {
  const { now, settings } = options;
  const codes = new Map<string, CustomerCode>();

  function makeCode(): string {
    let code = PREFIX;
    while (code.length < DIGITS) code += String(randomInt(10));
    return codes.has(code) ? makeCode() : code;
  }

  return {
    /** Who is not named is somebody who was never here before. */
    issue(wanted: { behaviour?: CodeBehaviour; customer?: string }): CustomerCode {
      const code = makeCode();
      const issued: CustomerCode = {
        code,
        customer: wanted.customer ?? `customer-${codes.size + 1}`,
        behaviour: wanted.behaviour ?? 'pays',
        createdAtMs: now(),
        expiresAtMs: now() + settings.customer_code_lifetime_seconds * 1_000,
        used_by: null,
      };
      codes.set(code, issued);
      return issued;
    },
    find: (code: string) => codes.get(code) ?? null,
    listNewestFirst: () => [...codes.values()].reverse(),
    /** Uses the code up, or says why it pays nothing. It is used up even where the payment is then refused. */
    use(code: string, merchantPaymentId: string): CustomerCode | { refusal: ResultCode; hint: string } {
      const found = codes.get(code);
      if (found === undefined) {
        return { refusal: 'INVALID_USER_AUTHORIZATION_ID', hint: 'No customer was given this code.' };
      }
      if (found.used_by !== null) {
        return { refusal: 'INVALID_USER_AUTHORIZATION_ID', hint: 'The code was used before.' };
      }
      if (now() >= found.expiresAtMs) {
        return { refusal: 'EXPIRED_USER_AUTHORIZATION_ID', hint: 'The code has expired.' };
      }
      found.used_by = merchantPaymentId;
      return found;
    },
    reset: () => codes.clear(),
  };
}
