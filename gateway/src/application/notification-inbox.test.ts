// The inbox by the order of what happens: what is answered before it is stored, what is turned away, what is waited for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type InboxOptions, makeNotificationInbox } from './notification-inbox.ts';

function makeWrite() {
  const write = { begun: false, succeed: () => {}, fail: (_error: Error) => {} };
  const done = new Promise<void>((resolve, reject) => {
    write.succeed = resolve;
    write.fail = reject;
  });
  const run = () => {
    write.begun = true;
    return done;
  };
  return { ...write, run, wasBegun: () => write.begun };
}

function makeInbox(changes: Partial<InboxOptions> = {}) {
  const lost: unknown[] = [];
  const onLost = (error: unknown) => void lost.push(error);
  const inbox = makeNotificationInbox({
    answer_within_ms: 20,
    most: 10,
    at_once: 2,
    drain_ms: 5_000,
    onLost,
    ...changes,
  });
  return { inbox, lost };
}

test('what is stored in time is stored, and what fails in time is told to the caller', async () => {
  const { inbox, lost } = makeInbox({ answer_within_ms: 60_000 });
  assert.equal(await inbox.keep(async () => {}), 'stored');
  await assert.rejects(
    inbox.keep(() => Promise.reject(new Error('no database'))),
    /no database/,
  );
  assert.deepEqual(lost, []);
});

test('what takes too long is answered and goes on; only what fails after that is lost, and is told of', async () => {
  const { inbox, lost } = makeInbox();
  const [slow, broken] = [makeWrite(), makeWrite()];
  assert.deepEqual(await Promise.all([inbox.keep(slow.run), inbox.keep(broken.run)]), ['waiting', 'waiting']);
  const error = new Error('gone');
  broken.fail(error);
  slow.succeed();
  await inbox.drain();
  assert.deepEqual(lost, [error]);
});

test('no more than a few write at once, and the others follow in their order', async () => {
  const { inbox } = makeInbox();
  const writes = [makeWrite(), makeWrite(), makeWrite(), makeWrite()];
  const kept = Promise.all(writes.map(({ run }) => inbox.keep(run)));
  const begun = () => writes.map((write) => write.wasBegun());
  assert.deepEqual(await kept, Array(4).fill('waiting'));
  assert.deepEqual(begun(), [true, true, false, false]);
  writes[1]?.fail(new Error('one that fails gives its place on'));
  await setImmediate();
  assert.deepEqual(begun(), [true, true, true, false]);
  writes[0]?.succeed();
  await setImmediate();
  assert.deepEqual(begun(), [true, true, true, true]);
  for (const { succeed } of writes) succeed();
  await inbox.drain();
  assert.equal(await inbox.keep(async () => {}), 'stored', 'all places are free again');
});

test('beyond the bound the next one is turned away without being begun, until there is room', async () => {
  const { inbox } = makeInbox({ most: 3 });
  const writes = [makeWrite(), makeWrite(), makeWrite()];
  await Promise.all(writes.map(({ run }) => inbox.keep(run)));
  const turned_away = makeWrite();
  assert.equal(await inbox.keep(turned_away.run), 'full');
  assert.equal(turned_away.wasBegun(), false);
  writes[0]?.succeed();
  await setImmediate();
  assert.equal(await inbox.keep(async () => {}), 'waiting', 'one place, and two that still write');
  for (const { succeed } of writes) succeed();
  await inbox.drain();
});

test('the end waits for what goes on, and not for ever', async () => {
  const { inbox } = makeInbox();
  const write = makeWrite();
  await inbox.keep(write.run);
  let has_ended = false;
  const ended = inbox.drain().then(() => {
    has_ended = true;
  });
  await setImmediate();
  assert.equal(has_ended, false);
  write.succeed();
  await ended;

  const hasty = makeInbox({ drain_ms: 10 }).inbox;
  await hasty.keep(makeWrite().run);
  await hasty.drain();
});
