// Holds each day's signed news against the books, half an hour after the day has ended in Japan; missed days one by one.
import { settleSignedNews } from '../application/news-settlements.ts';
import type { Job } from './job.ts';

export const settle_signed_news: Job = {
  name: 'signed_news',
  interval_ms: 60_000,
  batch_size: 1,
  wakes: ['fan_out'],
  run: settleSignedNews,
};
