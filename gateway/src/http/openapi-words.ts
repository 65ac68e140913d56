// What the OpenAPI document says in words that no schema says: what an operation does beyond its summary, what a
// parameter is, and when an event is told.
import type { EventType } from '../domain/event.ts';

/** By the operation, where its behaviour is more than its summary. */
export const OPERATIONS: Record<string, string> = {
  createPaymentIntent:
    'The answer holds the `payment_token` for the terminal: it confirms once, within five minutes. An order’s ' +
    '`merchant_ref_id` is taken until its intent has failed or was cancelled, so an order is never paid twice.',
  listPaymentIntents:
    'Filters work together. Follow the `Link` header from page to page: it misses nothing that is created meanwhile, ' +
    'as `offset` would, and its pages stay quick however far back they go.',
  retrievePaymentIntent:
    'A terminal reads with its payment token in the query, also after the confirm, until the attempt is over.',
  confirmPaymentIntent:
    'A QR code is opened at the provider: the answer is `requires_action` with the code, and events or polling tell ' +
    'the rest. A code that was scanned from the customer pays at once, or is `processing` while the customer is asked ' +
    'in the app; it pays once, and the wallet is recognised from it. Cash is recorded as paid, and of cards at an ' +
    'external terminal what its app reports: 200, also when it was declined, so read `status`. When the provider gives ' +
    'no clear answer ' +
    'this is 502 or 504 with `outcome: unknown`; nothing is lost, and a retry with the same key finishes the work. ' +
    'A provider that has fallen silent is not asked: 502 with `Retry-After` and `outcome: not_begun`.',
  cancelPaymentIntent:
    'An open code is deleted at the provider, which is then asked once more whether it was paid: a customer who was ' +
    'faster has paid, and the answer says so.',
  capturePaymentIntent:
    'Takes what is held, all of it or a part; the rest is released. For an intent that nobody has confirmed it records ' +
    'cash that staff took.',
  createRefund:
    'Written down first, then asked of the provider. `pending` means that the provider has not said yet; an event ' +
    'tells the end. All refunds together never exceed what was received.',
  listBalances:
    'Summed up from the books. A day that is over does not change any more: what is learnt later is of the day on which ' +
    'it is learnt.',
  syncMerchants:
    'What is named is made or changed, all of it or nothing. What is not named stays as it is. Credentials are sealed ' +
    'and never told again.',
  createWebhookEndpoint: 'The answer holds the signing `secret`, which is told only now.',
  listWebhookEndpointEvents:
    'The very bodies that were or will be delivered. `sequence` has no gap, so a receiver can prove that it missed ' +
    'nothing.',
  listEvents:
    'The events of one merchant, or of one common type, are looked for among the organization’s latest: a page walks ' +
    'past 10,000 at most, so it can be short, or empty, and yet have a `Link` that goes on from there.',
  listSettlements:
    'Of a merchant’s day at a provider one is in force; those that were issued again stay in the list as `replaced`.',
  resolveReconciliationException:
    'It changes no payment. With `adjustment_amount` the difference is booked on the day of the decision. When the ' +
    'last open exception of a settlement is resolved, the settlement is `reconciled`, and an event says so.',
  resolvePaymentIntent:
    'For a person who has looked at the provider’s own tool. Money that comes after `not_paid` becomes a late payment.',
  receivePaypayNotification:
    'Kept, answered, and then PayPay is asked: nothing in it is believed. Both the fields that PayPay sends and those ' +
    'of its document are read.',
  saveAccountingExportConfig:
    'Test the connection afterwards, compare the host key that it shows with what the accounting system says of its ' +
    'server, and save it as `host_key`: nothing is sent before. The private key is never told again; `public_key` always is.',
  runAccountingExports:
    'Files are made from the books, so they are the same bytes again. A file that was given up begins anew with its ' +
    'first attempt. Refused while the business date is not over.',
  createApiKey: 'The answer holds the `secret_key`, which is told only now.',
  saveCardProcessorConnection:
    'All of it is set: what is left out gets its default, apart from the password and the first day, which stay. From ' +
    '`starts_on` on each day is run at 02:00 in Japan of the day after; days that are over already are caught up.',
  testCardProcessorConnection:
    'Nothing is sent or fetched. What is wrong is told in the answer, which is 200 all the same.',
  runCardBatch:
    'A worker goes on where the day stands: what was sent is not sent again, the settlement file is fetched again. ' +
    'Another file than before takes its place.',
  supplySettlementFile:
    'Read as the processor’s own file is, and marked as supplied by hand. A file that cannot be right is refused as a ' +
    'whole, by line and column. The same bytes again change nothing; others take the place of those before.',
  createOrderList:
    'Compared with what the gateway wrote down on that business day; what differs becomes exceptions. The same list ' +
    'again, of which the same is found, changes nothing and answers 200; any other takes the place of the one before, ' +
    'and what a person resolved in that stays resolved.',
  listOrderListOrders: 'What the provider says is as of now: its file may come a day after the list.',
  retrieveQrCode:
    'Signed by the gateway; the address comes with the confirm and works while the code is open.',
};

