// A code that a customer shows and a till scans: what was meant by the characters that came, which wallet they belong
// to, and how much of them may be shown. Whoever has the whole code can be paid by it, so it is kept nowhere.
import { hash } from 'node:crypto';
import type { RetailCodeEntry, RetailCodeTable } from './retail-code-table.ts';
import { presentedHead, readPresentedCode } from './retail-code-tlv.ts';

/** `text` is what no standard of ours explains; the wallet that the caller names may know it. */
export type RetailCodeFormat = 'digits' | 'emv_cpm' | 'jpqr_cpm' | 'text';

export interface RetailCode {
  /** As the wallet knows it: what the scanner or the keyboard added is gone. */
  code: string;
  format: RetailCodeFormat;
  /** How it begins, where that says only whose it is, and its last four characters. */
  masked: string;
  wallet: RetailCodeEntry | null;
  /** Null when the wallet is known. */
  problem: RetailCodeProblem | null;
  /** The wallet whose codes begin like this one, which has not the length of any of them. */
  resembles: string | null;
}

export type RetailCodeProblem = 'empty' | 'unrecognised' | 'too_short' | 'too_long' | 'unreadable';

export function readRetailCode(scanned: string, table: RetailCodeTable): RetailCode {
  const code = normalizeRetailCode(scanned);
  const known = { code, resembles: null, problem: null };
  if (/^\d+$/.test(code)) return readDigits(code, table);
  const head = presentedHead(code);
  if (head === null) {
    const problem = code === '' ? 'empty' : 'unrecognised';
    return { ...known, format: 'text', masked: maskRetailCode(code, ''), wallet: null, problem };
  }
  const masked = maskRetailCode(code, head);
  const presented = readPresentedCode(code);
  if (presented === null) return { ...known, format: 'text', masked, wallet: null, problem: 'unreadable' };
  for (const issuer of presented.issuers) {
    const wallet = listMatches(issuer, table).find(({ prefix }) => prefix.length >= MIN_ISSUER);
    if (wallet !== undefined) return { ...known, format: presented.format, masked, wallet };
  }
  return { ...known, format: presented.format, masked, wallet: null, problem: 'unrecognised' };
}

/** The longest prefix that fits the length decides; where none does, the longest says what it looks like. */
function readDigits(code: string, table: RetailCodeTable): RetailCode {
  const matches = listMatches(code, table);
  const wallet = matches.find(({ lengths }) => lengths.includes(code.length)) ?? null;
  const alike = wallet ?? matches.find(({ lengths }) => lengths.length > 0);
  const masked = maskRetailCode(code, alike?.prefix ?? '');
  const base = { code, format: 'digits', masked, wallet, resembles: null } as const;
  if (wallet !== null) return { ...base, problem: null };
  if (alike === undefined) return { ...base, problem: 'unrecognised' };
  const too_short = code.length < Math.max(...alike.lengths);
  return { ...base, problem: too_short ? 'too_short' : 'too_long', resembles: alike.provider };
}

const MAX_PREFIX = 32;
/** In a 2-D code, where the length says nothing, two digits would name a wallet by chance. */
const MIN_ISSUER = 6;

/** Longest prefix first. */
function listMatches(text: string, table: RetailCodeTable): RetailCodeEntry[] {
  const matches: RetailCodeEntry[] = [];
  for (let length = Math.min(MAX_PREFIX, text.length); length > 0; length -= 1) {
    const entry = table.get(text.slice(0, length));
    if (entry !== undefined) matches.push(entry);
  }
  return matches;
}

/** At the edges: white space, control characters, and the mark (]C1, ]Q3) by which a scanner tells the symbology. */
const BEFORE = /^(?:[\s\p{Cc}\p{Cf}]|\][A-Za-z]\d)+/u;
const AFTER = /[\s\p{Cc}\p{Cf}]+$/u;
/** What people and keyboards put between groups of digits; a Japanese keyboard has several that look like a hyphen. */
const SEPARATORS = /[\s\p{Cc}\p{Cf}\p{Pd}.,_\u2212\u30fc\u30fb\uff70]/gu;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FROM_FULL_WIDTH = 0xfee0;

/** The same code whichever way it came in. Doing it twice changes nothing more. */
export function normalizeRetailCode(scanned: string): string {
  const narrow = scanned.replace(FULL_WIDTH, (wide) =>
    String.fromCharCode(wide.charCodeAt(0) - FROM_FULL_WIDTH),
  );
  const bare = narrow.replace(BEFORE, '').replace(AFTER, '');
  const digits = bare.replace(SEPARATORS, '');
  if (/^\d*$/.test(digits)) return digits;
  // A long 2-D code comes in several lines from some scanners. In what we do not know, nothing is taken out.
  const unbroken = bare.replace(/[\s\p{Cc}\p{Cf}]/gu, '');
  return presentedHead(unbroken) === null ? bare : unbroken;
}

const LAST = 4;
const MIN_HIDDEN = 6;

/** `prefix` and the last four characters, with at least six hidden between them; else less, or nothing. */
export function maskRetailCode(code: string, prefix: string): string {
  const last = code.slice(-LAST);
  // Nothing that is no plain character goes to a screen or a log.
  if (!/^[!-~]{4}$/.test(last) || code.length < LAST + MIN_HIDDEN) return '…';
  const shown = code.length >= prefix.length + LAST + MIN_HIDDEN ? prefix : '';
  return `${shown}…${last}`;
}

/**
 * Tells a second use of a code. With the organization and the mode in it, the same code is another one elsewhere:
 * one organization can neither use up another's codes nor learn what was shown to it, and no list of hashes made
 * beforehand serves for two. No key is in it: keys are exchanged, replica by replica, and meanwhile the same code
 * would have two hashes and could pay twice. Who computes a hash back holds a code that died minutes after its scan.
 */
export function hashRetailCode(code: string, place: { organization_id: string; livemode: boolean }): Buffer {
  const mode = place.livemode ? 'live' : 'test';
  return hash('sha256', `customer_code\n${place.organization_id}\n${mode}\n${code}`, 'buffer');
}
