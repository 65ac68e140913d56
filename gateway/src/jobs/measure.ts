// Reads the numbers that stand in the database for this worker's metrics, at an interval: a scrape asks the database
// nothing, however many replicas are scraped and however often.
import { measureDatabase } from '../application/measurements.ts';
import type { Job } from './job.ts';

export const measure: Job = {
  name: 'measure',
  interval_ms: 5_000,
  async run(context) {
    await measureDatabase(context);
    return 0;
  },
};
