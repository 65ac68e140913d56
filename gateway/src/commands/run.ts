// The life of a gateway process: what it starts, how it says so, and how it stops: first no new requests, then
// no new work, then the connections, last the database.
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { settleMasterKey } from '../application/master-keys.ts';
import { isProvable } from '../application/notifications.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { findRunningPostgres, startEmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { makeServer } from '../http/server.ts';
import { makeWorkerServer } from '../http/worker-server.ts';
import { startWorker } from '../jobs/worker.ts';
import { makeMailer } from '../outbound/mail.ts';
import { PROVIDERS } from '../providers/registry.ts';
import { openTracing } from '../tracing.ts';
import { checkDatabase } from './check-database.ts';
import { makeServerEnd } from './close-server.ts';
import { findOrCreateDevelopmentFacts, printDevelopmentFacts } from './development.ts';
import { type DevelopmentServers, startDevelopmentServers } from './development-servers.ts';
import { closeContext, makeContext } from './make-context.ts';
import { findOrCreateMasterKey } from './master-key.ts';
import { watchMasterKey } from './master-key-watch.ts';
import { StartError } from './start-error.ts';

type Stop = () => Promise<void>;

export interface Running {
  base_url: string;
  stop: Stop;
}

/** Stops in the reverse order of starting, each step whatever became of the one before. */
function makeStops() {
  const stops: Stop[] = [];
  let stopping: Promise<void> | undefined;
  return {
    add: (stop: Stop) => void stops.push(stop),
    stop(): Promise<void> {
      stopping ??= (async () => {
        for (const stop of stops.reverse())
          await stop().catch((error: Error) => console.error(error.message));
      })();
      return stopping;
    },
  };
}

/** `mpac-pgw start`: everything in one process, for development and for a single shop. */
export function runAll(config: Config): Promise<Running> {
  return running(async (stops) => {
    const context = await makeReadyContext(config, stops, { migrating: true });
    stops.add(watchMasterKey(context));
    const server = await startApi(context);
    stops.add(server.stop);
    if (config.mode === 'production') {
      context.log.info({ base_url: config.base_url, port: config.port }, 'the API listens');
    } else {
      let own: DevelopmentServers | null = null;
      if (config.simulator_url === null) {
        const servers = await startDevelopmentServers(config);
        stops.add(() => servers.close());
        config.simulator_url = servers.simulator.url;
        // A newcomer reads there what the gateway writes; an operator's own mail server comes first.
        context.mailer ??= makeMailer({ smtp_url: servers.mail.url, from: 'mpac-pgw <pgw@example.com>' });
        own = servers;
      }
      const facts = await findOrCreateDevelopmentFacts(context, own);
      await printDevelopmentFacts(context, facts);
    }
    const worker = startWorker(context);
    stops.add(() => worker.stop());
    // Once more, so that it stops before all others: a request that is being answered needs every one of them.
    stops.add(server.stop);
    return config.base_url;
  });
}

/** `mpac-pgw serve`: the API alone. Any number of these may share a database. */
export function runApi(config: Config): Promise<Running> {
  return running(async (stops) => {
    const context = await makeReadyContext(config, stops, { migrating: false });
    stops.add(watchMasterKey(context));
    stops.add((await startApi(context)).stop);
    context.log.info({ base_url: config.base_url, port: config.port }, 'the API listens');
    return config.base_url;
  });
}

/** `mpac-pgw work`: look-ups, notifications, expiry and webhooks. Any number of these, too. */
export function runWorker(config: Config): Promise<Running> {
  return running(async (stops) => {
    const context = await makeReadyContext(config, stops, { migrating: false });
    stops.add(watchMasterKey(context));
    const server = await startWorkerServer(context);
    stops.add(server.stop);
    const worker = startWorker(context);
    stops.add(() => {
      context.ending = 'draining';
      return worker.stop();
    });
    context.log.info({ port: server.port }, 'the worker works');
    return config.base_url;
  });
}

/**
 * A context for a single command, such as making a key; it needs the database but serves nobody. The embedded
 * database is used beside the gateway that owns it, or, when none runs, started for the time of the command.
 */
export async function withContext<T>(config: Config, work: (context: Context) => Promise<T>): Promise<T> {
  const stops = makeStops();
  try {
    const running_url = config.database_url ?? (await findRunningPostgres(config.data_dir));
    if (running_url === null && !existsSync(config.data_dir)) {
      throw new StartError(
        `There is no gateway in ${config.data_dir} yet: run "npm start" first, or set MPAC_DATA_DIR or DATABASE_URL.`,
      );
    }
    const own = { ...config, database_url: running_url };
    return await work(await makeReadyContext(own, stops, { migrating: false }));
  } finally {
    await stops.stop();
  }
}

