// Files by FTP: a card processor's way. A file is sent under a temporary name, compared by its size and renamed over the
// one before, so that who looks on the server sees a whole file or none.
import type { Socket } from 'node:net';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Client, FTPError } from 'basic-ftp';
import { describeFtpError, explainFtp, type FtpOptions, openFtp } from './ftp-connection.ts';
import { transferData } from './ftp-data.ts';
import type { Download, FtpTarget, TransferAnswer, Upload } from './transfer.ts';
import { checkDirectory, checkFileName, partOf, TransferError, unreadableHere } from './transfer-failure.ts';
import { type OnEnd, runTransfer } from './transfer-run.ts';

export function uploadByFtp(target: FtpTarget, upload: Upload, options: FtpOptions): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    checkFileName(upload.name);
    checkDirectory(upload.directory);
    const client = await openFtp(target, options, onEnd);
    await enterDirectory(client, target, upload.directory);
    await sendPart({ client, target, options, onEnd }, upload);
    await renamePart(client, target, upload.name);
    return { kind: 'done', size: upload.size };
  });
}

export function downloadByFtp(
  target: FtpTarget,
  file: Download,
  sink: () => Writable,
  options: FtpOptions,
): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    checkFileName(file.name);
    checkDirectory(file.directory);
    const client = await openFtp(target, options, onEnd);
    await enterDirectory(client, target, file.directory);
    const stated = await findSize(client, target, file.name);
    if (stated !== null && stated > file.max_bytes) throw tooLarge(file);
    const size = await fetchInto({ client, target, options, onEnd }, file, sink);
    // Asked again behind its end: a file that has grown meanwhile is only begun.
    for (const theirs of [stated, await findSize(client, target, file.name)]) {
      if (theirs === null || theirs === size) continue;
      const message = `The file has ${size} bytes here and ${theirs} on the server: it may still be written there. Try again later.`;
      throw new TransferError('size_differs', message);
    }
    return { kind: 'done', size };
  });
}

export function testFtp(
  target: FtpTarget,
  directories: string[],
  options: FtpOptions,
): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    for (const directory of directories) checkDirectory(directory);
    const client = await openFtp(target, options, onEnd);
    const home = await explainFtp(target, 'The server does not say where it begins', () => client.pwd());
    for (const directory of directories) {
      await enterDirectory(client, target, home);
      await enterDirectory(client, target, directory);
      // What stands there is no business of ours; that it comes proves the data connection.
      const ignore = (socket: Socket) =>
        pipeline(socket, new Writable({ write: (_chunk, _encoding, done) => done() }));
      await explainFtp(target, `The directory ${directory} could not be listed`, () =>
        transferData(client.ftp, 'LIST', ignore, options, onEnd),
      );
    }
    return { kind: 'done', size: 0 };
  });
}

async function enterDirectory(client: Client, target: FtpTarget, directory: string): Promise<void> {
  if (directory === '') return;
  const what = `The directory ${directory} could not be entered`;
  await explainFtp(target, what, () => client.cd(directory), { 550: 'not_found' });
}

/** The size that the server states; null: it knows no SIZE, or no such file, which its next answer tells better. */
async function findSize(client: Client, target: FtpTarget, name: string): Promise<number | null> {
  try {
    return await client.size(name);
  } catch (error) {
    if (error instanceof FTPError && error.code >= 500) return null;
    throw describeFtpError(error, target, 'The file’s size could not be read');
  }
}

/** A connection that is ready, and what belongs to it. */
interface Session {
  client: Client;
  target: FtpTarget;
  options: FtpOptions;
  onEnd: OnEnd;
}

async function sendPart({ client, target, options, onEnd }: Session, upload: Upload): Promise<void> {
  const part = partOf(upload.name);
  let sent = 0;
  const move = async (socket: Socket) => {
    const source = upload.open();
    let unreadable: TransferError | null = null;
    source.once('error', (error) => {
      // Where the socket broke first, this is only what follows from it.
      if (!socket.destroyed) unreadable = unreadableHere(error);
    });
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sent += chunk.length;
        done(null, chunk);
      },
    });
    try {
      await pipeline(source, counted, socket);
    } catch (error) {
      throw unreadable ?? error;
    }
  };
  await explainFtp(
    target,
    'The file was not taken',
    () => transferData(client.ftp, `STOR ${part}`, move, options, onEnd),
    { 451: 'no_space' },
  );
  const arrived = (await findSize(client, target, part)) ?? sent;
  if (sent === upload.size && arrived === upload.size) return;
  await client.remove(part, true).catch(() => {});
  const message = `The file has ${upload.size} bytes, and ${arrived} arrived: it was not put in place. Try again.`;
  throw new TransferError('size_differs', message);
}

async function renamePart(client: Client, target: FtpTarget, name: string): Promise<void> {
  const part = partOf(name);
  const what = 'The file could not be put in place';
  await explainFtp(target, what, () => client.send(`RNFR ${part}`));
  try {
    await client.send(`RNTO ${name}`);
  } catch (error) {
    if (!(error instanceof FTPError) || error.code < 500) throw describeFtpError(error, target, what);
    // Some servers do not rename over a file; for a moment there is none then, and never half of one.
    await client.remove(name, true);
    await explainFtp(target, what, () => client.rename(part, name));
  }
}

const tooLarge = ({ name, max_bytes }: Download) =>
  new TransferError('too_large', `${name} is larger than ${max_bytes} bytes: it was not fetched.`);

/** How many bytes came. */
async function fetchInto(
  { client, target, options, onEnd }: Session,
  file: Download,
  sink: () => Writable,
): Promise<number> {
  let size = 0;
  const move = async (socket: Socket) => {
    const output = sink();
    let failure: TransferError | null = null;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size <= file.max_bytes) return done(null, chunk);
        failure = tooLarge(file);
        done(failure);
      },
    });
    output.once('error', () => {
      if (counted.destroyed) return;
      failure = new TransferError(
        'refused',
        'The file could not be written here: look whether the disk is full.',
      );
    });
    try {
      await pipeline(socket, counted, output);
    } catch (error) {
      throw failure ?? error;
    }
  };
  const what = `${file.name} could not be fetched`;
  const command = `RETR ${file.name}`;
  await explainFtp(target, what, () => transferData(client.ftp, command, move, options, onEnd), {
    550: 'not_found',
  });
  return size;
}
