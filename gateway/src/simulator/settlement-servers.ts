// The other sides of the day's money on this machine: the card processor behind its FTP server, and an accounting
// system's SFTP server. Their files lie in one folder, so that they can be looked at.
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CardProcessor, openCardProcessor, UPLOAD_DIRECTORY } from './card-processor.ts';
import type { FileServer } from './file-server.ts';
import { startFtpServer } from './ftp-server.ts';
import { type SftpServer, startSftpServer } from './sftp-server.ts';

export interface SettlementServersOptions {
  /** Where `card-processor/` and `accounting/` are made. */
  directory: string;
  now?: () => number;
  log?: (facts: Record<string, unknown>, message: string) => void;
  /** Public keys that the accounting system lets in, as in authorized_keys. */
  accounting_keys: readonly string[];
  /** The accounting system's own private key; absent: a new one. */
  host_key?: string;
  /** 0, or nothing: a free one. */
  ftp_port?: number;
  sftp_port?: number;
}

export interface SettlementServers {
  processor: CardProcessor;
  ftp: FileServer & { username: string; password: string };
  sftp: SftpServer & { username: string };
  close(): Promise<void>;
}

/** No secret: the server lets in only who is on this machine. */
const FTP_ACCOUNT = { username: 'gateway', password: 'simulator' };
const SFTP_USERNAME = 'gateway';

export async function startSettlementServers(options: SettlementServersOptions): Promise<SettlementServers> {
  const { directory, now = Date.now, log = () => {} } = options;
  const accounting = join(directory, 'accounting');
  await mkdir(accounting, { recursive: true });
  const processor = await openCardProcessor({ directory: join(directory, 'card-processor'), now });
  const ftp = await startFtpServer({
    directory: processor.directory,
    port: options.ftp_port ?? 0,
    accounts: [FTP_ACCOUNT],
    async on_file(path) {
      if (!path.startsWith(`/${UPLOAD_DIRECTORY}/`)) return;
      try {
        await processor.takeUpload(basename(path));
      } catch (error) {
        log({ err: error, path }, 'the card processor failed at an upload');
      }
    },
  });
  const sftp = await startSftpServer({
    directory: accounting,
    port: options.sftp_port ?? 0,
    ...(options.host_key !== undefined && { host_key: options.host_key }),
    accounts: options.accounting_keys.map((public_key) => ({ username: SFTP_USERNAME, public_key })),
  }).catch(async (error) => {
    await ftp.close();
    throw error;
  });
  return {
    processor,
    ftp: { ...ftp, ...FTP_ACCOUNT },
    sftp: { ...sftp, username: SFTP_USERNAME },
    async close() {
      await Promise.all([ftp.close(), sftp.close()]);
    },
  };
}
