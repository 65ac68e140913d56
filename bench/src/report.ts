// Rounds to a table. Every figure is the median over the rounds; the spread stands beside the throughput, since
// a figure without its spread says nothing on a machine that is not ours alone.
import type { RoundReport } from './load.ts';
import type { Subject, SubjectName } from './subjects.ts';

export interface Measurement extends RoundReport {
  server_us: number;
  postgres_us: number;
  /** How long the work behind the scenes went on after the last answer. */
  rest_seconds: number;
}

export type Measurements = Map<SubjectName, Measurement[]>;

const perSecond = (one: Measurement) => one.payments / one.seconds;
const serverCpu = (one: Measurement) => one.server_us / one.payments;
const postgresCpu = (one: Measurement) => one.postgres_us / one.payments;
const bothCpu = (one: Measurement) => serverCpu(one) + postgresCpu(one);

function sorted(values: number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

export function median(values: number[]): number {
  const all = sorted(values);
  const middle = all.length >> 1;
  return all.length % 2 === 1
    ? (all[middle] ?? Number.NaN)
    : ((all[middle - 1] ?? Number.NaN) + (all[middle] ?? Number.NaN)) / 2;
}

type Row = string[];

const HEAD: Row[] = [
  [
    '',
    'payments per second',
    '× floor',
    '× floor',
    'p50',
    'p99',
    'CPU µs for a payment',
    '× floor',
    'rows in',
  ],
  ['', 'min median max', 'medians', 'by round', 'ms', 'ms', 'server postgres both', 'each, both', 'database'],
];

export function renderTable(
  subjects: readonly Subject[],
  measurements: Measurements,
  rows: Map<SubjectName, number>,
): string {
  const floor = measurements.get('floor') ?? [];
  const lines = subjects.map((subject): Row => {
    const rounds = measurements.get(subject.name) ?? [];
    const rates = sorted(rounds.map(perSecond));
    const ratio = (of: (one: Measurement) => number) => median(rounds.map(of)) / median(floor.map(of));
    const by_round = rounds.map((one, index) => {
      const beside = floor[index];
      return beside === undefined ? Number.NaN : perSecond(one) / perSecond(beside);
    });
    return [
      subject.title,
      [rates[0], median(rates), rates.at(-1)].map((rate) => (rate ?? 0).toFixed(0).padStart(5)).join(' '),
      ratio(perSecond).toFixed(2),
      median(by_round).toFixed(2),
      median(rounds.map((one) => one.p50_ms)).toFixed(1),
      median(rounds.map((one) => one.p99_ms)).toFixed(1),
      [serverCpu, postgresCpu, bothCpu]
        .map((cpu) => median(rounds.map(cpu)).toFixed(0).padStart(6))
        .join(' '),
      [serverCpu, postgresCpu, bothCpu].map((cpu) => ratio(cpu).toFixed(1).padStart(4)).join(' '),
      String(rows.get(subject.name) ?? 0),
    ];
  });
  const all = [...HEAD, ...lines];
  const widths = (HEAD[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const render = (row: Row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ');
  return all.map((row) => `  ${render(row)}`).join('\n');
}
