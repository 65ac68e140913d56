// The servers that files are passed to in tests, each with a folder, an account and ways to break: our simulators, and
// Debian's vsftpd and OpenSSH, which know nothing of us.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { makeAddressGuard } from '../../src/outbound/address-guard.ts';
import { createSshKey } from '../../src/outbound/ssh-key.ts';
import {
  type FtpTarget,
  makeFileTransfers,
  type SftpTarget,
  type TransferAnswer,
  type TransferOptions,
} from '../../src/outbound/transfer.ts';
import type { FileServer } from '../../src/simulator/file-server.ts';
import { startFtpServer } from '../../src/simulator/ftp-server.ts';
import { startSftpServer } from '../../src/simulator/sftp-server.ts';
import { makeCertificate, NO_OPENSSL } from './certificates.ts';
import {
  type DebianServer,
  NO_SSHD,
  NO_VSFTPD,
  SSH_USERNAME,
  startSshd,
  startVsftpd,
} from './debian-servers.ts';
import type { Scope } from './process.ts';

export const PASSWORD = 'transfer-canary-pass';

/** As in production, only less patient. */
export const makeTestTransfers = (changes: Partial<TransferOptions> = {}) =>
  makeFileTransfers({
    deadline_ms: 60_000,
    stall_ms: 20_000,
    guard: makeAddressGuard({ allow_loopback: true }),
    ...changes,
  });

export type Transfers = ReturnType<typeof makeTestTransfers>;

export interface SentFile {
  name: string;
  size: number;
  /** Called before each piece leaves, with how much left before it. */
  onPiece?(sent: number): void | Promise<void>;
  /** What is announced, where that is not the truth. */
  stated_size?: number;
}

export type Breakage = 'drop' | 'hang';

export interface TransferStage {
  /** The folder that the server writes into, here and as the client names it. */
  on_disk: string;
  directory: string;
  send(transfers: Transfers, file: SentFile): Promise<TransferAnswer>;
  /** The same with an account that nobody knows. */
  sendAsStranger(transfers: Transfers, file: SentFile): Promise<TransferAnswer>;
  /** Makes the next transfer break after so many bytes; what it gives back belongs into `onPiece`. */
  break(how: Breakage, after: number): (sent: number) => void;
}

export interface StageOptions {
  /** About so much fits on the server's disk. */
  room_kib?: number;
}

export interface StageKind {
  name: string;
  skip: string | false;
  open(t: Scope, options?: StageOptions): Promise<TransferStage>;
}

const PIECE = Buffer.from(Array.from({ length: 65_536 }, (_, at) => (at * 31 + (at >> 8)) % 251));

/** Every file of one length is the same; no byte of it stands beside one like it. */
export function contentOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += PIECE.length) PIECE.copy(bytes, at);
  return bytes;
}

/** In pieces, each made when the one before has been taken. */
export function readContent(size: number, onPiece?: SentFile['onPiece']): Readable {
  async function* pieces() {
    for (let sent = 0; sent < size; sent += PIECE.length) {
      await onPiece?.(sent);
      yield PIECE.subarray(0, Math.min(PIECE.length, size - sent));
      await setImmediate();
    }
  }
  return Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE.length });
}

export const toUpload = (directory: string, { name, size, onPiece, stated_size }: SentFile) => ({
  directory,
  name,
  size: stated_size ?? size,
  open: () => readContent(size, onPiece),
});

