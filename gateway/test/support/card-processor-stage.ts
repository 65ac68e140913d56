// A card processor for tests: a real FTP server over a folder of its own, the connection of a gateway to it, and words
// to say what it lays down and what was brought to it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFtpServer } from '../../src/simulator/ftp-server.ts';
import type { Json } from './client.ts';
import type { Scope, TestGateway } from './gateway.ts';

export const FTP_PASSWORD = 'ftp-password-canary';
export const HEADER = 'Merchant ID,Date,Transaction Count,Gross Amount,Fees,Net Amount';
/** The day that the tests' clock begins in, and the instant at which its batch is due. */
export const DAY = '2026-01-15';
export const DUE = '2026-01-15T17:00:00.000Z';

export type CardProcessorStage = Awaited<ReturnType<typeof startCardProcessor>>;

export async function startCardProcessor(t: Scope) {
  const directory = mkdtempSync(join(tmpdir(), 'mpac-card-processor-'));
  mkdirSync(join(directory, 'upload'));
  mkdirSync(join(directory, 'download'));
  const arrived: string[] = [];
  const hook: { on_file(path: string): void | Promise<void> } = { on_file: () => {} };
  const server = await startFtpServer({
    directory,
    port: 0,
    accounts: [{ username: 'mpac', password: FTP_PASSWORD }],
    on_file: (path) => {
      // Under its temporary name it is nobody's yet.
      if (path.endsWith('.part')) return;
      arrived.push(path);
      return hook.on_file(path);
    },
  });
  t.after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const uploadPath = (day: string) =>
    join(directory, 'upload', `transactions_${day.replaceAll('-', '')}.csv`);
  return {
    server,
    directory,
    /** Every file that got its final name, in order. */
    arrived,
    hook,
    settings: (changes: Json = {}): Json => ({
      host: '127.0.0.1',
      port: server.port,
      username: 'mpac',
      password: FTP_PASSWORD,
      mail_to: 'ops@example.com',
      language: 'en',
      starts_on: DAY,
      ...changes,
    }),
    async connect(gateway: TestGateway, changes: Json = {}): Promise<Json> {
      const settings = this.settings(changes);
      const answer = await gateway.client.call('PUT', '/v1/card_processor_connection', settings);
      if (answer.status !== 200) throw new Error(`the connection was refused: ${answer.text}`);
      return answer.json;
    },
    /** What lies where the gateway brings it; null when nothing does. */
    readUpload: (day = DAY): string | null =>
      existsSync(uploadPath(day)) ? readFileSync(uploadPath(day), 'utf8') : null,
    listUploads: () => readdirSync(join(directory, 'upload')).sort(),
    /** Lays a settlement file down: its lines, or the bytes of all of it. */
    settle(lines: string[] | Buffer, day = DAY): void {
      const bytes = Buffer.isBuffer(lines) ? lines : [HEADER, ...lines, ''].join('\n');
      writeFileSync(join(directory, 'download', `settlement_${day.replaceAll('-', '')}.csv`), bytes);
    },
  };
}

/** A card at a terminal, or whatever else the changes make of it. */
export async function payByCard(
  gateway: TestGateway,
  order: Json = {},
  report: Json = {},
): Promise<{ intent: string; attempt: string }> {
  const { id } = await gateway.createIntent(order);
  const confirm = { payment_method_type: 'credit_card', provider: 'VISA', ...report };
  const answer = await gateway.client.confirm(id, confirm);
  if (answer.status !== 200) throw new Error(`confirm answered ${answer.status}: ${answer.text}`);
  return { intent: id, attempt: await attemptOf(gateway, id) };
}

export async function attemptOf(gateway: TestGateway, intent: string): Promise<string> {
  const rows = await gateway.query<{ id: string }>(
    'select id from payment_attempts where payment_intent_id = $1 order by id desc limit 1',
    [intent],
  );
  return rows[0]?.id ?? '';
}

/** Runs the job until nothing is due any more at this instant. */
export async function runBatches(gateway: TestGateway): Promise<void> {
  while ((await gateway.runJob('card_batches')) > 0);
  const broken = gateway.log.lines.find(({ msg }) => msg === 'a card batch was not worked on');
  if (broken !== undefined) throw new Error(JSON.stringify(broken['err']));
}

export async function batchOf(gateway: TestGateway, day = DAY): Promise<Json> {
  const path = `/v1/card_batches?business_date_gte=${day}&business_date_lte=${day}`;
  const { json } = await gateway.client.get(path);
  return (json as unknown as Json[])[0] ?? {};
}

export const mailsOf = (gateway: TestGateway) =>
  gateway.query<{ recipient: string; subject: string; body: string; created_at: string }>(
    'select recipient, subject, body, created_at from mails order by id',
  );

/** The exceptions of cards that nobody has resolved, each as a word and what stands on both sides. */
export const exceptionsOf = async (gateway: TestGateway): Promise<string[]> => {
  const rows = await gateway.query<Json>(
    `select * from reconciliation_exceptions where provider = 'SP_NET' and resolved_at is null
     order by business_date, kind, merchant_id nulls first, field`,
  );
  return rows.map((row) => {
    const amounts = `${row['amount_here'] ?? '-'}/${row['amount_there'] ?? '-'}`;
    const counts = `${row['count_here'] ?? '-'}/${row['count_there'] ?? '-'}`;
    const whose = row['merchant_id'] ?? row['provider_reference'];
    return `${row['kind']} ${whose} ${row['field'] ?? row['currency']} ${counts} ${amounts}`;
  });
};
