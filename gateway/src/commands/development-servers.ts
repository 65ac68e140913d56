// What `npm start` runs beside the gateway: the simulators of providers, the card processor behind its FTP server, an
// accounting system's SFTP server and a mail server. Each takes its usual port, or, where that is taken, any.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveAccountingExportConfig } from '../application/accounting-export-configs.ts';
import { SYSTEM } from '../application/audit.ts';
import { saveCardProcessorConnection } from '../application/card-processor-connections.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { createSshKey } from '../outbound/ssh-key.ts';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { DOWNLOAD_DIRECTORY, UPLOAD_DIRECTORY } from '../simulator/card-processor.ts';
import { makeCardProcessorSimulator } from '../simulator/card-processor-routes.ts';
import { makeMailSimulator } from '../simulator/mail-routes.ts';
import { type MailServer, startMailServer } from '../simulator/mail-server.ts';
import { type SimulatorServer, startSimulatorServer } from '../simulator/server.ts';
import { type SettlementServers, startSettlementServers } from '../simulator/settlement-servers.ts';
import { listSimulators } from '../simulator/simulators.ts';

const FTP_PORT = 8021;
const SFTP_PORT = 8022;
const MAIL_PORT = 8025;

/** Those who are sent files and mails. */
export interface FileServers {
  settlement: SettlementServers;
  mail: MailServer;
  /** By which the gateway logs in at the accounting system, and the file that it lies in. */
  accounting_key: SshKey & { path: string };
  /** Their pages and control routes, for the server of all simulators. */
  simulators: ProviderSimulator[];
  close(): Promise<void>;
}

export interface DevelopmentServers extends FileServers {
  simulator: SimulatorServer;
}

interface SshKey {
  private_key: string;
  public_key: string;
}

export const filesDirectory = (config: Config) => join(config.data_dir, 'simulators');

export async function startDevelopmentServers(config: Config): Promise<DevelopmentServers> {
  const servers = await startFileServers(filesDirectory(config));
  try {
    const simulators = [...(await listSimulators()), ...servers.simulators];
    const on = (port: number) => startSimulatorServer({ port, gateway_url: config.base_url, simulators });
    const simulator = await orOnFreePort(
      () => on(config.simulator_port),
      () => on(0),
    );
    const close = async () => {
      await Promise.all([simulator.close(), servers.close()]);
    };
    return { ...servers, simulator, close };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

/** What they are sent lies in the folder, and so do the keys of the accounting system. */
export async function startFileServers(directory: string): Promise<FileServers> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'accounting-login');
  const accounting_key = { ...(await findOrCreateSshKey(path)), path };
  const host_key = await findOrCreateSshKey(join(directory, 'accounting-host'));
  const start = (ftp_port: number, sftp_port: number) =>
    startSettlementServers({
      directory,
      accounting_keys: [accounting_key.public_key],
      host_key: host_key.private_key,
      ftp_port,
      sftp_port,
    });
  const settlement = await orOnFreePort(
    () => start(FTP_PORT, SFTP_PORT),
    () => start(0, 0),
  );
  try {
    const mail = await orOnFreePort(
      () => startMailServer({ port: MAIL_PORT }),
      () => startMailServer({ port: 0 }),
    );
    const simulators = [makeCardProcessorSimulator(settlement.processor), makeMailSimulator(mail)];
    const close = async () => {
      await Promise.all([settlement.close(), mail.close()]);
    };
    return { settlement, mail, accounting_key, simulators, close };
  } catch (error) {
    await settlement.close();
    throw error;
  }
}

async function orOnFreePort<T>(usual: () => Promise<T>, free: () => Promise<T>): Promise<T> {
  try {
    return await usual();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return free();
  }
}

/** Kept from start to start, as a real server's is: a key that changes is refused. */
async function findOrCreateSshKey(path: string): Promise<SshKey> {
  try {
    const [private_key, public_key] = await Promise.all([
      readFile(path, 'utf8'),
      readFile(`${path}.pub`, 'utf8'),
    ]);
    return { private_key, public_key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const made = createSshKey();
    await writeFile(`${path}.pub`, made.public_key);
    await writeFile(path, made.private_key, { mode: 0o600 });
    return made;
  }
}

/** The demo organization knows them, wherever they listen this time. */
export async function connectDevelopmentServers(
  context: Context,
  { settlement, accounting_key }: DevelopmentServers,
  place: { organization_id: string; merchant_id: string; merchant_number: string },
): Promise<void> {
  const { organization_id, merchant_id, merchant_number } = place;
  const owner = { organization_id, livemode: false };
  const origin = { actor: SYSTEM, mark: null };
  const { ftp, sftp } = settlement;
  await saveCardProcessorConnection(
    context,
    owner,
    {
      host: '127.0.0.1',
      port: ftp.port,
      username: ftp.username,
      password: ftp.password,
      tls: 'when_offered',
      upload_directory: `/${UPLOAD_DIRECTORY}`,
      download_directory: `/${DOWNLOAD_DIRECTORY}`,
      merchant_numbers: { [merchant_number]: merchant_id },
      mail_to: MAIL_TO,
      language: 'en',
    },
    origin,
  );
  const seen = await context.files.sftpHostKey({ host: '127.0.0.1', port: sftp.port });
  await saveAccountingExportConfig(
    context,
    { ...owner, merchant_id },
    {
      formats: ['json', 'csv', 'xml'],
      host: '127.0.0.1',
      port: sftp.port,
      username: sftp.username,
      private_key: accounting_key.private_key,
      host_key: seen.kind === 'done' ? seen.host_key : null,
      mail_to: MAIL_TO,
      language: 'en',
    },
    origin,
  );
}

const MAIL_TO = 'bookkeeper@example.com';
