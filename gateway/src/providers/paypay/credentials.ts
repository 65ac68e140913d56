// What PayPay has to be given with a call: whose account it is, and the keys. What a store may say of it, and what
// only the operator may: where requests, and with them key ids, go.
import { type Static, Type } from 'typebox';

const MerchantId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' });
const ApiKey = Type.String({ minLength: 1, maxLength: 255, pattern: '^[!-~]+$' });
const ApiSecret = Type.String({ minLength: 1, maxLength: 255 });
const Url = Type.String({ maxLength: 255, pattern: '^https?://' });

/** How a call shows whose it is: PayPay's own signature, or a Bearer token for the same key and secret. */
const Auth = Type.Enum(['opa_hmac', 'oauth2']);

/** What a store may sync. */
export const PaypayStoreCredentials = Type.Object(
  {
    merchant_id: MerchantId,
    api_key: Type.Optional(ApiKey),
    api_secret: Type.Optional(ApiSecret),
    auth: Type.Optional(Auth),
  },
  { additionalProperties: false },
);

/** What a call needs. */
export const PaypayCredentials = Type.Object({
  merchant_id: MerchantId,
  api_key: ApiKey,
  api_secret: ApiSecret,
  /** Absent: opa_hmac. */
  auth: Type.Optional(Auth),
  /** Absent: PayPay itself. It may end in a path of its own, as the simulator's does; that part is not signed. */
  base_url: Type.Optional(Url),
  /** Of oauth2. Absent: beside the API. */
  token_url: Type.Optional(Url),
});
export type PaypayCredentials = Static<typeof PaypayCredentials>;
