// The shapes of the API, written once: they check what comes in, describe it in the OpenAPI document, and name
// its fields in a refusal. Nothing unknown is let in, so that a typo never silently changes a payment.
import Type, { type Static, type TSchema } from 'typebox';
import { MAX_AMOUNT } from '../domain/money.ts';
import { PAYMENT_METHOD_TYPES, STATUSES } from '../domain/payment-intent.ts';
import { TERMINAL_STATUSES } from '../domain/terminal-report.ts';

/** A string from a closed list. An `enum` names the values in a refusal, which a union of constants does not. */
export function OneOf<const T extends readonly string[]>(values: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

/** Text that PostgreSQL can keep: no NUL and no half of a surrogate pair. Lengths count code points. */
export function Text(max: number, options: { min?: number; description?: string } = {}) {
  const { min = 1, ...rest } = options;
  return Type.String({ minLength: min, maxLength: max, pattern: '^[^\\u0000\\ud800-\\udfff]*$', ...rest });
}

export const Amount = Type.Integer({
  minimum: 1,
  maximum: MAX_AMOUNT,
  description: 'Minor units: yen, cents.',
});
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339 in UTC.' });
export const Reference = Text(255);
export const Metadata = Type.Optional(
  Type.Record(Type.String({ pattern: '^[^\\u0000\\ud800-\\udfff]{1,40}$' }), Text(500, { min: 0 }), {
    maxProperties: 50,
    additionalProperties: false,
    description: 'Up to 50 pairs; names up to 40 and values up to 500 characters.',
  }),
);

/** What nobody sees in a text, and what would end its line. */
const UNSEEN =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff' +
  '\\ufff9-\\ufffb\\ud800-\\udfff';

/** A reference that is told apart by its characters alone: nothing unseen in it, and no space before or after. */
function VisibleReference(max: number, options: { description: string }) {
  const pattern = `^[^\\s${UNSEEN}]([^${UNSEEN}]*[^\\s${UNSEEN}])?$`;
  return Type.String({ minLength: 1, maxLength: max, pattern, ...options });
}

/** What a person says who decides by hand: it stands in the audit log. */
export const ReasonOfPerson = Text(1000, { description: 'Why; kept in the audit log.' });
export const Person = Text(255, { description: 'Who decided; kept in the audit log.' });

export const CreatePaymentIntentBody = Type.Object(
  {
    amount: Amount,
    currency: Type.Optional(
      Type.String({ minLength: 3, maxLength: 3, description: 'ISO 4217, in either case. Default JPY.' }),
    ),
    payment_method_types: Type.Array(OneOf(PAYMENT_METHOD_TYPES), {
      minItems: 1,
      uniqueItems: true,
      description: 'The ways in which this order may be paid.',
    }),
    merchant_ref_id: Text(255, {
      description: 'Your reference of the order. Unique among intents that are not failed or cancelled.',
    }),
    merchant_store_id: Type.Optional(Reference),
    merchant_terminal_id: Type.Optional(Reference),
    merchant_id: Type.Optional(Text(255, { description: 'For keys that act for several merchants.' })),
    description: Type.Optional(Text(255, { min: 0 })),
    expires_in_minutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1440, description: 'Default 30.' }),
    ),
    capture_method: Type.Optional(OneOf(['automatic', 'manual'])),
    metadata: Metadata,
    tax_amount: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_AMOUNT })),
    receipt_number: Type.Optional(Reference),
  },
  {
    title: 'NewPaymentIntent',
    additionalProperties: false,
    examples: [
      {
        amount: 1500,
        currency: 'JPY',
        payment_method_types: ['qr_mpm', 'cash'],
        merchant_ref_id: 'order_12345',
        merchant_store_id: 'store_123',
      },
    ],
  },
);

const PaymentToken = Type.Optional(
  Type.String({ minLength: 1, maxLength: 255, description: 'In place of a signature.' }),
);

