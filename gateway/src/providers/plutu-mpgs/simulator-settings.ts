// What can be set at the simulated Plutu, at its start and while it runs, and what it starts with.
import Type, { type Static } from 'typebox';

export const SIMULATOR_API_KEY = 'simulator-key';
export const SIMULATOR_ACCESS_TOKEN = 'simulator-token';
export const SIMULATOR_SECRET_KEY = 'simulator-secret';

const Secret = Type.String({ minLength: 1, maxLength: 500 });

export const PlutuSettings = Type.Object(
  {
    api_key: Secret,
    access_token: Secret,
    /** Signs the callbacks; never sent. */
    secret_key: Secret,
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    max_amount_cents: Type.Integer({ minimum: 1, maximum: 100_000_000_000 }),
    /** Plutu names no time after which a payment page is dead. */
    page_lifetime_seconds: Type.Integer({ minimum: 1, maximum: 8_640_000 }),
    /** Whether Plutu calls the merchant's server before the customer's browser comes back, after it, or at once. */
    callback_order: Type.Union([Type.Literal('racing'), Type.Literal('before'), Type.Literal('after')]),
    callback_delay_ms: Type.Integer({ minimum: 0, maximum: 600_000 }),
    callback_copies: Type.Integer({ minimum: 1, maximum: 10 }),
    /** How often a callback that was not answered with 2xx or 3xx is tried in all. */
    callback_tries: Type.Integer({ minimum: 1, maximum: 100 }),
    /** False: the customer closes the browser instead of coming back. */
    browser_returns: Type.Boolean(),
    /** A declined card ends the payment, with news that says neither approved nor canceled; else another can be tried. */
    decline_ends: Type.Boolean(),
    /** Errors come in two bodies: `error` alone, or beside a `status` that is 0. */
    error_with_status: Type.Boolean(),
    error_as_http_200: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type PlutuSettings = Static<typeof PlutuSettings>;

export const SOME_SETTINGS = Type.Partial(PlutuSettings, { additionalProperties: false });

export const FIRST_SETTINGS: Readonly<PlutuSettings> = {
  api_key: SIMULATOR_API_KEY,
  access_token: SIMULATOR_ACCESS_TOKEN,
  secret_key: SIMULATOR_SECRET_KEY,
  currency: 'USD',
  max_amount_cents: 100_000_000,
  page_lifetime_seconds: 3_600,
  callback_order: 'racing',
  callback_delay_ms: 0,
  callback_copies: 1,
  callback_tries: 3,
  browser_returns: true,
  decline_ends: false,
  error_with_status: false,
  error_as_http_200: false,
};

/** The secrets go in and never come out. */
export function makeSettingsView(settings: PlutuSettings) {
  const { api_key: _, access_token: __, secret_key: ___, ...open } = settings;
  return open;
}
