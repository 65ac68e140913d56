// An FTP server for tests and for the development start, with explicit TLS and passive transfers as RFC 959, 2428, 3659 and
// 4217 describe them. It listens on this machine only and can be made to fail in the ways that real ones do.
import { createSecureContext, type SecureContext } from 'node:tls';
import { type FileServer, type FileServerOptions, listenForFiles } from './file-server.ts';
import { createFileServerFaults, type FileServerFaults } from './file-server-faults.ts';
import { serveFtp } from './ftp-session.ts';
import { openServedFolder, type ServedFolder } from './served-folder.ts';

export interface FtpServerOptions extends FileServerOptions {
  accounts: readonly { username: string; password: string }[];
  /** Absent: it has no TLS. */
  tls?: { key: string | Buffer; cert: string | Buffer; is_required?: boolean };
}

/** What the sessions of one server share. */
export interface FtpServing {
  host: string;
  accounts: FtpServerOptions['accounts'];
  secure: SecureContext | null;
  is_tls_required: boolean;
  folder: ServedFolder;
  faults: FileServerFaults;
  on_file(path: string): void | Promise<void>;
}

export function startFtpServer(options: FtpServerOptions): Promise<FileServer> {
  const { tls } = options;
  const faults = createFileServerFaults();
  const serving: FtpServing = {
    host: options.host ?? '127.0.0.1',
    accounts: options.accounts,
    secure: tls === undefined ? null : createSecureContext({ key: tls.key, cert: tls.cert }),
    is_tls_required: tls?.is_required ?? false,
    folder: openServedFolder(options.directory),
    faults,
    on_file: options.on_file ?? (() => {}),
  };
  return listenForFiles('ftp', options, faults, (socket) => serveFtp(socket, serving));
}
