// An SFTP server for tests and for the development start, on the server half of ssh2: public keys let people in, files lie
// in one folder. It listens on this machine only and can be made to fail in the ways that real ones do.
import { timingSafeEqual } from 'node:crypto';
import ssh2, { type Connection, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import { createSshKey, printPublicKey } from '../outbound/ssh-key.ts';
import { type FileServer, type FileServerOptions, listenForFiles } from './file-server.ts';
import { createFileServerFaults } from './file-server-faults.ts';
import { openServedFolder } from './served-folder.ts';
import { serveSftp } from './sftp-session.ts';

const { Server, utils } = ssh2;

export interface SftpServerOptions extends FileServerOptions {
  /** Public keys as in authorized_keys. */
  accounts: readonly { username: string; public_key: string }[];
  /** The server's private key; absent: a new one. */
  host_key?: string;
}

export interface SftpServer extends FileServer {
  /** The public half of its key, as ssh-keyscan prints it without the name of the host. */
  public_key: string;
}

export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const faults = createFileServerFaults();
  const folder = openServedFolder(options.directory);
  const host_key = options.host_key ?? createSshKey().private_key;
  const accounts = options.accounts.map(({ username, public_key }) => ({
    username,
    key: parse(public_key),
  }));
  const onClient = (client: Connection) => {
    // Clients that leave in the middle of a word are expected.
    client.on('error', () => {});
    client.on('authentication', (context) => {
      const is_known = context.method === 'publickey' && accounts.some((account) => isGood(account, context));
      if (is_known && !(context.signature && faults.take('refuse_auth') !== null)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('sftp', (open) => {
        const drop = () => client.end();
        serveSftp(open(), { folder, faults, drop, on_file: options.on_file ?? (() => {}) });
      });
    });
  };
  const server = new Server({ hostKeys: [host_key] }, onClient);
  const changed = new Server({ hostKeys: [createSshKey().private_key] }, onClient);
  const listening = await listenForFiles('sftp', options, faults, (socket) => {
    const one = faults.take('other_host_key') === null ? server : changed;
    one.injectSocket(socket);
  });
  return { ...listening, public_key: printPublicKey(parse(host_key)) };
}

function parse(text: string): ParsedKey {
  const parsed = utils.parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw new Error('This is no key of SSH.');
  return key;
}

function isGood(
  { username, key }: { username: string; key: ParsedKey },
  context: PublicKeyAuthContext,
): boolean {
  const known = key.getPublicSSH();
  const shown = context.key.data;
  if (username !== context.username || known.length !== shown.length || !timingSafeEqual(known, shown)) {
    return false;
  }
  // Without a signature a client only asks whether this key would be welcome.
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}
