// What a customer's 2-D code says by the EMV standard for codes that customers show, and by the Japanese one that is
// made after it (JPQR): base64 of BER-TLV, first the format, then templates with the issuer and the payment's own
// number. A length that does not fit exactly makes all of it unreadable; nothing here throws.

export interface Tlv {
  /** In upper-case hexadecimal. */
  tag: string;
  value: Buffer;
}

export interface PresentedCode {
  format: 'emv_cpm' | 'jpqr_cpm';
  /** What each template names its issuer by and begins its number with, the preferred template first. */
  issuers: string[];
}

const FORMATS: Record<string, PresentedCode['format']> = { CPV01: 'emv_cpm', JPQR1: 'jpqr_cpm' };
/** How the base64 of every such code begins: of the tag 85, its length and four letters nothing differs. */
const HEADS = ['hQVDUFYw', 'hQVKUFFS'];
const CONSTRUCTED = 0x20;
const MAX_DEPTH = 4;

/** The constant beginning of such a code, or null where the text is none. */
export function presentedHead(text: string): string | null {
  return HEADS.find((head) => text.startsWith(head)) ?? null;
}

/** Null: it begins like one and cannot be read. */
export function readPresentedCode(text: string): PresentedCode | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  // Node passes over what does not belong; what was cut off or changed on the way is refused here.
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) return null;
  const items = readTlv(bytes);
  const format = items?.[0]?.tag === '85' ? FORMATS[items[0].value.toString('latin1')] : undefined;
  if (items === null || format === undefined) return null;
  const templates = items.filter(({ tag }) => tag === '61').map(({ value }) => readTlv(value) ?? []);
  const issuers = templates.flatMap((inner) => [
    ...inner.filter(({ tag }) => tag === '4F').flatMap(({ value }) => [asDigits(value), asHex(value)]),
    ...inner.filter(({ tag }) => tag === '57' || tag === '5A').flatMap(({ value }) => leadingDigits(value)),
  ]);
  return { format, issuers: issuers.filter((issuer) => issuer !== '') };
}

/** The items of one level. Null where tags or lengths do not add up, on this level or in a template of it. */
export function readTlv(bytes: Buffer, depth = 0): Tlv[] | null {
  if (depth > MAX_DEPTH) return null;
  const items: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag_length = tagLength(bytes, at);
    const length = tag_length === null ? null : readLength(bytes, at + tag_length);
    if (tag_length === null || length === null) return null;
    const from = at + tag_length + length.bytes;
    if (from + length.value > bytes.length) return null;
    const value = bytes.subarray(from, from + length.value);
    if (((bytes[at] ?? 0) & CONSTRUCTED) !== 0 && readTlv(value, depth + 1) === null) return null;
    items.push({ tag: asHex(bytes.subarray(at, at + tag_length)), value });
    at = from + length.value;
  }
  return items;
}

/** A tag whose low five bits are all set goes on, for as long as the bytes after it say so; three are enough. */
function tagLength(bytes: Buffer, at: number): number | null {
  const first = bytes[at] ?? 0;
  // 00 and FF are padding in other media, and no tag anywhere.
  if (first === 0x00 || first === 0xff) return null;
  if ((first & 0x1f) !== 0x1f) return 1;
  for (let more = 1; more <= 2; more += 1) {
    const next = bytes[at + more];
    if (next === undefined) return null;
    if ((next & 0x80) === 0) return more + 1;
  }
  return null;
}

/** One byte below 128, else the number of bytes that follow. An open end (80) is not of this standard. */
function readLength(bytes: Buffer, at: number): { value: number; bytes: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { value: first, bytes: 1 };
  const more = first & 0x7f;
  if (more < 1 || more > 2 || at + more >= bytes.length) return null;
  return { value: bytes.readUIntBE(at + 1, more), bytes: more + 1 };
}

function asHex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}

/** Issuers write their number as text or with two digits in a byte. Here as text; '' where it is none. */
function asDigits(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return /^\d+$/.test(text) ? text : '';
}

/** Of a payment's number, two digits in a byte, until the padding or the separator. */
function leadingDigits(bytes: Buffer): string[] {
  const text = asDigits(bytes);
  return [text, /^\d*/.exec(asHex(bytes))?.[0] ?? ''];
}
