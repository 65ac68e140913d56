// What the runner knows of a language: what it needs, how its package is built and installed as a user would, what it
// checks of its own, and how its driver is started.
import { type CommandOptions, findVersion, runCommand, tellEnd, tellLast } from './commands.ts';
import type { ExampleTools } from './published-examples.ts';
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
  /** With what the examples of the published guides run in this language. */
  examples: ExampleTools;
}

export interface Check {
  name: string;
  /** Null when it is good, else why not. */
  run(): Promise<string | null>;
}

/** A command that has to be on the machine, and where it comes from. */
export interface Need {
  command: string;
  /** What it is asked for its version. */
  ask?: string;
  /** Of the oldest version that will do. */
  oldest?: [major: number, minor: number];
  how: string;
}

export interface LanguageKit {
  needs: Need[];
  install(places: Places): Promise<Installed>;
}

/** Null when it is there, else what to tell the person who has to get it. */
export async function findLack({ command, ask, oldest, how }: Need): Promise<string | null> {
  const version = await findVersion(command, ask);
  if (version === null) return `${command} is not here: ${how}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const is_new_enough =
    oldest === undefined || major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  return is_new_enough
    ? null
    : `${command} is ${version}, and ${oldest.join('.')} is the oldest that will do: ${how}`;
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
