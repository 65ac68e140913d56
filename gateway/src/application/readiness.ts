// Whether this process can take payments now: the database answers, its migrations are in, a worker lives.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { listMasterKeys } from '../db/master-keys.ts';
import { findNewestHeartbeat, pendingMigrations } from '../db/readiness.ts';
import { findOpeningKey, nameOf } from './master-keys.ts';

export interface Readiness {
  status: 'ok' | 'unavailable' | 'draining';
  checks: { database: string; migrations: string; worker: string; master_key: string };
}

/** A worker beats every few seconds; after so long without one, nobody looks payments up. */
const WORKER_SILENCE_MS = 30_000;

const STOPPING = 'the process stops';
const DRAINING = { database: STOPPING, migrations: STOPPING, worker: STOPPING, master_key: STOPPING };

export async function isReady(context: Context): Promise<Readiness> {
  if (context.ending !== undefined) return { status: 'draining', checks: DRAINING };
  const checks = { database: 'ok', migrations: 'ok', worker: 'ok', master_key: 'ok' };
  try {
    const pending = await pendingMigrations(context.db);
    if (pending > 0) checks.migrations = `${pending} pending: run mpac-pgw migrate`;
    const seen_at = pending > 0 ? null : await findNewestHeartbeat(context.db);
    if (seen_at === null || seen_at < instant(context, -WORKER_SILENCE_MS)) {
      checks.worker = `none seen since ${seen_at ?? 'ever'}: run mpac-pgw work`;
    }
    const sealing = pending > 0 ? undefined : (await listMasterKeys(context.db)).find((key) => key.seals);
    if (sealing !== undefined && findOpeningKey(context, sealing.id) === null) {
      checks.master_key = `secrets are sealed with ${nameOf(sealing.id)}, which this process was not given`;
    }
  } catch (error) {
    context.log.error({ err: error }, 'not ready');
    checks.database = 'does not answer';
  }
  const ok = Object.values(checks).every((check) => check === 'ok');
  return { status: ok ? 'ok' : 'unavailable', checks };
}
