// A company's proxy in between, as README.md says it is gone through: with undici's fetch.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import * as undici from 'undici';
import { ConnectionError } from '../src/mpac-pgw.ts';
import { answerJson, INTENT, makeClient, ORDER, reasonOf, startServer } from './loopback-server.ts';

test('a call goes through a proxy, and one that the proxy cannot be asked for never left', async (t) => {
  const server = await startServer(t, () => answerJson(201, INTENT));
  const tunnels: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, client, head) => {
    tunnels.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const gateway = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      gateway.write(head);
      client.pipe(gateway).pipe(client);
    });
    for (const [one, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const dispatcher = new undici.ProxyAgent({
    uri: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    proxyTunnel: true,
  });
  const pgw = makeClient(server.url, {
    fetch: (url, request) => undici.fetch(url, { ...request, dispatcher }),
    maxRetries: 0,
  });
  assert.equal((await pgw.paymentIntents.create(ORDER)).id, 'pi_1');
  assert.deepEqual(tunnels, [new URL(server.url).host]);
  await dispatcher.close();

  const closed = once(proxy, 'close');
  proxy.close();
  await closed;
  const nobody = new undici.ProxyAgent({ uri: 'http://127.0.0.1:65433', proxyTunnel: true });
  const lost = makeClient(server.url, {
    fetch: (url, request) => undici.fetch(url, { ...request, dispatcher: nobody }),
    maxRetries: 0,
  });
  const error = await reasonOf(lost.paymentIntents.create(ORDER));
  assert.ok(error instanceof ConnectionError, `${error}`);
  assert.equal(server.requests.length, 1);
  await nobody.close();
});
