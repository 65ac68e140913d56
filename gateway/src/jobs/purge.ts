// Forgets what nobody needs any more: idempotency keys and hashes of scanned codes after a day, signatures once their
// time window has closed, notifications a week after they were worked off, mails after three months, rolled secrets that
// no longer sign, and what was matched in files and listed by merchants with the events of its time.
import { purgeEndedSecrets } from '../application/api-key-secrets.ts';
import { purgeCustomerCodes } from '../application/customer-codes.ts';
import { purgeRequestMarks } from '../application/idempotency.ts';
import { purgeMails } from '../application/mails.ts';
import { purgeNotifications } from '../application/notifications.ts';
import { purgeListedOrders } from '../application/order-lists.ts';
import { purgeMatches } from '../application/reconciliation-ends.ts';
import type { Job } from './job.ts';

const BATCH = 1_000;

export const purge: Job = {
  name: 'purge',
  interval_ms: 60_000,
  batch_size: BATCH,
  run: async (context) =>
    (await purgeRequestMarks(context, BATCH)) +
    (await purgeNotifications(context, BATCH)) +
    (await purgeMatches(context, BATCH)) +
    (await purgeListedOrders(context, BATCH)) +
    (await purgeMails(context, BATCH)) +
    (await purgeEndedSecrets(context, BATCH)) +
    (await purgeCustomerCodes(context, BATCH)),
};
