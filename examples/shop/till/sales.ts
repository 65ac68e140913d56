// Today's orders, as the shop knows them: an order is paid here when the gateway's webhook has said so. A paid one can
// be refunded, with a second press to be sure; an open one can be paid.
import { nameOf } from './outcome.ts';
import { byId, make, makeButton, showRows } from './page.ts';
import { type Order, ShopError, shop } from './shop.ts';
import { currentLanguage, pick, say, yen } from './words.ts';

export interface SalesParts {
  /** Whether this order is in front of the customer at this till now. */
  isCurrent(order: Order): boolean;
  onPay(order: Order): void;
  onChange(order: Order): void;
}

/** What the button says. An unknown outcome is looked up first: only where nothing was taken the till goes on. */
const CAN_BE_PAID: Record<string, string> = {
  open: 'pay_now',
  unclear: 'look',
  declined: 'pay_now',
  expired: 'pay_now',
};

/** What is known about a refund that was not made here and now; of any other nobody knows. */
const REFUND_PROBLEMS: Record<string, string> = {
  unreachable: 'error_shop',
  refunded_already: 'error_state',
  not_paid: 'error_state',
  provider_error: 'error_refused',
  invalid_payment_state: 'error_refused',
};

export function startSales({ isCurrent, onPay, onChange }: SalesParts): { draw(): void } {
  const dialog = byId<HTMLDialogElement>('orders');
  const orders = new Map<string, Order>();
  /** The order whose refund was pressed once. */
  let asked: string | null = null;

  /** At each change; the keyboard stays at the order where it was. */
  function draw(): void {
    const at = document.activeElement?.closest<HTMLElement>('#sales li')?.dataset['order'];
    const newest_first = [...orders.values()].sort((left, right) => right.number - left.number);
    const rows = newest_first.map((order) => ({
      key: JSON.stringify([order, isCurrent(order), asked === order.id, currentLanguage()]),
      make: () => makeRow(order),
    }));
    showRows(byId('sales'), rows);
    byId('no-orders').hidden = newest_first.length > 0;
    if (at === undefined || document.activeElement !== document.body) return;
    const row = byId('sales').querySelector<HTMLElement>(`[data-order="${at}"]`);
    (row?.querySelector<HTMLElement>('button') ?? byId('close-orders')).focus();
  }

  function makeRow(order: Order): HTMLElement {
    const status = statusOf(order);
    const what = [
      new Date(order.created_at).toLocaleTimeString(currentLanguage(), {
        hour: '2-digit',
        minute: '2-digit',
      }),
      nameOf(order.provider),
      order.lines
        .map((line) => `${pick(line.name)} ×${line.quantity}`)
        .join(currentLanguage() === 'ja' ? '、' : ', '),
    ];
    const pill = make('span', `pill ${status}`, say(`status_${status}`));
    const li = make(
      'li',
      '',
      make('span', 'which', make('strong', '', say('order_number', { number: order.number })), ' ', pill),
      make('span', 'yen', yen(order.amount)),
      make('span', 'what', what.filter((part) => part !== '').join(' · ')),
    );
    li.dataset['order'] = order.id;
    li.dataset['status'] = status;
    const actions = makeActions(order, status);
    if (actions.length > 0) li.append(make('span', 'do', ...actions));
    return li;
  }

  function makeActions(order: Order, status: string): (string | HTMLElement)[] {
    const pay_word = CAN_BE_PAID[status];
    if (pay_word !== undefined && !isCurrent(order)) {
      const pay = makeButton('', say(pay_word), () => {
        dialog.close();
        onPay(order);
      });
      return [pay];
    }
    if (status === 'refunded' && order.provider === 'CASH') return [make('span', 'what', say('refund_cash'))];
    if (status !== 'paid') return [];
    if (asked !== order.id) {
      const ask = makeButton('', say('refund'), () => {
        asked = order.id;
        draw();
      });
      return [ask];
    }
    const sure = makeButton(
      'danger',
      say('refund_sure', { amount: yen(order.amount) }),
      () => void refund(order),
    );
    const keep = makeButton('', say('keep'), () => {
      asked = null;
      draw();
    });
    return [keep, sure];
  }

  async function refund(order: Order): Promise<void> {
    asked = null;
    byId('orders-problem').hidden = true;
    try {
      take((await shop.refund(order)).order);
    } catch (error) {
      const key = error instanceof ShopError ? REFUND_PROBLEMS[error.code] : undefined;
      byId('orders-problem').textContent = say(key ?? 'error_refund');
      byId('orders-problem').hidden = false;
    }
    draw();
  }

  function take(order: Order): void {
    orders.set(order.id, order);
    onChange(order);
    draw();
  }

  async function readAll(): Promise<void> {
    for (const order of await shop.orders().catch(() => [])) take(order);
  }

  byId('open-orders').addEventListener('click', () => {
    draw();
    dialog.showModal();
  });
  byId('close-orders').addEventListener('click', () => dialog.close());
  shop.watch(take, () => void readAll());
  return { draw };
}

function statusOf(order: Order): string {
  const refunds = Object.values(order.refunds).map((refund) => refund.status);
  if (refunds.includes('succeeded')) return 'refunded';
  return refunds.includes('pending') ? 'refunding' : order.status;
}
