// Lists: `for await` walks over all items and asks for a page when it gets there, `await` gives the first page. The next
// page is where the gateway's Link header says, so nothing is missed that is created meanwhile.
import type { AnswerHeaders } from './configuration.ts';
import { InvalidResponseError } from './errors.ts';

/** One page of a list. Walking over it goes on through the pages behind it. */
export class Page<Item> implements AsyncIterable<Item> {
  /** The items of this page. */
  readonly data: Item[];
  /** Whether there is a page after this one. */
  readonly hasMore: boolean;
  readonly #loadNext: (() => Promise<Page<Item>>) | null;

  constructor(data: Item[], loadNext: (() => Promise<Page<Item>>) | null) {
    this.data = data;
    this.hasMore = loadNext !== null;
    this.#loadNext = loadNext;
  }

  /** Asks for the next page; undefined after the last one. */
  async nextPage(): Promise<Page<Item> | undefined> {
    return this.#loadNext?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for (let page: Page<Item> | undefined = this; page !== undefined; page = await page.nextPage()) {
      yield* page.data;
    }
  }
}

/** A list that nobody has asked for yet: it is asked for when it is awaited or walked over, and then once. */
export class List<Item> implements PromiseLike<Page<Item>>, AsyncIterable<Item> {
  readonly #load: () => Promise<Page<Item>>;
  #first: Promise<Page<Item>> | null = null;

  constructor(load: () => Promise<Page<Item>>) {
    this.#load = load;
  }

  #firstPage(): Promise<Page<Item>> {
    this.#first ??= this.#load();
    return this.#first;
  }

  /** The first page. */
  // biome-ignore lint/suspicious/noThenProperty: a list is awaited for its first page, without a call in between.
  then<Then = Page<Item>, Catch = never>(
    onFulfilled?: ((page: Page<Item>) => Then | PromiseLike<Then>) | null,
    onRejected?: ((reason: unknown) => Catch | PromiseLike<Catch>) | null,
  ): Promise<Then | Catch> {
    return this.#firstPage().then(onFulfilled, onRejected);
  }

  catch<Catch = never>(
    onRejected?: ((reason: unknown) => Catch | PromiseLike<Catch>) | null,
  ): Promise<Page<Item> | Catch> {
    return this.#firstPage().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<Page<Item>> {
    return this.#firstPage().finally(onFinally);
  }

  /** Page by page, for who stores them so. */
  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    let page: Page<Item> | undefined = await this.#firstPage();
    for (; page !== undefined; page = await page.nextPage()) yield page;
  }

  /** All items in one array, and at most `limit` of them, because a list can be longer than the memory. */
  async toArray(options: { limit: number }): Promise<Item[]> {
    const items: Item[] = [];
    if (options.limit <= 0) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= options.limit) break;
    }
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    yield* await this.#firstPage();
  }
}

/** Whether the next page is the one that was just asked for with these parameters: its list would never end. */
export function isSameQuery(params: object, next: Record<string, string>): boolean {
  const asked = new Map(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const is_left_out = asked.has('offset') && next['offset'] === undefined;
  return !is_left_out && Object.entries(next).every(([name, value]) => asked.get(name) === value);
}

export function endless(operation: string): InvalidResponseError {
  const message = `${operation} does not end: the page after this one is this one.`;
  return new InvalidResponseError({ code: 'invalid_response', message });
}

/** The query of the next page from a Link header; null on the last page. Only its query, because we know the gateway. */
export function readNextQuery(headers: AnswerHeaders): Record<string, string> | null {
  const link = headers.get('link') ?? '';
  for (const [, target = '', parameters = ''] of link.matchAll(/<([^>]*)>((?:\s*;[^,]*)?)/g)) {
    if (!/;\s*rel="?next"?\s*(;|$)/i.test(parameters)) continue;
    const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
    return Object.fromEntries(new URLSearchParams(query));
  }
  return null;
}
