// Where a customer's browser is led back to after a payment page: which addresses of a merchant's are let in, and what
// is added to them.

export type RedirectStatus = 'succeeded' | 'failed' | 'pending';

export const MAX_RETURN_URL = 2_048;

/** What is wrong with an address that a browser is to be sent to, as the end of "return_url must …"; null: nothing. */
export function refuseReturnUrl(text: string, options: { livemode: boolean }): string | null {
  // URL would take spaces off its ends and line breaks out of its middle.
  const is_plain = /^https?:\/\/[^\s\\\p{Cc}\p{Cs}]+$/iu.test(text);
  if (text.length > MAX_RETURN_URL || !is_plain || !URL.canParse(text)) {
    return `be an absolute http(s) URL of at most ${MAX_RETURN_URL} characters.`;
  }
  const { protocol, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'carry no user name and no password.';
  return options.livemode && protocol !== 'https:' ? 'begin with https:// for live payments.' : null;
}

/** What is there stays as it is, to the letter, and before the fragment the payment and its result are added. */
export function makeReturnUrl(return_url: string, payment_intent: string, status: RedirectStatus): string {
  const [address = '', ...fragment] = return_url.split('#');
  const query_at = address.indexOf('?');
  const is_joined = query_at === address.length - 1 || address.endsWith('&');
  const joint = query_at === -1 ? '?' : is_joined ? '' : '&';
  const added = `payment_intent=${payment_intent}&redirect_status=${status}`;
  return [`${address}${joint}${added}`, ...fragment].join('#');
}
