// What is asked of a grown database: every list with the filters that could make it read too far, every look-up and
// claim, and how many pages each may touch. A page of a list is a hundred rows, each on a page of its own at worst,
// found through an index.
import type { Db } from './explain.ts';
import type { Grown } from './growth-rows.ts';

export interface Question {
  title: string;
  /** Pages of 8 KiB that may be touched. */
  pages: number;
  ask(db: Db): Promise<unknown>;
}

type Module = Record<string, (...given: unknown[]) => unknown>;
type Load = (path: string) => Promise<Module>;

const DAY_MS = 86_400_000;
/** Some hundred rows in the order of an index, and the way down to them. */
const PAGE = 250;
const ONE = 20;

export async function questionsOf(load: Load, grown: Grown): Promise<Question[]> {
  return [
    ...(await paymentLists(load, grown)),
    ...(await lookUps(load, grown)),
    ...(await eventsAndDeliveries(load, grown)),
    ...(await otherLists(load, grown)),
    ...(await purges(load, grown)),
  ];
}

const at = (grown: Grown, before_ms: number) => new Date(grown.now_ms - before_ms).toISOString();

async function paymentLists(load: Load, grown: Grown): Promise<Question[]> {
  const { listPaymentIntents } = await load('db/payment-intent-lists');
  const nothing = {
    organization_id: grown.organization,
    livemode: true,
    merchant_id: null,
    merchant_store_id: null,
    merchant_ref_id: null,
    status: null,
    created_gte: null,
    created_lt: null,
    starting_after: null,
    limit: 101,
    offset: 0,
  };
  const list = (title: string, filter: object, pages = PAGE): Question => ({
    title: `payments, ${title}`,
    pages,
    ask: async (db) => listPaymentIntents?.(db, { ...nothing, ...filter }),
  });
  const past = { created_gte: at(grown, 300 * DAY_MS), created_lt: at(grown, 299 * DAY_MS) };
  // The open ones are those of the last day; here every merchant has one, and they are sorted.
  const open = PAGE + Math.ceil(grown.merchants / 2);
  return [
    list('newest', {}),
    list('of a merchant', { merchant_id: grown.merchant }),
    list('of a quiet merchant', { merchant_id: grown.quiet_merchant }),
    list('of a store', { merchant_store_id: grown.store }),
    list('of a reference', { merchant_ref_id: 'order_77' }),
    list('of a reference nobody has', { merchant_ref_id: 'order_none' }),
    list('of a day a year ago', past),
    list('of a merchant on a day a year ago', { ...past, merchant_id: grown.merchant }),
    list('before a day a year ago', { created_lt: past.created_lt }, 2 * PAGE),
    list('after an id', { starting_after: 'pi_01K' }),
    // Those of the last days are still open.
    list('succeeded', { status: 'succeeded' }, open),
    list('failed, of the far past', { status: 'failed' }),
    list('failed, of a merchant', { status: 'failed', merchant_id: grown.merchant }),
    list('failed, of a day', { status: 'failed', ...past }),
    list('cancelled', { status: 'cancelled' }),
    list('processing', { status: 'processing' }),
    list('requires_action', { status: 'requires_action' }, open),
    list('requires_payment_method', { status: 'requires_payment_method' }, open),
    list(
      'requires_action, of a quiet merchant',
      { status: 'requires_action', merchant_id: grown.quiet_merchant },
      open,
    ),
    list('the 10,000th', { offset: 10_000 }, 12_000),
  ];
}

