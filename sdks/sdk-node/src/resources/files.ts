// The files of a day: those that are exchanged with the card processor, and those for the accounting system.
import type { ListAccountingExportsQuery, ListCardBatchesQuery } from '../generated/operations.ts';
import type {
  AccountingExport,
  AccountingExportConfig,
  AccountingExportRun,
  AccountingExportSettings,
  AccountingExportTest,
  CardBatch,
  CardBatchRun,
  CardProcessorConnectionSettings,
  CardProcessorConnectionTest,
  CardProcessorConnection as Connection,
  DeletedAccountingExportConfig,
  DeletedCardProcessorConnection,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import { type CallOptions, refuse } from '../request.ts';

export class CardBatches {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Runs a day that is over once more. A worker does it at once; retrieve the batch to see how far it is. */
  run(params: CardBatchRun, options?: CallOptions): Promise<CardBatch> {
    return this.#gateway.call('runCardBatch', params, options);
  }

  /** One day's exchange with the card processor. */
  retrieve(id: string, options?: CallOptions): Promise<CardBatch> {
    return this.#gateway.call('retrieveCardBatch', { id }, options);
  }

  /** Newest first. */
  list(params: ListCardBatchesQuery = {}, options?: CallOptions): List<CardBatch> {
    return this.#gateway.list('listCardBatches', params, options);
  }

  /** Supplies by hand the settlement file of a day: its bytes as the processor made them. */
  async supplySettlementFile(
    id: string,
    params: { file_name: string; content: Uint8Array },
    options?: CallOptions,
  ): Promise<CardBatch> {
    const { file_name, content } = params;
    // Text has lost already how it was written, and its bytes are what is compared.
    if (!ArrayBuffer.isView(content)) throw refuse('content', 'content is the bytes of the file.');
    const { buffer, byteOffset, byteLength } = content;
    const content_base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    return this.#gateway.call('supplySettlementFile', { id, file_name, content_base64 }, options);
  }
}

export class CardProcessorConnection {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Sets all of it; the password stays when it is left out and the server is the same. */
  save(params: CardProcessorConnectionSettings, options?: CallOptions): Promise<Connection> {
    return this.#gateway.call('saveCardProcessorConnection', params, options);
  }

  /** The connection without its password. */
  retrieve(options?: CallOptions): Promise<Connection> {
    return this.#gateway.call('retrieveCardProcessorConnection', {}, options);
  }

  /** Ends it. The days that were are kept. */
  delete(options?: CallOptions): Promise<DeletedCardProcessorConnection> {
    return this.#gateway.call('deleteCardProcessorConnection', {}, options);
  }

  /** Logs in and looks into both folders. What is wrong is told in the answer, and is no error. */
  test(options?: CallOptions): Promise<CardProcessorConnectionTest> {
    return this.#gateway.call('testCardProcessorConnection', {}, options);
  }
}

export class AccountingExports {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Makes the files of a business date, again or for the first time. A worker does it at once. */
  run(params: AccountingExportRun, options?: CallOptions): Promise<AccountingExport[]> {
    return this.#gateway.call('runAccountingExports', params, options);
  }

  /** What became of a file. */
  retrieve(id: string, options?: CallOptions): Promise<AccountingExport> {
    return this.#gateway.call('retrieveAccountingExport', { id }, options);
  }

  /** Newest first. */
  list(params: ListAccountingExportsQuery = {}, options?: CallOptions): List<AccountingExport> {
    return this.#gateway.list('listAccountingExports', params, options);
  }

  /** The bytes of the file as they were sent, whatever its format. */
  file(id: string, options?: CallOptions): Promise<Uint8Array> {
    return this.#gateway.call('retrieveAccountingExportFile', { id }, options);
  }

  /** Says where a merchant's files go. What is left out stays as it is. */
  saveConfig(
    id: string,
    params: AccountingExportSettings,
    options?: CallOptions,
  ): Promise<AccountingExportConfig> {
    return this.#gateway.call('saveAccountingExportConfig', { ...params, id }, options);
  }

  /** Where a merchant's files go, with the public key and without the private one. */
  retrieveConfig(id: string, options?: CallOptions): Promise<AccountingExportConfig> {
    return this.#gateway.call('retrieveAccountingExportConfig', { id }, options);
  }

  /** Ends a merchant's export. Files that were made stay readable. */
  deleteConfig(id: string, options?: CallOptions): Promise<DeletedAccountingExportConfig> {
    return this.#gateway.call('deleteAccountingExportConfig', { id }, options);
  }

  /** Tries the connection, and shows the server's host key. What is wrong is told in the answer, and is no error. */
  test(id: string, options?: CallOptions): Promise<AccountingExportTest> {
    return this.#gateway.call('testAccountingExport', { id }, options);
  }
}
