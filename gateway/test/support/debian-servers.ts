// Debian's own vsftpd and OpenSSH, run as ordinary processes on loopback from a configuration in a test's folder: they are
// the judges of our clients that we did not write. Neither needs root, nor PAM, nor an account of its own: vsftpd runs as who
// starts it and knows "anonymous" by a list of passwords, sshd knows the user who runs it. Machines without them skip.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findProgram, type Scope, waitUntil } from './process.ts';

const VSFTPD = findProgram('vsftpd');
const SSHD = findProgram('sshd');

/** For `test(name, { skip })`. */
export const NO_VSFTPD = VSFTPD === null && 'no vsftpd on this machine; on Debian: apt-get install vsftpd';
export const NO_SSHD =
  (SSHD === null && 'no sshd on this machine; on Debian: apt-get install openssh-server') ||
  // It lets nobody in whose account has no shell.
  (/(nologin|false)$/.test(userInfo().shell ?? '') && 'sshd knows no account without a shell, as this one');

export interface DebianServer {
  port: number;
  /** kill -9 for all that serve somebody at this moment; the server itself lives on. */
  killSessions(): void;
  /** They are there and do nothing. */
  freezeSessions(): void;
  stop(): Promise<void>;
}

/** No file that the server writes may become larger: the nearest thing to a full disk that needs no root. */
export interface Limits {
  file_kib?: number;
}

export async function startVsftpd(
  t: Scope,
  folder: string,
  options: { root: string; password: string; tls?: { key: Buffer; cert: Buffer } } & Limits,
): Promise<DebianServer> {
  const port = await findFreePort();
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { tls } = options;
  const secured = tls && [
    'ssl_enable=YES',
    'allow_anon_ssl=YES',
    'force_anon_logins_ssl=YES',
    'force_anon_data_ssl=YES',
    'ssl_ciphers=HIGH',
    `rsa_cert_file=${file('cert.pem', tls.cert)}`,
    `rsa_private_key_file=${file('key.pem', tls.key)}`,
  ];
  const settings = [
    'listen=YES',
    'listen_address=127.0.0.1',
    `listen_port=${port}`,
    'background=NO',
    'run_as_launching_user=YES',
    `ftp_username=${userInfo().username}`,
    'local_enable=NO',
    'anonymous_enable=YES',
    'secure_email_list_enable=YES',
    `email_password_file=${file('passwords', `${options.password}\n`)}`,
    'write_enable=YES',
    'anon_upload_enable=YES',
    'anon_mkdir_write_enable=YES',
    'anon_other_write_enable=YES',
    'anon_world_readable_only=NO',
    `anon_root=${options.root}`,
    'xferlog_enable=NO',
    // Walls around its processes that a container does not let it build.
    'seccomp_sandbox=NO',
    'isolate=NO',
    'isolate_network=NO',
    ...(secured ?? []),
  ];
  const configuration = file('vsftpd.conf', `${settings.join('\n')}\n`);
  return run(t, port, [VSFTPD ?? '', configuration], options);
}

export async function startSshd(
  t: Scope,
  folder: string,
  options: { host_key: string; public_keys: string[] } & Limits,
): Promise<DebianServer> {
  const port = await findFreePort();
  const [host_key, authorized_keys, configuration] = ['host_key', 'authorized_keys', 'sshd_config'].map(
    (name) => join(folder, name),
  ) as [string, string, string];
  writeFileSync(host_key, options.host_key, { mode: 0o600 });
  writeFileSync(authorized_keys, `${options.public_keys.join('\n')}\n`, { mode: 0o600 });
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${host_key}`,
    'PidFile none',
    `AuthorizedKeysFile ${authorized_keys}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(configuration, `${settings.join('\n')}\n`);
  // As root it wants this folder, which Debian makes only when the service starts.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  return run(t, port, [SSHD ?? '', '-D', '-e', '-f', configuration], options);
}

/** The account that sshd knows. */
export const SSH_USERNAME = userInfo().username;

async function run(t: Scope, port: number, command: string[], { file_kib }: Limits): Promise<DebianServer> {
  const limit = file_kib === undefined ? '' : `trap '' XFSZ; ulimit -f ${file_kib}; `;
  const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let has_exited = false;
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      has_exited = true;
      resolve();
    });
  });
  const tellSessions = (signal: NodeJS.Signals) => {
    for (const pid of listDescendants(child)) kill(pid, signal);
  };
  const stop = async () => {
    // Sessions outlive a server that is asked to end, and frozen ones never would.
    tellSessions('SIGKILL');
    child.kill('SIGKILL');
    await exited;
  };
  t.after(stop);
  await waitUntil(command[0] ?? '', async () => {
    if (has_exited) throw new Error(`${command.join(' ')} ended early: ${said}`);
    return answers(port);
  });
  return {
    port,
    killSessions: () => tellSessions('SIGKILL'),
    freezeSessions: () => tellSessions('SIGSTOP'),
    stop,
  };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Whoever was started by a process, or by those. */
function listDescendants({ pid }: ChildProcess): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // After the name, which may hold anything: the state and the parent.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
      return [{ pid: Number(name), parent: Number(fields?.[1]) }];
    } catch {
      return [];
    }
  });
  const found: number[] = [];
  let generation = [pid];
  while (generation.length > 0) {
    generation = parents.filter(({ parent }) => generation.includes(parent)).map((one) => one.pid);
    found.push(...(generation as number[]));
  }
  return found;
}

/** Says its greeting, as FTP and SSH servers do first. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
