// Holds the books against what they are about, a stretch at a time, and keeps what disagrees for the metric.
import { checkBooksOnward, STRETCH } from '../application/books.ts';
import type { Job } from './job.ts';

export const check_books: Job = {
  name: 'check_books',
  interval_ms: 30_000,
  batch_size: STRETCH,
  run: checkBooksOnward,
};
