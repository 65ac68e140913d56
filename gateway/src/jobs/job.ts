// What the worker runs again and again. Rows are their own schedule, so a job has no queue and no payload: it
// asks the database what is due.
import type { Context } from '../context.ts';

export interface Job {
  name: string;
  /** The pause after a run that found less than a full batch. */
  interval_ms: number;
  /** After this many rows or more there may be others waiting, and the job runs again at once. */
  batch_size?: number;
  /** Jobs that have something to do when this one handled rows. */
  wakes?: string[];
  /** Says how many rows it handled. `wake` asks for another run soon; a job never overlaps with itself. */
  run(context: Context, wake?: () => void): Promise<number>;
  /** For a job that leaves work going on between its runs: waits until none is left. */
  drain?(): Promise<void>;
  /** The last thing a worker does with the job. */
  stop?(context: Context): Promise<void>;
}
