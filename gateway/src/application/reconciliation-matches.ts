// Holds the rows of a provider's file against our payments and refunds, some hundreds at a time, and sorts what comes
// of it by organization. What is unknown here belongs to those who own the account.
import type { Context } from '../context.ts';
import { insertExceptions, insertMatches, type Match } from '../db/reconciliation-exceptions.ts';
import type { FileCounts } from '../db/reconciliation-files.ts';
import {
  type Account,
  type FoundPayment,
  type FoundRefund,
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

/** One organization's part of a file while it is imported. */
export interface OwnPart {
  file_id: string;
  organization_id: string;
  counts: FileCounts;
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
  /** Where the time that the file tells of ends. */
  period_ends_at: string;
  /** The time of all exceptions of this import. */
  created_at: string;
}

interface Findings {
  matches: Match[];
  exceptions: NewException[];
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

  const findings: Findings = { matches: [], exceptions: [] };
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
  count(part, row);
  const kind = compareRefund(row, refund);
  const { id: refund_id, attempt_id, ...ours } = refund;
  note(context, parts, findings, part, row, kind, { ...ours, refund_id, attempt_id });
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
  if (!isOfRefund(row)) {
    count(part, row);
    note(context, parts, findings, part, row, comparePayment(row, ours), ours);
    return;
  }
  if (row.reference === attempt_id) {
    count(part, row);
    note(context, parts, findings, part, row, compareGivenBack(row, ours), ours);
    return;
  }
  // Money of a payment of ours that somebody gave back at the provider's own tool.
  if (!movesMoney(row)) return;
  count(part, row);
  const { merchant_id, payment_intent_id } = ours;
  findings.exceptions.push({
    ...makeFinding(context, parts, part, row, 'missing_here'),
    merchant_id,
    payment_intent_id,
    attempt_id,
  });
}

function noteUnknown(context: Context, parts: FileParts, findings: Findings, row: ReconciliationRow): void {
  if (!movesMoney(row)) return;
  for (const part of parts.owners) {
    part.counts.unknown_count += 1;
    part.counts.amount_unknown += isOfRefund(row) ? -row.amount : row.amount;
    findings.exceptions.push(makeFinding(context, parts, part, row, 'missing_here'));
  }
}

function count({ counts }: OwnPart, { state, amount }: ReconciliationRow): void {
  if (state === 'paid') {
    counts.payments_count += 1;
    counts.amount_paid += amount;
  }
  if (state === 'refunded') {
    counts.refunds_count += 1;
    counts.amount_refunded += amount;
  }
}

interface Ours {
  merchant_id: string;
  payment_intent_id: string;
  attempt_id: string;
  refund_id?: string;
  amount: number;
  status: string;
}

function note(
  context: Context,
  parts: FileParts,
  findings: Findings,
  part: OwnPart,
  row: ReconciliationRow,
  kind: ExceptionKind | null,
  { merchant_id, payment_intent_id, attempt_id, refund_id, amount, status }: Ours,
): void {
  const { file_id, organization_id } = part;
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
