// What the SDK keeps on this device: cash and approvals that the gateway does not have yet. It sends them by itself; here
// a person sees how many wait, and says what only a person can say. Also tells when the till is offline.
import type { MPACGateway, PendingEntry } from '@cloudsky/mpac-pgw-sdk-js';
import { byId, make, makeButton, showRows } from './page.ts';
import { type Order, ShopError, shop } from './shop.ts';
import { say, yen } from './words.ts';

/** `mayTurnTo`: no other sale is at the till, so this payment may be looked at. */
export function watchKept(gateway: MPACGateway, mayTurnTo: (payment_intent: string) => boolean) {
  let entries: PendingEntry[] = [];
  let orders: Order[] = [];
  /** Entries that get no token any more, and why: their order was paid another way, so this money is a second one. */
  const stuck = new Map<string, string>();
  /** Launches of an earlier page. */
  const left = new Set<string>();

  function draw(): void {
    const waiting = entries.filter(
      ({ id, state }) => (state === 'waiting' || state === 'token_needed') && !stuck.has(id),
    ).length;
    const words = [
      ...(navigator.onLine ? [] : [say('offline')]),
      ...(waiting === 0 ? [] : [say('kept_waiting', { count: waiting })]),
    ];
    byId('offline').textContent = words.join(' ');
    byId('offline').hidden = words.length === 0;
    const rows = entries.flatMap((entry) => {
      const sentence = tellEntry(entry);
      return sentence === null ? [] : { key: entry.id + sentence, make: () => makeRow(entry, sentence) };
    });
    showRows(byId('kept'), rows);
  }

  const stateOf = ({ id, state }: PendingEntry) => (stuck.has(id) ? 'refused' : state);

  /** What a person has to know of it; null where it goes on by itself. */
  function tellEntry(entry: PendingEntry): string | null {
    const state = stateOf(entry);
    const is_shown =
      state === 'launched' ? isUnresolved(entry) : state === 'refused' || state === 'unreadable';
    if (!is_shown) return null;
    const order = orders.find((one) => one.payment_intent === entry.payment_intent);
    const amount = entry.launch?.amount ?? order?.amount;
    const code = stuck.get(entry.id) ?? entry.error?.code ?? '';
    return say(`kept_${state}`, { amount: amount === undefined ? '' : yen(amount), code });
  }

  function makeRow(entry: PendingEntry, sentence: string): HTMLElement {
    const button = (key: string, work: () => Promise<unknown>) =>
      makeButton('', say(key), () => void work().then(goOn, goOn));
    const row = make('li', '', make('span', '', sentence));
    if (stateOf(entry) !== 'launched') {
      row.append(button('seen', () => gateway.acknowledge(entry.id)));
      return row;
    }
    const code = document.createElement('input');
    code.placeholder = say('approval_code');
    code.setAttribute('aria-label', say('approval_code'));
    const approved = button('was_approved', () =>
      gateway.reportLaunch(entry.id, { status: 'success', approval_code: code.value }),
    );
    const not_taken = button('was_not_taken', () => gateway.reportLaunch(entry.id, { status: 'cancelled' }));
    row.append(code, approved, not_taken);
    return row;
  }

  /** A launch that is under way is nobody's worry; one that ended without a word is, here or on an earlier page. */
  function isUnresolved({ id, payment_intent }: PendingEntry): boolean {
    return left.has(id) || (gateway.intent?.id === payment_intent && gateway.outcome?.result === 'unknown');
  }

  async function read(): Promise<void> {
    entries = await gateway.pendingConfirms();
    if (entries.length > 0) orders = await shop.orders().catch(() => orders);
    draw();
  }

  /** What waits for a fresh token gets one from the shop; of an earlier sale, when the present one is over. */
  async function goOn(): Promise<void> {
    await read();
    for (const { id, state, payment_intent } of entries) {
      if (state !== 'token_needed' || payment_intent === null || !mayTurnTo(payment_intent)) continue;
      const order = orders.find((one) => one.payment_intent === payment_intent);
      if (order === undefined) continue;
      await shop
        .freshToken(order)
        .then(({ payment_token }) => gateway.retrievePaymentIntent(payment_token))
        .catch((error: unknown) => {
          if (error instanceof ShopError && error.code === 'paid_already') stuck.set(id, error.code);
        });
    }
    await read();
  }

  gateway.on('confirm_settled', () => void goOn());
  gateway.on('status_changed', () => void read());
  gateway.on('launch_unresolved', ({ entry }) => {
    left.add(entry.id);
    void read();
  });
  addEventListener('online', () => void goOn());
  addEventListener('offline', () => void read());
  void goOn();
  return { draw, goOn };
}
