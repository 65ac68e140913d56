// The folder that a file server shows: paths as a client writes them, which never lead out of it.
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, posix, sep } from 'node:path';

export interface ServedFolder {
  /** The path from the folder's own root, without `.` and `..`. */
  normalize(cwd: string, path: string): string;
  /** Where that is on this machine; null: it would lead out of the folder. */
  locate(path: string): string | null;
}

export function openServedFolder(directory: string): ServedFolder {
  const root = realpathSync(directory);
  return {
    normalize: (cwd, path) => posix.normalize(posix.resolve('/', cwd, path)),
    locate(path) {
      if (path.includes('\0')) return null;
      const place = join(root, ...path.split('/'));
      // A link in the folder could lead out of it; the parent is looked at, because a new file is not there yet.
      const known = exists(place) ? place : join(place, '..');
      try {
        const real = realpathSync(known);
        return real === root || real.startsWith(root + sep) ? place : null;
      } catch {
        return place;
      }
    },
  };
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A line as `ls -l` writes it, which clients of both protocols read. */
export function listLine(name: string, stats: Stats): string {
  const kind = stats.isDirectory() ? 'drwxr-xr-x' : '-rw-r--r--';
  // 'Wed Jan 28 2026' without its first word.
  return `${kind} 1 files files ${stats.size} ${stats.mtime.toDateString().slice(4)} ${name}`;
}
