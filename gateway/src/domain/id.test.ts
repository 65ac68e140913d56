// Ids: their shape, that they ascend whatever the clock does, and that nobody can guess the next one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ID_PREFIXES, isId, makeIdSource } from './id.ts';

/** A small deterministic generator, so that a failing run can be repeated. */
function seededBytes(seed: number): (bytes: number) => Uint8Array {
  let state = seed >>> 0;
  return (bytes) =>
    Uint8Array.from({ length: bytes }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

test('an id spells its time and its randomness in Crockford characters', () => {
  // 1469918176385 is the time of the example in the ULID specification, whose first ten characters are known.
  const make = makeIdSource(
    () => 1469918176385,
    (bytes) => Uint8Array.from({ length: bytes }, (_, index) => index),
  );
  assert.equal(make('pi'), 'pi_01ARYZ6S410123456789ABCDEF');
});

test('the first and the last millisecond can be spelled, and nothing outside them', () => {
  const zeros = (bytes: number) => new Uint8Array(bytes);
  assert.equal(makeIdSource(() => 0, zeros)('re'), 're_00000000000000000000000000');
  assert.equal(makeIdSource(() => 281474976710655, zeros)('re'), 're_7ZZZZZZZZZ0000000000000000');
  for (const ms of [281474976710656, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => makeIdSource(() => ms, zeros)('re'), RangeError);
  }
});

test('ids ascend whatever the clock does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { minLength: 2, maxLength: 60 }),
      fc.integer(),
      (times, seed) => {
        let at = 0;
        const make = makeIdSource(() => times[at++] ?? 0, seededBytes(seed));
        const ids = times.map(() => make('evt'));
        assert.deepEqual([...ids].sort(), ids);
        assert.equal(new Set(ids).size, ids.length);
      },
    ),
  );
});

test('a clock that stands still counts up by one', () => {
  const make = makeIdSource(
    () => 1,
    (bytes) => new Uint8Array(bytes).fill(30),
  );
  const ids = [make('pa'), make('pa'), make('pa')];
  assert.deepEqual(ids, [
    'pa_0000000001YYYYYYYYYYYYYYYY',
    'pa_0000000001YYYYYYYYYYYYYYYZ',
    'pa_0000000001YYYYYYYYYYYYYYZ0',
  ]);
});

test('randomness that runs over borrows the next millisecond', () => {
  let draws = 0;
  const make = makeIdSource(
    () => 5,
    (bytes) => {
      draws += 1;
      return new Uint8Array(bytes).fill(31);
    },
  );
  assert.equal(make('we'), 'we_0000000005ZZZZZZZZZZZZZZZZ');
  assert.equal(make('we'), 'we_0000000006ZZZZZZZZZZZZZZZZ');
  assert.equal(draws, 1, 'randomness is drawn for many ids at once');
});

test('every new millisecond takes fresh randomness, also beyond one draw', () => {
  let ms = 0;
  const make = makeIdSource(() => ms++, seededBytes(7));
  const tails = new Set(Array.from({ length: 1000 }, () => make('req').slice(-16)));
  assert.equal(tails.size, 1000);
});

test('by default two sources with the same clock do not make the same id', () => {
  const first = makeIdSource(() => 1);
  const second = makeIdSource(() => 1);
  assert.notEqual(first('pi'), second('pi'));
});

test('isId knows every kind of id that we make, and only as that kind', () => {
  const make = makeIdSource(() => 1_700_000_000_000);
  for (const made of ID_PREFIXES) {
    const id = make(made);
    for (const asked of ID_PREFIXES) assert.equal(isId(asked, id), asked === made, `${id} as ${asked}`);
  }
});

test('isId refuses what we would never have written', () => {
  assert.equal(isId('pi', 'pi_01ARYZ6S410123456789ABCDEF'), true);
  for (const text of [
    'pi_01ARYZ6S410123456789ABCDE',
    'pi_01ARYZ6S410123456789ABCDEF0',
    'pi_01ARYZ6S410123456789ABCDEF\n',
    'pi_01aryz6s410123456789abcdef',
    'pi_01ARYZ6S410123456789ABCDEI',
    'pi_01ARYZ6S410123456789ABCDEU',
    'pi_81ARYZ6S410123456789ABCDEF',
    'pi-01ARYZ6S410123456789ABCDEF',
    '01ARYZ6S410123456789ABCDEF',
    '',
    null,
    7,
  ]) {
    assert.equal(isId('pi', text), false, String(text));
  }
});
