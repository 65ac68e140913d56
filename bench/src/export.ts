// npm run bench -- --only export: the accounting export of a store's day with a million payments, in each format, written
// to the archive and sent to an SFTP server on this machine. Beside it a day of a tenth of that: what the process
// holds must not grow with the day. Exits with 1 when it does, or when a file was not delivered whole.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadGateway, readConfigOf } from './export-gateway.ts';
import { type Shop, type SoldDay, writeSoldDay } from './export-rows.ts';
import { withClient } from './stage.ts';

const FOLDER = fileURLToPath(new URL('../.mpac-pgw', import.meta.url));
const RUN = fileURLToPath(new URL('./export-run.js', import.meta.url));
const FORMATS = ['json', 'csv', 'xml'];
const MERCHANT = 'merchant_bench';
const STORE = 'store_bench';
/** A file of a million is ten times as large as what each process may keep of objects. */
const HEAP_MIB = 48;
/** What the machine may hand out more of when there is more to do. */
const MOST_GROWTH_MIB = 64;

interface Told {
  status: string;
  size: number;
  transactions_count: number;
  error: string | null;
  seconds: number;
  held_mib: number;
}

export async function runExport(options: { rows: number }): Promise<boolean> {
  await mkdir(FOLDER, { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(FOLDER, 'export-'));
  const { startEmbeddedPostgres } = await loadGateway('db/embedded');
  const settings = { max_wal_size: '4GB', shared_buffers: '512MB' };
  const postgres = (await startEmbeddedPostgres?.({ dir: join(folder, 'postgres'), settings })) as {
    url: string;
    stop(): Promise<void>;
  };
  try {
    // A host has to stand there for a URL to be one; the socket's folder in the query is what counts.
    return await measureExports(folder, postgres.url.replace('@/', '@localhost/'), options.rows);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureExports(folder: string, database_url: string, rows: number): Promise<boolean> {
  const { migrate } = await loadGateway('db/migrate');
  await migrate?.(database_url);
  const master_key = randomBytes(32).toString('hex');
  const delivered = join(folder, 'delivered');
  await mkdir(delivered);
  const { createSshKey } = await loadGateway('outbound/ssh-key');
  const { startSftpServer } = await loadGateway('simulator/sftp-server');
  const login = createSshKey?.() as { private_key: string; public_key: string };
  const sftp = (await startSftpServer?.({
    directory: delivered,
    port: 0,
    accounts: [{ username: 'bench', public_key: login.public_key }],
  })) as { port: number; close(): Promise<void> };
  try {
    const shop = await openShop(folder, database_url, master_key, { port: sftp.port, ...login });
    const days: SoldDay[] = [
      { business_date: '2026-01-27', payments: Math.ceil(rows / 10) },
      { business_date: '2026-01-28', payments: rows },
    ];
    process.stdout.write(`  ${rows.toLocaleString('en')} payments of a day, written by the set`);
    const started = performance.now();
    await withClient(database_url, async (client) => {
      for (const day of days) await writeSoldDay(client, shop, day);
      await client.query('vacuum analyze');
    });
    console.log(` in ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
    console.log('  format  transactions      MiB        s   a second   held MiB');
    let is_good = true;
    for (const format of FORMATS) {
      const held: number[] = [];
      for (const day of days) {
        const wanted = { ...shop, livemode: false, business_date: day.business_date, format };
        const told = await runInOwnProcess([database_url, folder, master_key, JSON.stringify(wanted)]);
        printLine(format, told);
        held.push(told.held_mib);
        is_good = (await isWhole(delivered, shop, day, format, told)) && is_good;
      }
      const growth = (held[1] ?? 0) - (held[0] ?? 0);
      if (growth <= MOST_GROWTH_MIB) continue;
      console.error(`  TOO MUCH  ${format}: ${growth.toFixed(0)} MiB more for ten times as many`);
      is_good = false;
    }
    if (is_good)
      console.log('\n  Every file was delivered whole, and what is held does not grow with the day.');
    return is_good;
  } finally {
    await sftp.close();
  }
}

/** A merchant with a store, whose files go to the SFTP server. */
async function openShop(
  folder: string,
  database_url: string,
  master_key: string,
  sftp: { port: number; private_key: string },
): Promise<Shop> {
  const { makeContext, closeContext } = await loadGateway('commands/make-context');
  const { createOrganization } = await loadGateway('application/organizations');
  const { saveStore } = await loadGateway('application/merchants');
  const { saveAccountingExportConfig } = await loadGateway('application/accounting-export-configs');
  const { SYSTEM } = await loadGateway('application/audit');
  const config = await readConfigOf(folder, master_key, database_url);
  const context = makeContext?.({ config, database_url, master_key }) as {
    files: { sftpHostKey(target: { host: string; port: number }): Promise<{ host_key: string }> };
  };
  const host = '127.0.0.1';
  const organization = (await createOrganization?.(context, 'Bench')) as { id: string };
  const organization_id = organization.id;
  const owner = { organization_id, livemode: false };
  await saveStore?.(context, {
    ...owner,
    merchant: { id: MERCHANT },
    store: { id: STORE },
    payment_processor_configs: [],
  });
  const { port, private_key } = sftp;
  const { host_key } = await context.files.sftpHostKey({ host, port });
  await saveAccountingExportConfig?.(
    context,
    { ...owner, merchant_id: MERCHANT },
    { formats: FORMATS, host, port, username: 'bench', private_key, host_key, mail_to: 'bench@example.com' },
    { actor: SYSTEM, mark: null },
  );
  await closeContext?.(context);
  return { organization_id, merchant_id: MERCHANT, merchant_store_id: STORE };
}

async function runInOwnProcess(args: string[]): Promise<Told> {
  const child = fork(RUN, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the export ended with ${String(code)} and said nothing`);
  });
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [Told];
  ended.catch(() => {});
  if (child.exitCode === null) await once(child, 'exit');
  return told;
}

function printLine(format: string, { transactions_count, size, seconds, held_mib }: Told): void {
  const cells = [
    transactions_count.toLocaleString('en').padStart(12),
    (size / 1_048_576).toFixed(1).padStart(7),
    seconds.toFixed(1).padStart(7),
    Math.round(transactions_count / seconds)
      .toLocaleString('en')
      .padStart(9),
    held_mib.toFixed(0).padStart(9),
  ];
  console.log(`  ${format.padEnd(6)}  ${cells.join('  ')}`);
}

async function isWhole(
  delivered: string,
  { merchant_id, merchant_store_id }: Shop,
  { business_date, payments }: SoldDay,
  format: string,
  told: Told,
): Promise<boolean> {
  const name = `settlement_${merchant_id}_${merchant_store_id}_${business_date.replaceAll('-', '')}.${format}`;
  const path = join(delivered, 'exports', 'mpac', merchant_id, name);
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  );
  const is_whole = told.status === 'delivered' && told.transactions_count === payments && size === told.size;
  if (!is_whole) console.error(`  NOT WHOLE  ${name}: ${told.status} ${told.error ?? ''}`);
  return is_whole;
}
