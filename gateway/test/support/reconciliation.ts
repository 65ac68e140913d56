// PayPay's daily files for tests: fetched from the simulator or typed by hand, changed row by row, and written as the
// bytes that PayPay would send. Its Shift_JIS is not the simulator's.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { actorOfCommandLine } from '../../src/application/audit.ts';
import { getReconciliation } from '../../src/application/reconciliation-reports.ts';
import { importReconciliationFile } from '../../src/application/reconciliations.ts';
import type { Context } from '../../src/context.ts';
import type { ReconciliationException } from '../../src/domain/reconciliation-exception.ts';
import type { Json } from './client.ts';
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

export const DAY = '2026-01-16';
export const MORNING = '2026-01-16T00:00:00.000Z'; // nine o'clock in Japan
export const ACCOUNT = 'paypay_merchant_123';
export const nameOf = (day: string, kind = 'transaction', account = ACCOUNT) => {
  const digits = day.replaceAll('-', '');
  return `${kind}_${account}_${digits}000000_${digits}235959_v2.csv`;
};

/** A line of a payment that PayPay took at a time of Japan. */
export const lineOf = (
  payment: { attempt_id: string; provider_payment_id: string },
  amount: number,
  at: string,
) =>
  `${payment.provider_payment_id},${ACCOUNT},,,,,取引完了,${at},${amount},,PayPay残高,${payment.attempt_id},`;

/** Imports bytes; the answer's only file, and its exceptions. */
export async function importBytes({ context }: TestGateway, file_name: string, bytes: Buffer) {
  const wanted = { provider: 'PAYPAY', bytes, file_name, livemode: false, source: 'by_hand' as const };
  const { files } = await importReconciliationFile(context, wanted, actorOfCommandLine('test'));
  const [file] = files;
  assert.ok(file !== undefined && files.length === 1);
  return { file, exceptions: await exceptionsOf(context, file.id) };
}

export async function exceptionsOf(context: Context, file_id: string): Promise<ReconciliationException[]> {
  return (await getReconciliation(context, file_id, 1_000)).exceptions;
}

export async function pay(gateway: TestGateway, changes: Json = {}) {
  const intent = await gateway.openQr(changes);
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  const [attempt] = await gateway.query<{ id: string; provider_payment_id: string }>(
    'select id, provider_payment_id from payment_attempts where payment_intent_id = $1',
    [intent.id],
  );
  assert.ok(attempt !== undefined);
  return { ...intent, attempt_id: attempt.id, provider_payment_id: attempt.provider_payment_id };
}

export async function refund(gateway: TestGateway, intent: { id: string }, amount: number): Promise<string> {
  const { json } = await gateway.client.post('/v1/refunds', { payment_intent: intent.id, amount });
  assert.equal(json.status, 'succeeded');
  return json.id;
}

/** What an exception is about, in one line. */
export const describe = ({ kind, attempt_id, refund_id, provider_payment_id }: ReconciliationException) =>
  `${kind} ${refund_id ?? attempt_id ?? provider_payment_id}`;
