// `mpac-pgw simulate`: the simulators in a process of their own, for tests that kill the gateway, for staging and for
// people who write against a provider. What they start with is said on the command line as on their pages.
import { type Command, Option } from 'commander';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import type { FaultRequest } from '../providers/simulator-faults.ts';
import { startSimulatorServer } from '../simulator/server.ts';
import { listSimulators } from '../simulator/simulators.ts';
import { readFaultOption, readSettingOptions } from '../simulator/start-words.ts';
import { type FileServers, startFileServers } from './development-servers.ts';
import { StartError } from './start-error.ts';

interface SimulateOptions {
  port: string;
  gateway: string;
  notify?: string;
  faults?: string;
  seed: string;
  set: string[];
  list: boolean;
  files?: string;
}

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .argument('[provider]', 'which one, or "all"; --list shows them', 'all')
    .option('--port <port>', 'where to listen', '8090')
    .option('--gateway <url>', 'the gateway that is notified', 'http://localhost:8080')
    .option('--notify <url>', 'where notifications go, in place of the gateway')
    .option(
      '--faults <words>',
      'for example "hang_after_success:create_code:times=1,rate_limit:probability=0.2"',
    )
    .option('--seed <number>', 'the same seed strikes the same requests on every machine', '1')
    .addOption(
      new Option('--set <name=value>', 'a setting; may be given more than once')
        .argParser((value: string, others: string[]) => [...others, value])
        .default([], 'none'),
    )
    .option(
      '--files <directory>',
      'also a card processor by FTP, an accounting system by SFTP and a mail server; what they are sent lies there',
    )
    .option('--list', 'say what can be simulated, with all faults, endpoints and settings', false)
    .description('providers’ simulators in a process of their own')
    .addHelpText('after', '\nA fault is name[:endpoint][:times=n][:ms=n][:probability=p][:code=c].')
    .action(runSimulators);
}

async function runSimulators(provider: string, options: SimulateOptions): Promise<void> {
  const all = await listSimulators();
  const simulators =
    provider === 'all' ? all : all.filter(({ name, mount }) => [name, mount.slice(1)].includes(provider));
  if (simulators.length === 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new StartError(`There is no simulator for "${provider}". There is one for: ${known}; or "all".`);
  }
  if (options.list) {
    console.log(simulators.map(describe).join('\n\n'));
    return;
  }
  const port = readWhole('--port', options.port, 65_535);
  const gateway_url = readUrl('--gateway', options.gateway);
  const servers = options.files === undefined ? null : await startFileServers(options.files);
  const started = await startSimulatorServer({
    port,
    simulators: [...simulators, ...(servers?.simulators ?? [])],
    gateway_url,
    seed: readWhole('--seed', options.seed, 4_294_967_295),
    faults: readFaults(options, simulators),
    settings: readSettings(options, simulators),
  }).catch(async (error: NodeJS.ErrnoException) => {
    await servers?.close();
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartError(`Port ${port} is taken by another program. Choose another with --port.`);
  });
  for (const { title, mount } of simulators) console.log(`${title} simulator: ${started.url}${mount}`);
  if (servers !== null) sayServers(servers, started.url);
  const stop = () => void Promise.all([started.close(), servers?.close()]).then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function sayServers({ settlement, mail, accounting_key }: FileServers, url: string): void {
  const { ftp, sftp } = settlement;
  console.log(`Card processor: ${ftp.url}, account ${ftp.username}, password ${ftp.password}; ${url}/sp-net`);
  console.log(
    `Accounting system: ${sftp.url}, account ${sftp.username}, private key in ${accounting_key.path}`,
  );
  console.log(`Mail server: ${mail.url}; ${url}/mail`);
}

function describe({
  name,
  title,
  about,
  mount,
  endpoints,
  faults,
  codes,
  settings,
}: ProviderSimulator): string {
  const lines: [string, readonly string[]][] = [
    ['Address', [mount]],
    ['Endpoints', endpoints],
    ['Faults', faults],
    ['Codes', codes ?? []],
    ['Settings', Object.keys(settings.properties)],
  ];
  const shown = lines
    .filter(([, words]) => words.length > 0)
    .map(([what, words]) => `  ${what.padEnd(10)} ${words.join(' ')}`);
  return [`${name}  ${title}: ${about}`, ...shown].join('\n');
}

function readFaults(
  { faults }: SimulateOptions,
  simulators: readonly ProviderSimulator[],
): Record<string, FaultRequest[]> {
  if (faults === undefined) return {};
  const read = readFaultOption(faults, simulators);
  if (!read.ok) throw new StartError(`--faults ${read.message}`);
  return read.faults;
}

function readSettings(
  { set, notify }: SimulateOptions,
  simulators: readonly ProviderSimulator[],
): Record<string, Record<string, unknown>> {
  const words = notify === undefined ? set : [`notification_url=${readUrl('--notify', notify)}`, ...set];
  const read = readSettingOptions(words, simulators);
  if (!read.ok) throw new StartError(`--set ${read.message}`);
  return read.settings;
}

function readWhole(option: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new StartError(`${option} must be a whole number from 0 to ${most}, not "${text}".`);
}

function readUrl(option: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  throw new StartError(`${option} must be a URL that begins with http:// or https://.`);
}
