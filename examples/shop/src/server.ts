// The shop's backend: it has the secret key, creates payments, and hears of them by webhook.
export const SHOP_PORT = 8070;
