// The code that a customer shows at the till, in a confirm: whose it is, before anything is written; then its hash and
// as much of it as may be shown. The code itself goes to the provider and nowhere else.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { CUSTOMER_CODE_CONSTRAINT, forgetCustomerCodes } from '../db/customer-codes.ts';
import { violatedConstraint } from '../db/pool.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent, PaymentMethodType } from '../domain/payment-intent.ts';
import { hashRetailCode, type RetailCode, readRetailCode } from '../domain/retail-code.ts';

export interface CustomerCode {
  /** For the provider only. */
  code: string;
  hash: Buffer;
  masked: string;
  /** The wallet, as the caller named it or as it was recognised. */
  provider: string;
}

interface CodeFields {
  payment_method_type: PaymentMethodType;
  provider?: string;
  customer_code?: string;
}

/** Null for every other method than qr_cpm. Refuses a code that nobody here could be paid with. */
export function readCustomerCode(
  context: Context,
  intent: Pick<PaymentIntent, 'organization_id' | 'livemode'>,
  { payment_method_type, provider, customer_code }: CodeFields,
): CustomerCode | null {
  if (payment_method_type !== 'qr_cpm') {
    if (customer_code === undefined) return null;
    throw misfit('customer_code', 'qr_cpm_only', 'customer_code goes with payment_method_type qr_cpm only.');
  }
  if (customer_code === undefined) {
    const message = 'customer_code, the code that was scanned from the customer, is required for qr_cpm.';
    throw misfit('customer_code', 'required', message);
  }
  const table = context.config.retail_codes;
  const read = readRetailCode(customer_code, table);
  if (read.problem === 'empty') {
    throw misfit(
      'customer_code',
      'format',
      'customer_code has nothing of a code in it. Scan the code again.',
    );
  }
  const { wallet } = read;
  // A name that is no wallet's may be somebody who takes several wallets' codes.
  const is_wallet = [...table.values()].some((entry) => entry.provider === provider);
  if (wallet !== null && provider !== undefined && is_wallet && wallet.provider !== provider) {
    throw misfit(
      'provider',
      'matches_customer_code',
      `The scanned code is one of ${wallet.provider}, not of ${provider}. Leave provider out, or scan the right code.`,
    );
  }
  if (wallet?.ended_on !== undefined) {
    throw new GatewayError(
      'provider_not_supported',
      `The scanned code is one of ${wallet.provider}, which ended on ${wallet.ended_on}. Take the payment another way.`,
      { field: 'provider', constraint: 'supported' },
    );
  }
  const named = provider ?? wallet?.provider;
  if (named === undefined) throw unrecognised(read);
  return {
    code: read.code,
    hash: hashRetailCode(read.code, intent),
    masked: read.masked,
    provider: named,
  };
}

/** The way out is the same for all of them: scan again, or say whose code it is. */
function unrecognised(read: RetailCode): GatewayError {
  const message = `The scanned code ${whatIsWrong(read)}. Scan it again, or name the wallet as provider.`;
  return misfit('provider', 'recognised_from_customer_code', message);
}

function whatIsWrong({ problem, resembles }: RetailCode): string {
  if (problem === 'unreadable') return 'is damaged';
  if (resembles === null) return 'belongs to no wallet that is known here';
  return `begins like one of ${resembles} and is ${problem === 'too_short' ? 'too short' : 'too long'}`;
}

function misfit(field: string, constraint: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { field, constraint });
}

/**
 * A code is used up by the first attempt that was written with it, whatever became of that attempt: nobody can prove
 * that not one byte of it arrived, and a customer has a fresh code with one tap.
 */
export function refuseUsedCode(error: unknown, intent: PaymentIntent): never {
  if (violatedConstraint(error) !== CUSTOMER_CODE_CONSTRAINT) throw error;
  throw new GatewayError(
    'invalid_payment_state',
    'The scanned code was used for a payment already, and a code pays once. Ask the customer for a fresh code.',
    { field: 'customer_code', constraint: 'single_use', status: intent.status },
  );
}

/** As long as idempotency keys: until then a repeated confirm is known by its code. */
const CODE_LIFE_MS = 25 * 3_600_000;

export function purgeCustomerCodes(context: Context, limit: number): Promise<number> {
  return forgetCustomerCodes(context.db, instant(context, -CODE_LIFE_MS), limit);
}
