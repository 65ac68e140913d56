// Fetches and imports files that providers have announced, one after another: they come once a day, and are large.
import { importAnnouncedFile } from '../application/announced-files.ts';
import type { Job } from './job.ts';

export const import_announced_files: Job = {
  name: 'files',
  interval_ms: 5_000,
  batch_size: 1,
  wakes: ['look_ups'],
  run: importAnnouncedFile,
};