/** By name; `{}` stands for what the path is about. What a route says itself comes first. */
export const PARAMETERS: Record<string, string> = {
  id: 'The id of the {}.',
  attempt_id: 'The attempt that opened the code.',
  signature: 'The gateway’s own, so that nobody guesses addresses.',
  sequence: 'The number of the delivery at this endpoint.',
  limit: '1 to 100, default 20.',
  offset: 'How many to pass over. Each costs as much as one that is shown: better follow the Link header.',
  starting_after: 'The last id of the page before; the Link header holds it.',
  status: 'Only those in this status.',
  merchant_id: 'Only those of this merchant.',
  merchant_store_id: 'Only those of this store.',
  merchant_ref_id: 'Only those of this reference of yours: every try of an order.',
  payment_intent: 'Only those about this payment intent.',
  provider: 'Only those of this provider.',
  step: 'Only those at this step.',
  format: 'Only files of this format.',
  result: 'Only those of which this was found.',
  object: 'Only entries about this object’s id.',
  action: 'Only entries of this action, such as refund.created.',
  payment_token: 'In place of a signature.',
  business_date_gte: 'From this business day on, such as 2026-01-28.',
  business_date_lte: 'Up to this business day, such as 2026-01-28.',
};

/** When each event is told. */
export const EVENTS: Record<EventType, string> = {
  'payment_intent.created': 'An intent was created.',
  'payment_intent.requires_action': 'A code or a page is in front of the customer.',
  'payment_intent.processing': 'Somebody is at work, money is held, or the outcome is unknown.',
  'payment_intent.succeeded': 'The money is there.',
  'payment_intent.failed': 'The provider, or an external terminal, declined.',
  'payment_intent.cancelled': 'It was called off, or it expired.',
  'refund.created': 'A refund was written down, and the provider is being asked.',
  'refund.succeeded': 'The money has gone back.',
  'refund.failed': 'The provider refused the refund.',
  'late_payment.created': 'Money came for an intent that had ended.',
  'late_payment.refunded': 'Late money has gone back.',
  'late_payment.kept': 'Somebody decided to keep late money.',
  'late_payment.refund_failed': 'Late money could not be given back, and is held again.',
  'settlement.reconciled': 'A provider’s settlement and our books agree, or all its exceptions are resolved.',
  'settlement.exception': 'A settlement, or what belongs to none, differs from our books.',
  'export.succeeded': 'A file of the accounting export has arrived at the accounting system.',
  'export.failed': 'A file of the accounting export could not be sent, and is not tried again by itself.',
  'webhook_endpoint.disabled': 'One of your endpoints was given up. Your other endpoints hear of it.',
  'webhook_endpoint.ping': 'Somebody asked for a test of this endpoint.',
};
