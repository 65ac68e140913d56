// The judgement of a driver's report. A case has passed when it was reported exactly once, as good; whatever else a driver
// says or leaves out is a failure, so that a driver which plays less than all cannot look like one that plays all.
import type { Case } from './cases.ts';
import { type Ended, tellEnd } from './commands.ts';

export interface Finding {
  /** Where it belongs in the table. */
  column: 'vectors' | 'scenarios' | 'examples' | 'checks';
  name: string;
  /** Null: it is good. */
  why: string | null;
}

interface Report extends Case {
  ok: boolean;
  why?: string;
}

const COLUMNS = { vector: 'vectors', scenario: 'scenarios' } as const;

export function judge(expected: readonly Case[], ended: Ended): Finding[] {
  const reports = new Map<string, Report[]>();
  const strange: string[] = [];
  for (const line of ended.stdout.split('\n').filter((text) => text.trim() !== '')) {
    const report = readReport(line);
    if (report === null) strange.push(line);
    else reports.set(keyOf(report), [...(reports.get(keyOf(report)) ?? []), report]);
  }

  const findings = expected.map((one): Finding => {
    const told = reports.get(keyOf(one)) ?? [];
    reports.delete(keyOf(one));
    return { column: COLUMNS[one.kind], name: `${one.file}: ${one.name}`, why: findFault(told) };
  });
  const unknown = [...reports.values()].flat().map(({ kind, file, name }) => `${kind} ${file}: ${name}`);
  return [
    ...findings,
    { column: 'checks', name: 'the driver', why: judgeDriver(findings, unknown, strange, ended) },
  ];
}

const NOT_REPORTED = 'was not reported';

function findFault(told: Report[]): string | null {
  const [report, ...more] = told;
  if (report === undefined) return NOT_REPORTED;
  if (more.length > 0) return `was reported ${told.length} times`;
  return report.ok ? null : (report.why ?? 'no reason is given');
}

/** How the driver itself behaved: what it said beside its cases, and how it ended. */
function judgeDriver(findings: Finding[], unknown: string[], strange: string[], ended: Ended): string | null {
  const faults: string[] = [];
  if (unknown.length > 0) faults.push(`reports cases that there are not: ${unknown.slice(0, 3).join(', ')}`);
  if (strange.length > 0) faults.push(`says what is no report: ${strange[0]?.slice(0, 200)}`);
  const all_good = findings.every(({ why }) => why === null);
  const is_cut_off = findings.some(({ why }) => why === NOT_REPORTED);
  if (ended.code !== 0 && (all_good || is_cut_off || ended.code === null)) faults.push(tellEnd(ended));
  if (ended.code === 0 && !all_good) faults.push('ended with 0 although not all was good');
  if (faults.length === 0) return null;
  const said = ended.stderr.trim().split('\n').slice(-15).join('\n');
  return said === '' ? faults.join('; ') : `${faults.join('; ')}\n${said}`;
}

function readReport(line: string): Report | null {
  let report: unknown;
  try {
    report = JSON.parse(line);
  } catch {
    return null;
  }
  if (report === null || typeof report !== 'object') return null;
  const { kind, file, name, ok, why } = report as Record<string, unknown>;
  if (kind !== 'vector' && kind !== 'scenario') return null;
  if (typeof file !== 'string' || typeof name !== 'string' || typeof ok !== 'boolean') return null;
  return { kind, file, name, ok, ...(typeof why === 'string' && { why }) };
}

const keyOf = ({ kind, file, name }: Case) => JSON.stringify([kind, file, name]);
