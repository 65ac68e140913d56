// What stands in the way of a kept confirm: a token that is too old, a database that is damaged, newer than this SDK, full
// or forbidden. Money that was taken is confirmed all the same, or shown.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type BrowserStand, NO_CHROMIUM, startBrowserStand } from './browser-stand.ts';
import { comeOnline, openTillPage, passOnce, setUp, statesOf, takeCash, waitForEnds } from './queue-till.ts';

const skip = NO_CHROMIUM;
const stand = (skip ? null : await startBrowserStand({ after })) as BrowserStand;
const { gateway, line } = stand ?? {};

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

const keysOf = () => new Set(line.confirms().map(({ idempotency_key }) => idempotency_key)).size;
const resume = (page: Page, token: string) => page.evaluate((fresh) => window.queue.resume(fresh), token);

test('a token that has become too old is asked for, and with a fresh one the same confirm goes on', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t, { by_hand: true });
  const intent = await gateway.createIntent();
  line.break('drop_request', 1);
  await takeCash(page, intent);
  const fresh = await gateway.reissueToken(intent.id);
  await comeOnline(page);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'refused', 'invalid_token']]);
  assert.deepEqual(await statesOf(page), ['token_needed']);
  await passOnce(page);
  assert.equal(line.confirms().length, 2, 'it is not tried in vain');
  await resume(page, `${fresh.split('_secret_')[0]}x_secret_y`);
  assert.deepEqual(await statesOf(page), ['token_needed'], 'another intent’s token');
  await resume(page, fresh);
  assert.deepEqual((await waitForEnds(page, 2))[1], [intent.id, 'answered', 'succeeded']);
  assert.deepEqual([await statesOf(page), keysOf()], [[], 1]);
});

test('a page that finds an old token left behind asks for a fresh one anew', { skip }, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  await gateway.reissueToken(intent.id);
  assert.deepEqual(await takeCash(page, intent), ['refused', 'invalid_token']);
  await page.reload();
  await setUp(stand, page);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'refused', 'invalid_token']]);
  const acknowledged = await page.evaluate(async () => {
    const [entry] = await window.queue.pending();
    return window.queue.acknowledge(entry?.id ?? '');
  });
  assert.deepEqual([acknowledged, await statesOf(page)], [true, []]);
});

test('a fresh token that comes early is used when the old one is refused, under the same key', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t, { by_hand: true });
  const intent = await gateway.createIntent();
  line.break('drop_request', 1);
  await takeCash(page, intent);
  await resume(page, await gateway.reissueToken(intent.id));
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  assert.deepEqual(
    line.confirms().map(({ status }) => status),
    [null, 401, 200],
  );
  assert.equal(keysOf(), 1);
});

/** Puts things into the queue's database that no version of ours has written. */
function damage(page: Page, entries: unknown[]): Promise<void> {
  return page.evaluate(async (given) => {
    const [{ name = '' } = {}] = await indexedDB.databases();
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const writing = db.transaction('entries', 'readwrite');
    for (const entry of given) writing.objectStore('entries').add(entry);
    await new Promise((resolve) => {
      writing.oncomplete = resolve;
    });
    db.close();
  }, entries);
}

test('entries that nobody can read block no others, are shown, and can be put away', { skip }, async (t) => {
  const page = await openTillPage(stand, t);
  await passOnce(page);
  await damage(page, [
    {},
    { v: 2, id: 'of a newer version' },
    { v: 1, id: 'x', state: 'waiting', confirm: 7 },
  ]);
  const intent = await gateway.createIntent();
  assert.deepEqual(await takeCash(page, intent), ['answered', 'succeeded']);
  await passOnce(page);
  assert.deepEqual(await statesOf(page), ['unreadable', 'unreadable', 'unreadable']);
  const left = await page.evaluate(async () => {
    const [first] = await window.queue.pending();
    const done = await window.queue.acknowledge(first?.id ?? '');
    return [done, await window.queue.acknowledge('#99'), (await window.queue.pending()).length];
  });
  assert.deepEqual(left, [true, false, 2]);
});

