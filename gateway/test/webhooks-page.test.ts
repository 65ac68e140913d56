// The receiver that docs/webhooks.md shows is a file of ours; here it runs against webhooks as the gateway signs
// them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeWebhookSecret, signWebhook } from '../src/domain/webhook-signature.ts';
import { makeReceiver, type WebhookEvent } from './examples/receive-webhook.ts';
import { ROOT } from './support/sources.ts';

test('docs/webhooks.md shows the receiver word for word', () => {
  const page = readFileSync(join(ROOT, 'docs/webhooks.md'), 'utf8');
  const source = readFileSync(join(ROOT, 'gateway/test/examples/receive-webhook.ts'), 'utf8');
  assert.equal(/```ts\n(.*?)```/s.exec(page)?.[1], source.slice(source.indexOf('import')));
});

test('the receiver takes what the gateway signed, and refuses everything else', async (t) => {
  const secret = makeWebhookSecret((count) => Buffer.alloc(count, 7));
  const kept: WebhookEvent[] = [];
  const server = makeReceiver(secret, async (event) => void kept.push(event));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const body = JSON.stringify({
    id: 'evt_1',
    type: 'payment_intent.succeeded',
    data: { object: {} },
    sequence: 1,
  });
  const now = Math.floor(Date.now() / 1_000);

  const send = async (secrets: string[], timestamp_seconds: number, sent = body): Promise<number> => {
    const response = await fetch(url, {
      method: 'POST',
      body: sent,
      headers: {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(timestamp_seconds),
        'webhook-signature': signWebhook({ secrets, id: 'evt_1', timestamp_seconds, body }),
      },
    });
    return response.status;
  };
  const other = makeWebhookSecret((count) => Buffer.alloc(count, 8));
  assert.equal(await send([secret], now), 204);
  assert.equal(await send([other, secret], now), 204, 'during a rotation');
  assert.equal(await send([other], now), 400);
  assert.equal(await send([secret], now - 301), 400);
  assert.equal(await send([secret], now, body.replace('evt_1', 'evt_2')), 400);
  assert.deepEqual(
    kept.map(({ id }) => id),
    ['evt_1', 'evt_1'],
  );
});
