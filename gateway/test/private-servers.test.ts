// File servers at private addresses, as behind a VPN: reached where the operator has named their range, and nowhere else.
// This machine's own private address stands for them; nothing listens there.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { refuseAddress } from '../src/outbound/address-guard.ts';
import { CONFIG_PATH } from './support/accounting-stage.ts';
import { startTestGateway } from './support/gateway.ts';

const only = (private_ranges: string[]) => ({ allow_loopback: false, private_ranges });
const host = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
  .find((one) => refuseAddress(one, only([])) !== null && refuseAddress(one, only([one])) === null);
const skip = host === undefined ? 'this machine has no private address' : false;

const [range] = readConfig(
  { MPAC_TRANSFER_PRIVATE_RANGES: host ?? '10.20.0.0/16' },
  'development',
).transfer_private_ranges;
assert.ok(range !== undefined);
const gateway = await startTestGateway({ after }, { config: { transfer_private_ranges: [range] } });
const public_only = await startTestGateway({ after });

test('FTP and SFTP reach a private address whose range is named, and no other one', { skip }, async () => {
  assert.ok(host !== undefined);
  const server = { host, port: 1 };
  const account = { username: 'pgw', password: 'secret', tls: 'off' as const };
  for (const [{ context }, failure] of [
    [gateway, 'unreachable'],
    [public_only, 'refused_address'],
  ] as const) {
    const by_ftp = await context.files.ftpTest({ ...server, ...account }, []);
    const by_sftp = await context.files.sftpHostKey(server);
    assert.deepEqual(
      [by_ftp, by_sftp].map((answer) => answer.kind === 'failed' && answer.failure),
      [failure, failure],
    );
  }
});

test('a range that is named opens it for file servers, and for no webhook', { skip }, async () => {
  for (const [path, secret] of [
    ['/v1/card_processor_connection', { password: 'secret' }],
    [CONFIG_PATH, { generate_key: true }],
  ] as const) {
    const settings = { host, username: 'mpac', ...secret };
    const saved = await gateway.client.call('PUT', path, settings);
    assert.equal(saved.status, 200, saved.text);
    const refused = await public_only.client.call('PUT', path, settings);
    assert.deepEqual([refused.status, refused.json.details.field], [400, 'host']);
  }
  const webhook = await gateway.client.post('/v1/webhook_endpoints', { url: `https://${host}/` });
  assert.equal(webhook.status, 400);
});

test('ranges that cannot be read are told with the name of the setting', () => {
  for (const MPAC_TRANSFER_PRIVATE_RANGES of ['10.0.0.0/33', 'vpn', '10.0.0.1:21']) {
    const read = () => readConfig({ MPAC_TRANSFER_PRIVATE_RANGES }, 'development');
    assert.throws(read, /MPAC_TRANSFER_PRIVATE_RANGES must be addresses or ranges/);
  }
});
