// The mail server among the other simulators: a page on which a newcomer reads what the gateway would have sent.
import Type from 'typebox';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { escapeHtml, type SimulatorPage, sendPage } from '../providers/simulator-page.ts';
import type { MailServer, ReceivedMail } from './mail-server.ts';

const MOUNT = '/mail';

export function makeMailSimulator({ mails, url }: MailServer): ProviderSimulator {
  return {
    name: 'mail',
    title: 'Mail server',
    about: 'Takes every mail and keeps it here. Nothing leaves this machine.',
    mount: MOUNT,
    endpoints: [],
    faults: [],
    settings: Type.Object({}, { additionalProperties: false }),
    register(app) {
      app.get(MOUNT, (_request, reply) => sendPage(reply, makePage(mails, url)));
      app.get(`${MOUNT}/control`, () => ({ mails }));
    },
  };
}

function makePage(mails: readonly ReceivedMail[], url: string): SimulatorPage {
  const listed = mails.toReversed().map(
    ({ to, subject, text, received_at }) => `<article>
<h2>${escapeHtml(subject)}</h2>
<p>To ${escapeHtml(to.join(', '))}, ${escapeHtml(received_at)}</p>
<pre>${escapeHtml(text)}</pre>
</article>`,
  );
  return {
    title: 'Mail server',
    style: STYLE,
    body: `<main class="mails">
<h1>Mail server</h1>
<p>What was sent to ${escapeHtml(url)}, newest first. Nothing leaves this machine. <a href="/">All simulators</a></p>
${listed.join('\n') || '<p>No mail yet.</p>'}
</main>`,
  };
}

const STYLE = `
.mails { max-width: 820px; margin: 0 auto; padding: 32px 20px; display: grid; gap: 20px; }
.mails article { padding: 18px 20px; border-radius: 16px; background: var(--card); box-shadow: var(--shade); min-width: 0; }
.mails p { color: var(--soft); }
.mails pre { margin: 12px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; }
`;
