// One client of the simulated FTP server, from its greeting to its end: commands come one after the other, each with its
// answer. What a command does with files stands in ftp-files.ts.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type DataPort, openDataPort } from './ftp-data.ts';
import { FILE_COMMANDS } from './ftp-files.ts';
import type { FtpServing } from './ftp-server.ts';

export interface FtpSession {
  serving: FtpServing;
  username: string | null;
  cwd: string;
  is_data_secured: boolean;
  data: DataPort | null;
  /** What RNFR named. */
  renamed: string | null;
  reply(code: number, text: string): void;
  /** Ends the connection without another word. */
  drop(): void;
}

export type FtpCommand = (session: FtpSession, argument: string) => Promise<void> | void;

interface Line {
  socket: Socket;
  /** Commands of a connection that is encrypted now came before in the clear, and are not believed. */
  rest: string;
}

const MAX_LINE = 4_096;

export function serveFtp(plain: Socket, serving: FtpServing): void {
  const line: Line = { socket: plain, rest: '' };
  let offered: string | null = null;
  let working = Promise.resolve();
  const session: FtpSession = {
    serving,
    username: null,
    cwd: '/',
    is_data_secured: false,
    data: null,
    renamed: null,
    reply: (code, text) => void line.socket.write(`${code} ${text}\r\n`),
    drop() {
      session.data?.close();
      line.socket.destroy();
    },
  };

  function listen(socket: Socket): void {
    line.socket = socket;
    line.rest = '';
    socket.on('error', () => session.drop());
    socket.on('close', () => session.data?.close());
    socket.on('data', (chunk: Buffer) => {
      if (socket !== line.socket) return;
      const lines = (line.rest + chunk.toString('utf8')).split('\r\n');
      line.rest = lines.pop() ?? '';
      if (line.rest.length > MAX_LINE) return session.drop();
      for (const text of lines) working = working.then(() => run(text)).catch(() => session.drop());
    });
  }

  async function run(text: string): Promise<void> {
    const [, word = '', argument = ''] = /^([A-Za-z]+) ?(.*)$/.exec(text) ?? [];
    const name = word.toUpperCase();
    const own = OWN[name];
    if (own !== undefined) return own(argument);
    const command = FILE_COMMANDS[name];
    if (session.username === null) return session.reply(530, 'Please log in with USER and PASS.');
    if (command === undefined) return session.reply(502, 'Command not implemented.');
    await command(session, argument);
  }

  function encrypt() {
    const { secure, faults } = serving;
    if (secure === null || faults.take('refuse_tls') !== null)
      return session.reply(502, 'TLS is not known here.');
    session.reply(234, 'Proceed with the handshake.');
    if (faults.take('break_tls') !== null) return void plain.end('This is no handshake.\r\n');
    plain.removeAllListeners('data');
    listen(new TLSSocket(plain, { isServer: true, secureContext: secure }));
  }

  function logIn(password: string) {
    const { accounts, faults, is_tls_required } = serving;
    if (is_tls_required && !(line.socket instanceof TLSSocket)) return session.reply(530, 'TLS is required.');
    const known = accounts.some((one) => one.username === offered && one.password === password);
    if (!known || faults.take('refuse_auth') !== null) return session.reply(530, 'Login incorrect.');
    session.username = offered;
    session.reply(230, 'Logged in.');
  }

  async function openPort(answer: (port: number) => string): Promise<void> {
    if (session.username === null) return session.reply(530, 'Please log in with USER and PASS.');
    session.data?.close();
    session.data = await openDataPort(serving.host, session.is_data_secured ? serving.secure : null);
    line.socket.write(`${answer(session.data.port)}\r\n`);
  }

  const OWN: Record<string, (argument: string) => Promise<void> | void> = {
    USER(argument) {
      offered = argument;
      session.reply(331, 'Password, please.');
    },
    PASS: logIn,
    AUTH: (argument) => (/^TLS$/i.test(argument) ? encrypt() : session.reply(504, 'Only TLS is known.')),
    PBSZ: () => session.reply(200, 'PBSZ=0'),
    PROT(argument) {
      session.is_data_secured = argument.toUpperCase() === 'P';
      session.reply(200, 'Understood.');
    },
    FEAT() {
      const features = ['EPSV', 'PASV', 'SIZE', 'MDTM', 'MLST type*;size*;modify*;', 'UTF8'];
      const tls = serving.secure === null ? [] : ['AUTH TLS', 'PBSZ', 'PROT'];
      const lines = [...features, ...tls].map((feature) => ` ${feature}\r\n`).join('');
      line.socket.write(`211-Features:\r\n${lines}211 End\r\n`);
    },
    EPSV() {
      if (serving.faults.take('no_epsv') !== null) return session.reply(502, 'Command not implemented.');
      return openPort((port) => `229 Entering Extended Passive Mode (|||${port}|)`);
    },
    PASV() {
      // 192.0.2.1 is nobody's (RFC 5737): who believes it reaches nothing.
      const foreign = serving.faults.take('foreign_address') !== null;
      const address = (foreign ? '192.0.2.1' : '127.0.0.1').replaceAll('.', ',');
      return openPort((port) => `227 Entering Passive Mode (${address},${port >> 8},${port & 255})`);
    },
    OPTS: () => session.reply(200, 'Understood.'),
    SYST: () => session.reply(215, 'UNIX Type: L8'),
    NOOP: () => session.reply(200, 'Understood.'),
    QUIT() {
      session.reply(221, 'Goodbye.');
      line.socket.end();
    },
  };

  listen(plain);
  session.reply(220, 'FTP simulator.');
}
