// Every provider, one line each; the list stands nowhere else. Also the names that we know and cannot serve
// yet, so that a wallet is never mistaken for the brand of a card.
import type { PaymentMethodType } from '../domain/payment-intent.ts';
import { cash } from './cash/cash.ts';
import { paypay } from './paypay/paypay.ts';
import { mpgs } from './plutu-mpgs/mpgs.ts';
import type { Provider } from './provider.ts';
import { terminal } from './terminal/terminal.ts';

export const PROVIDERS: readonly Provider[] = [
  paypay, // QR codes that the till shows
  mpgs, // cards on a page of Plutu's
  terminal, // cards and e-money by an external terminal
  cash,
];

/** An adapter that is added takes its name out of here. */
const NAMES_WITHOUT_ADAPTER: ReadonlySet<string> = new Set([
  'LINE_PAY',
  'RAKUTEN_PAY',
  'D_BARAI',
  'AU_PAY',
  'MERPAY',
  'ALIPAY_PLUS',
  'WECHAT_PAY',
]);

/** Who settles what terminals took: a store has an account there, and no payment is confirmed by its name. */
const SETTLEMENT_NAMES: readonly string[] = ['SP_NET'];

/** What a store can have settings for: providers that need credentials, built or not yet. */
export const PROCESSOR_NAMES: ReadonlySet<string> = new Set([
  ...PROVIDERS.flatMap(({ name, credentials }) => (credentials === null ? [] : [name])),
  ...NAMES_WITHOUT_ADAPTER,
  ...SETTLEMENT_NAMES,
]);

export type FoundProvider = { provider: Provider } | { known_wallet_without_adapter: string };

/**
 * The provider for a payment method and the name that the caller wrote. Without a name, the method's only
 * provider. Null when the name means nothing for this method.
 */
export function findProvider(
  payment_method_type: PaymentMethodType,
  name: string | null,
): FoundProvider | null {
  const serves = (provider: Provider) => provider.payment_method_types.includes(payment_method_type);
  if (name === null) {
    const [only, ...others] = PROVIDERS.filter(serves);
    return only !== undefined && others.length === 0 ? { provider: only } : null;
  }
  if (NAMES_WITHOUT_ADAPTER.has(name)) return { known_wallet_without_adapter: name };
  // A name that belongs to a provider is never a brand of another: PAYPAY as a "card" would count as paid
  // without anybody having been asked.
  const owner = PROVIDERS.find((provider) => provider.name === name);
  const found = owner ?? PROVIDERS.find((provider) => serves(provider) && provider.accepts?.(name));
  return found !== undefined && serves(found) ? { provider: found } : null;
}

/** By the name that a store's configuration carries. */
export function findProviderByName(name: string): Provider | null {
  return PROVIDERS.find((provider) => provider.name === name) ?? null;
}

/** For an adapter name that our own rows carry: its absence is a bug, or a release that took it out. */
export function getProviderByName(name: string): Provider {
  const provider = findProviderByName(name);
  if (provider === null) throw new Error(`no adapter has the name ${name}`);
  return provider;
}