async function lookUps(load: Load, grown: Grown): Promise<Question[]> {
  const { findPaymentIntent, findPaymentIntentByRef, findAttempt, listExpiringPaymentIntents } =
    await load('db/payment-intents');
  const look_ups = await load('db/look-ups');
  const { claimDueRefunds } = await load('db/refunds');
  const { workOffNotifications } = await load('db/notifications');
  const keys = await load('db/idempotency-keys');
  const now = at(grown, 0);
  const lease = at(grown, -30_000);
  const budget = { per_second: 3, burst: 10 };
  const place = { organization_id: grown.organization, livemode: true, merchant_id: grown.merchant };
  return [
    { title: 'find a payment', pages: ONE, ask: async (db) => findPaymentIntent?.(db, 'pi_01K') },
    {
      title: 'find a payment by its reference',
      pages: ONE,
      ask: async (db) => findPaymentIntentByRef?.(db, { ...place, merchant_ref_id: 'order_7' }),
    },
    { title: 'find an attempt', pages: ONE, ask: async (db) => findAttempt?.(db, 'pa_01K') },
    {
      title: 'payments to expire',
      pages: 1_000,
      ask: async (db) => listExpiringPaymentIntents?.(db, now, 100),
    },
    {
      title: 'attempts to look up, every merchant has one',
      pages: 4_000,
      ask: async (db) => look_ups.claimDueAttempts?.(db, now, lease, 64, budget),
    },
    {
      title: 'refunds to look up',
      pages: 4_000,
      ask: async (db) => claimDueRefunds?.(db, now, lease, 64, budget),
    },
    {
      title: 'notifications to work off',
      pages: 3_000,
      ask: async (db) => workOffNotifications?.(db, now, 100, ['PAYPAY']),
    },
    {
      title: 'find an idempotency key',
      pages: ONE,
      ask: async (db) => keys.findIdempotencyKey?.(db, Buffer.alloc(32)),
    },
    {
      title: 'find a signature',
      pages: ONE,
      ask: async (db) => keys.findSignatureKey?.(db, Buffer.alloc(32)),
    },
  ];
}

async function eventsAndDeliveries(load: Load, grown: Grown): Promise<Question[]> {
  const deliveries = await load('db/webhook-deliveries');
  const lists = await load('db/webhook-delivery-lists');
  const events = await load('db/events');
  const now = at(grown, 0);
  const lease = at(grown, -60_000);
  const owner = { organization_id: grown.organization, livemode: true };
  const nothing = {
    merchant_id: null,
    payment_intent_id: null,
    types: null,
    created_gte: null,
    created_lt: null,
    id_gte: null,
    id_lt: null,
    starting_after: null,
  };
  const room = { total: 64, per_endpoint: 8, slow_total: 32, endpoints: [] };
  // A page, and a look into each month.
  const list = (title: string, filter: object, pages = PAGE + 150): Question => ({
    title: `events, ${title}`,
    pages,
    ask: async (db) => events.listEvents?.(db, owner, { ...nothing, ...filter }, 101),
  });
  return [
    { title: 'events to fan out', pages: 4_000, ask: async (db) => deliveries.fanOutEvents?.(db, now, 100) },
    {
      title: 'deliveries to make',
      pages: 30_000,
      ask: async (db) => deliveries.claimWebhookDeliveries?.(db, now, lease, room),
    },
    {
      title: 'events of an endpoint after a sequence',
      pages: 2 * PAGE + 400,
      ask: async (db) => lists.listWebhookEndpointEvents?.(db, grown.endpoint, 1_000, 101),
    },
    {
      title: 'deliveries of an endpoint',
      pages: 2 * PAGE + 400,
      ask: async (db) =>
        lists.listWebhookDeliveries?.(db, grown.endpoint, {
          status: null,
          before_sequence: 1e12,
          limit: 101,
        }),
    },
    {
      title: 'deliveries of an endpoint, failed',
      pages: PAGE,
      ask: async (db) =>
        lists.listWebhookDeliveries?.(db, grown.endpoint, {
          status: 'failed',
          before_sequence: 1e12,
          limit: 101,
        }),
    },
    {
      title: 'find a delivery',
      pages: 2 * PAGE,
      ask: async (db) => lists.findWebhookDelivery?.(db, grown.endpoint, 1_000),
    },
    { title: 'find an event', pages: ONE, ask: async (db) => events.findEvent?.(db, 'evt_01K') },
    list('newest', {}),
    list('of a payment', { payment_intent_id: 'pi_01K' }),
    list('of a rare type', { types: ['payment_intent.failed'] }),
    list(
      'of a family of rare types',
      { types: ['payment_intent.failed', 'payment_intent.cancelled'] },
      2 * PAGE,
    ),
    list('of a rare type that there is none of', { types: ['webhook_endpoint.disabled'] }),
    // These walk past ten thousand at most.
    list('of a common type', { types: ['payment_intent.succeeded'] }, 25_000),
    list('of a quiet merchant', { merchant_id: grown.quiet_merchant }, 25_000),
  ];
}

