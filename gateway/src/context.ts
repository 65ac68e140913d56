// The bag of everything that reaches outside: database, clock, chance, keys, network, log. It is made once for
// a process and handed down; tests make one with their own clock. Nothing in it knows what a payment is.
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Database } from './db/pool.ts';
import type { Circuit } from './domain/circuit.ts';
import type { IdSource } from './domain/id.ts';
import type { MasterKey } from './domain/secret-box.ts';
import type { Metrics } from './metrics.ts';
import type { HttpClient } from './outbound/http.ts';
import type { Mailer } from './outbound/mail.ts';
import type { PeerMemory } from './outbound/peer-memory.ts';
import type { FileTransfers } from './outbound/transfer.ts';
import type { Span, Tracing } from './tracing.ts';

/** How far a process is on its way to its end: it still serves but sends others elsewhere, or it refuses. */
export type Ending = 'draining' | 'closing';

/** What one request waited for, in milliseconds. */
export interface Timing {
  db_ms: number;
  provider_ms: number;
}

export interface Context {
  /** Absent as long as nobody asked the process to stop. */
  ending?: Ending;
  /** Of the request that this context was made for; absent in jobs and commands. */
  timing?: Timing;
  /** Where traces are wanted: what begins a new one, and the span that this context works under. */
  tracing?: Tracing;
  span?: Span;
  config: Config;
  db: Database;
  log: Logger;
  metrics: Metrics;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Random bytes, and a number from 0 to 1. */
  randomBytes(count: number): Buffer;
  random(): number;
  makeId: IdSource;
  /** Seals. It changes while the process runs when the operator exchanges the key. */
  master_key: MasterKey;
  /** Open: the key of MPAC_MASTER_KEY, which comes first, and those of MPAC_MASTER_KEY_PREVIOUS. */
  opening_keys: readonly MasterKey[];
  /** Which servers of providers have fallen silent, as far as this process knows. */
  circuits: Map<string, Circuit>;
  /** Merchants whose look-ups a provider wants fewer of: since when, and how often in a row it said so. */
  throttles: Map<string, { since_ms: number; times: number }>;
  /** For providers, whose hosts the operator chose. */
  http: HttpClient;
  /** What this process has learnt of them between two calls. */
  peer_memory: PeerMemory;
  /** For webhooks, whose hosts strangers chose: guarded at connect time. */
  webhook_http: HttpClient;
  /** For files that lie where a notification says, among hosts that the operator allowed: the way of both. */
  file_http: HttpClient;
  /** Null: no mail server is configured. */
  mailer: Mailer | null;
  /** For card processors by FTP and bookkeeping by SFTP, whose hosts strangers chose: guarded at connect time. */
  files: FileTransfers;
  /** A worker in this process sets it, so that new events are fanned out without waiting for its next tick. */
  wakeWorker?(
    job: 'fan_out' | 'look_ups' | 'notifications' | 'deliveries' | 'align_deliveries' | 'accounting_exports',
  ): void;
}

/** The instant `after_ms` from now, as rows and answers write it. */
export function instant(context: Pick<Context, 'now'>, after_ms = 0): string {
  return new Date(context.now() + after_ms).toISOString();
}
