// How PostgreSQL carries out a statement of the gateway: the plan that the gateway itself would get, under the same
// settings of the connection and without knowing the values, with what it really read. What it changed is undone.

/** What the gateway's own functions ask of a database. */
export interface Db {
  query(statement: { name: string; text: string }, values?: unknown[]): Promise<unknown[]>;
}

export interface Plan {
  statement: string;
  /** The nodes that read tables, such as `Index Scan payments_pkey`. */
  reads: string[];
  /** Tables that were read from end to end, with the number of rows that was. */
  whole_tables: { table: string; rows: number }[];
  rows: number;
  /** Pages that were touched, wherever they were. */
  buffers: number;
  ms: number;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: Node[];
}

interface Explained {
  Plan: Node;
  'Execution Time': number;
}

// A connection remembers its statements by their names.
let count = 0;

/** Lends a database that carries nothing out for good, and notes each statement's plan in `plans`. */
export function makeExplainer(tx: Db, plans: Plan[]): Db {
  return {
    async query({ name, text }, values = []) {
      count += 1;
      const prepared = `explained_${count}`;
      const run = (what: string, sql: string) => tx.query({ name: `${what}_${count}`, text: sql });
      await run('savepoint', 'savepoint before_it');
      await run('prepare', `prepare ${prepared} as ${text}`);
      const given = values.length === 0 ? '' : `(${values.map(asLiteral).join(', ')})`;
      const explain = `explain (analyze, buffers, format json) execute ${prepared}${given}`;
      // The first run fills caches of the catalog; the second is what a running gateway sees.
      await run('warm', explain);
      await run('rollback', 'rollback to savepoint before_it');
      const rows = (await run('explain', explain)) as { 'QUERY PLAN': Explained[] }[];
      const top = rows[0]?.['QUERY PLAN'][0];
      if (top === undefined) throw new Error(`${name} was not explained`);
      await run('undo', 'rollback to savepoint before_it');
      await run('forget', `deallocate ${prepared}`);
      plans.push({ statement: name, ms: top['Execution Time'], ...readPlan(top.Plan) });
      return [];
    },
  };
}

function readPlan(top: Node): Omit<Plan, 'statement' | 'ms'> {
  const reads = new Set<string>();
  const whole_tables: Plan['whole_tables'] = [];
  const visit = (node: Node) => {
    const table = node['Relation Name'];
    const is_scan = node['Node Type'].endsWith('Scan');
    if (is_scan && node['Actual Loops'] > 0 && (table !== undefined || node['Index Name'] !== undefined)) {
      const what = node['Index Name'] ?? table ?? '';
      reads.add(`${node['Node Type'].replace(/ Scan$/, '')} ${what.replace(/_\d{4}_\d\d/, '_YYYY_MM')}`);
      if (node['Node Type'] === 'Seq Scan' && table !== undefined) {
        const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
        whole_tables.push({ table, rows });
      }
    }
    for (const child of node.Plans ?? []) visit(child);
  };
  visit(top);
  return {
    reads: [...reads],
    whole_tables,
    rows: top['Actual Rows'],
    buffers: (top['Shared Hit Blocks'] ?? 0) + (top['Shared Read Blocks'] ?? 0),
  };
}

/** A value as the literal of whatever type its place has. */
function asLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (Array.isArray(value)) {
    const elements = value.map((one) =>
      one === null
        ? 'null'
        : JSON.stringify(Buffer.isBuffer(one) ? `\\x${one.toString('hex')}` : String(one)),
    );
    return quote(`{${elements.join(',')}}`);
  }
  return quote(String(value));
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
