// Holds the rows of a provider's file against our payments and refunds, some hundreds at a time, and sorts what comes
// of it by organization. What is unknown here belongs to those who own the account.
import type { Context } from '../context.ts';
import { insertExceptions, insertMatches, type Match } from '../db/reconciliation-exceptions.ts';
import type { FileCounts } from '../db/reconciliation-files.ts';
import {
  type Account,
  type FoundPayment,
  type FoundRefund,
  listMatchedElsewhere,
  listNamedPayments,
  listNamedRefunds,
} from '../db/reconciliation-matching.ts';
import { isId } from '../domain/id.ts';
import {
  compareGivenBack,
  comparePayment,
  compareRefund,
  type ExceptionKind,
  isOfRefund,
  movesMoney,
  type ReconciliationRow,
} from '../domain/reconciliation.ts';
import { type ExceptionDraft, makeException, type NewException } from '../domain/reconciliation-exception.ts';
import { addTo, type Tallies, tallyOf } from '../domain/settlement.ts';

/** The clocks of a provider and of a gateway, and the way between them. */
export const TOLERANCE_MS = 10 * 60_000;

/** One organization's part of a file while it is imported. */
export interface OwnPart {
  file_id: string;
  organization_id: string;
  counts: FileCounts;
  tallies: Tallies;
  /** What was tallied already: a line that stands twice is money once. */
  tallied: Set<string>;
}

export interface FileParts {
  account: Account;
  /** The parts of those who own the account. */
  owners: readonly OwnPart[];
  /** The part of an organization whose payment a row names; null: it has the file already. */
  partOf(organization_id: string): Promise<OwnPart | null>;
  /** The payments that the file itself shows as given back under their own ids. */
  given_back: ReadonlySet<string>;
  /** The provider's day that the file tells of. */
  business_date: string;
  /** The time that the file tells of, without its end. */
  period_begins_at: string;
  period_ends_at: string;
  /** The time of all exceptions of this import. */
  created_at: string;
}

interface Findings {
  matches: Match[];
  exceptions: NewException[];
  /** What a file of another day has already. */
  elsewhere: ReadonlySet<string>;
}

/** Match a batch of rows and write what was found. Nothing of it counts until the file is finished. */
export async function matchRows(
  context: Context,
  parts: FileParts,
  rows: readonly ReconciliationRow[],
): Promise<void> {
  const references = rows.flatMap(({ reference }) => reference ?? []);
  const [payments, refunds] = await Promise.all([
    listNamedPayments(
      context.db,
      parts.account,
      references.filter((id) => isId('pa', id)),
      rows.map(({ provider_payment_id }) => provider_payment_id),
    ),
    listNamedRefunds(
      context.db,
      parts.account,
      references.filter((id) => isId('re', id)),
    ),
  ]);
  const payment_by_id = new Map(payments.map((each) => [each.id, each]));
  const payment_by_number = new Map(payments.map((each) => [each.provider_payment_id, each]));
  const refund_by_id = new Map(refunds.map((each) => [each.id, each]));

  const elsewhere = await listMatchedElsewhere(
    context.db,
    parts.account,
    [...payment_by_id.keys(), ...refund_by_id.keys()],
    parts.period_begins_at,
    parts.period_ends_at,
  );
  const findings: Findings = { matches: [], exceptions: [], elsewhere: new Set(elsewhere) };
  for (const row of rows) {
    const { reference, provider_payment_id } = row;
    const payment = payment_by_id.get(reference ?? '') ?? payment_by_number.get(provider_payment_id);
    const refund = isOfRefund(row) ? refund_by_id.get(reference ?? '') : undefined;
    if (refund !== undefined) await matchRefund(context, parts, findings, row, refund);
    else if (payment !== undefined) await matchPayment(context, parts, findings, row, payment);
    else noteUnknown(context, parts, findings, row);
  }
  await insertMatches(context.db, findings.matches);
  await insertExceptions(context.db, findings.exceptions);
}

async function matchRefund(
  context: Context,
  parts: FileParts,
  findings: Findings,
  row: ReconciliationRow,
  refund: FoundRefund,
): Promise<void> {
  const part = await parts.partOf(refund.organization_id);
  if (part === null) return;
  const { id: refund_id, ...found } = refund;
  note(context, parts, findings, part, row, compareRefund(row, refund), { ...found, refund_id });
}

async function matchPayment(
  context: Context,
  parts: FileParts,
  findings: Findings,
  row: ReconciliationRow,
  payment: FoundPayment,
): Promise<void> {
  const part = await parts.partOf(payment.organization_id);
  if (part === null) return;
  const { id: attempt_id, updated_at, ...found } = payment;
  const went_back_later = parts.given_back.has(attempt_id) || updated_at >= parts.period_ends_at;
  const ours = { ...found, attempt_id, went_back_later };
  if (row.state === 'paid' && isFarFromDay(parts, row)) {
    noteUnexpected(context, parts, findings, part, row, ours);
    return;
  }
  if (!isOfRefund(row)) {
    const kind = comparePayment(row, ours) ?? (isOfAnotherDay(parts, row, ours) ? 'cross_midnight' : null);
    note(context, parts, findings, part, row, kind, ours);
    return;
  }
  if (row.reference === attempt_id) {
    note(context, parts, findings, part, row, compareGivenBack(row, ours), ours);
    return;
  }
  // Money of a payment of ours that somebody gave back at the provider's own tool.
  if (movesMoney(row)) noteUnexpected(context, parts, findings, part, row, ours);
}

