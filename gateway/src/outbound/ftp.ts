// Files by FTP: a card processor's way. A file is sent under a temporary name, compared by its size and renamed over the
// one before, so that who looks on the server sees a whole file or none.
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Client, FTPError } from 'basic-ftp';
import { describeFtpError, explainFtp, type FtpOptions, openFtp } from './ftp-connection.ts';
import type { Download, FtpTarget, TransferAnswer, Upload } from './transfer.ts';
import { checkDirectory, checkFileName, partOf, TransferError } from './transfer-failure.ts';
import { runTransfer } from './transfer-run.ts';

export function uploadByFtp(target: FtpTarget, upload: Upload, options: FtpOptions): Promise<TransferAnswer> {
  return runTransfer(options, async (onEnd) => {
    checkFileName(upload.name);
    checkDirectory(upload.directory);
    const client = await openFtp(target, options, onEnd);
    await enterDirectory(client, target, upload.directory);
    await sendPart(client, target, upload);
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
    const size = await fetchInto(client, target, file, sink);
    if (stated !== null && size !== stated) {
      const message = `The file has ${size} bytes here and ${stated} on the server: it may still be written there. Try again later.`;
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
    client.availableListCommands = ['LIST'];
    const home = await explainFtp(target, 'The server does not say where it begins', () => client.pwd());
    for (const directory of directories) {
      await enterDirectory(client, target, home);
      await enterDirectory(client, target, directory);
      await explainFtp(target, `The directory ${directory} could not be listed`, () => client.list());
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

async function sendPart(client: Client, target: FtpTarget, upload: Upload): Promise<void> {
  const part = partOf(upload.name);
  const source = upload.open();
  let unreadable = false;
  let sent = 0;
  source.once('error', () => {
    unreadable = true;
  });
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      done(null, chunk);
    },
  });
  source.once('error', (error) => counted.destroy(error));
  counted.once('close', () => source.destroy());
  try {
    await client.uploadFrom(source.pipe(counted), part);
  } catch (error) {
    if (unreadable) throw new TransferError('refused', 'The file could not be read here: look into the log.');
    throw describeFtpError(error, target, 'The file was not taken', { 451: 'no_space' });
  }
  const arrived = (await findSize(client, target, part)) ?? sent;
  if (sent === upload.size && arrived === upload.size) return;
  await client.remove(part, true).catch(() => {});
  const message = `The file has ${upload.size} bytes, and ${arrived} arrived: it was not put in place. Try again.`;
  throw new TransferError('size_differs', message);
}

async function renamePart(client: Client, target: FtpTarget, name: string): Promise<void> {
  const part = partOf(name);
  try {
    await client.rename(part, name);
  } catch (error) {
    if (!(error instanceof FTPError) || error.code < 500) {
      throw describeFtpError(error, target, 'The file could not be put in place');
    }
    // Some servers do not rename over a file; for a moment there is none then, and never half of one.
    await client.remove(name, true);
    await explainFtp(target, 'The file could not be put in place', () => client.rename(part, name));
  }
}

const tooLarge = ({ name, max_bytes }: Download) =>
  new TransferError('too_large', `${name} is larger than ${max_bytes} bytes: it was not fetched.`);

/** How many bytes came. */
async function fetchInto(
  client: Client,
  target: FtpTarget,
  file: Download,
  sink: () => Writable,
): Promise<number> {
  let size = 0;
  let failure: TransferError | null = null;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= file.max_bytes) return done(null, chunk);
      failure = tooLarge(file);
      done(failure);
    },
  });
  const output = sink();
  output.once('error', () => {
    failure ??= new TransferError(
      'refused',
      'The file could not be written here: look whether the disk is full.',
    );
  });
  const written = pipeline(counted, output);
  // Looked at below; a transfer that fails first must not leave it unhandled.
  written.catch(() => {});
  try {
    await client.downloadTo(counted, file.name);
    await written;
  } catch (error) {
    throw (
      failure ?? describeFtpError(error, target, `${file.name} could not be fetched`, { 550: 'not_found' })
    );
  }
  return size;
}