export const ConfirmBody = Type.Object(
  {
    payment_token: PaymentToken,
    payment_method_type: OneOf(PAYMENT_METHOD_TYPES),
    provider: Type.Optional(
      Type.String({
        pattern: '^[A-Z0-9_]{2,32}$',
        description:
          'PAYPAY for a QR code; MPGS for cards on a page; the brand (VISA, SUICA, …) for a terminal. Required for qr_mpm and credit_card; with ' +
          'qr_cpm it is recognised from the code.',
      }),
    ),
    external_ref_id: Type.Optional(
      VisibleReference(255, {
        description:
          'The approval code of the external terminal, at best with its slip number: 123456-0042. Required for a ' +
          'success. It pays one intent.',
      }),
    ),
    external_status: Type.Optional(
      OneOf(TERMINAL_STATUSES, { description: 'What the external terminal reports. Default success.' }),
    ),
    external_reason: Type.Optional(
      Type.String({
        maxLength: 255,
        pattern: `^[^${UNSEEN}]*$`,
        description: 'Why it was declined, or could not be carried out.',
      }),
    ),
    external_amount: Type.Optional({
      ...Amount,
      description:
        'What the terminal says it took, in minor units. Another amount than the intent’s is not accepted.',
    }),
    external_currency: Type.Optional(
      Type.String({ minLength: 3, maxLength: 3, description: 'The currency in which the terminal took it.' }),
    ),
    customer_code: Type.Optional(
      Text(1024, {
        description:
          'The code scanned from the customer, as the scanner read it. Required for qr_cpm, and a code pays once.',
      }),
    ),
    return_url: Type.Optional(
      Type.String({
        maxLength: 2048,
        pattern: '^https?://',
        description:
          'MPGS: where the customer’s browser goes in the end, with payment_intent and redirect_status (succeeded, ' +
          'failed, pending) added. https for live payments.',
      }),
    ),
  },
  {
    title: 'Confirm',
    additionalProperties: false,
    examples: [
      { payment_token: 'pi_…_secret_…', payment_method_type: 'qr_mpm', provider: 'PAYPAY' },
      { payment_method_type: 'qr_cpm', customer_code: '9000 8181 8812 3456 7890 1234' },
      { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: '123456-0042' },
      {
        payment_method_type: 'credit_card',
        provider: 'MPGS',
        return_url: 'https://shop.example.com/orders/7',
      },
      {
        payment_method_type: 'credit_card',
        provider: 'VISA',
        external_status: 'declined',
        external_reason: 'Insufficient funds',
      },
    ],
  },
);

export const CANCELLATION_REASONS = [
  'requested_by_customer',
  'duplicate',
  'fraudulent',
  'abandoned',
] as const;

export const CancelBody = Type.Object(
  { payment_token: PaymentToken, cancellation_reason: Type.Optional(OneOf(CANCELLATION_REASONS)) },
  { title: 'Cancel', additionalProperties: false },
);

export const CaptureBody = Type.Object(
  { amount: Type.Optional(Amount) },
  { title: 'Capture', additionalProperties: false },
);
export const EmptyBody = Type.Object({}, { additionalProperties: false });

/** Of a list, as text in the query. */
export const PageLimit = Type.Optional(
  Type.String({ pattern: '^([1-9][0-9]?|100)$', description: '1 to 100, default 20.' }),
);

/** Query values are text; numbers are checked here and read in the route. */
export const WholeNumber = (max_digits: number) => Type.String({ pattern: `^[0-9]{1,${max_digits}}$` });

export const ListQuery = Type.Object(
  {
    merchant_store_id: Type.Optional(Reference),
    merchant_ref_id: Type.Optional(Reference),
    status: Type.Optional(OneOf(STATUSES)),
    limit: PageLimit,
    offset: Type.Optional(WholeNumber(6)),
    starting_after: Type.Optional(Type.String({ pattern: '^pi_[0-9A-HJKMNP-TV-Z]{26}$' })),
    created_gte: Type.Optional(Instant),
    created_lt: Type.Optional(Instant),
  },
  { additionalProperties: false },
);

export const TokenQuery = Type.Object(
  { payment_token: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
  { additionalProperties: false },
);

export const IdParams = Type.Object({ id: Text(64) });

export const LastPaymentError = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    provider: Type.Optional(Type.String()),
  },
  { title: 'LastPaymentError', description: 'What went wrong with the last try, in words for a person.' },
);

