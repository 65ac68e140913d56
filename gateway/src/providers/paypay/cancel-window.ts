// Until when PayPay cancels a payment; afterwards only a refund gives the money back.

const JAPAN_MS = 9 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** Into the day after the payment, Japanese time: the second 00:14:59 is the last. */
const INTO_NEXT_DAY_MS = 15 * 60_000;

/**
 * From when on a payment that PayPay accepted at that instant cannot be cancelled any more (both in ms since the epoch).
 * Source: PayPay's OpenAPI description of "Dynamic QR" 1.1 and its SDKs' documents: until 00:14:59 on the day after the
 * payment. Japan has had no summer time since 1951.
 */
export function endOfCancelWindow(accepted_ms: number): number {
  const day = Math.floor((accepted_ms + JAPAN_MS) / DAY_MS);
  return (day + 1) * DAY_MS - JAPAN_MS + INTO_NEXT_DAY_MS;
}
