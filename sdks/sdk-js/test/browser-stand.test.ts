// The stand itself: a page on an origin of its own really reaches a real gateway, and faults of the line happen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { NO_CHROMIUM, startBrowserStand } from './browser-stand.ts';

test('a page reaches the gateway through the line, and the line fails when it is told to', {
  skip: NO_CHROMIUM,
}, async (t) => {
  const stand = await startBrowserStand({ after });
  const { gateway, line } = stand;
  const page = await stand.openPage(t);
  const intent = await gateway.createIntent();
  const confirmOnce = () =>
    page.evaluate(
      async ({ url, id, payment_token }) => {
        try {
          const answer = await fetch(`${url}/v1/payment_intents/${id}/confirm`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `key ${id}` },
            body: JSON.stringify({ payment_token, payment_method_type: 'cash' }),
          });
          return answer.status;
        } catch {
          return 'no answer';
        }
      },
      { url: line.url, ...intent },
    );

  line.break('drop_request', 1);
  assert.equal(await confirmOnce(), 'no answer');
  assert.equal((await gateway.retrieve(intent.id))['status'], 'requires_payment_method');
  line.break(503, 1);
  assert.equal(await confirmOnce(), 503);
  line.break('drop_answer', 1);
  assert.equal(await confirmOnce(), 'no answer');
  assert.equal((await gateway.retrieve(intent.id))['status'], 'succeeded');
  assert.equal(await confirmOnce(), 200);
  assert.deepEqual(
    line.confirms().map(({ status }) => status),
    [null, null, 200, 200],
  );
  assert.deepEqual(stand.broken, []);
});
