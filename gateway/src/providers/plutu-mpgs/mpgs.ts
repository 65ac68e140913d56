// MPGS by Plutu: a card payment on a page that the customer is sent to. Plutu can be asked for a page and for nothing
// else: what became of a payment it tells by itself, signed (news.ts). There is no way to ask, to withdraw or to refund.
//
// A page is seen by whoever has its address, and its address is in one answer alone. When that answer is lost, nobody
// can pay by that page: so an attempt whose page was never told ends unpaid at the next look, and the customer is sent
// to the page of a new attempt, with an invoice number of its own. Asking again under the old number first brings the
// page where the first asking never arrived; DUPLICATED_INVOICE_NUMBER says that it did, and then the page is lost.
// Were such a page paid all the same, its news would name the old attempt, and the money be told as a late payment.

import { formatMinorUnits } from '../../domain/money.ts';
import type { ProviderResult } from '../../domain/provider-result.ts';
import { type AttemptFacts, defineProvider, type ProviderContext } from '../provider.ts';
import { openPage } from './client.ts';
import { keysOf, PlutuCredentials, PlutuStoreCredentials, plutuAccountOf } from './credentials.ts';
import { readPlutuNews } from './news.ts';

type Context = ProviderContext<PlutuCredentials>;

/** As long as an intent lives by default, and enough for a card number and the question of a bank. */
const PAGE_MINUTES = '30';
/** News of a payment in the last moment may still be on its way. */
const GRACE_MS = 60_000;

export const mpgs = defineProvider({
  name: 'MPGS',
  processing_mode: 'pgw_processed',
  payment_method_types: ['credit_card'],
  can_authorize: false,
  credentials: PlutuStoreCredentials,
  complete_credentials: PlutuCredentials,
  accountOf: plutuAccountOf,
  simulatorCredentials: (base_url) => ({
    api_key: 'simulator-key',
    access_token: 'simulator-token',
    secret_key: 'simulator-secret',
    base_url,
  }),
  start,
  lookUp,
  cancel,
  secretOfNews: (credentials) => keysOf(credentials).secret_key,
  readNotification: readPlutuNews,
});

async function start(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  // Nothing of these has left us.
  if (attempt.currency !== 'USD') return refused('currency_not_supported', 'MPGS takes US dollars only.');
  if (context.public_url === undefined) {
    return refused('no_way_back', 'Set MPAC_BASE_URL: customers and news of MPGS would find no way back.');
  }
  // The customer may be on the page by now.
  if (attempt.action_expires_at !== null) return lookUp(attempt, context);
  const answer = await openPage(context, {
    amount: formatMinorUnits(attempt.amount, attempt.currency),
    invoice_no: attempt.id,
    return_url: `${context.public_url}/v1/webhooks/mpgs`,
    // Plutu's own choice would be Arabic. The customer's address is left out: who confirms is a till or a server.
    lang: context.credentials.lang ?? 'en',
  });
  switch (answer.kind) {
    case 'opened': {
      const { redirect_url } = answer;
      const life_ms = Number(context.credentials.page_minutes ?? PAGE_MINUTES) * 60_000;
      // Plutu names no end of a page. This is how long we keep the order waiting for it.
      const expires_at = new Date(context.now() + life_ms).toISOString();
      return { kind: 'waiting', action: { type: 'redirect', redirect_url, expires_at } };
    }
    case 'unclear':
      return { kind: 'unknown', reason: answer.reason, message: answer.message };
    case 'unsent':
      return refused(`provider_${answer.reason}`, answer.message);
    case 'refused':
      return answer.is_duplicate ? neverSeen() : refused(answer.code, answer.message);
  }
}

/** Nobody can be asked, so this is what time alone tells. Disputed news it leaves to a person. */
async function lookUp(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  if (attempt.is_disputed) return disputed();
  if (attempt.cancel_requested_at !== null) return cancel(attempt, context);
  if (attempt.action_expires_at === null) return neverSeen();
  if (context.now() < Date.parse(attempt.action_expires_at) + GRACE_MS) return { kind: 'waiting' };
  return {
    kind: 'ended_unpaid',
    reason: 'expired',
    message: 'The customer left the payment page, or did not pay on it in time.',
  };
}

/**
 * The merchant wants to go on, and a page cannot be withdrawn: the attempt ends, and a customer who pays on it all the
 * same pays for nothing that is open. That money is told as a late payment.
 */
async function cancel(attempt: AttemptFacts, _context: Context): Promise<ProviderResult> {
  if (attempt.is_disputed) return disputed();
  return {
    kind: 'ended_unpaid',
    reason: 'deleted',
    message: 'Given up. Plutu cannot withdraw its page: money that comes by it from now on is late.',
  };
}

function neverSeen(): ProviderResult {
  return refused(
    'page_not_told',
    'The address of the payment page never reached us, so nobody can have paid.',
  );
}

function disputed(): ProviderResult {
  return {
    kind: 'unknown',
    reason: 'unclear_news',
    message: 'What Plutu told of this payment cannot be believed as it is, and nobody can be asked.',
  };
}

function refused(code: string, message: string): ProviderResult {
  return { kind: 'ended_unpaid', reason: 'refused', code, message };
}
