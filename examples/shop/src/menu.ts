// What the shop sells, in yen with tax included, and what a choice of it costs. Prices are read here and nowhere else:
// a page says what and how many, never how much.

export interface MenuItem {
  id: string;
  name: { ja: string; en: string };
  /** Yen, tax included. */
  price: number;
  /** Per cent. Food and drink to take away have the reduced rate of 8. */
  tax_rate: 8 | 10;
}

export const MENU: readonly MenuItem[] = [
  { id: 'coffee', name: { ja: 'ホットコーヒー', en: 'Coffee' }, price: 450, tax_rate: 8 },
  { id: 'latte', name: { ja: 'カフェラテ', en: 'Caffè latte' }, price: 520, tax_rate: 8 },
  { id: 'matcha', name: { ja: '抹茶ラテ', en: 'Matcha latte' }, price: 560, tax_rate: 8 },
  { id: 'lemonade', name: { ja: 'レモネード', en: 'Lemonade' }, price: 480, tax_rate: 8 },
  {
    id: 'sandwich',
    name: { ja: 'ハムチーズサンド', en: 'Ham and cheese sandwich' },
    price: 680,
    tax_rate: 8,
  },
  { id: 'toast', name: { ja: 'あんバタートースト', en: 'Red bean butter toast' }, price: 490, tax_rate: 8 },
  { id: 'cake', name: { ja: 'チーズケーキ', en: 'Cheesecake' }, price: 540, tax_rate: 8 },
  { id: 'cookie', name: { ja: 'クッキー', en: 'Cookie' }, price: 220, tax_rate: 8 },
  { id: 'mug', name: { ja: 'マグカップ', en: 'Mug' }, price: 1980, tax_rate: 10 },
];

export interface Line {
  item: string;
  name: { ja: string; en: string };
  quantity: number;
  /** Yen, of all of them together. */
  amount: number;
  tax_rate: number;
}

export interface Priced {
  lines: Line[];
  amount: number;
  /** The part of the amount that is tax, by rate: rounded down once for each rate, as an invoice in Japan does. */
  taxes: { rate: number; amount: number }[];
  tax_amount: number;
}

const MAX_QUANTITY = 99;

/** What `[{"item": "coffee", "quantity": 2}]` costs, or null where it is no order: nothing, unknown, or not a number. */
export function priceOrder(wanted: unknown): Priced | null {
  if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length > MENU.length) return null;
  const lines: Line[] = [];
  for (const line of wanted as ({ item?: unknown; quantity?: unknown } | null)[]) {
    const { item: id, quantity } = line ?? {};
    const item = MENU.find((candidate) => candidate.id === id);
    if (item === undefined || lines.some((priced) => priced.item === id)) return null;
    if (!Number.isInteger(quantity) || Number(quantity) < 1 || Number(quantity) > MAX_QUANTITY) return null;
    const { name, price, tax_rate } = item;
    lines.push({
      item: item.id,
      name,
      quantity: Number(quantity),
      amount: price * Number(quantity),
      tax_rate,
    });
  }
  const taxes = [8, 10].flatMap((rate) => {
    const taxed = sum(lines.filter((line) => line.tax_rate === rate).map((line) => line.amount));
    return taxed === 0 ? [] : [{ rate, amount: Math.floor((taxed * rate) / (100 + rate)) }];
  });
  return {
    lines,
    amount: sum(lines.map((line) => line.amount)),
    taxes,
    tax_amount: sum(taxes.map((tax) => tax.amount)),
  };
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
