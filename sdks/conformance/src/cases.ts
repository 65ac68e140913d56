// What every language has to prove: the vectors that drivers.json gives to it, and all scenarios.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** sdks/conformance, where the vectors, scenarios and drivers stand. */
export const CONFORMANCE_FOLDER = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export const LANGUAGES = ['node', 'js', 'go', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Case {
  kind: 'vector' | 'scenario';
  /** The file's name without its ending. */
  file: string;
  name: string;
}

interface VectorFile {
  cases: { name: string; for?: string[] }[];
}

export function listCases(language: Language, folder: string = CONFORMANCE_FOLDER): Case[] {
  const { files } = read<{ files: Record<string, string[]> }>(folder, 'drivers.json');
  const vectors = Object.entries(files)
    .filter(([, languages]) => languages.includes(language))
    .flatMap(([file]) =>
      someOf(
        `vectors/${file}.json has no cases for ${language}`,
        read<VectorFile>(folder, `vectors/${file}.json`)
          .cases.filter((one) => one.for === undefined || one.for.includes(language))
          .map(({ name }): Case => ({ kind: 'vector', file, name })),
      ),
    );
  const scenarios = readdirSync(join(folder, 'scenarios'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name): Case => {
      const file = name.slice(0, -'.json'.length);
      return { kind: 'scenario', file, name: read<{ name: string }>(folder, `scenarios/${name}`).name };
    });
  return [...vectors, ...someOf('there are no scenarios', scenarios)];
}

/** What asks nothing proves nothing. */
function someOf(fault: string, cases: Case[]): Case[] {
  if (cases.length === 0) throw new Error(fault);
  return cases;
}

function read<T>(folder: string, path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as T;
}
