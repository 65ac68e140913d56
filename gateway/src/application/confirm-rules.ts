// What a confirm may ask for: a method that the order takes and that this caller may confirm, a provider that can carry
// it out, and a return address of the merchant's. Nothing is written before all of it holds.
import type { Organization } from '../db/merchants.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent, PaymentMethodType } from '../domain/payment-intent.ts';
import { refuseReturnUrl } from '../domain/return-url.ts';
import type { Provider } from '../providers/provider.ts';
import { findProvider } from '../providers/registry.ts';
import type { Caller } from './callers.ts';
import type { ReportFields } from './recorded-payments.ts';

export interface ConfirmRequest extends ReportFields {
  payment_method_type: PaymentMethodType;
  provider?: string;
  customer_code?: string;
  return_url?: string;
}

export async function checkMethod(
  organizations: { get(id: string): Promise<Organization> },
  caller: Caller,
  intent: PaymentIntent,
  request: ConfirmRequest,
): Promise<void> {
  if (!intent.payment_method_types.includes(request.payment_method_type)) {
    throw new GatewayError(
      'invalid_request',
      `This payment intent takes ${intent.payment_method_types.join(', ')} only.`,
      { field: 'payment_method_type', constraint: 'allowed_by_payment_intent' },
    );
  }
  if (caller.kind === 'key') return;
  const { client_confirm_methods } = await organizations.get(intent.organization_id);
  if (!client_confirm_methods.includes(request.payment_method_type)) {
    throw new GatewayError(
      'forbidden',
      `${request.payment_method_type} must be confirmed by your backend with its signature.`,
      { field: 'payment_method_type', constraint: 'client_confirm_methods' },
    );
  }
}

export function getProvider(intent: PaymentIntent, request: ConfirmRequest): Provider {
  const { payment_method_type } = request;
  const needs_name = payment_method_type === 'qr_mpm' || payment_method_type === 'credit_card';
  if (needs_name && request.provider === undefined) {
    throw new GatewayError('invalid_request', `provider is required to confirm ${payment_method_type}.`, {
      field: 'provider',
      constraint: 'required',
    });
  }
  const found = findProvider(payment_method_type, request.provider ?? null);
  if (found === null || !('provider' in found)) {
    throw notSupported(
      `${request.provider ?? 'The wallet'} is not supported for ${payment_method_type} yet.`,
    );
  }
  const { provider } = found;
  if (intent.capture_method === 'manual' && !provider.can_authorize) {
    throw notSupported(`${provider.name} cannot hold money for a later capture (capture_method "manual").`);
  }
  return provider;
}

export function notSupported(message: string): GatewayError {
  return new GatewayError('provider_not_supported', message, { field: 'provider', constraint: 'supported' });
}

/** The customer's browser is sent there, by us. */
export function checkReturnUrl({ livemode }: PaymentIntent, { return_url }: ConfirmRequest): void {
  const rule = return_url === undefined ? null : refuseReturnUrl(return_url, { livemode });
  if (rule === null) return;
  throw new GatewayError('invalid_request', `return_url must ${rule}`, {
    field: 'return_url',
    constraint: 'return_url',
  });
}

export function expired(intent: PaymentIntent): GatewayError {
  return new GatewayError('invalid_payment_state', 'The payment intent has expired. Create a new one.', {
    status: intent.status,
    payment_intent: intent.id,
  });
}
