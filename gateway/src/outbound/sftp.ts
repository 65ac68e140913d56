// Files by SFTP: the way to a merchant's bookkeeping. As by FTP, a file has its final name only when it is whole; several
// pieces are under way at a time, so that a distant server is not waited for after each.
import type { SFTPWrapper, Stats } from 'ssh2';
import { readHostKey, withSftp } from './sftp-connection.ts';
import type {
  HostKeyAnswer,
  SftpTarget,
  TransferAnswer,
  TransferFailure,
  TransferOptions,
  Upload,
} from './transfer.ts';
import {
  checkDirectory,
  checkFileName,
  partOf,
  quoteServer,
  TransferError,
  unreadableHere,
} from './transfer-failure.ts';
import { runTransfer } from './transfer-run.ts';

export function uploadBySftp(
  target: SftpTarget,
  upload: Upload & { make_directory: boolean },
  options: TransferOptions,
): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    checkFileName(upload.name);
    checkDirectory(upload.directory);
    return withSftp(target, options, onEnd, async (sftp) => {
      if (upload.make_directory) await makeDirectory(sftp, upload.directory);
      const part = join(upload.directory, partOf(upload.name));
      await sendFile(sftp, part, upload);
      await putInPlace(sftp, part, join(upload.directory, upload.name));
      return { kind: 'done' as const, size: upload.size };
    });
  });
}

export function testSftp(
  target: SftpTarget,
  directory: string,
  options: TransferOptions,
): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    checkDirectory(directory);
    return withSftp(target, options, onEnd, async (sftp) => {
      await makeDirectory(sftp, directory);
      const path = join(directory, '.mpac-pgw-connection-test');
      const what = 'The directory could not be written to';
      const handle = await ask<Buffer>(what, (done) => sftp.open(path, 'w', done));
      await ask(what, (done) => sftp.close(handle, done));
      await ask(what, (done) => sftp.unlink(path, done));
      return { kind: 'done' as const, size: 0 };
    });
  });
}

export function readSftpHostKey(
  target: { host: string; port: number },
  options: TransferOptions,
): Promise<HostKeyAnswer> {
  return runTransfer(options, async (onEnd) => ({
    kind: 'done',
    host_key: await readHostKey(target, options, onEnd),
  }));
}

const join = (directory: string, name: string): string =>
  directory === '' || directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;

/** Every directory on the way that is missing. */
async function makeDirectory(sftp: SFTPWrapper, directory: string): Promise<void> {
  const parts = directory.split('/').filter((part) => part !== '');
  let path = directory.startsWith('/') ? '/' : '';
  for (const part of parts) {
    path = join(path, part);
    if (await isDirectory(sftp, path)) continue;
    try {
      await ask(`The directory ${path} could not be made`, (done) => sftp.mkdir(path, done));
    } catch (error) {
      // Somebody else may have made it in between.
      if (!(await isDirectory(sftp, path))) throw error;
    }
  }
}

async function isDirectory(sftp: SFTPWrapper, path: string): Promise<boolean> {
  const stats = await ask<Stats>('The directory could not be looked at', (done) =>
    sftp.stat(path, done),
  ).catch((error: unknown) => {
    if (error instanceof TransferError && ['not_found', 'refused'].includes(error.failure)) return null;
    throw error;
  });
  return stats?.isDirectory() ?? false;
}

async function sendFile(sftp: SFTPWrapper, part: string, upload: Upload): Promise<void> {
  const handle = await ask<Buffer>('The file could not be begun', (done) => sftp.open(part, 'w', done));
  const sent = await sendPieces(sftp, handle, upload);
  const stats = await ask<Stats>('The file’s size could not be read', (done) => sftp.fstat(handle, done));
  await ask('The file could not be closed', (done) => sftp.close(handle, done), 'no_space');
  if (sent === upload.size && stats.size === upload.size) return;
  await ask('The file could not be taken away', (done) => sftp.unlink(part, done)).catch(() => {});
  const message = `The file has ${upload.size} bytes, and ${Math.min(sent, stats.size)} arrived: it was not put in place. Try again.`;
  throw new TransferError('size_differs', message);
}

/** Every server takes this much at once. */
const PIECE = 32_768;
const AT_ONCE = 16;

async function sendPieces(sftp: SFTPWrapper, handle: Buffer, upload: Upload): Promise<number> {
  const source = upload.open();
  const under_way = new Set<Promise<void>>();
  let failure: unknown = null;
  let position = 0;
  const send = (piece: Buffer) => {
    const at = position;
    position += piece.length;
    const sending: Promise<void> = ask(
      'The file was not taken',
      (done) => sftp.write(handle, piece, 0, piece.length, at, done),
      'no_space',
    )
      .catch((error: unknown) => {
        failure ??= error;
      })
      .then(() => void under_way.delete(sending));
    under_way.add(sending);
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (let from = 0; from < chunk.length && failure === null; from += PIECE) {
        while (under_way.size >= AT_ONCE) await Promise.race(under_way);
        send(chunk.subarray(from, from + PIECE));
      }
      if (failure !== null) break;
    }
  } catch (error) {
    failure ??= unreadableHere(error);
  } finally {
    source.destroy();
  }
  await Promise.all(under_way);
  if (failure !== null) throw failure;
  return position;
}

async function putInPlace(sftp: SFTPWrapper, part: string, path: string): Promise<void> {
  const what = 'The file could not be put in place';
  if (canReplace(sftp)) return ask(what, (done) => sftp.ext_openssh_rename(part, path, done));
  try {
    await ask(what, (done) => sftp.rename(part, path, done));
  } catch {
    // The third version of SFTP does not rename over a file; for a moment there is none then, and never half of one.
    await ask(what, (done) => sftp.unlink(path, done)).catch(() => {});
    await ask(what, (done) => sftp.rename(part, path, done));
  }
}

/** Whether the server offers OpenSSH's rename, which replaces what has the name in one step. */
function canReplace(sftp: SFTPWrapper): boolean {
  const { _extensions: offered } = sftp as unknown as { _extensions?: Record<string, string> };
  return offered?.['posix-rename@openssh.com'] === '1';
}

type Done<T> = (error: Error | undefined | null, value: T) => void;

/** One question to the server; its refusal says what it means. */
function ask<T = void>(
  what: string,
  question: (done: Done<T>) => unknown,
  meaning_of_failure: TransferFailure = 'refused',
): Promise<T> {
  return new Promise((resolve, reject) => {
    const done: Done<T> = (error, value) => {
      if (error === undefined || error === null) resolve(value);
      else reject(describeSftpError(error, what, meaning_of_failure));
    };
    try {
      question(done);
    } catch (error) {
      reject(error);
    }
  });
}

// draft-ietf-secsh-filexfer: 4 says only that it failed; while a file is written that is nearly always a full disk.
const MEANINGS: Record<number, TransferFailure> = {
  2: 'not_found',
  3: 'refused',
  7: 'dropped',
  14: 'no_space',
  15: 'no_space',
};
const ADVICE: Partial<Record<TransferFailure, string>> = {
  no_space: 'Its disk is probably full: make room there, then try again.',
  not_found: 'Check that the directory exists and how it is written.',
  refused: 'Check what the account may do there.',
};

function describeSftpError(
  error: Error & { code?: unknown },
  what: string,
  meaning: TransferFailure,
): unknown {
  if (typeof error.code !== 'number') return error;
  const failure = MEANINGS[error.code] ?? (error.code === 4 ? meaning : 'refused');
  return new TransferError(
    failure,
    `${what}: the server says “${quoteServer(error.message, [])}”. ${ADVICE[failure] ?? ''}`.trim(),
  );
}
