// Shift_JIS for the simulated PayPay's files. Node only reads it, so the table for writing is made by reading every
// pair of bytes once.
import { TextDecoder } from 'node:util';

let table: Map<string, Buffer> | null = null;

/** What Shift_JIS has no character for becomes a question mark. */
export function encodeShiftJis(text: string): Buffer {
  table ??= makeTable();
  const known = table;
  return Buffer.concat([...text].map((character) => known.get(character) ?? Buffer.from('?')));
}

function makeTable(): Map<string, Buffer> {
  const decoder = new TextDecoder('shift_jis');
  const made = new Map<string, Buffer>();
  const add = (...bytes: number[]) => {
    const character = decoder.decode(Uint8Array.from(bytes));
    // Some characters have two codes; the first is the standard's own.
    if (!character.includes('\ufffd') && [...character].length === 1 && !made.has(character))
      made.set(character, Buffer.from(bytes));
  };
  for (let byte = 0; byte < 0x80; byte += 1) add(byte);
  for (let byte = 0xa1; byte <= 0xdf; byte += 1) add(byte);
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail += 1) add(lead, trail);
  }
  return made;
}
