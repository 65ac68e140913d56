// Holds the player of scenarios, which judges the SDKs in JavaScript, to failing where a story goes another way than it is
// written down.
import assert from 'node:assert/strict';
import { test } from 'node:test';

type Play = (scenario: { steps: object[] }, actors: object, store: string) => Promise<void>;

// The driver is plain JavaScript, as it is copied beside the installed package.
const PLAYER = new URL('../drivers/node/scenario.js', import.meta.url).href;
const { playScenario } = (await import(PLAYER)) as { playScenario: Play };

class Refusal extends Error {
  facts: object;
  constructor(facts: object) {
    super('refused');
    this.facts = facts;
  }
}

/** An SDK that answers every call with what it was given, and a few others. */
function makeActors() {
  const calls: [string, object, string | undefined][] = [];
  let looks = 0;
  const actors = {
    async call(operation: string, given: object, key?: string) {
      calls.push([operation, given, key]);
      if (operation === 'refuse') throw new Refusal(given);
      if (operation === 'crash') throw new TypeError('undefined is not a function');
      if (operation === 'look') {
        looks += 1;
        return { status: looks > 2 ? 'succeeded' : 'processing' };
      }
      return given;
    },
    list: async (_operation: string, given: { ids: string[] }) => given.ids.map((id) => ({ id })),
    stage: async (action: string, given: object) => ({ action, ...given }),
    async verify({ body_base64 }: { body_base64: string }) {
      return JSON.parse(Buffer.from(body_base64, 'base64').toString('utf8')) as object;
    },
    describeError: (error: unknown) => (error instanceof Refusal ? error.facts : null),
    describeFault: (error: unknown) => String(error),
  };
  return { actors, calls };
}

/** As a path stands within a text. */
const inBraces = (path: string) => `\${${path}}`;

const play = (...steps: object[]) => playScenario({ steps }, makeActors().actors, 'store_1');

test('what a step keeps is filled into later ones, as a value and within a text', async () => {
  const { actors, calls } = makeActors();
  const steps = [
    { call: 'create', with: { id: 'pi_1', amount: 7, store: '$store' }, as: 'intent' },
    {
      call: 'confirm',
      with: { id: '$intent.id', all: ['$intent.amount'] },
      idempotency_key: `key_${inBraces('intent.id')}`,
    },
    { call: 'refuse', with: { kind: 'not_found' }, expect_error: { kind: 'not_found' }, as: 'error' },
    { call: 'tell', with: { text: `${inBraces('intent.id')}, ${inBraces('error.kind')}, $5` } },
  ];
  await playScenario({ steps }, actors, 'store_1');
  assert.deepEqual(calls, [
    ['create', { id: 'pi_1', amount: 7, store: 'store_1' }, undefined],
    ['confirm', { id: 'pi_1', all: [7] }, 'key_pi_1'],
    ['refuse', { kind: 'not_found' }, undefined],
    ['tell', { text: 'pi_1, not_found, $5' }, undefined],
  ]);
});

test('each play has a text of its own', async () => {
  const { actors, calls } = makeActors();
  for (const _ of [1, 2])
    await playScenario({ steps: [{ call: 'create', with: { run: '$run' } }] }, actors, '');
  assert.notDeepEqual(calls[0]?.[1], calls[1]?.[1]);
});

test('an answer is compared in the fields that are named, in depth, and a list item by item', async () => {
  const given = { a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }], text: 'no' };
  await play({
    call: 'create',
    with: given,
    expect: { a: { b: 1 }, list: [{ x: 1 }], gone: { $: 'absent' } },
  });
  for (const [expected, why] of [
    [{ a: { b: 2 } }, /^step 1 \(create\): answer\.a\.b is 1, not 2$/],
    [{ a: { d: { $: 'present' } } }, /answer\.a\.d is absent/],
    [{ text: { $: 'absent' } }, /answer\.text is "no"/],
    [{ list: [] }, /answer\.list is/],
    [{ list: [{ x: 1 }, { x: 1 }] }, /answer\.list is/],
    [{ text: 1 }, /answer\.text is "no", not 1/],
    [{ text: { x: 1 } }, /answer\.text is "no"/],
  ] as const) {
    await assert.rejects(play({ call: 'create', with: given, expect: expected }), { message: why });
  }
});

test('an error that is expected has to come, and to be that one', async () => {
  await play({ call: 'refuse', with: { kind: 'conflict' }, expect_error: { kind: 'conflict' } });
  await assert.rejects(play({ call: 'create', expect_error: { kind: 'conflict' } }), /no error, but/);
  await assert.rejects(
    play({ call: 'refuse', with: { kind: 'forbidden' }, expect_error: { kind: 'conflict' } }),
    /error\.kind is "forbidden", not "conflict"/,
  );
  await assert.rejects(play({ call: 'refuse', with: { kind: 'conflict' } }), /refused/);
});

test('what is no error of the SDK is never the one that is expected', async () => {
  await assert.rejects(play({ call: 'crash', expect_error: {} }), /undefined is not a function/);
});

test('what was never kept is not made up', async () => {
  await assert.rejects(
    play({ call: 'create', with: { id: '$intent.id' } }),
    /nothing was kept as intent\.id/,
  );
});

test('a wait asks until the answer is so', async () => {
  const { actors, calls } = makeActors();
  const steps = [
    { wait: 'look', until: { status: 'succeeded' }, as: 'end' },
    { call: 'tell', with: { status: '$end.status' }, expect: { status: 'succeeded' } },
  ];
  await playScenario({ steps }, actors, '');
  assert.equal(calls.length, 4);
});

test('a list has its ids in order, and none beside them', async () => {
  const step = { list: 'refunds', with: { ids: ['re_2', 're_1'] } };
  await play({ ...step, expect_ids: ['re_2', 're_1'] });
  for (const expect_ids of [['re_1', 're_2'], ['re_2'], ['re_2', 're_1', 're_0'], []]) {
    await assert.rejects(play({ ...step, expect_ids }), /ids/);
  }
});

test('an altered delivery has other bytes, and the kept one has not', async () => {
  const body_base64 = Buffer.from('{"a":1}').toString('base64');
  await play(
    { stage: 'next_delivery', with: { body_base64 }, as: 'delivery' },
    { verify: '$delivery', secret: 'whsec_', altered: true, expect: { a: 0 } },
    { verify: '$delivery', secret: 'whsec_', expect: { a: 1 } },
  );
});

test('no secret and no token is in the reason of a failure', async () => {
  const tokens = { token: 'pi_1_secret_abc', secret: 'whsec_abc+/=', key: 'sk_test_abc' };
  const failed = play({ call: 'create', with: tokens, expect_error: {} });
  await assert.rejects(
    failed,
    ({ message }: Error) => !message.includes('abc') && message.includes('whsec_…'),
  );
});
