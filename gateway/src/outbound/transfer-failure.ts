// What can go wrong between two machines that pass a file, each in a sentence that says what to do. A server's own words
// are shortened, cleaned and freed of secrets before anybody reads them.
import type { FailedTransfer, TransferFailure } from './transfer.ts';

/** Thrown inside a transfer only; its end turns it into an answer. */
export class TransferError extends Error {
  readonly failure: TransferFailure;

  constructor(failure: TransferFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export function stalled(what: string): TransferError {
  return new TransferError('timeout', `The server fell silent (${what}). The transfer is safe to try again.`);
}

const CODES: Record<string, [TransferFailure, string]> = {
  REFUSED_ADDRESS: ['refused_address', 'The server’s address may not be connected to.'],
  ECONNREFUSED: ['unreachable', 'Nothing listens there: check host and port, and that the server runs.'],
  ENOTFOUND: ['unreachable', 'The host’s name is not known: check how it is written.'],
  ENODATA: ['unreachable', 'The host’s name has no address: check how it is written.'],
  EAI_AGAIN: ['unreachable', 'The host’s name could not be looked up: check the name servers.'],
  EHOSTUNREACH: ['unreachable', 'There is no way to the server: check the network and its firewalls.'],
  ENETUNREACH: ['unreachable', 'There is no way to the server: check the network and its firewalls.'],
  ETIMEDOUT: ['unreachable', 'The server did not answer: check host and port, and the firewalls between.'],
};

const DROPPED =
  'The connection broke before the file was whole. It is sent anew when the transfer is tried again.';

export function describeTransferError(error: unknown): FailedTransfer {
  if (error instanceof TransferError) {
    return { kind: 'failed', failure: error.failure, message: error.message };
  }
  const { code, message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  // basic-ftp's word for silence, which has no code.
  if (/^Timeout/.test(message)) return describeTransferError(stalled('no answer'));
  const [failure, words] =
    CODES[String(code)] ?? (isTlsError(code) ? explainTls(code) : ['dropped', DROPPED]);
  // The guard's own words say which range the address lies in, and nothing else.
  return { kind: 'failed', failure, message: failure === 'refused_address' ? message : words };
}

/** As OpenSSL and node name what is wrong with a certificate or with the handshake. */
export function isTlsError(code: unknown): code is string {
  return (
    typeof code === 'string' &&
    /^ERR_(SSL|TLS)|CERT|SELF_SIGNED|^UNABLE_TO_|HOSTNAME_MISMATCH|^EPROTO$/.test(code)
  );
}

export function explainTls(code: unknown): [TransferFailure, string] {
  const name = typeof code === 'string' ? ` (${code})` : '';
  return [
    'tls_refused',
    `The server’s certificate or its TLS is not good${name}: renew the certificate, or give its authority as tls_ca.`,
  ];
}

const MAX_QUOTED = 200;

/** What a server said, fit to be read: printable, short, without the words that must not be told. */
export function quoteServer(text: string, secrets: readonly string[]): string {
  let quoted = text;
  for (const secret of secrets) if (secret.length > 0) quoted = quoted.replaceAll(secret, '…');
  quoted = quoted
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return quoted.length > MAX_QUOTED ? `${quoted.slice(0, MAX_QUOTED)}…` : quoted;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A file's name is one part of a path, and leads nowhere else. */
export function checkFileName(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name) || CONTROL.test(name)) {
    throw new TransferError(
      'refused',
      'The file’s name is not good: it must have no slash and no control character.',
    );
  }
}

export function checkDirectory(directory: string): void {
  if (CONTROL.test(directory) || directory.split(/[/\\]/).includes('..')) {
    throw new TransferError(
      'refused',
      'The directory is not good: it must have no control character and no “..”.',
    );
  }
}

/** While a file travels it has this name, so that nobody takes half a file for a whole one. */
export const partOf = (name: string) => `.${name}.part`;

/** Our own side's trouble, by its code only. */
export function unreadableHere(error: unknown): TransferError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new TransferError('refused', `The file could not be read here (${code}): nothing was put in place.`);
}
