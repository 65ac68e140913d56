// Randomness for secrets, drawn from the system a page at a time: a call for each few bytes costs more than
// all that is done with them.
import { randomFillSync } from 'node:crypto';

const PAGE_BYTES = 8_192;

let page = Buffer.alloc(0);
let used = 0;

/** So many random bytes, which nobody else is given and the pool forgets. */
export function pooledRandomBytes(count: number): Buffer {
  if (used + count > page.length) {
    page = randomFillSync(Buffer.alloc(Math.max(PAGE_BYTES, count)));
    used = 0;
  }
  // Copied and wiped: a page that lives on must not hold what was handed out.
  const bytes = Buffer.from(page.subarray(used, used + count));
  page.fill(0, used, used + count);
  used += count;
  return bytes;
}
