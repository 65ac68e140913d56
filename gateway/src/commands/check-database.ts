// Tries the operator's own database before anything starts, and says in one sentence what is wrong with it.
import pg from 'pg';
import { StartError } from './start-error.ts';

const OLDEST_MAJOR = 15;

export async function checkDatabase(database_url: string): Promise<void> {
  const client = new pg.Client({ connectionString: database_url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    if (major < OLDEST_MAJOR) {
      throw new StartError(`DATABASE_URL leads to PostgreSQL ${major}; ${OLDEST_MAJOR} or newer is needed.`);
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The database of DATABASE_URL cannot be used: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

/** The host and the reason, never the password that stands in the same URL. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens at that host and port.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known.';
    case '28P01':
    case '28000':
      return 'user or password is refused.';
    case '3D000':
      return 'there is no database of that name.';
    default:
      return `${message || code || 'it does not answer'}.`.replace(/\.\.$/, '.');
  }
}
