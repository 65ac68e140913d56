// A connection to an SFTP server whose key is the one that was pinned. A server with another key learns nothing from us,
// not even the name of the account.
import { Client, type ConnectConfig, type PublicKeyAuthMethod, type SFTPWrapper } from 'ssh2';
import { fingerprintOf, readPrivateKey } from './ssh-key.ts';
import type { SftpTarget, TransferOptions } from './transfer.ts';
import { quoteServer, stalled, TransferError } from './transfer-failure.ts';
import { type OnEnd, openSocket } from './transfer-run.ts';

type Place = Pick<SftpTarget, 'host' | 'port'>;

/** Lends a session. What breaks the connection ends the work, whatever it waits for. */
export async function withSftp<T>(
  target: SftpTarget,
  options: TransferOptions,
  onEnd: OnEnd,
  work: (sftp: SFTPWrapper) => Promise<T>,
): Promise<T> {
  const read = readPrivateKey(target.private_key, target.passphrase);
  if (read.kind === 'refused') throw new TransferError('refused_auth', read.message);
  let shown: Buffer | null = null;
  const with_key: PublicKeyAuthMethod[] = [{ type: 'publickey', username: target.username, key: read.key }];
  const { client, broken } = await openSsh(target, options, onEnd, {
    username: target.username,
    authHandler: with_key,
    hostVerifier: (key: Buffer) => {
      shown = key;
      return fingerprintOf(key) === target.host_key;
    },
  });
  try {
    await Promise.race([once(client, 'ready'), broken]);
  } catch (error) {
    if (shown !== null && fingerprintOf(shown) !== target.host_key) throw otherKey(shown);
    throw error;
  }
  return Promise.race([requestSftp(client).then(work), broken]);
}

function otherKey(shown: Buffer): TransferError {
  // The blob begins with its kind (RFC 4253 §6.6): a server has several keys, and prints of all may be passed around.
  const kind = quoteServer(shown.subarray(4, 4 + shown.readUInt32BE()).toString('latin1'), []);
  const message = `The server shows another key (${kind} ${fingerprintOf(shown)}) than the one that was pinned: nothing was sent. Ask its operator, and pin the new key only if it is theirs.`;
  return new TransferError('host_key_differs', message);
}

/** The fingerprint of the key that a server shows. It is looked at, and the connection closed. */
export async function readHostKey(place: Place, options: TransferOptions, onEnd: OnEnd): Promise<string> {
  let see: (host_key: string) => void = () => {};
  const seen = new Promise<string>((resolve) => {
    see = resolve;
  });
  const { broken } = await openSsh(place, options, onEnd, {
    username: '',
    hostVerifier: (key: Buffer) => {
      see(fingerprintOf(key));
      return false;
    },
  });
  return Promise.race([seen, broken]);
}

async function openSsh(place: Place, options: TransferOptions, onEnd: OnEnd, config: ConnectConfig) {
  const socket = await openSocket(place, options, onEnd);
  const client = new Client();
  onEnd(() => client.destroy());
  const broken = new Promise<never>((_resolve, reject) => {
    client.on('error', (error) => reject(describeSshError(error)));
    client.on('close', () => reject(new TransferError('dropped', DROPPED)));
    // Silence in both directions: a server that hangs while it is its turn.
    socket.setTimeout(options.stall_ms, () => {
      reject(stalled('over SSH'));
      socket.destroy();
    });
  });
  broken.catch(() => {});
  client.connect({ sock: socket, readyTimeout: options.stall_ms, ...config });
  return { client, broken };
}

const DROPPED = 'The server closed the connection. The transfer is safe to try again.';

function describeSshError(error: Error & { level?: string }): unknown {
  if (error.level === 'client-authentication') {
    const message =
      'The server does not let the account in: check the username, and that its public key is known there.';
    return new TransferError('refused_auth', message);
  }
  if (error.level === 'client-timeout') return stalled('while connecting');
  if (error.level === 'handshake' || error.level === 'protocol') {
    const message =
      'The server does not speak SSH as we do: check host and port, and which algorithms it offers.';
    return new TransferError('refused', message);
  }
  return error;
}

const once = (client: Client, event: 'ready'): Promise<void> =>
  new Promise((resolve) => {
    client.once(event, resolve);
  });

function requestSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error === undefined || error === null) return resolve(sftp);
      reject(
        new TransferError(
          'refused',
          'The server lets the account in but has no SFTP for it: have it enabled.',
        ),
      );
    });
  });
}
