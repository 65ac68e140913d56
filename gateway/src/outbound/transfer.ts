// The way out for files: FTP with TLS where it is to be had, and SFTP. What the other side does is a value, never an
// exception, and a file has its final name there only when it is whole.
import type { Readable, Writable } from 'node:stream';
import type { AddressGuard } from './address-guard.ts';
import { downloadByFtp, testFtp, uploadByFtp } from './ftp.ts';
import { readSftpHostKey, testSftp, uploadBySftp } from './sftp.ts';

export type TransferFailure =
  | 'unreachable'
  | 'refused_auth'
  | 'host_key_differs'
  | 'tls_refused'
  | 'not_found'
  | 'no_space'
  | 'dropped'
  | 'size_differs'
  | 'timeout'
  /** Permission and the like, and everything that the server did not explain better. */
  | 'refused'
  | 'too_large'
  | 'refused_address';

export interface FailedTransfer {
  kind: 'failed';
  failure: TransferFailure;
  /** A sentence that says what to do, without secrets. */
  message: string;
}

export type TransferAnswer = { kind: 'done'; size: number } | FailedTransfer;
export type HostKeyAnswer = { kind: 'done'; host_key: string } | FailedTransfer;

export interface FtpTarget {
  host: string;
  port: number;
  username: string;
  password: string;
  /** 'when_offered' goes on without TLS only where the server says that it has none. */
  tls: 'when_offered' | 'required' | 'off';
  /** The authority of the server's certificate, in PEM; absent: those that the system trusts. */
  tls_ca?: string;
}

export interface SftpTarget {
  host: string;
  port: number;
  username: string;
  private_key: string;
  passphrase: string | null;
  /** The key that the server must show, as `ssh-keygen -l` prints it: 'SHA256:…'. */
  host_key: string;
}

export interface Upload {
  directory: string;
  name: string;
  size: number;
  /** Called once for each try. */
  open(): Readable;
}

export interface Download {
  directory: string;
  name: string;
  max_bytes: number;
}

export interface FileTransfers {
  /** Sends under `.<name>.part`, compares the size and renames over what has the name. */
  ftpUpload(target: FtpTarget, upload: Upload): Promise<TransferAnswer>;
  /** What was written to the sink counts only when this says 'done'; until then it may be half a file. */
  ftpDownload(target: FtpTarget, file: Download, sink: () => Writable): Promise<TransferAnswer>;
  /** Logs in, looks into each directory and opens a data connection, as a transfer would. */
  ftpTest(target: FtpTarget, directories: string[]): Promise<TransferAnswer>;
  sftpUpload(target: SftpTarget, upload: Upload & { make_directory: boolean }): Promise<TransferAnswer>;
  /** Logs in, makes the directory where it is missing, writes a small file into it and takes it away. */
  sftpTest(target: SftpTarget, directory: string): Promise<TransferAnswer>;
  /** Which key a server shows, for a person who compares it before it is pinned. Nobody logs in. */
  sftpHostKey(target: { host: string; port: number }): Promise<HostKeyAnswer>;
}

export interface TransferOptions {
  /** For everything together. */
  deadline_ms: number;
  /** The same for the test of a connection, whose answer a person waits for. Default 20 seconds. */
  test_deadline_ms?: number;
  /** How long the other side may be silent while it is its turn. */
  stall_ms: number;
  /** Judges the address that is really connected to. */
  guard: AddressGuard;
}

export function makeFileTransfers(options: TransferOptions): FileTransfers {
  // Servers that once spoke TLS: when one of them has none any more, somebody may stand between.
  const seen_with_tls = new Set<string>();
  const ftp = { ...options, seen_with_tls };
  const { deadline_ms, test_deadline_ms = 20_000 } = options;
  const test = { ...ftp, deadline_ms: Math.min(deadline_ms, test_deadline_ms) };
  return {
    ftpUpload: (target, upload) => uploadByFtp(target, upload, ftp),
    ftpDownload: (target, file, sink) => downloadByFtp(target, file, sink, ftp),
    ftpTest: (target, directories) => testFtp(target, directories, test),
    sftpUpload: (target, upload) => uploadBySftp(target, upload, options),
    sftpTest: (target, directory) => testSftp(target, directory, test),
    sftpHostKey: (target) => readSftpHostKey(target, test),
  };
}
