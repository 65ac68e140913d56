// What the FTP and the SFTP server have in common: who starts one, and what it can say of itself.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { FileServerFaults } from './file-server-faults.ts';

export interface FileServerOptions {
  /** The folder that is served; it must be there. */
  directory: string;
  host?: string;
  /** 0 takes a free port. */
  port: number;
  /**
   * Called when a file has been written whole under its final name: its path from the folder's root. By FTP the client
   * hears of its rename when this is done, so that it finds what was made of its file.
   */
  on_file?: (path: string) => void | Promise<void>;
}

export interface FileServer {
  url: string;
  port: number;
  faults: FileServerFaults;
  close(): Promise<void>;
}

const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

/** A server whose connections end with it. */
export async function listenForFiles(
  scheme: 'ftp' | 'sftp',
  { host = '127.0.0.1', port }: FileServerOptions,
  faults: FileServerFaults,
  onConnection: (socket: Socket) => void,
): Promise<FileServer> {
  if (!LOOPBACK_HOSTS.includes(host)) {
    throw new Error(`A simulator listens on loopback only, not on ${host}.`);
  }
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that hangs up in the middle is what these servers are for.
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `${scheme}://${host === '::1' ? '[::1]' : host}:${taken}`,
    port: taken,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