async function running(start: (stops: ReturnType<typeof makeStops>) => Promise<string>): Promise<Running> {
  const stops = makeStops();
  try {
    return { base_url: await start(stops), stop: stops.stop };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

async function makeReadyContext(
  config: Config,
  stops: ReturnType<typeof makeStops>,
  options: { migrating: boolean },
): Promise<Context> {
  refuseWrongDefaults(config);
  let database_url = config.database_url;
  if (database_url === null) {
    const postgres = await startEmbeddedPostgres({ dir: config.data_dir });
    stops.add(() => postgres.stop());
    database_url = postgres.url;
  } else {
    await checkDatabase(database_url);
  }
  // The embedded database is nobody's but ours, so it is always brought up to date.
  if (options.migrating || config.database_url === null) await migrate(database_url);
  const master_key = config.master_key ?? (await findOrCreateMasterKey(config.data_dir));
  const context = makeContext({ config, database_url, master_key });
  stops.add(() => closeContext(context));
  if (config.otlp_traces_url !== null) context.tracing = await openTracing(config.otlp_traces_url);
  await settleMasterKey(context);
  return context;
}

/** Live payments in a sandbox, or tests with real money, must not come of one wrong line in the environment. */
export function refuseWrongDefaults(config: Config): void {
  const problems = PROVIDERS.flatMap(({ name, refuseDefaults }) => [
    refuseDefaults?.(config.provider_defaults[name] ?? {}, true) ?? [],
    refuseDefaults?.(config.provider_test_defaults[name] ?? {}, false) ?? [],
  ]).flat();
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}

async function startApi(context: Context): Promise<{ stop: Stop }> {
  const { config } = context;
  if (config.mode === 'production') warnOfUnprovenNotifications(context);
  const server = await makeServer(context);
  // Nothing that is answered takes longer than a question to a provider.
  const patience_ms = config.provider_deadline_ms + 5_000;
  const stop = makeServerEnd(server, context, { drain_ms: config.drain_ms, patience_ms });
  try {
    await server.listen({ port: config.port, host: config.host });
  } catch (error) {
    await stop();
    throw portError(error, config);
  }
  const { port } = server.server.address() as AddressInfo;
  if (config.port === 0) {
    config.port = port;
    config.base_url = `http://localhost:${port}`;
  }
  return { stop };
}

const WORKER_PORT = 9464;
const WORKER_PATIENCE_MS = 1_000;

/** On the port that was given; without one on the usual, or, where another worker has that, on any. */
async function startWorkerServer(context: Context): Promise<{ stop: Stop; port: number }> {
  const { host, worker_port } = context.config;
  const listen = async (port: number) => {
    const server = makeWorkerServer(context);
    const stop = makeServerEnd(server, context, { drain_ms: 0, patience_ms: WORKER_PATIENCE_MS });
    try {
      await server.listen({ port, host });
    } catch (error) {
      await stop();
      delete context.ending;
      throw error;
    }
    return { stop, port: (server.server.address() as AddressInfo).port };
  };
  try {
    return await listen(worker_port ?? WORKER_PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw portError(error, context.config);
    if (worker_port === null) return listen(0);
    throw new StartError(`Port ${worker_port} is taken by another program. Set MPAC_WORKER_PORT to another.`);
  }
}

/** Not fatal: without proof live payments are found by polling alone, and a gateway without PayPay needs none. */
function warnOfUnprovenNotifications({ config, log }: Context): void {
  for (const { name, readNotification } of PROVIDERS) {
    if (readNotification === undefined || isProvable(config, name)) continue;
    log.warn(
      { provider: name },
      `anybody can send notifications of ${name}, so none about a live payment is acted on: set ` +
        `MPAC_${name}_WEBHOOK_SECRET or MPAC_${name}_WEBHOOK_SOURCES`,
    );
  }
}

function portError(error: unknown, { port, host }: Config): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is taken by another program. Stop it, or choose another: PORT=8081 npm start`,
    );
  }
  if (code === 'EACCES')
    return new StartError(`Port ${port} needs more rights than this user has. Set PORT to 1024 or more.`);
  if (code === 'EADDRNOTAVAIL') return new StartError(`HOST ${host} is not an address of this machine.`);
  return error;
}
