// Holds the fault dial to its word: the same seed strikes the same requests everywhere, whatever comes between, and what
// a page shows of it can be taken to a command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeFaultWords, readFaultWords } from './simulator-fault-words.ts';
import { createFaultDial, FAULTS, type FaultName, type FaultRequest } from './simulator-faults.ts';

const ENDPOINTS = ['create_code', 'get_payment'];
const makeDial = (seed: number) =>
  createFaultDial({
    seed,
    endpoints: ENDPOINTS,
    faults: Object.keys(FAULTS) as FaultName[],
    codes: ['NO_MONEY'],
  });

function strikes(dial: ReturnType<typeof makeDial>, endpoint: string, count: number): string {
  return Array.from({ length: count }, () => (dial.take('rate_limit', endpoint) ? 'x' : '.')).join('');
}

test('a seed strikes the requests that are written down here, on every machine', () => {
  const dial = makeDial(7);
  dial.add({ fault: 'rate_limit', probability: 0.3 });
  assert.equal(strikes(dial, 'create_code', 24), 'x...x.x..xx...xx.x..x.x.');
  assert.equal(strikes(dial, 'get_payment', 24), 'x..x...xx...xx........x.');
});

test('whether a request is struck does not hang on the requests to other endpoints, or on other faults', () => {
  const alone = makeDial(7);
  alone.add({ fault: 'rate_limit', probability: 0.5 });
  const expected = strikes(alone, 'create_code', 50);
  const busy = makeDial(7);
  busy.add({ fault: 'rate_limit', probability: 0.5 });
  busy.add({ fault: 'hang', probability: 0.5 });
  let seen = '';
  for (let i = 0; i < 50; i++) {
    for (let other = 0; other < i % 3; other++) busy.take('rate_limit', 'get_payment');
    busy.take('hang', 'create_code');
    seen += strikes(busy, 'create_code', 1);
  }
  assert.equal(seen, expected);
});

test('another seed strikes others, and clearing or seeding begins anew', () => {
  const dial = makeDial(1);
  const run = (prepare: () => void) => {
    prepare();
    dial.add({ fault: 'rate_limit', probability: 0.5 });
    return strikes(dial, 'create_code', 40);
  };
  const first = run(() => {});
  assert.notEqual(
    run(() => dial.clear({ fault: 'rate_limit' })),
    first,
    'clearing one fault goes on',
  );
  assert.equal(
    run(() => dial.clear()),
    first,
  );
  const other = run(() => {
    dial.clear();
    dial.reseed(2);
  });
  assert.notEqual(other, first);
  assert.equal(
    run(() => {
      dial.clear();
      dial.reseed(1);
    }),
    first,
  );
});

test('a fault strikes about as often as its probability says', () => {
  for (const probability of [0.1, 0.5, 0.9]) {
    const dial = makeDial(3);
    dial.add({ fault: 'rate_limit', probability });
    const struck = strikes(dial, 'create_code', 4_000).replaceAll('.', '').length / 4_000;
    assert.ok(Math.abs(struck - probability) < 0.03, `${probability}: ${struck}`);
  }
});

test('one of several faults can be taken away by its id', () => {
  const dial = makeDial(1);
  for (const endpoint of ENDPOINTS) dial.add({ fault: 'hang', endpoint });
  const [first, second] = dial.list();
  assert.ok(first && second);
  dial.clear({ id: first.id });
  assert.deepEqual(dial.list(), [second]);
});

test('a refusal needs one of the provider’s codes, and nothing else takes a code', () => {
  const dial = makeDial(1);
  const messageOf = (request: FaultRequest) => {
    const added = dial.add(request);
    return added.ok ? 'added' : added.message;
  };
  assert.equal(messageOf({ fault: 'refuse' }), "The fault 'refuse' needs a code. Known: NO_MONEY.");
  assert.equal(messageOf({ fault: 'refuse', code: 'X' }), "There is no code 'X'. Known: NO_MONEY.");
  assert.equal(messageOf({ fault: 'hang', code: 'NO_MONEY' }), "The fault 'hang' does not take a code.");
  assert.equal(messageOf({ fault: 'refuse', code: 'NO_MONEY', times: 1 }), 'added');
  assert.equal(dial.take('refuse', 'create_code')?.code, 'NO_MONEY');
  assert.equal(dial.take('refuse', 'create_code'), null);
});

test('the words of a dial turn another dial to where it stands', () => {
  const request = fc
    .record({
      fault: fc.constantFrom(...(Object.keys(FAULTS) as FaultName[])),
      endpoint: fc.option(fc.constantFrom(...ENDPOINTS), { nil: undefined }),
      times: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
      ms: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
      probability: fc.option(
        fc.integer({ min: 1, max: 1_000 }).map((thousandth) => thousandth / 1_000),
        { nil: undefined },
      ),
    })
    .map(({ fault, endpoint, ms, times, probability }): FaultRequest => {
      const { takes_endpoint, default_ms } = FAULTS[fault];
      return {
        fault,
        ...(takes_endpoint && endpoint !== undefined && { endpoint }),
        ...(default_ms !== null && ms !== undefined && { ms }),
        ...(times !== undefined && { times }),
        ...(probability !== undefined && { probability }),
        ...(fault === 'refuse' && { code: 'NO_MONEY' }),
      };
    });
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), (requests) => {
      const [one, other] = [makeDial(1), makeDial(1)];
      for (const each of requests) assert.ok(one.add(each).ok);
      const read = readFaultWords(makeFaultWords(one.list()));
      assert.ok(read.ok);
      for (const each of read.faults) assert.ok(other.add(each.request).ok);
      assert.deepEqual(other.list(), one.list());
    }),
  );
});