export function makeFolder(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'mpac-transfer-'));
  t.after(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const INBOX = 'inbox 受信';

function makeRoot(folder: string) {
  const root = join(folder, 'root');
  const on_disk = join(root, INBOX);
  mkdirSync(on_disk, { recursive: true });
  return { root, on_disk };
}

function breakSimulator({ faults }: FileServer, options: StageOptions) {
  if (options.room_kib !== undefined) faults.add('no_space', { value: options.room_kib * 1_024 });
  return (how: Breakage, after: number) => {
    faults.add(how, { times: 1, value: after });
    return () => {};
  };
}

const breakDebian = (server: DebianServer) => (how: Breakage, after: number) => {
  let is_done = false;
  return (sent: number) => {
    if (is_done || sent < after) return;
    is_done = true;
    if (how === 'drop') server.killSessions();
    else server.freezeSessions();
  };
};

const localhost = (port: number) => ({ host: '127.0.0.1', port });

export interface FtpStage extends TransferStage {
  target: FtpTarget;
}

interface FtpStageKind extends StageKind {
  open(t: Scope, options?: StageOptions): Promise<FtpStage>;
}

function stageFtp(target: FtpTarget, rest: Omit<TransferStage, 'send' | 'sendAsStranger'>): FtpStage {
  return {
    ...rest,
    target,
    send: (transfers, file) => transfers.ftpUpload(target, toUpload(rest.directory, file)),
    sendAsStranger: (transfers, file) =>
      transfers.ftpUpload({ ...target, password: `not ${PASSWORD}` }, toUpload(rest.directory, file)),
  };
}

function ftpKind(name: string, secured: boolean, debian: boolean): FtpStageKind {
  return {
    name,
    skip: (debian && NO_VSFTPD) || (secured && NO_OPENSSL),
    async open(t, options = {}) {
      const folder = makeFolder(t);
      const { root, on_disk } = makeRoot(folder);
      const tls = secured ? makeCertificate('localhost') : undefined;
      const access = {
        username: debian ? 'anonymous' : 'pgw',
        password: PASSWORD,
        ...(tls === undefined ? { tls: 'when_offered' as const } : { tls: 'required' as const }),
        ...(tls !== undefined && { tls_ca: tls.cert.toString() }),
      };
      const with_tls = tls === undefined ? {} : { tls };
      if (debian) {
        const limits = options.room_kib === undefined ? {} : { file_kib: options.room_kib };
        const server = await startVsftpd(t, folder, { root, password: PASSWORD, ...with_tls, ...limits });
        return stageFtp(
          { ...localhost(server.port), ...access },
          { on_disk, directory: on_disk, break: breakDebian(server) },
        );
      }
      const accounts = [{ username: access.username, password: PASSWORD }];
      const server = await startFtpServer({ directory: root, port: 0, accounts, ...with_tls });
      t.after(server.close);
      return stageFtp(
        { ...localhost(server.port), ...access },
        { on_disk, directory: `/${INBOX}`, break: breakSimulator(server, options) },
      );
    },
  };
}

export const FTP_STAGES: FtpStageKind[] = [
  ftpKind('FTP simulator', false, false),
  ftpKind('FTP simulator with TLS', true, false),
  ftpKind('vsftpd', false, true),
  ftpKind('vsftpd with TLS', true, true),
];

function sftpKind(name: string, debian: boolean): StageKind {
  return {
    name,
    skip: debian && NO_SSHD,
    async open(t, options = {}) {
      const folder = makeFolder(t);
      const { root, on_disk } = makeRoot(folder);
      const [own, stranger] = [createSshKey(), createSshKey()];
      const stage = async (
        port: number,
        username: string,
        directory: string,
        breakIt: TransferStage['break'],
      ): Promise<TransferStage> => {
        const shown = await makeTestTransfers().sftpHostKey(localhost(port));
        if (shown.kind === 'failed') throw new Error(shown.message);
        const access = { username, passphrase: null, host_key: shown.host_key };
        const target: SftpTarget = { ...localhost(port), ...access, private_key: own.private_key };
        const send = (as: SftpTarget) => (transfers: Transfers, file: SentFile) =>
          transfers.sftpUpload(as, { ...toUpload(directory, file), make_directory: false });
        return {
          on_disk,
          directory,
          send: send(target),
          sendAsStranger: send({ ...target, private_key: stranger.private_key }),
          break: breakIt,
        };
      };
      if (debian) {
        const server = await startSshd(t, folder, {
          host_key: createSshKey().private_key,
          public_keys: [own.public_key],
          ...(options.room_kib !== undefined && { file_kib: options.room_kib }),
        });
        return stage(server.port, SSH_USERNAME, on_disk, breakDebian(server));
      }
      const accounts = [{ username: 'pgw', public_key: own.public_key }];
      const server = await startSftpServer({ directory: root, port: 0, accounts });
      t.after(server.close);
      return stage(server.port, 'pgw', `/${INBOX}`, breakSimulator(server, options));
    },
  };
}

export const SFTP_STAGES = [sftpKind('SFTP simulator', false), sftpKind('OpenSSH', true)];
