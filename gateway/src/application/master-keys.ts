// Which master key seals: the database remembers it, so that a process with a wrong key is refused at its start,
// and all processes change over together when the operator exchanges the key.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  findOldestAnswer,
  hasMasterKeys,
  insertFirstMasterKey,
  type KnownMasterKey,
  listMasterKeys,
} from '../db/master-keys.ts';
import { findKeyOf, isKeyUsedIn, SEALED_TABLES } from '../db/sealed-columns.ts';
import { type MasterKey, open, SecretBoxError, seal } from '../domain/secret-box.ts';

/** Why this process cannot work with the keys that it was given, in one sentence for its operator. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterKeyError';
  }
}

const CHECK_TEXT = 'mpac-pgw';

/** How often a process asks which key seals; after an exchange all have heard of it within GRACE_MS. */
export const WATCH_MS = 2_000;
export const GRACE_MS = 6_000;

/**
 * Seal with the key that this database's secrets are sealed with, or refuse. A fresh database takes the first
 * key. False while the migrations are not in: then nothing is sealed there yet that a wrong key could spoil.
 */
export async function settleMasterKey(context: Context): Promise<boolean> {
  if (!(await hasMasterKeys(context.db))) return false;
  let known = await listMasterKeys(context.db);
  if (known.length === 0) {
    const first = await chooseFirst(context);
    await insertFirstMasterKey(context.db, first.id, sealCheck(first), instant(context));
    known = await listMasterKeys(context.db);
  }
  const sealing = known.find((key) => key.seals);
  if (sealing === undefined) throw new Error('no master key seals');
  const own = findOpeningKey(context, sealing.id);
  if (own === null || !opensCheck(own, sealing)) throw wrongKey(context);
  for (const key of known) {
    if (findOpeningKey(context, key.id) === null && (await isInUse(context, key))) {
      throw new MasterKeyError(
        `Some secrets are still sealed with the earlier master key ${nameOf(key.id)}: give it as ` +
          'MPAC_MASTER_KEY_PREVIOUS until "mpac-pgw keys rotate-master" says that it can go.',
      );
    }
  }
  context.master_key = own;
  return true;
}

/** A release before this one sealed without noting its key: then it is the key that its secrets name. */
async function chooseFirst(context: Context): Promise<MasterKey> {
  for (const table of SEALED_TABLES) {
    const key_id = await findKeyOf(context.db, table);
    if (key_id === null) continue;
    const own = findOpeningKey(context, key_id);
    if (own === null) throw wrongKey(context);
    return own;
  }
  return context.master_key;
}

export function findOpeningKey(context: Context, id: Buffer): MasterKey | null {
  return context.opening_keys.find((key) => key.id.equals(id)) ?? null;
}

/** Whether something is left that only this key opens. */
async function isInUse(context: Context, key: KnownMasterKey): Promise<boolean> {
  for (const table of SEALED_TABLES) if (await isKeyUsedIn(context.db, table, key.id)) return true;
  return (await answersUntil(context, key)) !== null;
}

/** A stored answer is forgotten after so long, with some time for the job that does it. */
const ANSWER_LIFE_MS = 26 * 3_600_000;

/**
 * Until when a replaced key may be needed for stored answers, or null when it is not. They are not sealed anew,
 * but forgotten after a day; when even the oldest was begun after the exchange, none of the key's is left.
 */
export async function answersUntil(context: Context, key: KnownMasterKey): Promise<string | null> {
  if (key.replaced_at === null) return null;
  const last_sealed_at = Date.parse(key.replaced_at) + GRACE_MS;
  const oldest = await findOldestAnswer(context.db);
  if (oldest === null || Date.parse(oldest) > last_sealed_at) return null;
  return new Date(last_sealed_at + ANSWER_LIFE_MS).toISOString();
}

function sealContext(id: Buffer): string {
  return `master_keys.check:${id.toString('hex')}`;
}

export function sealCheck(key: MasterKey): Buffer {
  return seal(key, CHECK_TEXT, sealContext(key.id));
}

function opensCheck(own: MasterKey, known: KnownMasterKey): boolean {
  try {
    return open([own], known.check_sealed, sealContext(own.id)).toString() === CHECK_TEXT;
  } catch (error) {
    if (error instanceof SecretBoxError) return false;
    throw error;
  }
}

/** As the operator sees a key named, in logs and by the commands. */
export function nameOf(key_id: Buffer): string {
  return key_id.toString('hex');
}

function wrongKey({ config }: Context): MasterKeyError {
  const sentence = "The master key is not the one that this database's secrets were sealed with: ";
  return new MasterKeyError(
    config.master_key === null
      ? `${sentence}put master.key back into ${config.data_dir}, or begin anew in another folder with MPAC_DATA_DIR.`
      : `${sentence}put the right one into MPAC_MASTER_KEY, or, to exchange it, the earlier one into MPAC_MASTER_KEY_PREVIOUS.`,
  );
}
