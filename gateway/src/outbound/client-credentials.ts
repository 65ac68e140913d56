// Asking for an OAuth2 access token with client credentials (RFC 6749, sections 2.3.1, 4.4 and 5). A token, a
// secret and what the other side wrote in words never stand in a message.
import type { UnknownReason } from '../domain/provider-result.ts';
import type { HttpClient } from './http.ts';

export interface ClientCredentials {
  token_url: string;
  client_id: string;
  client_secret: string;
}

export type TokenAnswer =
  | { ok: true; token: string; lifetime_ms: number }
  | { ok: false; reason: UnknownReason; message: string };

/** Asked while a customer waits, and in front of the call that matters. */
const DEADLINE_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** The standard only recommends to say it. */
const UNSAID_LIFETIME_SECONDS = 300;
const LONGEST_LIFETIME_SECONDS = 24 * 3_600;

export async function fetchAccessToken(
  http: Pick<HttpClient, 'request'>,
  credentials: ClientCredentials,
): Promise<TokenAnswer> {
  const { token_url, client_id, client_secret } = credentials;
  const pair = `${formEncode(client_id)}:${formEncode(client_secret)}`;
  const answer = await http.request({
    method: 'POST',
    url: token_url,
    headers: {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: 'grant_type=client_credentials',
    deadline_ms: DEADLINE_MS,
    max_response_bytes: MAX_ANSWER_BYTES,
  });
  if (answer.kind === 'failed') {
    const reason = answer.reason === 'timeout' ? 'timeout' : 'connection_failed';
    return failed(reason, `No access token could be fetched. ${answer.message}`);
  }
  const { status } = answer;
  const body = parseObject(answer.body);
  if (status !== 200) {
    const error = body?.['error'];
    const shown = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? ` (${error})` : '';
    const message = `The token endpoint answered ${status}${shown}.`;
    if (status === 429) return failed('rate_limited', message);
    return failed(status >= 500 ? 'server_error' : 'refused', message);
  }
  const { access_token, token_type, expires_in } = body ?? {};
  if (typeof access_token !== 'string' || !/^[!-~]{1,8192}$/.test(access_token)) {
    return failed('unreadable_answer', 'The token endpoint gave no token that can be read.');
  }
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') {
    return failed('unreadable_answer', 'The token endpoint gave a token that is not of the type Bearer.');
  }
  const seconds =
    typeof expires_in === 'number' && expires_in > 0
      ? Math.min(expires_in, LONGEST_LIFETIME_SECONDS)
      : UNSAID_LIFETIME_SECONDS;
  return { ok: true, token: access_token, lifetime_ms: seconds * 1_000 };
}

function failed(reason: UnknownReason, message: string): TokenAnswer {
  return { ok: false, reason, message };
}

/** Both halves are form-encoded before they are joined, so that a colon in one does not end it. */
function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function parseObject(body: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
