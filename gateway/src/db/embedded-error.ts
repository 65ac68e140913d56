// The one error of the built-in PostgreSQL. Its message is a whole sentence for the person at the terminal;
// the command line prints it and ends, without a stack.

/** What a person can always do when the built-in database cannot run here. */
export const OWN_SERVER = 'or set DATABASE_URL to a PostgreSQL server of your own';

export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}

/** The system's code of a failed call (ENOENT, EACCES, …), or '' when the error is none of those. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
