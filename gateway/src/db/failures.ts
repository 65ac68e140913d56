// What a failed statement proves. Either the database refused it, and nothing was done; or it was never sent; or the
// connection broke before the answer came, and then nobody knows: such a statement is never simply repeated, unless
// it only reads.
import pg from 'pg';
import { GatewayError } from '../domain/error.ts';

/** The database did not answer, although the statement may have been carried out. */
export class AnswerLostError extends GatewayError {
  constructor(cause: unknown) {
    super(
      'unavailable',
      'The connection to the database broke, so it is not known whether this was done. Retry with the same Idempotency-Key.',
      {},
      { retry_after_seconds: 1, cause },
    );
  }
}

/**
 * refused: the database said no, nothing was done. conflict: so, too, but the same may succeed the next time.
 * elsewhere: this server does not write any more, another one does. busy: nothing was done, and there is no use in
 * trying at once. lost: nobody knows. ours: no statement was sent, the fault is in this program.
 */
export type Failure = 'refused' | 'conflict' | 'elsewhere' | 'busy' | 'lost' | 'ours';

const CONFLICTS = new Set(['40001', '40P01']);
/** Cancelled by a time-out, a lock not had in time, a disk or memory that is full. */
const BUSY = /^(57014|55P03|53...)$/;
/** The server ends the connection, and may do so between the commit and its answer; the last two are time-outs. */
const ENDED = /^(57P..|25P03|25P04)$/;
const READ_ONLY = '25006';

const BROKEN_TEXT =
  /^(Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed)/;
const BROKEN_CODE = /^(E[A-Z]{3,}|ERR_STREAM.*|ERR_SSL.*)$/;

/** Of an error that a statement on an open connection ended with. */
export function failureOf(error: unknown): Failure {
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    if (CONFLICTS.has(code) || isMovedPiece(error)) return 'conflict';
    if (ENDED.test(code)) return 'lost';
    if (code === READ_ONLY) return 'elsewhere';
    return BUSY.test(code) ? 'busy' : 'refused';
  }
  if (!(error instanceof Error)) return 'ours';
  const { code } = error as NodeJS.ErrnoException;
  return BROKEN_TEXT.test(error.message) || BROKEN_CODE.test(code ?? '') ? 'lost' : 'ours';
}

/** A row on its way into the default piece of a table, while its own piece was added: the next try finds it there. */
function isMovedPiece({ code, constraint }: pg.DatabaseError): boolean {
  return code === '23514' && constraint === undefined;
}

/** What the caller of a statement gets to see. Refusals and our own faults stay as they are, to be read. */
export function asShown(error: unknown, failure: Failure): unknown {
  if (failure === 'refused' || failure === 'ours') return error;
  return failure === 'lost' ? new AnswerLostError(error) : unavailable(error);
}

/** Nothing was done, and soon it may be. */
export function unavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'unavailable',
    'The database cannot do this now. Try again in a moment; nothing was done.',
    {},
    { retry_after_seconds: 1, cause },
  );
}

export function isAnswerLost(error: unknown): boolean {
  return error instanceof AnswerLostError;
}

/** Whether the database itself refused: then it is certain that nothing of the statement was done. */
export function isRefusedByDatabase(error: unknown): boolean {
  const cause = error instanceof GatewayError ? error.cause : error;
  return cause instanceof pg.DatabaseError && failureOf(cause) !== 'lost';
}

/** PostgreSQL has no such time zone, although somebody else may know it. */
export function isUnknownTimeZone(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '22023' && /time zone/.test(error.message);
}

/** The name of the constraint that a statement ran into, or null when the error is another one. */
export function violatedConstraint(error: unknown): string | null {
  if (error instanceof pg.DatabaseError && error.code?.startsWith('23')) return error.constraint ?? null;
  return null;
}
