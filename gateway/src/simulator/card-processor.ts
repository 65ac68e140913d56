// A card processor on this machine: it keeps its own books of what the terminals asked it, takes the file of
// transactions that a gateway uploads for a day, checks it line by line against these books, and lays down the day's
// settlement. It settles what it has authorised itself and never what a file says.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  dateOfUpload,
  type MerchantTotal,
  makeSettlement,
  readUpload,
  type SettlementFault,
  settlementName,
  type UploadProblem,
} from './card-processor-files.ts';

/** What a terminal asked, and what it was answered. */
export interface Authorization {
  /** The merchant's number at the processor. */
  merchant_number: string;
  /** Whole yen. */
  amount: number;
  approval_code: string;
  status: 'APPROVED' | 'DECLINED';
  /** When the processor answered; its day is Japan's calendar day. */
  at: string;
}

/** What came of an upload. */
export interface CheckedUpload {
  date: string;
  file_name: string;
  received_at: string;
  transactions_count: number;
  /** Approved transactions that are in the processor's own books, with the same amount. */
  matched_count: number;
  problems: UploadProblem[];
  settlement_file_name: string | null;
}

export interface CardProcessorOptions {
  /** The folder that its FTP server shows; the two below lie in it. */
  directory: string;
  now(): number;
}

export const UPLOAD_DIRECTORY = 'upload';
export const DOWNLOAD_DIRECTORY = 'download';

const JAPAN_MS = 9 * 3_600_000;
const dayOf = (at: string) => new Date(Date.parse(at) + JAPAN_MS).toISOString().slice(0, 10);

export type CardProcessor = Awaited<ReturnType<typeof openCardProcessor>>;

export async function openCardProcessor({ directory, now }: CardProcessorOptions) {
  const days = new Map<string, Authorization[]>();
  const uploads: CheckedUpload[] = [];
  /** For the next settlements, in this order; `late` is one that is not laid down by itself. */
  let faults: (SettlementFault | 'late')[] = [];
  const downloads = join(directory, DOWNLOAD_DIRECTORY);
  await mkdir(join(directory, UPLOAD_DIRECTORY), { recursive: true });
  await mkdir(downloads, { recursive: true });

  async function settle(date: string, fault?: SettlementFault): Promise<string> {
    const name = settlementName(date);
    const path = join(downloads, name);
    // Nobody who looks at this moment finds half a file.
    await writeFile(`${path}.part`, makeSettlement(date, totalsOf(days.get(date) ?? []), fault));
    await rename(`${path}.part`, path);
    return name;
  }

  return {
    directory,

    authorize(authorization: Authorization): void {
      const date = dayOf(authorization.at);
      const day = days.get(date);
      if (day === undefined) days.set(date, [authorization]);
      else day.push(authorization);
    },

    /** Called by the FTP server when a file has its final name. Other names than those of uploads are let lie. */
    async takeUpload(name: string): Promise<CheckedUpload | null> {
      const date = dateOfUpload(name);
      if (date === null) return null;
      const { transactions, problems } = readUpload(
        await readFile(join(directory, UPLOAD_DIRECTORY, name), 'utf8'),
        date,
      );
      const matched = matchOf(days.get(date) ?? [], transactions);
      const fault = faults.shift();
      const checked: CheckedUpload = {
        date,
        file_name: name,
        received_at: new Date(now()).toISOString(),
        transactions_count: transactions.length,
        matched_count: matched.count,
        problems: [...problems, ...matched.problems].sort((a, b) => a.line - b.line),
        settlement_file_name: fault === 'late' ? null : await settle(date, fault),
      };
      uploads.push(checked);
      return checked;
    },

    /** Lays the day's settlement down once more, as a processor does that found a mistake, or that was late. */
    settle,
    /** What is to be wrong with the settlements of the next uploads. */
    setFaults(next: readonly (SettlementFault | 'late')[]): void {
      faults = [...next];
    },
    listFaults: () => [...faults],
    listUploads: () => [...uploads],
    listDays: () =>
      [...days]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([date, day]) => ({ date, merchants: totalsOf(day), authorizations_count: day.length })),
    reset(): void {
      days.clear();
      uploads.length = 0;
      faults = [];
    },
  };
}

function totalsOf(day: readonly Authorization[]): MerchantTotal[] {
  const totals = new Map<string, MerchantTotal>();
  for (const { merchant_number, amount, status } of day) {
    if (status !== 'APPROVED') continue;
    const { transaction_count = 0, gross_amount = 0 } = totals.get(merchant_number) ?? {};
    totals.set(merchant_number, {
      merchant_number,
      transaction_count: transaction_count + 1,
      gross_amount: gross_amount + amount,
    });
  }
  return [...totals.values()];
}

interface Claimed {
  line: number;
  amount: number;
  approval_code: string;
  status: Authorization['status'];
}

/** A till may put the terminal's slip number behind the code, to tell two payments with one code apart. */
const bareCode = (approval_code: string) => approval_code.split('-', 1)[0] ?? '';

/** Each line that says "approved" against one authorisation with its approval code; a code may come back in a day. */
function matchOf(day: readonly Authorization[], transactions: readonly Claimed[]) {
  const open = new Map<string, number[]>();
  for (const { approval_code, amount, status } of day) {
    if (status !== 'APPROVED') continue;
    const code = bareCode(approval_code);
    const amounts = open.get(code);
    if (amounts === undefined) open.set(code, [amount]);
    else amounts.push(amount);
  }
  const problems: UploadProblem[] = [];
  let count = 0;
  for (const { line, amount, approval_code, status } of transactions) {
    if (status !== 'APPROVED') continue;
    const amounts = open.get(bareCode(approval_code)) ?? [];
    const place = amounts.indexOf(amount);
    if (place >= 0) {
      amounts.splice(place, 1);
      count += 1;
    } else if (amounts.length > 0)
      problems.push({
        line,
        message: `${approval_code} was approved for ${amounts.join(' and ')}, not ${amount}.`,
      });
    else problems.push({ line, message: `${approval_code} was never approved here.` });
  }
  return { count, problems };
}
