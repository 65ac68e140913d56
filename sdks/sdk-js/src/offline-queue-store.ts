// Where the offline queue keeps its entries: IndexedDB, flushed to the disk before anything is sent. Where the browser
// has none, or refuses a write, memory takes its place and says so: money in the drawer is never refused for want of
// a disk.
import { nameUnreadable, readEntry, type StoredEntry } from './offline-queue-entry.ts';

const VERSION = 1;
const STORE = 'entries';
/** An open that hangs, as browsers' do after a crash now and then, must not keep a customer waiting. */
const OPEN_PATIENCE_MS = 4_000;

export interface Kept {
  /** As it was stored: use `readEntry`. */
  stored: unknown;
  durable: boolean;
}

/** What becomes of an entry: another one, nothing any more (`null`), or what it was (`undefined`). */
export type Change = (entry: StoredEntry) => StoredEntry | null | undefined;

export interface EntryStore {
  /** Unless what is there already forbids it. Looked at and written in one transaction, so that two pages see each other. */
  add(entry: StoredEntry, mayBe?: (others: StoredEntry[]) => boolean): Promise<void>;
  /** All that there is, the oldest first. */
  list(): Promise<Kept[]>;
  /**
   * Reads, decides and writes in one transaction, so that of two pages only one does it. Resolves with the entry before
   * the change; null where there is none, or nothing was changed.
   */
  change(id: string, change: Change): Promise<StoredEntry | null>;
  /** Takes an unreadable entry away, by the name that `showEntry` gave it. */
  removeUnreadable(name: string): Promise<boolean>;
  close(): void;
}

export function makeEntryStore(name: string): EntryStore {
  const memory = new Map<string, StoredEntry>();
  let opened: Promise<IDBDatabase | null> | null = null;

  /** Null where there is no database, or it is of no use. */
  function database(): Promise<IDBDatabase | null> {
    opened ??= openDatabase(name, () => {
      opened = null;
    }).catch(() => null);
    return opened;
  }

  /** Runs in one transaction; null when there is no database or it failed, and then nothing was written. */
  async function inTransaction<T>(
    mode: IDBTransactionMode,
    work: (entries: IDBObjectStore, finish: (value: T) => void) => void,
  ): Promise<T | null> {
    const db = await database();
    if (db === null) return null;
    return new Promise((resolve) => {
      try {
        const transaction = db.transaction(STORE, mode, { durability: 'strict' });
        let value: T | null = null;
        transaction.oncomplete = () => resolve(value);
        transaction.onabort = () => resolve(null);
        work(transaction.objectStore(STORE), (made) => {
          value = made;
        });
      } catch {
        // It was closed this moment: another tab has a newer version, or the person deleted the site's data.
        resolve(null);
      }
    });
  }

  function changeOnDisk(id: string, change: Change): Promise<StoredEntry | null> {
    return inTransaction<StoredEntry>('readwrite', (entries, finish) => {
      const request = entries.openCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null) return;
        const entry = readEntry(cursor.value);
        if (entry?.id !== id) return cursor.continue();
        const made = change(entry);
        if (made === undefined) return;
        const written = made === null ? cursor.delete() : cursor.update(made);
        written.onsuccess = () => finish(entry);
      };
    });
  }

  return {
    async add(entry, mayBe = () => true) {
      const added = await inTransaction<boolean>('readwrite', (entries, finish) => {
        const request = entries.getAll();
        request.onsuccess = () => {
          const others = request.result.flatMap((stored) => readEntry(stored) ?? []);
          if (!mayBe([...others, ...memory.values()])) return finish(false);
          entries.add(entry).onsuccess = () => finish(true);
        };
      });
      if (added === true) void navigator.storage?.persist?.().catch(() => false);
      if (added === null && mayBe([...memory.values()])) memory.set(entry.id, entry);
    },

    async list() {
      const stored = await inTransaction<unknown[]>('readonly', (entries, finish) => {
        const request = entries.getAll();
        request.onsuccess = () => finish(request.result);
      });
      const on_disk = (stored ?? []).filter((one) => !memory.has(readEntry(one)?.id ?? ''));
      return [
        ...on_disk.map((one) => ({ stored: one, durable: true })),
        ...[...memory.values()].map((one) => ({ stored: one, durable: false })),
      ];
    },

    async change(id, change) {
      const kept = memory.get(id);
      if (kept === undefined) return changeOnDisk(id, change);
      const made = change(kept);
      if (made === undefined) return null;
      if (made !== null) {
        memory.set(id, made);
        return kept;
      }
      memory.delete(id);
      // What memory had in place of an entry that could not be written over.
      await changeOnDisk(id, () => null);
      return kept;
    },

    async removeUnreadable(place) {
      const removed = await inTransaction<true>('readwrite', (entries, finish) => {
        const request = entries.openCursor();
        request.onsuccess = () => {
          const cursor = request.result;
          if (cursor === null) return;
          if (readEntry(cursor.value) !== null || nameUnreadable(cursor.value) !== place)
            return cursor.continue();
          cursor.delete().onsuccess = () => finish(true);
        };
      });
      return removed === true;
    },

    close() {
      void opened?.then((db) => db?.close());
      opened = null;
    },
  };
}

/**
 * A newer version of the SDK may have been here, and been taken back: its database is then used as it is. `lost` is
 * told when the connection has ended, or came too late for its patience, and a new one may be opened.
 */
async function openDatabase(name: string, lost: () => void): Promise<IDBDatabase | null> {
  const db = await open(name, lost, VERSION).catch((error: DOMException) => {
    if (error.name === 'VersionError') return open(name, lost);
    throw error;
  });
  if (!db.objectStoreNames.contains(STORE)) {
    db.close();
    return null;
  }
  db.onversionchange = () => {
    // A newer version in another tab waits for us.
    db.close();
    lost();
  };
  db.onclose = lost;
  return db;
}

function open(name: string, late: () => void, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    // Where storage is forbidden, already this throws.
    const request = indexedDB.open(name, version);
    let has_waited = false;
    const patience = setTimeout(() => {
      has_waited = true;
      reject(new Error('timeout'));
    }, OPEN_PATIENCE_MS);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: 'sequence', autoIncrement: true });
    };
    request.onsuccess = () => {
      clearTimeout(patience);
      resolve(request.result);
      // After the patience nobody takes it: left open it would keep a newer version waiting for ever.
      if (has_waited) {
        request.result.close();
        late();
      }
    };
    request.onerror = () => {
      clearTimeout(patience);
      reject(request.error);
    };
  });
}