test('where storage is forbidden the confirm is kept in memory, and says so', { skip }, async (t) => {
  const page = await openTillPage(stand, t, {
    by_hand: true,
    before: () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('forbidden', 'SecurityError');
      };
    },
  });
  const intent = await gateway.createIntent();
  line.break('drop_request', 1);
  assert.equal((await takeCash(page, intent))[0], 'no_answer');
  const durable = await page.evaluate(async () =>
    (await window.queue.pending()).map((entry) => entry.durable),
  );
  assert.deepEqual(durable, [false]);
  await comeOnline(page);
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
  assert.deepEqual([await statesOf(page), keysOf()], [[], 1]);
});

test('a disk that is full refuses no money', { skip }, async (t) => {
  const full = () => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  };
  const full_later = () => {
    IDBCursor.prototype.update = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  };
  for (const before of [full, full_later]) {
    const page = await openTillPage(stand, t, { before, by_hand: true });
    const intent = await gateway.createIntent();
    line.break('drop_request', 1);
    assert.equal((await takeCash(page, intent))[0], 'no_answer');
    // A person who presses once more, where that cannot be written down either.
    assert.deepEqual(await takeCash(page, intent), ['answered', 'succeeded']);
    await passOnce(page);
    assert.deepEqual([keysOf(), await statesOf(page)], [1, []]);
    assert.deepEqual(await page.evaluate(() => window.told), [], 'told by the promise, and not once more');
    line.seen.splice(0);
  }
});

test('a database that never opens keeps nobody waiting for long', { skip }, async (t) => {
  const page = await openTillPage(stand, t, {
    before: () => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
    },
  });
  const intent = await gateway.createIntent();
  line.break('drop_request', 1);
  assert.equal((await takeCash(page, intent))[0], 'no_answer');
  assert.deepEqual(await waitForEnds(page, 1), [[intent.id, 'answered', 'succeeded']]);
});

test('a newer version in another tab is not kept waiting, and the queue goes on beside it', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intents = [await gateway.createIntent(), await gateway.createIntent(), await gateway.createIntent()];
  const [before, during, later] = intents;
  assert.ok(before && during && later);
  line.break('drop_request');
  await takeCash(page, before);
  const newer = await stand.openPage(t, { context: page.context(), path: '/parts' });
  const upgraded = await newer.evaluate(async () => {
    const [{ name = '' } = {}] = await indexedDB.databases();
    return new Promise<number>((resolve, reject) => {
      const request = indexedDB.open(name, 7);
      request.onupgradeneeded = () => request.result.createObjectStore('of a newer version');
      request.onsuccess = () => {
        const { version } = request.result;
        request.result.close();
        resolve(version);
      };
      request.onerror = () => reject(request.error);
    });
  });
  assert.equal(upgraded, 7);
  await takeCash(page, during);
  const durable = await page.evaluate(async () =>
    (await window.queue.pending()).map((entry) => entry.durable),
  );
  assert.deepEqual(durable, [true, true]);
  await page.reload();
  line.heal();
  await setUp(stand, page);
  assert.equal((await waitForEnds(page, 2)).length, 2);
  assert.deepEqual(await takeCash(page, later), ['answered', 'succeeded']);
});

test('a database that the person deletes under a page takes nothing away that is being sent', {
  skip,
}, async (t) => {
  const page = await openTillPage(stand, t);
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  const taken = takeCash(page, intent);
  await line.waitForConfirms(1);
  await page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) {
      await new Promise((resolve) => {
        indexedDB.deleteDatabase(name).onsuccess = resolve;
      });
    }
  });
  line.releaseHanging();
  assert.deepEqual(await taken, ['answered', 'succeeded']);
  assert.deepEqual(await takeCash(page, await gateway.createIntent()), ['answered', 'succeeded']);
});

test('a database that opened too late for its first patience is used from then on', { skip }, async (t) => {
  const page = await openTillPage(stand, t, {
    by_hand: true,
    before: () => {
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = function (...given) {
        const request = open.apply(this, given);
        Object.defineProperty(request, 'onsuccess', {
          set(listener: () => void) {
            addEventListener('late', () => listener.call(request), { once: true });
          },
        });
        IDBFactory.prototype.open = open;
        return request;
      };
    },
  });
  line.break('drop_request');
  await takeCash(page, await gateway.createIntent());
  await page.evaluate(() => dispatchEvent(new Event('late')));
  await takeCash(page, await gateway.createIntent());
  const durable = await page.evaluate(async () =>
    (await window.queue.pending()).map((entry) => entry.durable),
  );
  assert.deepEqual(durable, [true, false]);
});
