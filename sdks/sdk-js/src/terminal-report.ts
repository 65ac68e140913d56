// What a card app's result becomes in a confirm, and what to do when the gateway takes it for another payment's. Pure.
// Nothing is guessed: a result that does not fit together is no result, and a person decides.
import type { LaunchRequest, LaunchResult } from './confirm-sender.ts';
import type { MPACError } from './errors.ts';
import type { StoredEntry } from './offline-queue-entry.ts';
import type { ConfirmFields } from './payment-intent.ts';

/** What the gateway knows a terminal by that does not tell the brand. */
const NO_BRAND = 'TERMINAL';

/** An app's result as it should be, from what came over a bridge: anything. Null when it tells nothing certain. */
export function readLaunchResult(told: unknown): LaunchResult | null {
  if (typeof told !== 'object' || told === null) return null;
  const { status, amount, ...rest } = told as Record<string, unknown>;
  // Without a status the app was left, or died, and a card may have been charged all the same.
  if (status !== 'success' && status !== 'declined' && status !== 'cancelled' && status !== 'error')
    return null;
  const result: LaunchResult = { status };
  for (const name of ['approval_code', 'reason', 'slip_number', 'brand', 'currency'] as const) {
    const text = rest[name];
    if (typeof text === 'string' || typeof text === 'number') result[name] = clean(String(text));
  }
  if (status !== 'success' || amount === undefined || amount === null) return result;
  // An amount that cannot be read might be another one than ours: that is no success.
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 1) return null;
  return { ...result, amount };
}

/**
 * The confirm that reports a result. `provider` is the brand that the app tells, else the page's, else `TERMINAL`. The
 * reference is the approval code, with the slip number where there is one, because approval codes have six digits and
 * repeat; without either it is the launch's own id.
 */
export function writeReport(
  launch: LaunchRequest,
  result: LaunchResult & { status: 'success' | 'declined' | 'error' },
  provider: string | undefined,
): ConfirmFields {
  const fields: ConfirmFields = {
    payment_method_type: launch.method,
    provider: writeBrand(result.brand) ?? writeBrand(provider) ?? NO_BRAND,
    external_status: result.status,
  };
  if (result.status !== 'success') {
    if (result.reason) fields.external_reason = result.reason.slice(0, 255);
    return fields;
  }
  const reference = [result.approval_code, result.slip_number].filter(Boolean).join('-');
  fields.external_ref_id = reference.slice(0, 200) || launch.transaction_id;
  if (result.amount !== undefined) fields.external_amount = result.amount;
  if (result.currency) fields.external_currency = result.currency;
  return fields;
}

/**
 * The same payment, told so that the gateway can take it; null when a person has to look.
 *
 * `idempotency_conflict` with the field `external_ref_id`: another order has this approval code already. Whoever cannot
 * know whether it is the same payment must not insist. Here we know: the app was opened for this launch, which was
 * written down before and answered once, so this is another payment, and the launch's id says so.
 *
 * `provider_not_supported`: the app calls the brand by a name that means something else to the gateway (PAYPAY). The
 * money was taken all the same.
 */
export function findWayOut({ launch, confirm }: StoredEntry, error: MPACError): ConfirmFields | null {
  const { fields, payment_intent } = confirm;
  const { external_ref_id = '', provider } = fields;
  if (launch === undefined) return null;
  if (error.code === 'idempotency_conflict' && error.details?.['field'] === 'external_ref_id') {
    const is_told_apart = external_ref_id.endsWith(launch.transaction_id);
    if (is_told_apart || error.details['payment_intent'] === payment_intent) return null;
    return { ...fields, external_ref_id: `${external_ref_id}-${launch.transaction_id}` };
  }
  if (error.code === 'provider_not_supported' && provider !== NO_BRAND)
    return { ...fields, provider: NO_BRAND };
  return null;
}

/** As the gateway spells brands: `Visa` is VISA, `Apple Pay` APPLE_PAY. */
function writeBrand(brand: string | undefined): string | undefined {
  const written = brand?.toUpperCase().replace(/[^A-Z0-9]+/g, '_') ?? '';
  const trimmed = written.replace(/^_|_$/g, '').slice(0, 32);
  return trimmed.length < 2 ? undefined : trimmed;
}

/** In one line, without signs that nobody sees. */
function clean(text: string): string {
  return text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
}
