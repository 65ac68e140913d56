// The front page of the simulator server: says what runs here and links to each simulator's own page. It has no script.
import { escapeHtml, type SimulatorPage } from '../providers/simulator-page.ts';

export function makeFrontPage(
  simulators: readonly { title: string; about: string; mount: string }[],
): SimulatorPage {
  const links = simulators.map(
    ({ title, about, mount }) =>
      `<li><a href="${escapeHtml(mount)}"><strong>${escapeHtml(title)}</strong><span>${escapeHtml(about)}</span></a></li>`,
  );
  return {
    title: 'Payment simulators',
    style: STYLE,
    body: `<main class="front">
<h1>Payment simulators</h1>
<p>Providers that run on this machine. No real money moves.</p>
<ul>
${links.join('\n')}
</ul>
</main>`,
  };
}

const STYLE = `
.front { min-height: 100vh; min-height: 100dvh; max-width: 520px; margin: 0 auto; display: grid; align-content: center; gap: 4px; padding: 24px 20px; }
.front h1 { font-size: 1.5rem; letter-spacing: -.02em; line-height: 1.3; }
.front p { color: var(--soft); }
.front ul { list-style: none; margin: 20px 0 0; padding: 0; display: grid; gap: 12px; }
.front a { display: block; padding: 18px 20px; border-radius: 16px; background: var(--card); box-shadow: var(--shade); text-decoration: none; color: var(--ink); }
.front a:hover strong { text-decoration: underline; }
.front strong { display: block; font-size: 1.125rem; color: var(--accent); }
.front span { color: var(--soft); font-size: .9375rem; }
`;
