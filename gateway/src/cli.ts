#!/usr/bin/env node
// The command line: one entry for everything that the gateway can do. It reads the configuration, runs a
// command, and turns what goes wrong on the way into one sentence and exit code 1.
import { Command } from 'commander';
import { MasterKeyError } from './application/master-keys.ts';
import { checkDatabase } from './commands/check-database.ts';
import { registerDemo } from './commands/demo.ts';
import { registerOperatorCommands } from './commands/operator.ts';
import { registerResolutionCommands } from './commands/resolutions.ts';
import { type Running, runAll, runApi, runWorker } from './commands/run.ts';
import { registerSimulate } from './commands/simulate.ts';
import { StartError } from './commands/start-error.ts';
import { type Config, ConfigError, type Mode, readConfig } from './config.ts';
import { EmbeddedPostgresError } from './db/embedded-error.ts';
import { MigrationError, migrate } from './db/migrate.ts';
import { GatewayError } from './domain/error.ts';

const program = new Command('mpac-pgw').description('A self-hosted payment gateway for points of sale.');

/** What a command says when it cannot do its work. Anything else is a bug and keeps its stack. */
const SENTENCES = [
  StartError,
  ConfigError,
  EmbeddedPostgresError,
  MigrationError,
  MasterKeyError,
  GatewayError,
];

function fail(error: unknown): never {
  const known = SENTENCES.some((kind) => error instanceof kind);
  console.error(known ? (error as Error).message : error);
  process.exit(1);
}

/**
 * Keeps the process until a signal asks it to stop; a second signal does not wait. A signal that comes while
 * the process still starts is not lost: what was started, such as a database, must not stay behind.
 */
function untilStopped(run: (config: Config) => Promise<Running>, mode: Mode) {
  return async () => {
    let running: Running | null = null;
    let stopping = false;
    const stop = () => {
      running?.stop().then(() => process.exit(0), fail);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        stop();
      });
    }
    running = await run(readConfig(process.env, mode));
    if (stopping) stop();
  };
}

program
  .command('start')
  .description(
    'everything in one process: embedded PostgreSQL, API, workers and, in development, the simulators',
  )
  .action(untilStopped(runAll, 'development'));
program.command('serve').description('the API alone').action(untilStopped(runApi, 'production'));
program.command('work').description('the workers alone').action(untilStopped(runWorker, 'production'));
program
  .command('migrate')
  .description('bring the database of DATABASE_URL to the newest schema')
  .action(async () => {
    const { database_url } = readConfig(process.env, 'production');
    if (database_url === null)
      throw new StartError('DATABASE_URL is missing: it says which database to migrate.');
    await checkDatabase(database_url);
    const { applied, version } = await migrate(database_url);
    console.log(
      applied.length === 0 ? `Nothing to do: version ${version}.` : `Applied ${applied.join(', ')}.`,
    );
  });
registerSimulate(program);
registerDemo(program);
registerOperatorCommands(program);
registerResolutionCommands(program);

program.parseAsync().catch(fail);
