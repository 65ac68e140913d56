// Which attempts an intent has had. Providers know a payment by its attempt, and the API tells nobody about attempts, so
// the stage looks into the gateway's own database, and only here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

export interface Attempts {
  /** Oldest first. */
  of(payment_intent: string): Promise<{ id: string; provider: string }[]>;
  close(): Promise<void>;
}

/** Of a gateway with embedded PostgreSQL in this folder. */
export function openAttempts(data_dir: string): Attempts {
  // Lines four and five of PostgreSQL's own note are its port and the folder of its socket.
  const note = readFileSync(join(data_dir, 'data', 'postmaster.pid'), 'utf8').split('\n');
  const pool = new pg.Pool({
    host: note[4] ?? '',
    port: Number(note[3]),
    user: 'mpac_pgw',
    database: 'mpac_pgw',
    password: readFileSync(join(data_dir, 'password'), 'utf8').trim(),
    max: 2,
  });
  // The gateway stops its database at its end; nobody is waiting for an answer then.
  pool.on('error', () => {});
  return {
    async of(payment_intent) {
      const { rows } = await pool.query<{ id: string; provider: string }>(
        'select id, provider from payment_attempts where payment_intent_id = $1 order by id',
        [payment_intent],
      );
      return rows;
    },
    close: () => pool.end(),
  };
}
