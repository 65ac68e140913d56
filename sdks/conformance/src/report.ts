// What the runner prints: a table of the languages, every failure with its reason, and the line that counts.
import type { Proof } from './prove.ts';
import type { Finding } from './verdict.ts';

const COLUMNS = ['vectors', 'scenarios', 'examples', 'checks'] as const;
/** More is not read by anybody; the counts tell how many there are. */
const MOST_REASONS = 20;
const MOST_NAMES = 3;

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

/** Each reason once, with those that failed for it: a driver that does not start fails in hundreds of cases. */
export function makeFailures(title: string, findings: readonly Finding[]): string {
  const names_by_reason = new Map<string, string[]>();
  for (const { name, why } of findings) {
    if (why !== null) names_by_reason.set(why, [...(names_by_reason.get(why) ?? []), name]);
  }
  const reasons = [...names_by_reason].map(([why, names]) => {
    const lines = names.slice(0, MOST_NAMES).map((name) => `  ${title}: ${name}`);
    if (names.length > lines.length) lines.push(`  ${title}: and ${names.length - lines.length} others`);
    return [...lines, indent(why)].join('\n');
  });
  const left_out = reasons.length - MOST_REASONS;
  if (left_out > 0) reasons.splice(MOST_REASONS, left_out, `  ${title}: and for ${left_out} other reasons`);
  return reasons.join('\n');
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
