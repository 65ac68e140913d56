// Builds the context of a process from its configuration, and takes it apart again in the right order.
import { pino } from 'pino';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { makeProcessName } from '../db/master-keys.ts';
import { openDatabase } from '../db/pool.ts';
import { makeIdSource } from '../domain/id.ts';
import { pooledRandomBytes } from '../domain/random-pool.ts';
import { makeMasterKey } from '../domain/secret-box.ts';
import { makeMetrics } from '../metrics.ts';
import { makeAddressGuard, transferPolicy } from '../outbound/address-guard.ts';
import { type HttpCall, makeHttpClient } from '../outbound/http.ts';
import { makeMailer } from '../outbound/mail.ts';
import { makePeerMemory } from '../outbound/peer-memory.ts';
import { makeFileTransfers } from '../outbound/transfer.ts';

export interface ContextOptions {
  config: Config;
  database_url: string;
  master_key: string;
  /** Where log lines go; standard output unless a test wants them. */
  log_to?: { write(line: string): void };
  now?: () => number;
}

const USER_AGENT = 'mpac-pgw';

/** Only these facts of an error are logged: libraries hang whole connections on theirs, with all that they know. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

export function makeContext(options: ContextOptions): Context {
  const { config, database_url } = options;
  const now = options.now ?? Date.now;
  const log = pino(
    { level: config.log_level, base: null, serializers: { err: describeError } },
    options.log_to ?? pino.destination({ sync: false }),
  );
  const metrics = makeMetrics();
  const master_key = makeMasterKey(options.master_key);
  const opening_keys = [master_key, ...config.previous_master_keys.map(makeMasterKey)];
  const observe = (call: HttpCall) => log.debug(call, 'outgoing call');
  const { provider_proxy_url } = config;
  const proxy = provider_proxy_url === null ? {} : { proxy: { url: provider_proxy_url } };
  const context: Context = {
    config,
    db: openDatabase({
      connection_string: database_url,
      max: config.database_pool_size,
      statement_timeout_ms: config.database_statement_timeout_ms,
      lock_timeout_ms: config.database_lock_timeout_ms,
      acquire_timeout_ms: config.database_acquire_timeout_ms,
      on_failure: (failure) => metrics.database_failures.inc({ failure }),
      on_wait: (seconds) => metrics.database_wait.observe(seconds),
      application_name: makeProcessName(opening_keys.map((key) => key.id)),
      on_error: (error) => log.error({ err: error }, 'an idle database connection broke'),
    }),
    log,
    metrics,
    now,
    randomBytes: pooledRandomBytes,
    random: () => pooledRandomBytes(4).readUInt32LE() / 2 ** 32,
    makeId: makeIdSource(now),
    master_key,
    opening_keys,
    circuits: new Map(),
    throttles: new Map(),
    http: makeHttpClient({ user_agent: USER_AGENT, observe, ...proxy }),
    peer_memory: makePeerMemory(
      (host, offset_ms) => metrics.provider_clock_offset.set({ host }, offset_ms / 1_000),
      (host, offset_ms) =>
        log.warn(
          { host, offset_seconds: Math.round(offset_ms / 1_000) },
          'our clock is off from a provider’s',
        ),
    ),
    webhook_http: makeHttpClient({
      user_agent: USER_AGENT,
      observe,
      guard: makeAddressGuard({ allow_loopback: config.webhook_allow_loopback }),
    }),
    file_http: makeHttpClient({
      user_agent: USER_AGENT,
      observe,
      guard: makeAddressGuard({ allow_loopback: false }),
      ...proxy,
    }),
    mailer: config.mail === null ? null : makeMailer(config.mail),
    files: makeFileTransfers({
      deadline_ms: config.transfer_deadline_ms,
      stall_ms: config.transfer_stall_ms,
      guard: makeAddressGuard(transferPolicy(config)),
    }),
  };
  metrics.pool.stats = () => context.db.stats();
  return context;
}

export async function closeContext(context: Context): Promise<void> {
  const { http, webhook_http, file_http } = context;
  await Promise.all([http.close(), webhook_http.close(), file_http.close()]);
  await context.tracing?.close();
  await context.db.close();
}
