// What the simulated PayPay tells of a payment that is asked about, alike for a code that the merchant shows and for
// one that the customer shows.
import type { SimulatedPayment } from './simulator-state.ts';

/** `status` is what PayPay says, `held` what it adds of an authorisation. */
export function makeDetails(
  payment: SimulatedPayment,
  status: string,
  held: Record<string, unknown>,
): Record<string, unknown> {
  const { request } = payment;
  const data: Record<string, unknown> = {
    status,
    acceptedAt: toSeconds(payment.acceptedAtMs),
    merchantPaymentId: request.merchantPaymentId,
    amount: { ...request.amount },
    requestedAt: request.requestedAt ?? toSeconds(payment.createdAtMs),
    refunds: { data: [] },
    ...held,
  };
  // While it is only a code, a payment has no id of PayPay's that is told.
  if (payment.customer !== null || payment.status !== 'CREATED') data['paymentId'] = payment.paymentId;
  if (payment.failedAtMs !== null) data['canceledAt'] = toSeconds(payment.failedAtMs);
  for (const name of ['storeId', 'terminalId', 'orderDescription'] as const) {
    if (request[name] !== undefined) data[name] = request[name];
  }
  if (payment.acceptedAtMs !== null) {
    data['paymentMethods'] = [{ type: 'WALLET', amount: { ...request.amount } }];
  }
  return data;
}

export function toSeconds(ms: number | null): number {
  return ms === null ? 0 : Math.floor(ms / 1000);
}
