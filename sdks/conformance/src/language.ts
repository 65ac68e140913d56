// What the runner knows of a language: what it needs, how its package is built and installed as a user would, what it
// checks of its own, and how its driver is started.
import { type CommandOptions, runCommand, tellEnd, tellLast } from './commands.ts';
import type { Finding } from './verdict.ts';

/** The repository. */
export interface Places {
  root: string;
  /** An empty folder of this language's own, which goes at the end of the run. */
  folder: string;
}

export interface Installed {
  /** Name, version and size of what was built, for the table. */
  artefact: string;
  driver: { file: string; args: string[]; cwd: string };
  /** The language's own checks, of the package that was installed and of its sources. */
  checks: Check[];
}

export interface Check {
  name: string;
  /** Null when it is good, else why not. */
  run(): Promise<string | null>;
}

export interface LanguageKit {
  /** What has to be on the machine, and where it comes from. */
  needs: { command: string; ask?: string; how: string }[];
  install(places: Places): Promise<Installed>;
}

/** A check that is a command: it has to end with 0. */
export function commandCheck(name: string, file: string, args: string[], options: CommandOptions): Check {
  return {
    name,
    async run() {
      const ended = await runCommand(file, args, options);
      return ended.code === 0 ? null : `${[file, ...args].join(' ')} ${tellEnd(ended)}\n${tellLast(ended)}`;
    },
  };
}

export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, run } of checks) {
    findings.push({ column: 'checks', name, why: await run().catch((error: unknown) => String(error)) });
  }
  return findings;
}

export const tellSize = (bytes: number) => `${Math.round(bytes / 102.4) / 10} kB`;
