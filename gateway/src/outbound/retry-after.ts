// The Retry-After header of an answer (RFC 9110 §10.2.3): a number of seconds or a date.

/** Seconds from now; undefined when the header is absent, unreadable, or names the past. */
export function readRetryAfter(
  headers: Record<string, string | string[] | undefined>,
  now_ms: number,
): number | undefined {
  const header = headers['retry-after'];
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  // Date.parse would take many other things for a date, a bare number among them.
  const seconds = /^\d{1,10}$/.test(text)
    ? Number(text)
    : /^[A-Z][a-z]{2}, .* GMT$/.test(text)
      ? (Date.parse(text) - now_ms) / 1_000
      : Number.NaN;
  return seconds > 0 ? seconds : undefined;
}
