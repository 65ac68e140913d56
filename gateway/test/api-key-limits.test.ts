// How many keys there can be: whoever signs with a merchant's id is looked for among them, so they have an end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const PATH = '/v1/api_keys';
const MERCHANT = 'merchant_of_many_keys';

test('an organization, and each of its merchants, has a hundred keys in a mode, and a revoked one makes room', async (t) => {
  const gateway = await startTestGateway(t);
  const { client, key } = gateway;
  await gateway.saveStore({ merchant: { id: MERCHANT }, store: { id: 'store_of_many_keys' } });
  const rounds: [Json, number][] = [
    [{}, 99],
    [{ merchant_id: MERCHANT }, 100],
  ];
  for (const [body, count] of rounds) {
    const made = [];
    for (let n = 0; n < count; n += 1) made.push((await client.post(PATH, body)).json);
    const refused = await client.post(PATH, body);
    assert.deepEqual([refused.status, refused.json.details.constraint], [400, 'max_items'], refused.text);
    await client.post(`${PATH}/${made[0]?.id}/revoke`, {});
    assert.equal((await client.post(PATH, body)).status, 201);
  }
  const as_merchant = gateway.clientFor({ ...key, id: MERCHANT });
  assert.equal((await as_merchant.get('/v1/payment_intents')).status, 200, 'the oldest of two hundred');
});
