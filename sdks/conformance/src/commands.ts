// Commands that end by themselves: builds, installations, checks and drivers. Each is a process group of its own, so that
// an interrupted run ends what its children have started, too.
import { type ChildProcess, spawn } from 'node:child_process';

const PATIENCE_MS = 10 * 60_000;
/** More is of no use to anybody who looks for a reason. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  timed_out: boolean;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd: string;
  /** Beside PATH, HOME and the like. */
  env?: Record<string, string>;
  timeout_ms?: number;
}

const running = new Map<ChildProcess, Promise<void>>();
let is_over = false;

/** A run that was interrupted begins nothing more, so that nothing is left behind. */
export function refuseWhenOver(): void {
  if (is_over) throw new Error('the run was interrupted');
}

/** Of our environment a command gets these alone: no npm_config_… of the npm that runs us, no PYTHONPATH, no GOFLAGS. */
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'USER',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'PYENV_ROOT',
  'CHROMIUM_PATH',
];
/** How the machine reaches package registries. */
const REGISTRIES = /^(https?_proxy|no_proxy|npm_config_registry|pip_\w+|goproxy|gosumdb|gonosumdb|gocache)$/i;

export function makeEnvironment(env: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && (INHERITED.includes(name) || REGISTRIES.test(name)) ? [[name, value]] : [],
  );
  return { ...Object.fromEntries(inherited), ...env };
}

/** Runs it to its end, whatever that is; rejects only when it cannot be started. */
export async function runCommand(file: string, args: string[], options: CommandOptions): Promise<Ended> {
  const { cwd, env, timeout_ms = PATIENCE_MS } = options;
  refuseWhenOver();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: makeEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.set(child, new Promise((closed) => child.once('close', () => closed())));
    let timed_out = false;
    const timer = setTimeout(() => {
      timed_out = true;
      kill(child);
    }, timeout_ms);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.once('error', (error) => {
      clearTimeout(timer);
      running.delete(child);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, timed_out, stdout: stdout(), stderr: stderr() });
    });
  });
}

export class CommandError extends Error {}

/** Runs what has to succeed, and gives its output; else fails with what it said last. */
export async function run(file: string, args: string[], options: CommandOptions): Promise<string> {
  const ended = await runCommand(file, args, options);
  if (ended.code === 0) return ended.stdout;
  throw new CommandError(`${[file, ...args].join(' ')}: ${tellEnd(ended)}\n${tellLast(ended)}`);
}

export function tellEnd({ code, timed_out }: Ended): string {
  if (timed_out) return 'was ended because it took too long';
  return code === null ? 'was ended by a signal' : `ended with ${code}`;
}

const LAST_LINES = 30;
/** Of cases that failed: the first ones say why. */
const FAILED_LINES = 200;

/** What it said last, and what node:test, which goes on after a case that failed, said of that one. */
export function tellLast({ stdout, stderr }: Ended): string {
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  const failed = new Set(findFailedCases(lines).slice(0, FAILED_LINES));
  return lines.filter((_, at) => failed.has(at) || at >= lines.length - LAST_LINES).join('\n');
}

/** Where TAP is of a case that failed: from its `not ok`, with all that is told of it, to where the next one begins. */
function findFailedCases(lines: string[]): number[] {
  let has_failed = false;
  return lines.flatMap((line, at) => {
    if (/^ *(not ok |ok |# Subtest: |\d+\.\.\d)/.test(line)) has_failed = /^ *not ok /.test(line);
    return has_failed ? [at] : [];
  });
}

/** What a command says of its version; null when it is not there, or only as the shim of a version manager. */
export async function findVersion(command: string, ask = '--version'): Promise<string | null> {
  try {
    const { code, stdout } = await runCommand(command, [ask], { cwd: '/' });
    return code === 0 ? (/\d+(\.\d+)*/.exec(stdout)?.[0] ?? '') : null;
  } catch {
    return null;
  }
}

/** For a run that is interrupted, or at its end: nothing more is begun, and what runs is gone when this resolves. */
export async function endAllCommands(): Promise<void> {
  is_over = true;
  const closed = [...running.values()];
  for (const child of running.keys()) kill(child);
  await Promise.all(closed);
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MOST_CHARACTERS) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