export const PaymentIntentShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('payment_intent'),
    status: OneOf(STATUSES),
    livemode: Type.Boolean(),
    amount: Type.Integer(),
    currency: Type.String(),
    amount_capturable: Type.Integer({ description: 'Held at the provider, or at the terminal.' }),
    amount_received: Type.Integer(),
    amount_refunded: Type.Integer(),
    payment_method_types: Type.Array(OneOf(PAYMENT_METHOD_TYPES)),
    capture_method: OneOf(['automatic', 'manual']),
    merchant_id: Type.String(),
    merchant_ref_id: Type.String(),
    merchant_store_id: Type.Optional(Type.String()),
    merchant_terminal_id: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
    tax_amount: Type.Optional(Type.Integer()),
    receipt_number: Type.Optional(Type.String()),
    processing_mode: Type.Optional(OneOf(['pgw_processed', 'external', 'manual'])),
    provider: Type.Optional(Type.String()),
    capture_before: Type.Optional(
      Type.String({ format: 'date-time', description: 'Until when the provider holds amount_capturable.' }),
    ),
    cancellation_reason: Type.Optional(Type.String()),
    last_payment_error: Type.Optional(LastPaymentError),
    outcome: Type.Optional(
      Type.Literal('unknown', {
        description: 'We do not know yet whether money moved, and are finding out.',
      }),
    ),
    next_check_at: Type.Optional(Instant),
    payment_token: Type.Optional(Type.String({ description: 'Only at creation and re-issue.' })),
    payment_token_expires_at: Type.Optional(Instant),
    created_at: Instant,
    expires_at: Instant,
  },
  { title: 'PaymentIntent', description: 'The payment intent as it is now.' },
);

export const ConfirmationShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('payment_intent'),
    status: OneOf(STATUSES),
    amount: Type.Integer(),
    currency: Type.String(),
    payment_id: Type.String({ description: 'Equal to the payment intent id.' }),
    payment_intent_id: Type.String(),
    provider: Type.String(),
    payment_method_type: OneOf(PAYMENT_METHOD_TYPES),
    processing_mode: OneOf(['pgw_processed', 'external', 'manual']),
    qr_content: Type.Optional(Type.String({ description: 'Draw this text as a QR code.' })),
    qr_code_url: Type.Optional(Type.String({ description: 'A picture of the code, served by the gateway.' })),
    redirect_url: Type.Optional(Type.String({ description: 'MPGS: the page to send the customer to.' })),
    customer_code_masked: Type.Optional(
      Type.String({ description: 'qr_cpm: as much of the scanned code as may be shown.' }),
    ),
    expires_at: Type.Optional(Instant),
    outcome: Type.Optional(Type.Literal('unknown')),
    next_check_at: Type.Optional(Instant),
    last_payment_error: Type.Optional(LastPaymentError),
  },
  { title: 'Confirmation', description: 'What the customer has to do next, or what came of the payment.' },
);

export const ErrorShape = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    error: Type.Object({
      code: Type.String(),
      message: Type.String(),
      param: Type.Optional(Type.String()),
    }),
    request_id: Type.String(),
  },
  { title: 'Error', description: 'A refusal. docs/errors.md lists them all.' },
);

export type CreatePaymentIntentInput = Static<typeof CreatePaymentIntentBody>;
export type ConfirmInput = Static<typeof ConfirmBody>;
export type ListInput = Static<typeof ListQuery>;

const REFUSALS: Record<number, string> = {
  400: 'A field is missing or wrong, or the provider is not supported here.',
  401: 'The signature or the payment token is missing, wrong or out of time.',
  403: 'The caller is known and may not do this.',
  404: 'There is nothing by this id for this caller.',
  409: 'The status does not allow it, the reference is taken, or the Idempotency-Key is in use.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  429: 'Too many requests; Retry-After says how long to wait.',
  500: 'A fault of the gateway. Retry with the same Idempotency-Key.',
  502: 'The provider gave no clear answer, or refused; `details.outcome` says whether money may have moved.',
  504: 'The provider did not answer in time: the outcome is unknown and is being looked up.',
};

/** Every refusal that a route of the API can give, for its documentation. */
export function errorResponses(...statuses: number[]): Record<number, TSchema> {
  return Object.fromEntries(
    statuses.map((status) => [status, { ...ErrorShape, 'x-response-description': REFUSALS[status] }]),
  );
}
