// What the OpenAPI document shows of the accounting export.

const MERCHANT = 'merchant_001';
const CREATED = '2026-01-28T15:02:00.000Z';

export const accounting_export = {
  id: 'ax_01KG3Q0C6E8G0J2M4P6R8T0V2X',
  object: 'accounting_export',
  livemode: false,
  merchant_id: MERCHANT,
  merchant_store_id: 'store_001',
  business_date: '2026-01-28',
  currency: 'JPY',
  format: 'json',
  file_name: 'settlement_merchant_001_store_001_20260128.json',
  status: 'delivered',
  attempts_made: 1,
  size: 48_211,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  transactions_count: 245,
  gross_revenue: 25_000_000,
  tax_collected: 2_000_000,
  net_revenue: 23_000_000,
  delivered_at: '2026-01-28T15:02:02.000Z',
  created_at: CREATED,
  updated_at: '2026-01-28T15:02:02.000Z',
};

const HOST_KEY = 'SHA256:uNiVztksCsDhcc0u9e8BrJQXVUpKZIDTMczCvj3tD2s';

/** By the title of the shape. */
export const EXPORT_SHAPES: Record<string, unknown> = {
  AccountingExport: accounting_export,
  AccountingExportConfig: {
    object: 'accounting_export_config',
    merchant_id: MERCHANT,
    livemode: false,
    formats: ['json', 'csv'],
    host: 'sftp.accounting-system.example.com',
    port: 22,
    username: 'mpac',
    public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    host_key: HOST_KEY,
    directory: '/exports/mpac/{merchant_id}/',
    mail_to: 'accounting@example.com',
    language: 'ja',
    is_active: true,
    starts_on: '2026-01-28',
    created_at: CREATED,
    updated_at: CREATED,
  },
  AccountingExportSettings: {
    formats: ['json', 'csv'],
    host: 'sftp.accounting-system.example.com',
    username: 'mpac',
    generate_key: true,
    host_key: HOST_KEY,
    mail_to: 'accounting@example.com',
  },
  DeletedAccountingExportConfig: { object: 'accounting_export_config', merchant_id: MERCHANT, deleted: true },
  AccountingExportTest: {
    object: 'accounting_export_test',
    status: 'succeeded',
    message: 'Files can be sent.',
    directory: '/exports/mpac/merchant_001/',
    host_key: HOST_KEY,
  },
};
