// The payment token lets one terminal or browser confirm one intent: `<intent id>_secret_<192 random bits>`.
// Only its SHA-256 is stored. A plain hash is enough, since nobody can try out 2^192 tokens.
import { hash, timingSafeEqual } from 'node:crypto';
import { isId } from './id.ts';

const RANDOM_BYTES = 24;
const HASH_BYTES = 32;
const SEPARATOR = '_secret_';
/** Stands in for the hash of a token that does not exist. Its match is never believed. */
const NO_HASH = Buffer.alloc(HASH_BYTES);

export function hashPaymentToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** The token itself goes to the caller once and is then forgotten; the hash is what a table keeps. */
export function makePaymentToken(
  intent_id: string,
  random: (bytes: number) => Buffer,
): { token: string; hash: Buffer } {
  const bytes = random(RANDOM_BYTES);
  if (!isId('pi', intent_id) || bytes.length !== RANDOM_BYTES) {
    throw new RangeError('A payment token needs an intent id and 24 random bytes.');
  }
  const token = `${intent_id}${SEPARATOR}${bytes.toString('base64url')}`;
  return { token, hash: hashPaymentToken(token) };
}

/** Compares in constant time. A missing hash costs as much as a wrong one and never matches. */
export function matchesPaymentToken(token: string, stored_hash: Buffer | null): boolean {
  const usable = stored_hash !== null && stored_hash.length === HASH_BYTES;
  const equal = timingSafeEqual(hashPaymentToken(token), usable ? stored_hash : NO_HASH);
  return usable && equal;
}
