// What is told of a transfer that went wrong: always a sentence, never a secret, and never more of a stranger's words than a
// person wants to read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describeTransferError, quoteServer, TransferError } from './transfer-failure.ts';

test('a server’s words are quoted short, on one line and without secrets', () => {
  const cases: [said: string, quoted: string][] = [
    ['550 No such file.\r\n', '550 No such file.'],
    ['550-Two\r\n550 lines', '550-Two 550 lines'],
    ['550 \u001b[31mred\u0007\u0000', '550 [31mred'],
    ['550 ファイルがありません é', '550 ファイルがありません é'],
    ['530 hunter2 is wrong, shop!', '530 … is wrong, …!'],
    ['x'.repeat(300), `${'x'.repeat(200)}…`],
    ['\u202e550 turned', '550 turned'],
  ];
  for (const [said, quoted] of cases) assert.equal(quoteServer(said, ['hunter2', 'shop', '']), quoted);
});

test('a secret is in no quotation, wherever it stands', () => {
  const word = fc.string({ minLength: 4, maxLength: 20 }).filter((text) => !text.includes('…'));
  fc.assert(
    fc.property(word, fc.string(), fc.string(), (secret, before, after) => {
      assert.ok(!quoteServer(before + secret + after, [secret]).includes(secret));
    }),
  );
});

test('each error has its failure and a sentence, also one that nobody knows', () => {
  const withCode = (code: string, message = 'raw') => Object.assign(new Error(message), { code });
  const cases: [error: unknown, failure: string][] = [
    [new TransferError('too_large', 'It is too large.'), 'too_large'],
    [withCode('ECONNREFUSED'), 'unreachable'],
    [withCode('ENOTFOUND'), 'unreachable'],
    [withCode('ETIMEDOUT'), 'unreachable'],
    [withCode('REFUSED_ADDRESS', 'The address is not public (private).'), 'refused_address'],
    [withCode('CERT_HAS_EXPIRED'), 'tls_refused'],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls_refused'],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls_refused'],
    [withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls_refused'],
    [new Error('Timeout (control socket)'), 'timeout'],
    [withCode('ECONNRESET'), 'dropped'],
    [withCode('EPIPE'), 'dropped'],
    [new TypeError('undefined is not a function'), 'dropped'],
    ['a string', 'dropped'],
    [undefined, 'dropped'],
  ];
  for (const [error, failure] of cases) {
    const answer = describeTransferError(error);
    assert.equal(answer.failure, failure, String(error));
    assert.match(answer.message, /^[A-Z].{10,}\.$/);
    assert.ok(!/raw|undefined/.test(answer.message), 'a library’s words are not told');
  }
});
