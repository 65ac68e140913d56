// What an upstream system sends of its merchants, laid out as rows, each with the place in the body where it stood,
// so that a refusal names it. An id stands once, and credentials are what their provider needs.
import Schema from 'typebox/schema';
import { isTimeOfDay, isTimeZone } from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';
import { findProviderByName, PROCESSOR_NAMES } from '../providers/registry.ts';

/** As the documents show it. What is null or left out is left alone. */
export interface SyncBody {
  merchants: {
    id: string;
    name: string;
    stores?: SyncBodyStore[] | null;
  }[];
}

export interface SyncBodyStore {
  id: string;
  name: string;
  time_zone?: string | null;
  business_day_starts_at?: string | null;
  payment_processor_configs?: SyncBodyConfig[] | null;
}

export interface SyncBodyConfig {
  provider: string;
  is_active: boolean;
  credentials?: object | null;
}

export interface SyncRows {
  merchants: { id: string; name: string }[];
  stores: { id: string; name: string; merchant_id: string; path: string }[];
  /** Of the stores that say something of them. */
  days: { id: string; time_zone: string | null; business_day_starts_at: string | null; path: string }[];
  configs: {
    merchant_store_id: string;
    provider: string;
    is_active: boolean;
    /** Null: those that are there stay. */
    credentials: object | null;
    path: string;
  }[];
}

/** So many stores in one call; an upstream system with more calls again. */
export const MAX_STORES = 10_000;
/** Of the providers that have no adapter yet, whose credentials nobody checks. */
const MAX_CREDENTIALS_LENGTH = 16_384;

export function makeSyncRows(body: SyncBody): SyncRows {
  const rows: SyncRows = { merchants: [], stores: [], days: [], configs: [] };
  const merchant_ids = new Set<string>();
  const store_ids = new Set<string>();
  body.merchants.forEach((merchant, at) => {
    const path = `merchants.${at}`;
    once(merchant_ids, merchant.id, `${path}.id`, 'This merchant');
    rows.merchants.push({ id: merchant.id, name: merchant.name });
    (merchant.stores ?? []).forEach((store, store_at) => {
      const store_path = `${path}.stores.${store_at}`;
      once(store_ids, store.id, `${store_path}.id`, 'This store');
      if (rows.stores.length === MAX_STORES) throw tooMany(store_path);
      const { id, name } = store;
      rows.stores.push({ id, name, merchant_id: merchant.id, path: store_path });
      addDay(rows, store, store_path);
      addConfigs(rows, store, store_path);
    });
  });
  return rows;
}

function addDay(rows: SyncRows, store: SyncBodyStore, path: string): void {
  const { id, time_zone = null, business_day_starts_at = null } = store;
  if (time_zone !== null && !isTimeZone(time_zone)) throw unknownTimeZone(`${path}.time_zone`);
  if (business_day_starts_at !== null && !isTimeOfDay(business_day_starts_at)) {
    const message = 'A business day begins at an hour and a minute, such as 05:00.';
    throw new GatewayError('invalid_request', message, {
      field: `${path}.business_day_starts_at`,
      constraint: 'format',
    });
  }
  if (time_zone !== null || business_day_starts_at !== null)
    rows.days.push({ id, time_zone, business_day_starts_at, path });
}

export function unknownTimeZone(field: string): GatewayError {
  const message = 'This time zone is not known. Name one as Asia/Tokyo or America/New_York.';
  return new GatewayError('invalid_request', message, { field, constraint: 'time_zone' });
}

function addConfigs(rows: SyncRows, store: SyncBodyStore, store_path: string): void {
  const providers = new Set<string>();
  (store.payment_processor_configs ?? []).forEach(({ provider, is_active, credentials = null }, at) => {
    const path = `${store_path}.payment_processor_configs.${at}`;
    checkProvider(provider, `${path}.provider`);
    once(providers, provider, `${path}.provider`, 'This provider');
    rows.configs.push({ merchant_store_id: store.id, provider, is_active, credentials, path });
  });
}

function once(seen: Set<string>, id: string, field: string, what: string): void {
  if (seen.has(id)) {
    throw new GatewayError('invalid_request', `${what} stands in the request twice.`, {
      field,
      constraint: 'unique_items',
    });
  }
  seen.add(id);
}

function tooMany(field: string): GatewayError {
  const message = `One call takes ${MAX_STORES} stores. Send the others in a second one.`;
  return new GatewayError('invalid_request', message, { field, constraint: 'max_items' });
}

function checkProvider(name: string, field: string): void {
  if (PROCESSOR_NAMES.has(name)) return;
  const known = findProviderByName(name) !== null;
  const message = known
    ? `${name} needs no configuration: every store may use it. Leave it out.`
    : `This provider is not known. There are ${[...PROCESSOR_NAMES].join(', ')}.`;
  throw new GatewayError('invalid_request', message, { field, constraint: 'enum' });
}

/** The refusal names the field and the rule; what was sent is a secret and is not repeated. */
export function checkCredentials(name: string, credentials: object, path: string): void {
  const schema = findProviderByName(name)?.credentials ?? null;
  if (schema === null) {
    if (isShort(credentials)) return;
    const message = `Credentials may have ${MAX_CREDENTIALS_LENGTH} characters as JSON.`;
    throw new GatewayError('invalid_request', message, { field: path, constraint: 'max_length' });
  }
  if (Schema.Check(schema, credentials)) return;
  const [, [error]] = Schema.Errors(schema, credentials);
  const place = `${path}${(error?.instancePath ?? '').replaceAll('/', '.')}`;
  const params = error?.params as { requiredProperties?: string[]; dependencies?: string[] } | undefined;
  const [child] = params?.requiredProperties ?? params?.dependencies ?? [];
  throw new GatewayError('invalid_request', `These are not the credentials that ${name} needs.`, {
    field: child === undefined ? place : `${place}.${child}`,
    constraint: CONSTRAINTS[error?.keyword ?? ''] ?? 'format',
  });
}

/** Deeper than can be written down again is long enough, too. */
function isShort(credentials: object): boolean {
  try {
    return JSON.stringify(credentials).length <= MAX_CREDENTIALS_LENGTH;
  } catch {
    return false;
  }
}

const CONSTRAINTS: Record<string, string> = {
  required: 'required',
  dependentRequired: 'required',
  boolean: 'unknown_field',
  type: 'type',
  enum: 'enum',
  minLength: 'min_length',
  maxLength: 'max_length',
};
