// A connection to an FTP server that is ready for files: encrypted as far as it must be, logged in and binary. What a server
// refuses is told in sentences.
import { isIP } from 'node:net';
import { Client, type FTPContext, FTPError } from 'basic-ftp';
import type { FtpTarget, TransferFailure, TransferOptions } from './transfer.ts';
import { explainTls, quoteServer, TransferError } from './transfer-failure.ts';
import { type OnEnd, openSocket, withinStall } from './transfer-run.ts';

export interface FtpOptions extends TransferOptions {
  /** As `host:port`. */
  seen_with_tls: Set<string>;
}

export async function openFtp(target: FtpTarget, options: FtpOptions, onEnd: OnEnd): Promise<Client> {
  checkAccount(target);
  const socket = await openSocket(target, options, onEnd);
  const client = new Client(options.stall_ms);
  onEnd(() => client.close());
  client.ftp.socket = socket;
  await explainFtp(target, 'The server does not take connections', () => readGreeting(client.ftp));
  if (target.tls !== 'off') await encrypt(client, target, options);
  // Before the login for names of accounts, and after it for servers that only listen then.
  await client.sendIgnoringError('OPTS UTF8 ON');
  await logIn(client, target);
  await explainFtp(target, 'The server does not take binary files', () => client.send('TYPE I'));
  await client.sendIgnoringError('OPTS UTF8 ON');
  if (client.ftp.hasTLS) await protectData(client, target);
  return client;
}

function checkAccount({ username, password }: FtpTarget): void {
  if (/[\r\n\0]/.test(username + password)) {
    throw new TransferError('refused_auth', 'The username and the password must have no line breaks.');
  }
}

function readGreeting(ftp: FTPContext): Promise<unknown> {
  return ftp.handle(undefined, (response, task) => {
    if (response instanceof Error) task.reject(response);
    else if (response.code >= 200) task.resolve(response);
  });
}

/** What servers answer that know no TLS. 530 is vsftpd's word for every command before the login. */
const HAS_NO_TLS = [500, 501, 502, 503, 504, 530];

async function encrypt(client: Client, target: FtpTarget, options: FtpOptions): Promise<void> {
  const { host, port, tls, tls_ca } = target;
  const server = `${host}:${port}`;
  const settings = {
    host,
    minVersion: 'TLSv1.2' as const,
    ...(isIP(host) === 0 && { servername: host }),
    ...(tls_ca !== undefined && { ca: [tls_ca] }),
  };
  try {
    await withinStall(options.stall_ms, 'in the TLS handshake', client.useTLS(settings));
    options.seen_with_tls.add(server);
  } catch (error) {
    if (error instanceof TransferError || /^Timeout/.test((error as Error).message)) throw error;
    if (!(error instanceof FTPError))
      throw new TransferError(...explainTls((error as { code?: unknown }).code));
    if (error.code === 421) throw describeFtpError(error, target, 'The server closed the connection');
    if (tls === 'when_offered' && HAS_NO_TLS.includes(error.code) && !options.seen_with_tls.has(server))
      return;
    const message =
      tls === 'required'
        ? 'The server has no TLS, and tls is required: nothing was sent. Ask for AUTH TLS, or set tls to when_offered.'
        : 'The server spoke TLS before, or says that it can, and refuses it now: nothing was sent. If that is meant, set tls to off.';
    throw new TransferError('tls_refused', message);
  }
}

async function logIn(client: Client, target: FtpTarget): Promise<void> {
  try {
    await client.login(target.username, target.password);
  } catch (error) {
    // The server’s words are not told here: some repeat what they were sent.
    if (error instanceof FTPError && error.code !== 421) {
      const or_tls = client.ftp.hasTLS ? '' : ', or set tls to required if the server wants it';
      const message = `The server does not let the account in (${error.code}): check username and password${or_tls}.`;
      throw new TransferError('refused_auth', message);
    }
    throw describeFtpError(error, target, 'The login did not work');
  }
}

async function protectData(client: Client, target: FtpTarget): Promise<void> {
  try {
    await client.send('PBSZ 0');
    await client.send('PROT P');
  } catch (error) {
    if (!(error instanceof FTPError))
      throw describeFtpError(error, target, 'The server does not encrypt files');
    const message = `The server encrypts the login but not the files (PROT P: ${error.code}): nothing was sent. Have it allow PROT P.`;
    throw new TransferError('tls_refused', message);
  }
}

/** Does one thing with a server, and says of its refusal what it means. */
export async function explainFtp<T>(
  target: FtpTarget,
  what: string,
  work: () => Promise<T>,
  meaning: Record<number, TransferFailure> = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describeFtpError(error, target, what, meaning);
  }
}

const MEANINGS: Record<number, TransferFailure> = {
  421: 'dropped',
  425: 'unreachable',
  426: 'dropped',
  431: 'tls_refused',
  452: 'no_space',
  521: 'tls_refused',
  522: 'tls_refused',
  530: 'refused_auth',
  534: 'tls_refused',
  552: 'no_space',
};

const ADVICE: Partial<Record<TransferFailure, string>> = {
  dropped: 'The transfer is safe to try again.',
  no_space: 'Make room there, then try again.',
  not_found: 'Check that it exists and how it is written.',
  refused: 'Check what the account may do there.',
  tls_refused: 'Check the server’s TLS settings.',
  unreachable: 'Open its passive ports in the firewalls between.',
};

export function describeFtpError(
  error: unknown,
  { username, password }: FtpTarget,
  what: string,
  meaning: Record<number, TransferFailure> = {},
): unknown {
  if (error instanceof FTPError) {
    const failure = failureOf(error, meaning);
    const said = quoteServer(error.message, [password, username]);
    return new TransferError(failure, `${what}: the server says “${said}”. ${ADVICE[failure] ?? ''}`.trim());
  }
  return error;
}

function failureOf(error: FTPError, meaning: Record<number, TransferFailure>): TransferFailure {
  // 451 and 550 say many things; a server that knows that its disk is full says so in words.
  if (/no space|disk full|quota|insufficient storage|writing to local file/i.test(error.message))
    return 'no_space';
  if (/permission|denied|not allowed/i.test(error.message)) return 'refused';
  return meaning[error.code] ?? MEANINGS[error.code] ?? 'refused';
}
