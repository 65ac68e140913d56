// The one call that Plutu has for MPGS: ask for a payment page. Every outcome is a value. Messages carry Plutu's codes,
// never its free text, which may quote what we sent, and never a key.
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { UnknownReason } from '../../domain/provider-result.ts';
import type { HttpAnswer } from '../../outbound/http.ts';
import { FAILURE_REASONS } from '../failure-reasons.ts';
import type { ProviderContext } from '../provider.ts';
import { keysOf, type PlutuCredentials } from './credentials.ts';
import { readErrorCode } from './results.ts';

export type PageAnswer =
  | { kind: 'opened'; redirect_url: string }
  /** Plutu opened no page by this asking, and says so. `duplicate`: it did by an earlier one. */
  | { kind: 'refused'; is_duplicate: boolean; code: string; message: string }
  /** Nothing left us: Plutu cannot have opened a page. */
  | { kind: 'unsent'; reason: UnknownReason; message: string }
  /** Plutu may have opened a page, whose address we do not know. */
  | { kind: 'unclear'; reason: UnknownReason; message: string };

/** What Plutu's own clients wait is ten minutes. A customer waits less; usually the question's own limit is shorter. */
const MAX_CALL_MS = 30_000;
const PLUTU = 'https://api.plutus.ly/api/v1';

const Opened = Type.Object({
  status: Type.Literal(200),
  result: Type.Object({
    code: Type.Literal('CHECKOUT_REDIRECT'),
    redirect_url: Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://' }),
  }),
});
/** With or without a `status` beside it that means failure. */
const Refused = Type.Object({ error: Type.Object({ code: Type.String() }) });

export async function openPage(
  context: ProviderContext<PlutuCredentials>,
  form: Record<string, string>,
): Promise<PageAnswer> {
  const { api_key, access_token } = keysOf(context.credentials);
  const answer = await context.http.request({
    method: 'POST',
    url: `${(context.credentials.base_url ?? PLUTU).replace(/\/+$/, '')}/transaction/mpgs/confirm`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'x-api-key': api_key,
      authorization: `Bearer ${access_token}`,
    },
    body: new URLSearchParams(form).toString(),
    deadline_ms: Math.min(context.deadline_ms ?? MAX_CALL_MS, MAX_CALL_MS),
  });
  return readAnswer(answer);
}

function readAnswer(answer: HttpAnswer): PageAnswer {
  if (answer.kind === 'failed') {
    const reason = FAILURE_REASONS[answer.reason];
    return answer.sent
      ? { kind: 'unclear', reason, message: `Plutu did not answer. ${answer.message}` }
      : { kind: 'unsent', reason, message: `Plutu could not be reached. ${answer.message}` };
  }
  const { status } = answer;
  const body = parseJson(answer.body);
  if (status === 200 && Value.Check(Opened, body) && isPageUrl(body.result.redirect_url)) {
    return { kind: 'opened', redirect_url: body.result.redirect_url };
  }
  if (!Value.Check(Refused, body)) return readOther(status);
  const read = readErrorCode(status, body.error.code);
  const message = `Plutu answered ${status} ${read?.code ?? shown(body.error.code)}.`;
  if (read === null) return { kind: 'unclear', reason: reasonForStatus(status, 'unlisted_code'), message };
  if (read.meaning === 'unknown') return { kind: 'unclear', reason: 'server_error', message };
  return { kind: 'refused', is_duplicate: read.meaning === 'duplicate', code: read.code, message };
}

/** Before Plutu's own code runs, its framework speaks for it: too many requests, or it is being worked on. */
function readOther(status: number): PageAnswer {
  if (status === 429) {
    const message = 'Plutu answered 429: too many requests for now.';
    return { kind: 'refused', is_duplicate: false, code: 'provider_rate_limited', message };
  }
  const message = `Plutu answered ${status} with something that is not Plutu's.`;
  return { kind: 'unclear', reason: reasonForStatus(status, 'unreadable_answer'), message };
}

function reasonForStatus(status: number, otherwise: UnknownReason): UnknownReason {
  return status >= 500 ? 'server_error' : otherwise;
}

/** The customer's browser is sent there, so it must be a page and carry nobody's password. */
function isPageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Only what looks like a code is repeated; anything else could be an echo of our request. */
function shown(code: string): string {
  return /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'an unreadable code';
}
