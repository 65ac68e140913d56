// The circuit by a table typed by hand: what happens at which second, and what a question would be told then.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { admit, type Circuit, type CircuitRules, CLOSED, hear } from './circuit.ts';

const RULES: CircuitRules = {
  failures: 3,
  accounts: 1,
  window_ms: 60_000,
  first_pause_ms: 5_000,
  longest_pause_ms: 12_000,
  probe_ms: 15_000,
};

/** [second, what happens, what state it leaves, from which second on a question may be sent (0: at once)] */
type Row = [
  at: number,
  happens: 'fails' | 'answers' | 'asks',
  subject: string,
  state: Circuit['state'],
  again_at?: number,
  asked_at?: number,
];

const STORIES: Record<string, Row[]> = {
  'three payments in a row open it, and a question is told when to come again': [
    [0, 'fails', 'a', 'closed'],
    [1, 'fails', 'b', 'closed'],
    [2, 'fails', 'c', 'open', 7],
    [6, 'asks', 'd', 'open', 7],
  ],
  'one payment that fails for ever does not cut off the others': [
    [0, 'fails', 'a', 'closed'],
    [1, 'fails', 'a', 'closed'],
    [2, 'fails', 'a', 'closed'],
    [3, 'fails', 'b', 'closed'],
    [4, 'fails', 'a', 'closed'],
  ],
  'an answer in between begins the count anew': [
    [0, 'fails', 'a', 'closed'],
    [1, 'fails', 'b', 'closed'],
    [2, 'answers', 'c', 'closed'],
    [3, 'fails', 'd', 'closed'],
    [4, 'fails', 'e', 'closed'],
    [5, 'fails', 'f', 'open', 10],
  ],
  'failures that lie a minute apart are not in a row': [
    [0, 'fails', 'a', 'closed'],
    [30, 'fails', 'b', 'closed'],
    [60, 'fails', 'c', 'closed'],
    [89, 'fails', 'd', 'open', 94],
  ],
  'after the pause one probe goes, and nobody beside it; its answer closes the circuit': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [5, 'asks', 'd', 'probing'],
    [5, 'asks', 'e', 'probing', 7],
    [6, 'answers', 'd', 'closed'],
    [6, 'asks', 'e', 'closed'],
  ],
  'a probe that fails doubles the pause, up to the longest': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [5, 'asks', 'd', 'probing'],
    [9, 'fails', 'd', 'open', 19, 5],
    [19, 'asks', 'd', 'probing'],
    [20, 'fails', 'd', 'open', 32, 19],
    [32, 'asks', 'd', 'probing'],
    [33, 'fails', 'd', 'open', 45, 32],
  ],
  'a probe of which nothing is heard is given up, and the next one goes': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [5, 'asks', 'd', 'probing'],
    [19, 'asks', 'e', 'probing', 20],
    [20, 'asks', 'e', 'probing'],
    [20, 'asks', 'f', 'probing', 22],
  ],
  'what was asked before the probe and fails now says nothing against it': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [5, 'asks', 'd', 'probing'],
    [6, 'fails', 'x', 'probing', 8, 4],
    [7, 'answers', 'd', 'closed'],
  ],
  'what was asked before it closed and fails later does not open it again': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [6, 'answers', 'd', 'closed'],
    [7, 'fails', 'x', 'closed', 0, 1],
    [7, 'fails', 'y', 'closed', 0, 1],
    [7, 'fails', 'z', 'closed', 0, 1],
    [8, 'fails', 'x', 'closed'],
    [8, 'fails', 'y', 'closed'],
    [8, 'fails', 'z', 'open', 13],
  ],
  'an answer that comes late closes it without a probe': [
    [0, 'fails', 'a', 'closed'],
    [0, 'fails', 'b', 'closed'],
    [0, 'fails', 'c', 'open', 5],
    [2, 'answers', 'd', 'closed', 0, 0],
  ],
};

for (const [name, rows] of Object.entries(STORIES)) {
  test(name, () => {
    let circuit: Circuit = CLOSED;
    for (const [at, happens, subject, state, again_at = 0, asked_at = at] of rows) {
      const now_ms = at * 1_000;
      if (happens === 'asks') {
        const admission = admit(circuit, now_ms, RULES);
        if (admission.may_ask) circuit = admission.circuit;
        assert.equal(admission.may_ask ? 0 : admission.again_at_ms, again_at * 1_000, `second ${at}`);
      } else {
        const kind = happens === 'fails' ? 'failed' : 'answered';
        circuit = hear(
          circuit,
          { kind, subject, account: 'one', asked_at_ms: asked_at * 1_000 },
          now_ms,
          RULES,
        );
        const next = admit(circuit, now_ms, RULES);
        assert.equal(next.may_ask ? 0 : next.again_at_ms, again_at * 1_000, `second ${at}`);
      }
      assert.equal(circuit.state, state, `second ${at}`);
    }
  });
}

test('with the number zero it never opens', () => {
  let circuit: Circuit = CLOSED;
  for (let n = 0; n < 100; n += 1) {
    const heard = { kind: 'failed' as const, subject: String(n), account: 'one', asked_at_ms: n };
    circuit = hear(circuit, heard, n, { ...RULES, failures: 0 });
  }
  assert.equal(circuit.state, 'closed');
});

test('where two accounts are wanted, one alone opens nothing, however often it fails, and the other’s first does', () => {
  const rules = { ...RULES, accounts: 2 };
  let circuit: Circuit = CLOSED;
  const fail = (account: string, at_ms: number) => {
    const heard = { kind: 'failed' as const, subject: String(at_ms), account, asked_at_ms: at_ms };
    circuit = hear(circuit, heard, at_ms, rules);
  };
  for (let n = 0; n < 10; n += 1) fail('broken', n);
  assert.equal(circuit.state, 'closed');
  fail('another', 10);
  assert.equal(circuit.state, 'open');
});

test('a circuit never stays shut: whatever happened, a question is let through within the longest pause or probe', () => {
  const step = fc.record({
    wait_ms: fc.nat(20_000),
    happens: fc.constantFrom('failed' as const, 'answered' as const, 'asks' as const),
    subject: fc.constantFrom('a', 'b', 'c', 'd'),
    age_ms: fc.nat(10_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let circuit: Circuit = CLOSED;
      let now_ms = 0;
      for (const { wait_ms, happens, subject, age_ms } of steps) {
        now_ms += wait_ms;
        if (happens === 'asks') {
          const admission = admit(circuit, now_ms, RULES);
          if (admission.may_ask) circuit = admission.circuit;
          else assert.ok(admission.again_at_ms > now_ms, 'nobody is told to come again at once');
        } else
          circuit = hear(
            circuit,
            { kind: happens, subject, account: subject, asked_at_ms: now_ms - age_ms },
            now_ms,
            RULES,
          );
        const longest = Math.max(RULES.longest_pause_ms, RULES.probe_ms);
        assert.ok(admit(circuit, now_ms + longest, RULES).may_ask);
        if (happens === 'answered') assert.equal(circuit.state, 'closed');
      }
    }),
  );
});
