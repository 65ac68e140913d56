// One client's files on the simulated SFTP server: the third version of the protocol, which all clients speak, without the
// extensions of OpenSSH.
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import type { FileServerFaults } from './file-server-faults.ts';
import { listLine, type ServedFolder } from './served-folder.ts';

export interface SftpServing {
  folder: ServedFolder;
  faults: FileServerFaults;
  drop(): void;
  on_file(path: string): void | Promise<void>;
}

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

interface OpenFile {
  file: FileHandle;
  path: string;
  written: number;
}
interface OpenDirectory {
  names: string[];
  on_disk: string;
}

/** A status that is answered instead of what was asked for. */
class Refusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(String(code));
    this.code = code;
  }
}

export function serveSftp(sftp: SFTPWrapper, { folder, faults, drop, on_file }: SftpServing): void {
  const open_things = new Map<number, OpenFile | OpenDirectory>();
  let last_handle = 0;

  const hold = (thing: OpenFile | OpenDirectory): Buffer => {
    last_handle += 1;
    open_things.set(last_handle, thing);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(last_handle);
    return handle;
  };
  const held = <T extends OpenFile | OpenDirectory>(handle: Buffer, kind: keyof T): T => {
    const thing = open_things.get(handle.length === 4 ? handle.readUInt32BE() : 0);
    if (thing === undefined || !(kind in thing)) throw new Refusal(STATUS_CODE.FAILURE);
    return thing as T;
  };
  const place = (path: string): string => {
    const on_disk = folder.locate(folder.normalize('/', path));
    if (on_disk === null) throw new Refusal(STATUS_CODE.PERMISSION_DENIED);
    return on_disk;
  };
  /** Answers with OK, unless the work has answered by itself and says so. */
  const answer = (id: number, work: () => Promise<unknown>) => {
    work().then(
      (said) => {
        if (said !== 'answered') sftp.status(id, STATUS_CODE.OK);
      },
      (error: unknown) => sftp.status(id, statusOf(error)),
    );
  };
  const tellAttributes = async (id: number, on_disk: string): Promise<'answered'> => {
    sftp.attrs(id, attributesOf(await stat(on_disk)));
    return 'answered';
  };

  sftp.on('REALPATH', (id, path) => {
    const filename = folder.normalize('/', path);
    sftp.name(id, [{ filename, longname: filename, attrs: NOTHING }]);
  });
  sftp.on('STAT', (id, path) => answer(id, () => tellAttributes(id, place(path))));
  sftp.on('LSTAT', (id, path) => answer(id, () => tellAttributes(id, place(path))));
  sftp.on('SETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));

  sftp.on('OPEN', (id, path, flags) =>
    answer(id, async () => {
      const file = await open(place(path), modeOf(flags));
      sftp.handle(id, hold({ file, path: folder.normalize('/', path), written: 0 }));
      return 'answered';
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, async () => {
      const opened = held<OpenFile>(handle, 'file');
      opened.written += data.length;
      if (isOver(faults, 'hang', opened.written)) return new Promise<never>(() => {});
      if (isOver(faults, 'drop', opened.written)) {
        drop();
        return 'answered';
      }
      if (isOver(faults, 'no_space', opened.written)) throw new Refusal(STATUS_CODE.FAILURE);
      await opened.file.write(data, 0, data.length, offset);
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const { file } = held<OpenFile>(handle, 'file');
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(length, 65_536)), 0, null, offset);
      if (bytesRead === 0) throw new Refusal(STATUS_CODE.EOF);
      sftp.data(id, buffer.subarray(0, bytesRead));
      return 'answered';
    }),
  );
  sftp.on('FSTAT', (id, handle) =>
    answer(id, async () => {
      const attributes = attributesOf(await held<OpenFile>(handle, 'file').file.stat());
      attributes.size += faults.take('wrong_size') ?? 0;
      sftp.attrs(id, attributes);
      return 'answered';
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      const thing = held(handle, 'toString' as never);
      open_things.delete(handle.readUInt32BE());
      if (!('file' in thing)) return;
      await thing.file.close();
      if (thing.written > 0) void on_file(thing.path);
    }),
  );

  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const on_disk = place(path);
      sftp.handle(id, hold({ names: (await readdir(on_disk)).sort(), on_disk }));
      return 'answered';
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const directory = held<OpenDirectory>(handle, 'names');
      const names = directory.names.splice(0, 100);
      if (names.length === 0) throw new Refusal(STATUS_CODE.EOF);
      const entries = names.map(async (filename) => {
        const stats = await stat(`${directory.on_disk}/${filename}`);
        return { filename, longname: listLine(filename, stats), attrs: attributesOf(stats) };
      });
      sftp.name(id, await Promise.all(entries));
      return 'answered';
    }),
  );
  sftp.on('MKDIR', (id, path) => answer(id, () => mkdir(place(path))));
  sftp.on('RMDIR', (id, path) => answer(id, () => rmdir(place(path))));
  sftp.on('REMOVE', (id, path) => answer(id, () => unlink(place(path))));
  sftp.on('RENAME', (id, from, to) =>
    answer(id, async () => {
      // As the third version has it: a name that is taken is not given away.
      if (await isThere(place(to))) throw new Refusal(STATUS_CODE.FAILURE);
      await rename(place(from), place(to));
      void on_file(folder.normalize('/', to));
    }),
  );
  // OpenSSH's client says that it is done and waits for the server to hang up.
  sftp.on('end', () => sftp.end());
  sftp.on('close', () => {
    for (const thing of open_things.values()) if ('file' in thing) void thing.file.close().catch(() => {});
    open_things.clear();
  });
}

/** Looks whether a fault is due after so many bytes, and uses it up only then. */
function isOver(faults: FileServerFaults, name: 'hang' | 'drop' | 'no_space', written: number): boolean {
  const waiting = faults.list().find(({ fault }) => fault === name);
  return waiting !== undefined && written > waiting.value && faults.take(name) !== null;
}

function modeOf(flags: number): string {
  const writes = (flags & OPEN_MODE.WRITE) !== 0;
  if (!writes) return 'r';
  if ((flags & OPEN_MODE.EXCL) !== 0) return 'wx';
  return (flags & OPEN_MODE.TRUNC) === 0 ? 'r+' : 'w';
}

const NOTHING: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf(stats: { mode: number; size: number; atimeMs: number; mtimeMs: number }): Attributes {
  const { mode, size, atimeMs, mtimeMs } = stats;
  const [atime, mtime] = [Math.floor(atimeMs / 1_000), Math.floor(mtimeMs / 1_000)];
  return { mode, uid: 0, gid: 0, size, atime, mtime };
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.code;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
