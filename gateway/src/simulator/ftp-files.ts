// What the commands of the simulated FTP server do with files and directories.
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { mkdir, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { type DataOutcome, moveData } from './ftp-data.ts';
import type { FtpCommand, FtpSession } from './ftp-session.ts';
import { listLine } from './served-folder.ts';

const NOT_THERE = 'There is no such file or directory.';

/** Where on this machine a client's path leads, and how the client would write it in full. */
function place(session: FtpSession, argument: string): { path: string; on_disk: string } | null {
  const { folder } = session.serving;
  const path = folder.normalize(session.cwd, argument === '' ? '.' : argument);
  const on_disk = folder.locate(path);
  return on_disk === null ? null : { path, on_disk };
}

/** For commands about one thing that must be there; whatever is wrong with it is answered alike. */
function about(work: (session: FtpSession, on_disk: string, path: string) => Promise<void>): FtpCommand {
  return async (session, argument) => {
    const found = place(session, argument);
    if (found === null) return session.reply(550, NOT_THERE);
    try {
      await work(session, found.on_disk, found.path);
    } catch {
      session.reply(550, NOT_THERE);
    }
  };
}

async function transfer(
  session: FtpSession,
  open: () => Promise<{ from: Readable } | { to: Writable }>,
): Promise<DataOutcome> {
  const { data, serving } = session;
  session.data = null;
  if (data === null) {
    session.reply(425, 'Ask for a passive port first.');
    return 'broken';
  }
  try {
    const ours = await open();
    session.reply(150, 'Here it goes.');
    const socket = await data.accept();
    const outcome =
      'from' in ours
        ? await moveData(ours.from, socket, serving.faults)
        : await moveData(socket, ours.to, serving.faults);
    if (outcome === 'done') session.reply(226, 'Transfer complete.');
    if (outcome === 'no_space') session.reply(452, 'Insufficient storage space.');
    if (outcome === 'broken') session.reply(426, 'The data connection broke.');
    if (outcome === 'dropped') session.drop();
    return outcome;
  } finally {
    data.close();
  }
}

const dateOf = (stats: Stats): string => stats.mtime.toISOString().replace(/[-:T]|\.\d+Z/g, '');
const factsOf = (name: string, stats: Stats): string =>
  `type=${stats.isDirectory() ? 'dir' : 'file'};size=${stats.size};modify=${dateOf(stats)}; ${name}`;
function listAs(row: (name: string, stats: Stats) => string): FtpCommand {
  return about(async (session, on_disk) => {
    const names = (await readdir(on_disk)).sort();
    const rows = await Promise.all(names.map(async (name) => row(name, await stat(`${on_disk}/${name}`))));
    const text = rows.map((line) => `${line}\r\n`).join('');
    await transfer(session, async () => ({ from: Readable.from([Buffer.from(text)]) }));
  });
}

export const FILE_COMMANDS: Record<string, FtpCommand> = {
  TYPE: (session) => session.reply(200, 'Understood.'),
  MODE: (session) => session.reply(200, 'Understood.'),
  STRU: (session) => session.reply(200, 'Understood.'),
  PWD: (session) => session.reply(257, `"${session.cwd}" is the current directory.`),
  CWD: about(async (session, on_disk, path) => {
    if (!(await stat(on_disk)).isDirectory()) throw new Error('no directory');
    session.cwd = path;
    session.reply(250, 'Directory changed.');
  }),
  CDUP(session) {
    session.cwd = posix.dirname(session.cwd);
    session.reply(250, 'Directory changed.');
  },
  SIZE: about(async (session, on_disk) => {
    const stats = await stat(on_disk);
    if (!stats.isFile()) throw new Error('no file');
    session.reply(213, String(stats.size + (session.serving.faults.take('wrong_size') ?? 0)));
  }),
  MDTM: about(async (session, on_disk) => session.reply(213, dateOf(await stat(on_disk)))),
  LIST: (session, argument) => listAs(listLine)(session, argument.replace(/^-\w+ ?/, '')),
  NLST: listAs((name) => name),
  MLSD: listAs(factsOf),
  MKD: about(async (session, on_disk, path) => {
    await mkdir(on_disk);
    session.reply(257, `"${path}" created.`);
  }),
  RMD: about(async (session, on_disk) => {
    await rmdir(on_disk);
    session.reply(250, 'Removed.');
  }),
  DELE: about(async (session, on_disk) => {
    await unlink(on_disk);
    session.reply(250, 'Removed.');
  }),
  STOR: about(async (session, on_disk, path) => {
    const outcome = await transfer(session, async () => ({ to: createWriteStream(on_disk) }));
    if (outcome === 'done') await session.serving.on_file(path);
  }),
  RETR: about(async (session, on_disk) => {
    if (!(await stat(on_disk)).isFile()) throw new Error('no file');
    await transfer(session, async () => ({ from: createReadStream(on_disk) }));
  }),
  RNFR: about(async (session, on_disk) => {
    await stat(on_disk);
    session.renamed = on_disk;
    session.reply(350, 'And to which name?');
  }),
  RNTO: about(async (session, on_disk, path) => {
    const { renamed } = session;
    session.renamed = null;
    if (renamed === null) return session.reply(503, 'Send RNFR first.');
    const is_there = await stat(on_disk).then(
      () => true,
      () => false,
    );
    if (is_there && session.serving.faults.take('refuse_overwrite') !== null) {
      return session.reply(553, 'There is a file of that name.');
    }
    await rename(renamed, on_disk);
    await session.serving.on_file(path);
    session.reply(250, 'Renamed.');
  }),
};
