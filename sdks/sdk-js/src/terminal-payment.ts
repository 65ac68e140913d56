// Takes a payment by the terminal's app: the launch is written down before the app is opened, its result before it is
// sent. A page that is reloaded in between finds what was going on, asks the app or a person how it ended, and never
// opens the app a second time by itself.
import type {
  ConfirmQueue,
  LaunchRequest,
  LaunchResult,
  NativeBridge,
  PendingConfirm,
  PendingEntry,
  Terminal,
  TerminalResult,
} from './confirm-sender.ts';
import { MPACError, makeError } from './errors.ts';
import type { LaunchLog } from './offline-queue.ts';
import { makeIdempotencyKey } from './platform.ts';
import { readLaunchResult, writeReport } from './terminal-report.ts';

export interface TerminalOptions {
  bridge: NativeBridge;
  queue: ConfirmQueue & LaunchLog;
  /** Hears of a launch that a former page left, and that the app does not remember: a person has to say how it ended. */
  onUnresolved(entry: PendingEntry): void;
}

export function makeTerminal({ bridge, queue, onUnresolved }: TerminalOptions): Terminal {
  let is_busy = false;
  /** Launches of this page that are told to have taken nothing, by their `transaction_id`. */
  const denied = new Map<string, { confirm: PendingConfirm; launch: LaunchRequest }>();

  async function take(payment: Parameters<Terminal['take']>[0]): Promise<TerminalResult> {
    const { method, payment_intent, payment_token, amount, currency, provider } = payment;
    const confirm: PendingConfirm = {
      payment_intent,
      payment_token,
      idempotency_key: makeIdempotencyKey(),
      fields: { payment_method_type: method, ...(provider !== undefined && { provider }) },
    };
    const transaction_id = `${payment_intent}-${confirm.idempotency_key.slice(0, 8)}`;
    const launch: LaunchRequest = { method, amount, currency, transaction_id };
    await queue.noteLaunch(confirm, launch);
    const result = await bridge.launch(launch).then(readLaunchResult, async (error: unknown) => {
      if ((error as { code?: unknown } | null)?.code !== 'not_launched')
        throw unresolved(transaction_id, error);
      await queue.forgetLaunch(confirm.idempotency_key);
      const message = error instanceof Error ? error.message : 'The card app was not opened.';
      throw error instanceof MPACError
        ? error
        : makeError('invalid_request', { code: 'not_launched', message });
    });
    if (result === null) throw unresolved(transaction_id, null);
    const report = readReport(confirm, launch, result);
    noteEnd(confirm, launch, result);
    if (report !== null) return queue.submit(report);
    await queue.forgetLaunch(confirm.idempotency_key);
    return left(result);
  }

  function noteEnd(confirm: PendingConfirm, launch: LaunchRequest, { status }: LaunchResult): void {
    if (status !== 'success') denied.set(launch.transaction_id, { confirm, launch });
  }

  /** First it took nothing, and now it did: a confirm of its own, so that the money is not forgotten. */
  async function contradict(transaction_id: string, result: LaunchResult): Promise<void> {
    const before = denied.get(transaction_id);
    if (before === undefined || result.status !== 'success') return;
    denied.delete(transaction_id);
    const report = readReport(before.confirm, before.launch, result);
    if (report !== null) await queue.hand({ ...report, idempotency_key: makeIdempotencyKey() });
  }

  /** Ends a launch of `pending()` by a result that came another way than through `take`. */
  async function settle(entry: PendingEntry, result: LaunchResult): Promise<PendingConfirm | null> {
    const { launch, payment_intent, fields } = entry;
    if (launch === null || payment_intent === null || fields === null) return null;
    // The token stays in the queue: what is written over the launch takes it from there.
    const confirm = { payment_intent, payment_token: '', idempotency_key: entry.id, fields };
    const report = readReport(confirm, launch, result);
    noteEnd(confirm, launch, result);
    if (report === null) await queue.forgetLaunch(entry.id);
    return report;
  }

  async function findLaunch(matches: (entry: PendingEntry) => boolean): Promise<PendingEntry | undefined> {
    return (await queue.pending()).find((entry) => entry.state === 'launched' && matches(entry));
  }

  async function settleAndHand(entry: PendingEntry, result: LaunchResult): Promise<void> {
    const confirm = await settle(entry, result);
    if (confirm !== null) await queue.hand(confirm);
  }

  const ends = [
    bridge.onLateResult?.(async (transaction_id, told) => {
      const result = readLaunchResult(told);
      const entry = await findLaunch(({ launch }) => launch?.transaction_id === transaction_id);
      if (result === null) return;
      // The same result once more finds no launch any more.
      if (entry === undefined) await contradict(transaction_id, result);
      else await settleAndHand(entry, result);
    }),
    queue.onLaunchLeft(async (entry) => {
      const told = await bridge.lastResult?.(entry.launch?.transaction_id ?? '').catch(() => null);
      const result = readLaunchResult(told);
      if (result === null) onUnresolved(entry);
      else await settleAndHand(entry, result);
    }),
  ];

  return {
    async take(payment) {
      if (is_busy) {
        const message = 'The card app is open for another payment. Wait until it has ended.';
        throw makeError('invalid_request', { code: 'launch_in_progress', message });
      }
      is_busy = true;
      try {
        return await take(payment);
      } finally {
        is_busy = false;
      }
    },

    async report(id, told) {
      const result = readLaunchResult(told);
      const entry = await findLaunch((one) => one.id === id);
      if (result === null || entry === undefined) {
        const message =
          result === null
            ? 'A result has a status: success, declined, error or cancelled.'
            : 'There is no launch with this id that nobody has settled.';
        throw makeError('invalid_request', { message, param: result === null ? 'status' : 'id' });
      }
      const confirm = await settle(entry, result);
      return confirm === null ? left(result) : queue.submit(confirm);
    },

    close() {
      for (const end of ends) end?.();
    },
  };
}

/** Null for a launch that was left before anything was taken: then there is nothing to report. */
function readReport(
  confirm: PendingConfirm,
  launch: LaunchRequest,
  result: LaunchResult,
): PendingConfirm | null {
  const { status } = result;
  if (status === 'cancelled') return null;
  return { ...confirm, fields: writeReport(launch, { ...result, status }, confirm.fields.provider) };
}

function left(result: LaunchResult): TerminalResult {
  return { kind: 'cancelled', reason: result.reason ?? null };
}

function unresolved(transaction_id: string, cause: unknown): MPACError {
  if (cause instanceof MPACError) return cause;
  return makeError('unknown_outcome', {
    code: 'launch_unresolved',
    message: `Nobody knows how the launch ${transaction_id} ended: look at the terminal, then report it.`,
  });
}
