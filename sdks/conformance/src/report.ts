// What the runner prints: a table of the languages, every failure with its reason, and the line that counts.
import type { Proof } from './prove.ts';
import type { Finding } from './verdict.ts';

const COLUMNS = ['vectors', 'scenarios', 'examples', 'checks'] as const;
/** More is not read by anybody; the count tells how many there are. */
const MOST_FAILURES = 20;

export function makeTable(proofs: readonly Proof[]): string {
  const rows = proofs.map(({ subject, artefact, findings, seconds }) => [
    subject,
    ...COLUMNS.map((column) => count(findings.filter((finding) => finding.column === column))),
    `${Math.round(seconds)} s`,
    artefact === '' ? 'not built' : artefact,
  ]);
  const table = [['', ...COLUMNS, 'took', 'package'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(findings: Finding[]): string {
  if (findings.length === 0) return '-';
  const passed = findings.filter(({ why }) => why === null).length;
  return `${passed}/${findings.length}`;
}

export function makeFailures(title: string, findings: readonly Finding[]): string {
  const failed = findings.filter(({ why }) => why !== null);
  const shown = failed
    .slice(0, MOST_FAILURES)
    .map(({ name, why }) => `  ${title}: ${name}\n${indent(why ?? '')}`);
  if (failed.length > shown.length) shown.push(`  ${title}: and ${failed.length - shown.length} more`);
  return shown.join('\n');
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');

export function makeSummary(findings: readonly Finding[]): string {
  const failed = findings.filter(({ why }) => why !== null).length;
  return `${findings.length - failed} passed, ${failed} failed`;
}
