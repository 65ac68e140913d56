// The page between a provider's page and the merchant's: it says how the payment stands and leads on. No script, nothing
// from elsewhere, and of the payment no more than its amount, its description and its result.
import { createHash } from 'node:crypto';
import type { ToldPayment } from '../application/signed-news.ts';
import { type Attempt, isEnded } from '../domain/attempt.ts';
import { formatMoney } from '../domain/money.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { makeReturnUrl, type RedirectStatus } from '../domain/return-url.ts';
import { findReturnWords } from './return-page-words.ts';

/** `late`: the money came for an order that does not want it (any more). */
export type ReturnOutcome = 'paid' | 'failed' | 'pending' | 'late' | 'not_written' | 'not_genuine';

export interface ReturnPage {
  outcome: ReturnOutcome;
  /** Absent where nothing is known of the payment, or nothing may be told. */
  intent?: PaymentIntent;
  attempt?: Attempt;
}

const LEADS_ON_AFTER_SECONDS = 5;
const ASKS_AGAIN_AFTER_SECONDS = 5;

/** Only news that nothing was taken are a reason to tell anybody so: not news that cannot be believed, after the end. */
export function outcomeOf({ intent, attempt, told }: ToldPayment): 'paid' | 'failed' | 'pending' | 'late' {
  if (attempt.status === 'paid') {
    return intent.status === 'succeeded' && intent.attempt_id === attempt.id ? 'paid' : 'late';
  }
  return isEnded(attempt) && told === 'ended_unpaid' ? 'failed' : 'pending';
}

/** What the merchant's page is told. Of late money neither yes nor no would be true. */
const TOLD = {
  paid: 'succeeded',
  failed: 'failed',
  pending: 'pending',
  late: 'pending',
} as const satisfies Record<string, RedirectStatus>;

const MOODS: Record<ReturnOutcome, 'good' | 'plain' | 'wait'> = {
  paid: 'good',
  failed: 'plain',
  pending: 'wait',
  late: 'wait',
  not_written: 'wait',
  not_genuine: 'plain',
};

const SIGNS = {
  good: '<path d="M12 25l8 8 16-18"/>',
  plain: '<path d="M15 15l18 18M33 15L15 33"/>',
  wait: '<path d="M24 13v12l8 5"/>',
};

const STYLE = `
:root { --ground: #f4f3ef; --card: #fff; --ink: #1d1c1a; --soft: #6a675f; --line: #e4e1d9; --accent: #3d4be0;
  --on-accent: #fff; --good: #0b7a4b; --good-wash: #e2f4ea; --wait: #8a5a00; --wait-wash: #fdf1d7;
  --plain: #5b5850; --plain-wash: #efede7; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #151517; --card: #1f1f22; --ink: #f1efea; --soft: #a5a29a; --line: #34343a; --accent: #98a2ff;
    --on-accent: #15151f; --good: #5fd39d; --good-wash: #16352a; --wait: #f0bd5b; --wait-wash: #392d14;
    --plain: #c4c0b6; --plain-wash: #2b2b30; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px;
  background: var(--ground); color: var(--ink);
  font: 17px/1.6 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", "Noto Sans Arabic", sans-serif; }
main { width: 100%; max-width: 26rem; background: var(--card); border-radius: 20px; padding: 36px 28px 28px;
  text-align: center; box-shadow: 0 1px 2px rgb(40 35 20 / .06), 0 8px 28px rgb(40 35 20 / .07); }
svg { width: 72px; height: 72px; padding: 12px; border-radius: 50%; fill: none; stroke: currentColor; stroke-width: 3.5;
  stroke-linecap: round; stroke-linejoin: round; }
.good svg { color: var(--good); background: var(--good-wash); }
.wait svg { color: var(--wait); background: var(--wait-wash); }
.plain svg { color: var(--plain); background: var(--plain-wash); }
h1 { margin: 18px 0 6px; font-size: 1.35rem; line-height: 1.35; letter-spacing: -.01em; text-wrap: balance; }
:lang(ja) { word-break: auto-phrase; }
p { margin: 0; color: var(--soft); text-wrap: pretty; }
dl { margin: 24px 0 0; border-top: 1px solid var(--line); padding-top: 18px; }
dt { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
dd { margin: 0; overflow-wrap: anywhere; }
.amount { font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.about { color: var(--soft); display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
a { display: block; margin: 26px 0 12px; padding: 13px 20px; border-radius: 12px; background: var(--accent);
  color: var(--on-accent); font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
.small { font-size: .875rem; }
@media (max-height: 520px) { body { place-items: start center; } }
`;

export const RETURN_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function makeReturnPage(page: ReturnPage, accept_language: string | undefined): string {
  const { outcome, intent, attempt } = page;
  const words = findReturnWords(accept_language);
  const [title, text] = words.outcomes[outcome];
  const mood = MOODS[outcome];
  const leads_to = leadsTo(page);
  return `<!doctype html>
<html lang="${words.lang}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
${refreshOf(outcome, leads_to)}<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main class="${mood}">
<svg viewBox="0 0 48 48" aria-hidden="true">${SIGNS[mood]}</svg>
<h1>${title}</h1>
<p>${text}</p>
${intent && attempt ? factsOf(intent, attempt, words.facts) : ''}${
  leads_to === null
    ? ''
    : `<a href="${escapeHtml(leads_to)}" rel="noreferrer">${words.back}</a>\n<p class="small">${words.leads_on}</p>\n`
}</main>
</body>
</html>
`;
}

/** The merchant's page, with what it is told; null where the confirm named none, or there is nothing to tell. */
function leadsTo({ outcome, intent, attempt }: ReturnPage): string | null {
  if (intent === undefined || attempt?.return_url == null || !(outcome in TOLD)) return null;
  return makeReturnUrl(attempt.return_url, intent.id, TOLD[outcome as keyof typeof TOLD]);
}

function refreshOf(outcome: ReturnOutcome, leads_to: string | null): string {
  if (outcome === 'not_written') return `<meta http-equiv="refresh" content="${ASKS_AGAIN_AFTER_SECONDS}">\n`;
  if (leads_to === null) return '';
  return `<meta http-equiv="refresh" content="${LEADS_ON_AFTER_SECONDS};url=${escapeHtml(leads_to)}">\n`;
}

function factsOf(intent: PaymentIntent, attempt: Attempt, names: { amount: string; about: string }): string {
  const about = intent.description
    ? `<dt>${names.about}</dt><dd class="about" dir="auto">${escapeHtml(intent.description)}</dd>`
    : '';
  const amount = formatMoney(attempt.amount, attempt.currency);
  return `<dl><dt>${names.amount}</dt><dd class="amount"><bdi>${amount}</bdi></dd>${about}</dl>\n`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}
