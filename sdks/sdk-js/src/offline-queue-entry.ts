// What the offline queue writes down: one entry for each confirm or launch that is not settled. It is read back with
// suspicion, because another version of the SDK, or a damaged disk, may have written it.
import type { LaunchRequest, PendingConfirm, PendingEntry, StoredError } from './confirm-sender.ts';
import type { MPACError } from './errors.ts';

export interface StoredEntry {
  v: 1;
  /** Given by the store, ascending: the order in which money was taken, whatever the clock says. */
  sequence?: number;
  id: string;
  /** The page that sends it and tells how it ended; another one takes it over when that page is gone. */
  page: string;
  state: 'launched' | 'waiting' | 'token_needed' | 'refused';
  created_at: string;
  confirm: PendingConfirm;
  launch?: LaunchRequest;
  error?: StoredError;
  /** Came while the present token was still being tried: used when that one is refused. */
  fresh_token?: string;
}

const STATES: readonly unknown[] = ['launched', 'waiting', 'token_needed', 'refused'];

/** Null for what this version does not understand: it is shown as `unreadable`, and never sent or thrown away. */
export function readEntry(stored: unknown): StoredEntry | null {
  const entry = stored as Partial<StoredEntry> | null;
  const confirm = entry?.confirm as Partial<PendingConfirm> | undefined;
  const launch = entry?.launch;
  const readable =
    entry?.v === 1 &&
    STATES.includes(entry.state) &&
    typeof entry.id === 'string' &&
    typeof entry.page === 'string' &&
    typeof confirm?.payment_intent === 'string' &&
    typeof confirm.payment_token === 'string' &&
    typeof confirm.idempotency_key === 'string' &&
    typeof confirm.fields?.payment_method_type === 'string' &&
    (launch === undefined ? entry.state !== 'launched' : typeof launch?.transaction_id === 'string');
  return readable ? (entry as StoredEntry) : null;
}

/** An entry as a page may see it: everything but the token. */
export function showEntry(stored: unknown, durable: boolean): PendingEntry {
  const entry = readEntry(stored);
  return {
    id: entry?.id ?? nameUnreadable(stored),
    state: entry?.state ?? 'unreadable',
    payment_intent: entry?.confirm.payment_intent ?? null,
    fields: entry?.confirm.fields ?? null,
    launch: entry?.launch ?? null,
    error: entry?.error ?? null,
    created_at: entry?.created_at ?? null,
    durable,
  };
}

/** The one thing that is certain about an unreadable entry is where it is stored. */
export function nameUnreadable(stored: unknown): string {
  return `#${(stored as StoredEntry).sequence}`;
}

export function storeError(error: MPACError): StoredError {
  const { kind, status, code, message, details, request_id } = error;
  return {
    kind,
    status: status ?? null,
    code,
    message,
    ...(details !== undefined && { details }),
    ...(request_id !== undefined && { request_id }),
  };
}
