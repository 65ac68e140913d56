// PayPay's daily files for tests: fetched from the simulator or typed by hand, changed row by row, and written as the
// bytes that PayPay would send. Its Shift_JIS is not the simulator's.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import type { TestGateway } from './gateway.ts';

/** The characters outside of ASCII that these files are typed with, found by reading all pairs of bytes. */
const BYTES = new Map<string, number[]>();
for (let lead = 0x81; lead < 0xfd; lead += 1) {
  for (let trail = 0x40; trail < 0xfd; trail += 1) {
    const text = new TextDecoder('shift_jis').decode(Uint8Array.of(lead, trail));
    if (text.length === 1 && text !== '\ufffd' && !BYTES.has(text)) BYTES.set(text, [lead, trail]);
  }
}

export function toShiftJis(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      const bytes = code < 0x80 ? [code] : BYTES.get(character);
      if (bytes === undefined) throw new Error(`no Shift_JIS for ${character}`);
      return bytes;
    }),
  );
}

export const fromShiftJis = (bytes: Buffer) => new TextDecoder('shift_jis', { fatal: true }).decode(bytes);

export const COLUMNS =
  '決済番号,加盟店ID,屋号,店舗ID,店舗名,端末番号/PosID,取引ステータス,取引日時,取引金額,レシート番号,支払い方法,マーチャント決済ID,支払い詳細';

export interface MadeFile {
  name: string;
  url: string;
  rows: number;
  announced: string;
}

/** Has the simulator make the files of a day. */
export async function makeFiles(
  { paypay }: TestGateway,
  date: string,
  options: { announce?: boolean } = {},
): Promise<MadeFile[]> {
  const { files } = await paypay.control<{ files: MadeFile[] }>('POST', '/reconciliation_file', {
    date,
    announce: false,
    ...options,
  });
  return files;
}

/** The text of a file that the simulator serves, as lines without the header. */
export async function fetchLines({ url }: { url: string }): Promise<{ header: string; rows: string[] }> {
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  const [header = '', ...rows] = fromShiftJis(bytes).trimEnd().split('\n');
  return { header, rows };
}

export function makeBytes(header: string, rows: readonly string[]): Buffer {
  return toShiftJis([header, ...rows].map((line) => `${line}\n`).join(''));
}

/** A folder for files that are imported by hand; gone with the test. */
export function makeFolder(t: { after(end: () => void): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'mpac-reconciliation-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return {
    write(name: string, bytes: Buffer): string {
      const path = join(dir, name);
      writeFileSync(path, bytes);
      return path;
    },
  };
}

/** A stream of chance that is the same at every run. */
export function makeChance(seed: string): (below: number) => number {
  let count = 0;
  return (below) => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE() % below;
  };
}
