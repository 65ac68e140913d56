// A mail server for tests and for the development start: it takes every mail and keeps it in memory for being looked at. It
// listens on this machine only and passes nothing on.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  /** As they came, each on one line. */
  headers: string;
  /** The whole mail as it travelled. */
  raw: string;
  received_at: string;
}

export interface MailServerOptions {
  /** 0 takes a free port. */
  port: number;
  now?: () => number;
  /** Absent: nobody has to log in. */
  account?: { username: string; password: string };
}

export interface MailServer {
  /** What MPAC_SMTP_URL wants, with the account if there is one. */
  url: string;
  port: number;
  /** Oldest first. */
  mails: readonly ReceivedMail[];
  faults: {
    /** What every recipient is refused with; null: none is. */
    refuse_with: { code: number; text: string } | null;
  };
  close(): Promise<void>;
}

/** A newcomer's day has a handful; a machine that runs for months must not fill up. */
const MAX_MAILS = 1_000;

export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { account, now = Date.now } = options;
  const mails: ReceivedMail[] = [];
  const faults: MailServer['faults'] = { refuse_with: null };
  const server = new SMTPServer({
    authOptional: account === undefined,
    authMethods: ['PLAIN', 'LOGIN'],
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      const is_known = username === account?.username && password === account?.password;
      if (account === undefined || is_known) done(null, { user: username });
      else done(new Error('The account is not known.'));
    },
    onRcptTo(_address, _session, done) {
      const refusal = faults.refuse_with;
      if (refusal === null) done();
      else done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          ...readMail(Buffer.concat(chunks).toString('utf8')),
          received_at: new Date(now()).toISOString(),
        });
        if (mails.length > MAX_MAILS) mails.shift();
        done();
      });
    },
  });
  // A client that hangs up in the middle is no reason to end.
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const user = account && `${encodeURIComponent(account.username)}:${encodeURIComponent(account.password)}@`;
  return {
    url: `smtp://${user ?? ''}127.0.0.1:${port}`,
    port,
    mails,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** The readable parts of a mail with one text, whichever way it was encoded for its travel. */
function readMail(raw: string): Pick<ReceivedMail, 'subject' | 'text' | 'headers' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const body = raw.slice(end + 4);
  const words = /^Subject: (.*)$/im.exec(headers)?.[1] ?? '';
  const subject = words.replace(/=\?utf-8\?([BQ])\?([^?]*)\?=\s*/gi, (_, how: string, word: string) =>
    how.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString('utf8')
      : unquote(word.replaceAll('_', ' ')),
  );
  const is_base64 = /^Content-Transfer-Encoding: base64/im.test(headers);
  const text = is_base64 ? Buffer.from(body, 'base64').toString('utf8') : unquote(body);
  return { subject, text, headers, raw };
}

function unquote(text: string): string {
  const bytes = Buffer.from(text.replace(/=\r?\n/g, ''), 'utf8')
    .toString('latin1')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
