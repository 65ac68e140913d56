// What a till has besides a page: the queue that keeps confirms on the device, and the way to the terminal's app. They
// come together, because a launch of the app is written down in the queue.
import type {
  ConfirmResult,
  NativeBridge,
  PendingConfirm,
  PendingEntry,
  SendConfirm,
  Terminal,
} from './confirm-sender.ts';
import { makeWebViewBridge } from './native-bridge.ts';
import { makeOfflineQueue, type OfflineQueue } from './offline-queue.ts';
import type { EventBoard } from './payment-events.ts';
import { makeTerminal } from './terminal-payment.ts';

export interface TillOptions {
  /** Of the database: what is kept for one gateway and key goes to no other. */
  name: string;
  patience_ms: number | undefined;
  bridge: NativeBridge | undefined;
  send: SendConfirm;
  board: EventBoard;
  /** Hears of confirms that were sent again. */
  hear(confirm: PendingConfirm, result: ConfirmResult): void;
}

export interface Till {
  queue: OfflineQueue;
  terminal: Terminal;
  close(): void;
}

export function openTill({ name, patience_ms, bridge, send, board, hear }: TillOptions): Till {
  const queue = makeOfflineQueue({ name, patience_ms });
  const web_view = bridge === undefined ? makeWebViewBridge() : null;
  queue.onResult((confirm, result) => {
    const { payment_intent: payment_intent_id } = confirm;
    if (result.kind === 'answered') {
      const { confirmation } = result;
      board.tell('confirm_settled', { payment_intent_id, result: 'answered', confirmation });
    } else if (result.kind === 'refused') {
      board.tell('confirm_settled', { payment_intent_id, result: 'refused', error: result.error });
    }
    hear(confirm, result);
  });
  const onUnresolved = (entry: PendingEntry) => board.tell('launch_unresolved', { entry });
  const made = web_view ?? bridge;
  const terminal = makeTerminal({ bridge: made as NativeBridge, queue, onUnresolved });
  queue.attach(send);
  return {
    queue,
    terminal,
    close() {
      terminal.close();
      web_view?.close();
      queue.detach();
    },
  };
}
