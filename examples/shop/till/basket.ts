// The menu and what was chosen from it. The total that is shown here is for the eye; what is charged, the shop works out.
import { byId, make, makeButton, makeIcon } from './page.ts';
import type { MenuItem } from './shop.ts';
import { pick, say, yen } from './words.ts';

const MAX_QUANTITY = 99;

export type Basket = ReturnType<typeof makeBasket>;

export function makeBasket(items: MenuItem[]) {
  const chosen = new Map<string, number>();
  let is_open = true;

  function set(item: MenuItem, quantity: number): void {
    if (quantity <= 0) chosen.delete(item.id);
    else chosen.set(item.id, Math.min(quantity, MAX_QUANTITY));
    draw();
  }

  function drawMenu(): void {
    const tiles = items.map((item) => {
      const count = chosen.get(item.id) ?? 0;
      const tile = makeButton('', '', () => set(item, count + 1));
      tile.disabled = !is_open;
      tile.dataset['item'] = item.id;
      const label = say('add', { name: pick(item.name), price: yen(item.price) });
      tile.setAttribute('aria-label', count === 0 ? label : `${label}（${say('in_order', { count })}）`);
      tile.append(
        makeIcon(item.id),
        make('span', 'name', pick(item.name)),
        make('span', 'price', yen(item.price)),
      );
      if (count > 0) tile.append(make('span', 'count', String(count)));
      return make('li', '', tile);
    });
    redraw(byId('menu'), tiles);
  }

  function drawLines(): void {
    const lines = items.flatMap((item) => {
      const count = chosen.get(item.id);
      if (count === undefined) return [];
      const step = (key: string, sign: string, by: number) => {
        const button = makeButton('', sign, () => set(item, count + by));
        button.dataset['step'] = `${item.id}${sign}`;
        button.setAttribute('aria-label', say(key, { name: pick(item.name) }));
        return button;
      };
      const steps = make('span', 'steps', step('one_less', '−', -1), make('span', '', String(count)));
      steps.append(step('one_more', '+', 1));
      return make(
        'li',
        '',
        make('span', 'name', pick(item.name)),
        steps,
        make('span', 'yen', yen(item.price * count)),
      );
    });
    redraw(byId('lines'), lines);
    const total = items.reduce((sum, item) => sum + item.price * (chosen.get(item.id) ?? 0), 0);
    byId('total').textContent = yen(total);
    byId('empty').hidden = lines.length > 0;
    byId<HTMLButtonElement>('charge').disabled = lines.length === 0;
  }

  function draw(): void {
    drawMenu();
    drawLines();
  }

  return {
    draw,
    lines: () => [...chosen].map(([item, quantity]) => ({ item, quantity })),
    /** While a payment is under way, its order stays as it is. */
    setOpen(open: boolean): void {
      is_open = open;
      drawMenu();
    },
    clear(): void {
      chosen.clear();
      draw();
    },
  };
}

/** Draws the children anew and leaves the keyboard where it was. */
function redraw(list: HTMLElement, children: HTMLElement[]): void {
  const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  const { item, step } = focused?.dataset ?? {};
  list.replaceChildren(...children);
  if (item !== undefined) list.querySelector<HTMLElement>(`[data-item="${item}"]`)?.focus();
  if (step === undefined) return;
  const same = list.querySelector<HTMLElement>(`[data-step="${step}"]`);
  (same ?? list.querySelector<HTMLElement>('button') ?? byId('order-title')).focus();
}
