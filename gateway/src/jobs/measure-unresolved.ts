// Keeps the two numbers that an operator should be woken for: how many outcomes are unknown, and for how long.
import { measureUnresolved } from '../application/look-ups.ts';
import type { Job } from './job.ts';

export const measure_unresolved: Job = {
  name: 'measure_unresolved',
  interval_ms: 5_000,
  async run(context) {
    await measureUnresolved(context);
    return 0;
  },
};
