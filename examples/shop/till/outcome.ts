// How a payment ended, in a sign, a sentence and a receipt. `unclear` is an outcome of its own: it says to wait, and is
// replaced as soon as the truth is known.
import { announce, byId, make, showStage } from './page.ts';
import type { Order } from './shop.ts';
import { pick, say, yen } from './words.ts';

export type OutcomeKind =
  | 'paid'
  | 'declined'
  | 'terminal_failed'
  | 'expired'
  | 'cancelled'
  | 'unclear'
  | 'elsewhere'
  | 'queued';

export interface Outcome {
  kind: OutcomeKind;
  order: Order;
  /** PAYPAY, VISA, CASH …, where it is known. */
  provider?: string;
  /** Yen handed over, of a cash payment. */
  received?: number;
}

const WITH_RECEIPT: ReadonlySet<OutcomeKind> = new Set(['paid', 'queued']);
/** Which sign is shown where an outcome has none of its own. */
const SIGNS: Partial<Record<OutcomeKind, OutcomeKind>> = {
  terminal_failed: 'declined',
  elsewhere: 'unclear',
};
const CAN_TRY_AGAIN: ReadonlySet<OutcomeKind> = new Set(['declined', 'terminal_failed', 'expired']);

export function showOutcome(outcome: Outcome): void {
  drawOutcome(outcome);
  showStage('outcome');
  announce(`${say(outcome.kind)} ${say(`${outcome.kind}_text`)}`);
}

/** The same in the language of now. */
export function drawOutcome(outcome: Outcome): void {
  const { kind, order } = outcome;
  const sign = SIGNS[kind] ?? kind;
  const box = byId('outcome');
  box.dataset['outcome'] = sign;
  byId('outcome-sign').setAttribute('href', `#icon-${sign}`);
  byId('outcome-title').textContent = say(kind);
  byId('outcome-text').textContent = say(`${kind}_text`);
  const rows = WITH_RECEIPT.has(kind) ? makeReceipt(outcome) : makeSummary(order);
  byId('receipt').replaceChildren(...rows);
  const can_try_again = CAN_TRY_AGAIN.has(kind);
  byId('try-again').hidden = !can_try_again;
  byId('next-order').classList.toggle('second', can_try_again);
}

function makeSummary(order: Order): HTMLElement[] {
  return [row('head', say('order_number', { number: order.number }), yen(order.amount))];
}

function makeReceipt({ order, provider, received }: Outcome): HTMLElement[] {
  const has_reduced = order.lines.some((line) => line.tax_rate === 8);
  return [
    row('head', say('order_number', { number: order.number }), ''),
    ...order.lines.map((line) =>
      row('', `${pick(line.name)}${line.tax_rate === 8 ? ' ※' : ''} ×${line.quantity}`, yen(line.amount)),
    ),
    row('big rule', say('sum'), yen(order.amount)),
    ...order.taxes.map(({ rate, amount }) => row('fine', say('tax', { rate }), yen(amount))),
    row('rule', say('paid_by'), nameOf(provider)),
    ...(received === undefined
      ? []
      : [row('', say('was_received'), yen(received)), row('', say('change'), yen(received - order.amount))]),
    row('fine', say('receipt_number'), order.receipt_number),
    ...(has_reduced ? [make('p', 'fine', say('reduced_rate'))] : []),
  ];
}

function row(className: string, left: string, right: string): HTMLElement {
  return make('p', className, make('span', '', left), make('span', '', right));
}

export function nameOf(provider: string | null | undefined): string {
  if (provider === 'CASH') return say('cash');
  return provider === 'PAYPAY' ? 'PayPay' : (provider ?? '');
}
