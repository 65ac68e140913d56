// The one way out by mail: SMTP, each mail on a connection of its own with one deadline. What the server does is a
// value, never an exception, and the message of a failure has codes only: a server's text may quote what was sent.
import { createTransport } from 'nodemailer';

export interface OutgoingMail {
  /** Becomes the Message-ID, so that a mail that is sent twice is known as one. */
  id: string;
  to: string;
  subject: string;
  text: string;
}

export type MailAnswer = { kind: 'sent' } | { kind: 'failed'; message: string };

export interface Mailer {
  send(mail: OutgoingMail): Promise<MailAnswer>;
}

export interface MailerOptions {
  /** `smtp://` takes TLS when the server offers it, `smtps://` insists on it. May hold an account and its password. */
  smtp_url: string;
  from: string;
  deadline_ms?: number;
}

const DEADLINE_MS = 30_000;

export function makeMailer({ smtp_url, from, deadline_ms = DEADLINE_MS }: MailerOptions): Mailer {
  const transport = createTransport({
    url: smtp_url,
    connectionTimeout: deadline_ms,
    greetingTimeout: deadline_ms,
    socketTimeout: deadline_ms,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '');

  return {
    async send({ id, to, subject, text }) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<MailAnswer>((resolve) => {
        const message = `The mail server did not take the mail within ${deadline_ms} ms.`;
        timer = setTimeout(resolve, deadline_ms, { kind: 'failed', message });
      });
      const headers = { 'Auto-Submitted': 'auto-generated' };
      const sent = transport
        .sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          headers,
        })
        .then((): MailAnswer => ({ kind: 'sent' }), describeFailure);
      const answer = await Promise.race([sent, late]);
      clearTimeout(timer);
      return answer;
    },
  };
}

function describeFailure(error: { code?: unknown; responseCode?: unknown }): MailAnswer {
  const code = typeof error.code === 'string' ? error.code : 'unknown';
  const status = typeof error.responseCode === 'number' ? `, SMTP ${error.responseCode}` : '';
  return { kind: 'failed', message: `The mail was not sent (${code}${status}).` };
}