async function otherLists(load: Load, grown: Grown): Promise<Question[]> {
  const { listRefunds } = await load('db/refunds');
  const { listLatePayments } = await load('db/late-payments');
  const { listAuditEntries } = await load('db/audit-log');
  const { listMerchants, listStores } = await load('db/merchant-lists');
  const { listSigningKeys } = await load('db/api-keys');
  const owner = { organization_id: grown.organization, livemode: true };
  const refunds = (title: string, filter: object): Question => ({
    title: `refunds, ${title}`,
    pages: PAGE,
    ask: async (db) => {
      const nothing = {
        merchant_id: null,
        payment_intent_id: null,
        status: null,
        created_gte: null,
        created_lt: null,
        starting_after: null,
      };
      return listRefunds?.(db, { ...owner, ...nothing, ...filter, limit: 101 });
    },
  });
  const late = (title: string, filter: object): Question => ({
    title: `late payments, ${title}`,
    pages: PAGE,
    ask: async (db) => {
      const nothing = {
        merchant_id: null,
        status: null,
        payment_intent_id: null,
        provider: null,
        created_gte: null,
        created_lt: null,
        starting_after: null,
      };
      return listLatePayments?.(db, { ...owner, ...nothing, ...filter, limit: 101 });
    },
  });
  const audit = (title: string, filter: object): Question => ({
    title: `audit log, ${title}`,
    pages: PAGE,
    ask: async (db) => {
      const nothing = { object_id: null, action: null, starting_after: null };
      return listAuditEntries?.(db, grown.organization, true, { ...nothing, ...filter, limit: 101 });
    },
  });
  return [
    refunds('newest', {}),
    refunds('of a day a year ago', {
      created_gte: at(grown, 300 * DAY_MS),
      created_lt: at(grown, 299 * DAY_MS),
    }),
    refunds('of a merchant', { merchant_id: grown.merchant }),
    refunds('of a payment', { payment_intent_id: 'pi_01K' }),
    refunds('failed', { status: 'failed' }),
    refunds('pending', { status: 'pending' }),
    late('newest', {}),
    late('held', { status: 'held' }),
    late('of a merchant', { merchant_id: grown.merchant }),
    audit('newest', {}),
    audit('of an object', { object_id: 're_01K' }),
    audit('of an action', { action: 'api_key.created' }),
    {
      title: 'merchants',
      pages: PAGE,
      ask: async (db) => listMerchants?.(db, grown.organization, true, { starting_after: null, limit: 101 }),
    },
    {
      title: 'stores of a merchant',
      pages: PAGE,
      ask: async (db) =>
        listStores?.(db, grown.organization, true, grown.merchant, { starting_after: null, limit: 101 }),
    },
    {
      title: 'keys that may have signed',
      pages: PAGE,
      ask: async (db) => listSigningKeys?.(db, grown.merchant),
    },
  ];
}

/** A thousand rows go at a time. */
async function purges(load: Load, grown: Grown): Promise<Question[]> {
  const { deleteOldMarks } = await load('db/idempotency-keys');
  const { deleteOldNotifications } = await load('db/notifications');
  const { forgetCustomerCodes } = await load('db/customer-codes');
  const { countUnresolvedOutcomes } = await load('db/look-ups');
  return [
    {
      title: 'hashes of scanned codes to forget',
      pages: 15_000,
      ask: async (db) => forgetCustomerCodes?.(db, at(grown, DAY_MS), 1_000),
    },
    {
      title: 'keys and signatures to forget',
      pages: 30_000,
      ask: async (db) => deleteOldMarks?.(db, at(grown, DAY_MS), at(grown, 600_000), 1_000),
    },
    {
      title: 'notifications to forget',
      pages: 15_000,
      ask: async (db) => deleteOldNotifications?.(db, at(grown, 7 * DAY_MS), 1_000),
    },
    { title: 'unknown outcomes, counted', pages: 40_000, ask: async (db) => countUnresolvedOutcomes?.(db) },
  ];
}
