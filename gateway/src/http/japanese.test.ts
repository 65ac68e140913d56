// Refusals in Japanese: which language is wanted, and that each refusal and rule has a sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSources } from '../../test/support/sources.ts';
import { ERRORS, type ErrorName, GatewayError } from '../domain/error.ts';
import { errorAnswer } from './errors.ts';
import { japaneseMessage, wantsJapanese } from './japanese.ts';

const JAPANESE = /[぀-ヿ一-龯]/;

test('the language is the one that the client likes best of the two that we speak', () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ['ja', true],
    ['ja-JP', true],
    ['ja-JP,ja;q=0.9,en;q=0.8', true],
    ['en-US,en;q=0.9,ja;q=0.8', false],
    ['en;q=0.5, ja;q=0.7', true],
    ['fr, ja;q=0.1', true],
    ['fr', false],
    ['ja;q=0', false],
    ['*', false],
    ['', false],
    [';;,,q=', false],
  ];
  for (const [header, expected] of cases) assert.equal(wantsJapanese(header), expected, header);
});

test('every refusal of the table has a Japanese sentence', () => {
  const sentences = (Object.keys(ERRORS) as ErrorName[]).map((name) =>
    japaneseMessage(new GatewayError(name, 'x')),
  );
  for (const sentence of sentences) assert.match(sentence, JAPANESE);
  assert.equal(new Set(sentences).size, sentences.length);
});

test('a rule that a field breaks is named together with the field', () => {
  const refusal = new GatewayError('invalid_request', 'x', { field: 'amount', constraint: 'min_value' });
  assert.equal(japaneseMessage(refusal), 'amount の値が小さすぎます。');
  const unknown = new GatewayError('invalid_request', 'x', { field: 'amount', constraint: 'new_rule' });
  assert.equal(japaneseMessage(unknown), 'リクエストの内容が正しくありません。');
});

test('every rule that a merchant’s own input can break has a sentence', () => {
  // Those of the whole request are told by the sentence of the refusal itself.
  const whole = new Set(['supported', 'valid', 'live_key', 'new_rule']);
  const rules = readSources('gateway/src').flatMap(({ text }) =>
    [...text.matchAll(/constraint: '(\w+)'|(?:invalid|refused)\('\w+', '(\w+)'/g)].map(
      ([, a, b]) => a ?? b ?? '',
    ),
  );
  assert.ok(rules.length > 40);
  for (const constraint of new Set(rules)) {
    if (whole.has(constraint)) continue;
    const refusal = new GatewayError('invalid_request', 'x', { field: 'amount', constraint });
    assert.notEqual(japaneseMessage(refusal), 'リクエストの内容が正しくありません。', constraint);
  }
});

test('what was not begun is not called an outcome that is being looked for', () => {
  const not_begun = new GatewayError('provider_error', 'x', { constraint: 'provider_answers' });
  assert.match(japaneseMessage(not_begun), /開始されていません/);
  assert.doesNotMatch(japaneseMessage(new GatewayError('provider_error', 'x')), /開始されていません/);
});

test('the message is Japanese in both places of the body, and the codes and facts stay the same', () => {
  const refusal = new GatewayError('invalid_request', 'amount is required.', {
    field: 'amount',
    constraint: 'required',
  });
  const ask = (headers: Record<string, string>) =>
    JSON.parse(errorAnswer(refusal, { id: 'req_1', headers, url: '/v1/payment_intents' }).body);
  const japanese = ask({ 'accept-language': 'ja' });
  const english = ask({});
  assert.equal(english.message, 'amount is required.');
  assert.equal(japanese.message, 'amount は必須です。');
  assert.deepEqual(japanese, {
    ...english,
    message: 'amount は必須です。',
    error: { ...english.error, message: 'amount は必須です。' },
  });
  const problem = ask({ 'accept-language': 'ja', accept: 'application/problem+json' });
  assert.equal(problem.detail, 'amount は必須です。');
});
