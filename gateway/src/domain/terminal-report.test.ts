// What a terminal reports, as news: each of its three words, against values typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeftBy, newsOfTerminal, type TerminalReport } from './terminal-report.ts';

const ATTEMPT = { amount: 1_500, currency: 'JPY', authorize_only: false };
const SUCCESS: TerminalReport = { status: 'success', reason: null, amount: null, currency: null };

test('a success is paid, or held for a later capture, with what the terminal says it took', () => {
  const own = { amount: 1_500, currency: 'JPY' };
  assert.deepEqual(newsOfTerminal(ATTEMPT, SUCCESS), { kind: 'paid', stated: own });
  const held = newsOfTerminal({ ...ATTEMPT, authorize_only: true }, SUCCESS);
  assert.deepEqual(held, { kind: 'authorized', stated: own });
  assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, amount: 900, currency: 'USD' }), {
    kind: 'paid',
    stated: { amount: 900, currency: 'USD' },
  });
});

test('a decline is a definite no, an error an end without money, each with the reason or a sentence for it', () => {
  for (const reason of [null, '']) {
    assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, status: 'declined', reason }), {
      kind: 'declined',
      code: 'card_declined',
      message: 'The terminal reports that the payment was declined.',
    });
  }
  assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, status: 'error', reason: 'No paper' }), {
    kind: 'ended_unpaid',
    reason: 'failed',
    code: 'terminal_error',
    message: 'No paper',
  });
});

test('an attempt is told from one that another report left', () => {
  const error = { code: 'terminal_error', message: '' };
  const attempts = {
    success: [
      { status: 'paid', error: null },
      { status: 'authorized', error: null },
      { status: 'unknown', error: { code: 'amount_mismatch', message: '' } },
      { status: 'ended_unpaid', error: { code: 'resolved_not_paid', message: '' } },
      { status: 'reversed', error: null },
    ],
    declined: [{ status: 'declined', error: { code: 'card_declined', message: '' } }],
    error: [{ status: 'ended_unpaid', error }],
  } as const;
  for (const [left_by, list] of Object.entries(attempts)) {
    for (const attempt of list) {
      for (const status of ['success', 'declined', 'error'] as const) {
        assert.equal(isLeftBy(attempt, status), status === left_by, `${attempt.status} by ${status}`);
      }
    }
  }
});
