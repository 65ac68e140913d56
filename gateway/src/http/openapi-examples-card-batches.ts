// What the OpenAPI document shows as examples of the card processor's day.
const NOW = '2026-01-15T17:00:00.000Z';
const ID = 'cb_01KF0R2B4D6F8H0K2N4Q6S8V0X';

const card_processor_connection = {
  object: 'card_processor_connection',
  livemode: false,
  host: 'ftp.card-processor.example.com',
  port: 21,
  username: 'mpac',
  tls: 'required',
  upload_directory: '/upload',
  download_directory: '/download',
  merchant_numbers: { 'MERCHANT-001': 'merchant_001' },
  mail_to: 'ops@example.com',
  language: 'en',
  is_active: true,
  starts_on: '2026-01-15',
  created_at: NOW,
  updated_at: NOW,
};

const card_batch = {
  id: ID,
  object: 'card_batch',
  livemode: false,
  business_date: '2026-01-15',
  step: 'done',
  attempts_made: 0,
  uploaded_count: 246,
  approved_count: 245,
  uploaded_amount: 12_500_000,
  upload_size: 17_466,
  upload_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  uploaded_at: NOW,
  settlement_file_name: 'settlement_20260115.csv',
  settlement_sha256: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
  source: 'file',
  settlements_count: 1,
  exceptions_count: 0,
  finished_at: NOW,
  created_at: NOW,
  updated_at: NOW,
};

/** By the title of the shape. */
export const CARD_BATCH_SHAPES: Record<string, unknown> = {
  CardProcessorConnection: card_processor_connection,
  DeletedCardProcessorConnection: { object: 'card_processor_connection', deleted: true },
  CardProcessorConnectionTest: {
    object: 'card_processor_connection_test',
    status: 'failed',
    failure: 'refused_auth',
    message: 'The server refused the username or the password.',
  },
  CardBatch: card_batch,
};

/** As a run that was asked for begins. */
export const begun_card_batch = {
  ...{ id: ID, object: 'card_batch', livemode: false, business_date: '2026-01-15' },
  ...{ step: 'upload', attempts_made: 0, next_attempt_at: NOW, created_at: NOW, updated_at: NOW },
};
