// What the words of a command line mean to the simulators, and which piece of them is said to be wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { readFaultOption, readSettingOptions } from './start-words.ts';

const wallet: ProviderSimulator = {
  name: 'wallet',
  title: 'Wallet',
  about: '',
  mount: '/wallet',
  endpoints: ['create_code', 'get_payment'],
  faults: ['hang', 'slow', 'rate_limit', 'instant_pay'],
  settings: Type.Object({
    lifetime_seconds: Type.Optional(Type.Integer({ minimum: 1 })),
    is_open: Type.Optional(Type.Boolean()),
    secret: Type.Optional(Type.String()),
  }),
  register() {},
};
const card: ProviderSimulator = {
  ...wallet,
  name: 'card',
  mount: '/card',
  endpoints: ['confirm'],
  faults: ['hang', 'refuse', 'wrong_amount'],
  codes: ['NO_MONEY'],
  settings: Type.Object({
    lifetime_seconds: Type.Optional(Type.Integer({ maximum: 100 })),
    order: Type.Optional(Type.Union([Type.Literal('before'), Type.Literal('after')])),
    address: Type.Optional(Type.Union([Type.String({ pattern: '^http' }), Type.Null()])),
  }),
};
const BOTH = [card, wallet];

test('each piece says a fault, an endpoint and numbers', () => {
  assert.deepEqual(
    readFaultOption(' hang:create_code:times=1, slow:ms=3000 ,rate_limit:probability=0.2', [wallet]),
    {
      ok: true,
      faults: {
        wallet: [
          { fault: 'hang', endpoint: 'create_code', times: 1 },
          { fault: 'slow', ms: 3000 },
          { fault: 'rate_limit', probability: 0.2 },
        ],
      },
    },
  );
});

test('a fault is for every simulator that plays it, or for the one that is named', () => {
  const line = 'hang:times=1,refuse:code=NO_MONEY,hang:confirm,wallet.hang:times=2';
  assert.deepEqual(readFaultOption(line, BOTH), {
    ok: true,
    faults: {
      card: [
        { fault: 'hang', times: 1 },
        { fault: 'refuse', code: 'NO_MONEY' },
        { fault: 'hang', endpoint: 'confirm' },
      ],
      wallet: [
        { fault: 'hang', times: 1 },
        { fault: 'hang', times: 2 },
      ],
    },
  });
});

test('a wrong fault is refused with the piece that is wrong', () => {
  const cases: [line: string, message: string][] = [
    ['meteor', "'meteor': There is no fault 'meteor'. Known: hang, slow, rate_limit, instant_pay."],
    ['hang,slow:ms=abc', "'slow:ms=abc': ms must be a number, not 'abc'."],
    ['slow:ms=-1', "'slow:ms=-1': ms must be a number, not '-1'."],
    ['slow:ms=1.5', "'slow:ms=1.5': ms must be integer."],
    ['slow:ms', "'slow:ms': There is no endpoint 'ms'. Known: create_code, get_payment."],
    ['slow:mss=3', "'slow:mss=3': There is no 'mss'. Known: times, ms, probability, code."],
    ['slow:ms=3:ms=4', "'slow:ms=3:ms=4': It says ms twice."],
    ['hang:ms=3', "'hang:ms=3': The fault 'hang' does not take ms."],
    ['hang:a:b', "'hang:a:b': It names two endpoints, a and b."],
    ['hang:confirm', "'hang:confirm': There is no endpoint 'confirm'. Known: create_code, get_payment."],
    [
      'instant_pay:create_code',
      "'instant_pay:create_code': The fault 'instant_pay' does not take an endpoint.",
    ],
    ['hang:times=0', "'hang:times=0': times must be >= 1."],
    ['hang:probability=1.1', "'hang:probability=1.1': probability must be <= 1."],
    ['hang:code=X', "'hang:code=X': The fault 'hang' does not take a code."],
    ['card.hang', "'card.hang': 'card' does not start here. Known: wallet."],
    ['hang,,slow', "'hang,,slow': There is nothing beside one of its commas."],
    ['', "'': There is nothing beside one of its commas."],
    [':hang', "':hang': Each piece begins with the name of a fault."],
  ];
  for (const [line, message] of cases) {
    assert.deepEqual(readFaultOption(line, [wallet]), { ok: false, message }, line);
  }
});

test('a setting is read as what it is, for every simulator that knows it or the one that is named', () => {
  const words = ['lifetime_seconds=60', 'is_open=true', 'secret=1234', 'card.order=after', 'address=null'];
  assert.deepEqual(readSettingOptions(words, BOTH), {
    ok: true,
    settings: {
      card: { lifetime_seconds: 60, order: 'after', address: null },
      wallet: { lifetime_seconds: 60, is_open: true, secret: '1234' },
    },
  });
  assert.deepEqual(readSettingOptions(['secret=a=b,c'], BOTH), {
    ok: true,
    settings: { wallet: { secret: 'a=b,c' } },
  });
});

test('a wrong setting is refused by its name', () => {
  const cases: [word: string, message: string][] = [
    ['lifetime_seconds', "'lifetime_seconds': write name=value."],
    ['life=1', "'life=1': there is no setting 'life'. Known: lifetime_seconds, order, address."],
    ['lifetime_seconds=soon', "'lifetime_seconds=soon': lifetime_seconds must be integer."],
    ['lifetime_seconds=101', "'lifetime_seconds=101': lifetime_seconds must be <= 100."],
    ['order=never', "'order=never': order must be one of before, after."],
    ['wallet.secret=x', "'wallet.secret=x': 'wallet' does not start here. Known: card."],
  ];
  for (const [word, message] of cases) {
    assert.deepEqual(readSettingOptions([word], [card]), { ok: false, message }, word);
  }
});