/** A line of another day is not what this day's payments are held against. */
function isFarFromDay(
  { period_begins_at, period_ends_at }: FileParts,
  { happened_at }: ReconciliationRow,
): boolean {
  const at_ms = Date.parse(happened_at);
  return (
    at_ms < Date.parse(period_begins_at) - TOLERANCE_MS || at_ms >= Date.parse(period_ends_at) + TOLERANCE_MS
  );
}

/** Paid on a day here, in the file of another: both are right by their own clocks. */
function isOfAnotherDay(
  parts: FileParts,
  row: ReconciliationRow,
  { paid_at }: { paid_at: string | null },
): boolean {
  if (row.state !== 'paid' || paid_at === null) return false;
  return paid_at < parts.period_begins_at || paid_at >= parts.period_ends_at;
}

function noteUnknown(context: Context, parts: FileParts, findings: Findings, row: ReconciliationRow): void {
  if (!movesMoney(row)) return;
  for (const part of parts.owners) {
    part.counts.unknown_count += 1;
    part.counts.amount_unknown += isOfRefund(row) ? -row.amount : row.amount;
    findings.exceptions.push(makeFinding(context, parts, part, row, 'missing_here'));
  }
}

/** What the provider says of a payment of ours, and we have nothing of. */
function noteUnexpected(
  context: Context,
  parts: FileParts,
  findings: Findings,
  part: OwnPart,
  row: ReconciliationRow,
  { merchant_id, payment_intent_id, attempt_id, refund_id }: Ours,
): void {
  countStated(part, row, merchant_id);
  findings.exceptions.push({
    ...makeFinding(context, parts, part, row, 'missing_here'),
    ...{ merchant_id, payment_intent_id, attempt_id },
    refund_id: refund_id ?? null,
  });
}

function countStated({ counts, tallies }: OwnPart, row: ReconciliationRow, merchant_id: string): void {
  const { state, amount, currency } = row;
  if (!movesMoney(row)) return;
  if (state === 'paid') {
    counts.payments_count += 1;
    counts.amount_paid += amount;
  } else {
    counts.refunds_count += 1;
    counts.amount_refunded += amount;
  }
  addTo(tallyOf(tallies, merchant_id, currency).stated, state === 'paid' ? 'payment' : 'refund', amount);
}

interface Ours {
  merchant_id: string;
  payment_intent_id: string;
  attempt_id: string;
  refund_id?: string;
  amount: number;
  currency: string;
  status: string;
}

function note(
  context: Context,
  parts: FileParts,
  findings: Findings,
  part: OwnPart,
  row: ReconciliationRow,
  kind: ExceptionKind | null,
  ours: Ours,
): void {
  const { merchant_id, payment_intent_id, attempt_id, refund_id, amount, status } = ours;
  const { file_id, organization_id } = part;
  const told = `${row.state} ${refund_id ?? attempt_id}`;
  if (movesMoney(row) && (part.tallied.has(told) || isElsewhere(findings, row, ours))) {
    noteUnexpected(context, parts, findings, part, row, ours);
    return;
  }
  part.tallied.add(told);
  countStated(part, row, merchant_id);
  countExpected(part, row, kind, ours);
  // A hold, or a try that failed, is no proof that the money itself is in a file.
  if (movesMoney(row) || kind !== null)
    findings.matches.push({ object_id: refund_id ?? attempt_id, file_id, organization_id });
  if (kind === null) return;
  findings.exceptions.push({
    ...makeFinding(context, parts, part, row, kind),
    merchant_id,
    payment_intent_id,
    attempt_id,
    refund_id: refund_id ?? null,
    amount_here: amount,
    status_here: status,
  });
}

/** In the file of another day as well: money once here and twice there. What went back under its own id moved twice. */
function isElsewhere({ elsewhere }: Findings, row: ReconciliationRow, ours: Ours): boolean {
  if (ours.refund_id !== undefined) return elsewhere.has(ours.refund_id);
  return !isOfRefund(row) && ours.status === 'paid' && elsewhere.has(ours.attempt_id);
}

/** What we have of a row, whether the provider agrees or not; once, in however many rows it stands. */
function countExpected(
  { tallies, tallied }: OwnPart,
  row: ReconciliationRow,
  kind: ExceptionKind | null,
  { merchant_id, attempt_id, refund_id, amount, currency, status }: Ours,
): void {
  const is_ours = kind === 'status_differs' ? status === 'paid' && !isOfRefund(row) : movesMoney(row);
  const what = isOfRefund(row) ? 'refund' : 'payment';
  const ours = `ours ${what} ${refund_id ?? attempt_id}`;
  if (!is_ours || tallied.has(ours)) return;
  tallied.add(ours);
  addTo(tallyOf(tallies, merchant_id, currency).expected, what, amount);
}

/** What the file says, and nothing of ours yet. */
function makeFinding(
  context: Context,
  { account, business_date, created_at }: FileParts,
  { file_id, organization_id }: OwnPart,
  row: ReconciliationRow,
  kind: ExceptionKind,
): NewException {
  const draft: ExceptionDraft = {
    organization_id,
    livemode: account.livemode,
    source: 'file',
    kind,
    provider: account.provider,
    business_date,
    file_id,
    provider_payment_id: row.provider_payment_id,
    provider_reference: row.reference,
    line: row.line,
    amount_there: row.amount,
    currency: row.currency,
    status_there: row.state,
    happened_at: row.happened_at,
  };
  return makeException(draft, context.makeId('rx'), created_at);
}
