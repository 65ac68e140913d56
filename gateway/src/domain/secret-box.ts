// Secrets at rest: AES-256-GCM under a master key. A sealed value opens only in the place it was sealed for
// (its context), so nobody who can write a table can move one row's secret to another row.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { pooledRandomBytes } from './random-pool.ts';

export interface MasterKey {
  /** Tells which master key sealed a box, so that keys can be exchanged one after the other. Not secret. */
  id: Buffer;
  key: KeyObject;
}

// A box: version (1) · key id (8) · salt (12) · nonce (12) · tag (16) · ciphertext.
const VERSION = 1;
const KEY_BYTES = 32;
const ID_END = 9;
const SALT_END = 21;
const NONCE_END = 33;
const TAG_END = 49;
const HEX_KEY = /^[0-9a-fA-F]{64}$/;
const BASE64_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;

/** The one error for every box that does not open. It says nothing of what was inside. */
export class SecretBoxError extends Error {
  constructor() {
    super('A sealed value does not open: the master key is another one, or the value was altered or moved.');
    this.name = 'SecretBoxError';
  }
}

/** Reads the operator's key: 32 random bytes as 64 hexadecimal or 44 base64 characters. */
export function makeMasterKey(text: string): MasterKey {
  const trimmed = text.trim();
  const encoding = HEX_KEY.test(trimmed) ? 'hex' : BASE64_KEY.test(trimmed) ? 'base64' : null;
  const bytes = encoding === null ? null : Buffer.from(trimmed, encoding);
  if (bytes === null || bytes.length !== KEY_BYTES) {
    throw new RangeError(
      'The master key must be 32 random bytes, written as 64 hexadecimal or 44 base64 characters. ' +
        'Make one with: openssl rand -hex 32',
    );
  }
  const id = createHmac('sha256', bytes).update('mpac-pgw master key id').digest().subarray(0, 8);
  return { id, key: createSecretKey(bytes) };
}

function makeBoxKey(master: MasterKey, salt: Buffer): Buffer {
  return createHmac('sha256', master.key).update('mpac-pgw box').update(salt).digest();
}

/**
 * Boxes are sealed under a key made from the master key and a salt, and the salt changes after so many boxes.
 * Under one key, nonces drawn at random begin to repeat after some 2^32 boxes, which is fifty days of a busy
 * gateway that seals an answer for each request; a repeated nonce would break the cipher.
 */
const BOXES_PER_SALT = 65_536;
const current = new WeakMap<MasterKey, { salt: Buffer; key: Buffer; boxes_left: number }>();

function takeBoxKey(master: MasterKey): { salt: Buffer; key: Buffer } {
  let batch = current.get(master);
  if (batch === undefined || batch.boxes_left === 0) {
    const salt = randomBytes(SALT_END - ID_END);
    batch = { salt, key: makeBoxKey(master, salt), boxes_left: BOXES_PER_SALT };
    current.set(master, batch);
  }
  batch.boxes_left -= 1;
  return batch;
}

/** What the tag covers besides the ciphertext: the head of the box and the place where it belongs. */
function makeAssociatedData(head: Buffer, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(context)]);
}

/** `context` names the one place where the value belongs, such as `api_keys.secret:ak_…`. */
export function seal(master: MasterKey, plaintext: string | Buffer, context: string): Buffer {
  const { salt, key } = takeBoxKey(master);
  const nonce = pooledRandomBytes(NONCE_END - SALT_END);
  const head = Buffer.concat([Buffer.of(VERSION), master.id]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(makeAssociatedData(head, context));
  const ciphertext =
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([head, salt, nonce, cipher.getAuthTag(), ciphertext]);
}

/** Opens a box with the one of `keys` that sealed it. Throws SecretBoxError when anything at all is wrong. */
export function open(keys: readonly MasterKey[], box: Buffer, context: string): Buffer {
  const head = box.subarray(0, ID_END);
  const master = keys.find((candidate) => candidate.id.equals(head.subarray(1)));
  if (box.length < TAG_END || head[0] !== VERSION || master === undefined) throw new SecretBoxError();
  const box_key = makeBoxKey(master, box.subarray(ID_END, SALT_END));
  const decipher = createDecipheriv('aes-256-gcm', box_key, box.subarray(SALT_END, NONCE_END), {
    authTagLength: TAG_END - NONCE_END,
  });
  decipher.setAAD(makeAssociatedData(head, context));
  decipher.setAuthTag(box.subarray(NONCE_END, TAG_END));
  const plaintext = decipher.update(box.subarray(TAG_END));
  try {
    decipher.final();
  } catch {
    throw new SecretBoxError();
  }
  return plaintext;
}
