// One export in a process of its own, so that the memory that it took can be told: makes the file of a day, sends it, and
// says how long that took, how large it is and what the process held at most.
import { loadGateway, readConfigOf } from './export-gateway.ts';

const [database_url = '', data_dir = '', master_key = '', wanted_json = '{}'] = process.argv.slice(2);
const { makeContext, closeContext } = await loadGateway('commands/make-context');
const { runAccountingExport } = await loadGateway('application/accounting-exports');
const { SYSTEM } = await loadGateway('application/audit');

const config = await readConfigOf(data_dir, master_key, database_url);
const context = makeContext?.({ config, database_url, master_key });
const started = performance.now();
const rows = (await runAccountingExport?.(context, JSON.parse(wanted_json), SYSTEM)) as {
  status: string;
  size: number;
  transactions_count: number;
  error: string | null;
}[];
const seconds = (performance.now() - started) / 1_000;
const [row] = rows;
// Linux counts it in KiB.
const held_mib = process.resourceUsage().maxRSS / 1_024;
process.send?.({ ...row, seconds, held_mib });
await closeContext?.(context);
process.disconnect?.();
