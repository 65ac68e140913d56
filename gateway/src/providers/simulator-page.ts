// The frame of every simulator's pages: self-contained, with a policy that lets nothing else run or load, and no text
// of a payment ever markup. The control page's common parts stand here, too; each simulator fills in its own.
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { TObject } from 'typebox';
import { PAGE_STYLE } from './simulator-page-style.ts';

export interface SimulatorPage {
  title: string;
  /** Markup, in which every text has gone through escapeHtml. */
  body: string;
  /** Absent: the page has none. */
  script?: string;
  /** What it adds to the common style. */
  style?: string;
  lang?: 'en' | 'ja' | 'ar';
  /** Where the page leads by itself, and after how many seconds. */
  leads_to?: { url: string; after_seconds: number } | undefined;
}

export function sendPage(reply: FastifyReply, page: SimulatorPage): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  const { lang = 'en', leads_to } = page;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "form-action 'self'",
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const lead = leads_to
    ? `<meta http-equiv="refresh" content="${leads_to.after_seconds};url=${escapeHtml(leads_to.url)}">\n`
    : '';
  return reply
    .header('content-security-policy', policy.join('; '))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${lead}<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${PAGE_STYLE}${page.style ?? ''}</style>
</head>
<body>
${page.body}
${page.script === undefined ? '' : `<script nonce="${nonce}">${page.script}</script>\n`}</body>
</html>`);
}

/**
 * The board on which a person plays the customer and turns the faults on. `main` and `side` are the simulator's own
 * columns; what its script draws there and what `start` of the common script expects goes by the ids.
 */
export function makeControlBody(board: {
  mount: string;
  title: string;
  about: string;
  main: string;
  side: string;
  /** What the page can set by `{mount}/control/settings`; what that does not show, such as a secret, is left out. */
  settings: TObject;
}): string {
  const { mount, title, about, main, side } = board;
  const fields = escapeHtml(JSON.stringify(board.settings.properties));
  return `<header class="top">
  <a class="mark" href="/" aria-label="All simulators"></a>
  <div class="names"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(about)}</p></div>
  <p class="link-state" id="connection" role="status"></p>
</header>
<main class="board" id="board" data-control="${escapeHtml(mount)}/control">
  <div class="column">
    <dl class="tiles" id="tiles"></dl>
    ${main}
  </div>
  <div class="column side">
    ${side}
    ${FAULT_PANEL}
    <details class="aiming" data-fields="${fields}" id="setting-fields">
      <summary>Settings</summary>
      <form id="settings-form" class="aim" autocomplete="off"></form>
    </details>
    <section id="refusals-section" aria-labelledby="refusals-title" hidden>
      <h2 id="refusals-title">Refused requests</h2>
      <div id="refusals" class="list"></div>
    </section>
  </div>
</main>
<div id="toast" role="alert"></div>`;
}

const FAULT_PANEL = `<section aria-labelledby="faults-title">
      <div class="title-row"><h2 id="faults-title">Faults</h2><button id="clear-faults" class="quiet" hidden>Clear all</button></div>
      <div id="faults" class="list"></div>
      <details class="aiming" id="aiming">
        <summary>Aim a fault</summary>
        <form id="aim" class="aim" autocomplete="off">
          <p class="wide"><label for="aim_fault">Fault</label><select id="aim_fault"></select></p>
          <p class="wide"><label for="aim_endpoint">Strikes at</label><select id="aim_endpoint"></select></p>
          <p class="wide" id="aim_code_line" hidden><label for="aim_code">Answers</label><select id="aim_code"></select></p>
          <p><label for="aim_times">Times</label><input id="aim_times" type="number" min="1" max="1000000" placeholder="always"></p>
          <p><label for="aim_probability">Chance in %</label><input id="aim_probability" type="number" min="0.1" max="100" step="0.1" placeholder="100"></p>
          <p><label for="aim_ms">Milliseconds</label><input id="aim_ms" type="number" min="0" max="600000"></p>
          <p><label for="seed">Seed of all chances</label><input id="seed" type="number" min="0" max="4294967295"></p>
          <p class="wide"><button class="primary">Switch it on</button></p>
        </form>
        <p class="words">The same on the command line: <code id="fault-words"></code></p>
      </details>
    </section>`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
