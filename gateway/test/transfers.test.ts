// Files on their way to a server, the same table for our simulators and for Debian's servers: whatever breaks, a file stands
// under its name whole or not at all, and the next try brings it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  contentOf,
  FTP_STAGES,
  makeTestTransfers,
  PASSWORD,
  SFTP_STAGES,
  type TransferStage,
} from './support/transfer-stages.ts';

const NAME = 'transactions 決済 2026-01-28.csv';
const SIZE = 3_000_000;

const read = ({ on_disk }: TransferStage, name = NAME) => readFileSync(join(on_disk, name));
const has = ({ on_disk }: TransferStage, name = NAME) => existsSync(join(on_disk, name));

for (const { name: server, skip, open } of [...FTP_STAGES, ...SFTP_STAGES]) {
  test(`${server}: a file arrives whole, under a name with spaces and Japanese`, { skip }, async (t) => {
    const stage = await open(t);
    const answer = await stage.send(makeTestTransfers(), { name: NAME, size: SIZE });
    assert.deepEqual(answer, { kind: 'done', size: SIZE });
    assert.ok(read(stage).equals(contentOf(SIZE)));
    assert.deepEqual(readdirSync(stage.on_disk), [NAME], 'and nothing else is left');
  });

  test(`${server}: an empty file arrives, too`, { skip }, async (t) => {
    const stage = await open(t);
    assert.deepEqual(await stage.send(makeTestTransfers(), { name: NAME, size: 0 }), {
      kind: 'done',
      size: 0,
    });
    assert.equal(read(stage).length, 0);
  });

  test(`${server}: the file of an earlier run stands until the new one is whole`, { skip }, async (t) => {
    const stage = await open(t);
    const transfers = makeTestTransfers();
    await stage.send(transfers, { name: NAME, size: 100_000 });
    // As a run leaves it that died in the middle, longer than the new file.
    writeFileSync(join(stage.on_disk, `.${NAME}.part`), contentOf(900_000));
    const seen = new Set<number>();
    const onPiece = () => void seen.add(read(stage).length);
    const answer = await stage.send(transfers, { name: NAME, size: 500_000, onPiece });
    assert.deepEqual(answer, { kind: 'done', size: 500_000 });
    assert.deepEqual([...seen], [100_000], 'whoever looked in the meantime saw the old one');
    assert.ok(read(stage).equals(contentOf(500_000)));
    assert.deepEqual(readdirSync(stage.on_disk), [NAME]);
  });

  test(`${server}: a connection that breaks in the middle leaves no half file, and the next try brings it`, {
    skip,
  }, async (t) => {
    const stage = await open(t);
    const transfers = makeTestTransfers();
    const onPiece = stage.break('drop', 1_000_000);
    const broken = await stage.send(transfers, { name: NAME, size: SIZE, onPiece });
    assert.ok(broken.kind === 'failed');
    assert.equal(broken.failure, 'dropped');
    assert.match(broken.message, /tr(y|ied) again/);
    assert.equal(has(stage), false);
    assert.deepEqual(await stage.send(transfers, { name: NAME, size: SIZE }), { kind: 'done', size: SIZE });
    assert.ok(read(stage).equals(contentOf(SIZE)));
    assert.deepEqual(readdirSync(stage.on_disk), [NAME]);
  });

  test(`${server}: a server that falls silent is not waited for longer than it may be`, {
    skip,
  }, async (t) => {
    const stage = await open(t);
    const hasty = makeTestTransfers({ stall_ms: 1_500 });
    const onPiece = stage.break('hang', 1_000_000);
    const answer = await stage.send(hasty, { name: NAME, size: SIZE, onPiece });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.failure, 'timeout');
    assert.equal(has(stage), false);
  });

  test(`${server}: a full disk is told, and no half file is left under the name`, { skip }, async (t) => {
    const stage = await open(t, { room_kib: 1_024 });
    const answer = await stage.send(makeTestTransfers(), { name: NAME, size: SIZE });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.failure, 'no_space', answer.message);
    assert.match(answer.message, /[Mm]ake room/);
    assert.equal(has(stage), false);
  });

  test(`${server}: a stranger is not let in, and is told so without secrets`, { skip }, async (t) => {
    const stage = await open(t);
    let asked = 0;
    const onPiece = () => {
      asked += 1;
    };
    const answer = await stage.sendAsStranger(makeTestTransfers(), { name: NAME, size: 10, onPiece });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.failure, 'refused_auth');
    assert.match(answer.message, /check/);
    assert.ok(!answer.message.includes(PASSWORD) && !answer.message.includes('PRIVATE'));
    assert.equal(asked, 0, 'the file was not even opened');
  });

  test(`${server}: a file that is shorter than it was said to be is not put in place`, {
    skip,
  }, async (t) => {
    const stage = await open(t);
    const transfers = makeTestTransfers();
    for (const stated_size of [1_000, 100_000]) {
      const answer = await stage.send(transfers, { name: NAME, size: 50_000, stated_size });
      assert.ok(answer.kind === 'failed');
      assert.equal(answer.failure, 'size_differs');
      assert.deepEqual(readdirSync(stage.on_disk), []);
    }
  });

  test(`${server}: a large file takes no more memory than a small one`, { skip }, async (t) => {
    const stage = await open(t);
    const collectGarbage = exposeGarbageCollection();
    const size = 50 * 1_024 * 1_024;
    const live: number[] = [];
    const onPiece = async (sent: number) => {
      if (sent % (5 * 1_024 * 1_024) !== 0) return;
      // What the first finds is given back in the background; the second waits for that.
      collectGarbage();
      await setImmediate();
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      live.push(heapUsed + arrayBuffers);
    };
    const answer = await stage.send(makeTestTransfers(), { name: NAME, size, onPiece });
    assert.deepEqual(answer, { kind: 'done', size });
    assert.equal(live.length, 10);
    // Buffers fill once; a file that was collected somewhere would grow with every byte.
    const grown = Math.max(...live.slice(5)) - Math.max(...live.slice(0, 5));
    assert.ok(grown < 20_000_000, `the second half held ${grown} bytes more than the first`);
    assert.equal(read(stage).length, size);
  });
}

function exposeGarbageCollection(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
