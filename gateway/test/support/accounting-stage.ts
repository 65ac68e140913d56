// A merchant's bookkeeping for a test: a gateway with an archive of its own, a real SFTP server on loopback that knows
// the gateway's key, and sales at given times.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSftpServer } from '../../src/simulator/sftp-server.ts';
import type { Json } from './client.ts';
import { MERCHANT_ID, type Scope, STORE_ID, startTestGateway, type TestGatewayOptions } from './gateway.ts';

export const CONFIG_PATH = `/v1/merchants/${MERCHANT_ID}/accounting_export`;
/** What the tests' clock shows first: the evening of 15 January in Japan. */
export const FIRST_DAY = '2026-01-15';

export type AccountingStage = Awaited<ReturnType<typeof makeAccountingStage>>;

export async function makeAccountingStage(t: Scope, options: TestGatewayOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mpac-accounting-'));
  t.after(async () => rmSync(folder, { recursive: true, force: true }));
  const served = mkdtempSync(join(folder, 'sftp-'));
  const data_dir = join(folder, 'data');
  const gateway = await startTestGateway(t, { ...options, config: { ...options.config, data_dir } });
  const { client, clock } = gateway;

  const filesIn = (path: string): string[] =>
    existsSync(path)
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
          .sort()
      : [];

  return {
    gateway,
    client,
    clock,
    data_dir,
    served,
    /** Starts the accounting system's server for the key of a merchant's export, and pins its host key there. */
    async connect(settings: Json = {}, path = CONFIG_PATH) {
      const saved = await client.call('PUT', path, {
        ...{ host: '127.0.0.1', port: 1_024, username: 'mpac', generate_key: true },
        ...settings,
      });
      assert.equal(saved.status, 200, saved.text);
      const { public_key } = saved.json as { public_key: string };
      const server = await startSftpServer({
        directory: served,
        port: 0,
        accounts: [{ username: 'mpac', public_key }],
      });
      t.after(() => server.close());
      await client.call('PUT', path, { port: server.port });
      const seen = await client.call('POST', `${path}/test`, {});
      assert.equal(seen.json.failure, 'host_key_not_pinned', seen.text);
      const pinned = await client.call('PUT', path, { host_key: seen.json.host_key });
      assert.equal(pinned.status, 200, pinned.text);
      return server;
    },
    /** Cash that is sold at this moment. */
    async sell(changes: Json = {}) {
      const intent = await gateway.createIntent({
        payment_method_types: ['cash', 'credit_card', 'e_money'],
        ...changes,
      });
      const paid = await client.confirm(intent.id, { payment_method_type: 'cash' });
      assert.equal(paid.json.status, 'succeeded', paid.text);
      return intent;
    },
    async giveBack(intent: { id: string }, amount: number) {
      const refund = await client.post('/v1/refunds', { payment_intent: intent.id, amount });
      assert.deepEqual([refund.status, refund.json.status], [201, 'succeeded'], refund.text);
      return refund.json as Json & { id: string };
    },
    /** What the worker does now: takes ended days, and makes and sends files until none is due. */
    async work() {
      while ((await gateway.runJob('accounting_exports')) > 0);
    },
    async list(query = ''): Promise<Json[]> {
      const answer = await client.get(`/v1/accounting_exports?limit=100${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json as Json[];
    },
    /** What lies at the accounting system, and in the archive. */
    arrived: () => filesIn(served),
    archived: () => filesIn(join(data_dir, 'exports')),
    read: (name: string, merchant = MERCHANT_ID) =>
      readFileSync(join(served, 'exports/mpac', merchant, name), 'utf8'),
    nameOf: (date: string, format = 'json') =>
      `settlement_${MERCHANT_ID}_${STORE_ID}_${date.replaceAll('-', '')}.${format}`,
  };
}
