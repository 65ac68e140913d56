// CPU time of processes, read from Linux's /proc: user and system together, in microseconds.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const US_PER_TICK = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface ProcessStat {
  parent: number;
  own_ticks: number;
  /** Of children that have ended and were waited for. */
  ended_children_ticks: number;
}

/** Null when the process is gone. */
function readStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name in parentheses may hold spaces; what follows it begins with the third field.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    parent: field(4),
    own_ticks: field(14) + field(15),
    ended_children_ticks: field(16) + field(17),
  };
}

export function readCpu(pid: number): number {
  const stat = readStat(pid);
  if (stat === null) throw new Error(`process ${pid} has ended`);
  return stat.own_ticks * US_PER_TICK;
}

/** A process with all its children, also those that have ended, as PostgreSQL's do now and then. */
export function readFamilyCpu(pid: number): number {
  const head = readStat(pid);
  if (head === null) throw new Error(`process ${pid} has ended`);
  let ticks = head.own_ticks + head.ended_children_ticks;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat?.parent === pid) ticks += stat.own_ticks;
  }
  return ticks * US_PER_TICK;
}
