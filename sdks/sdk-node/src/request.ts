// From a call and its parameters to what is sent. Here it is refused, before anything leaves, if what was given can be
// no request: an id that would change the path, a body that is no JSON, a key that fits in no header.
import { randomUUID } from 'node:crypto';
import { InvalidRequestError } from './errors.ts';
import { OPERATIONS, type Operations } from './generated/operations.ts';

export type OperationId = keyof Operations;

/** What a call can be told besides its parameters. */
export interface CallOptions {
  /**
   * Makes two calls one: the gateway carries out the first, and gives its answer to the others. Kept for a day. Without
   * it each call has a random one, which its retries share.
   */
  idempotencyKey?: string | undefined;
  /** Ends the call. If it was sent already and changes something, the outcome is unknown. */
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  deadlineMs?: number | undefined;
  maxRetries?: number | undefined;
  language?: string | undefined;
}

export interface PreparedRequest {
  operation: OperationId;
  method: string;
  /** The path with its query, as it is signed. */
  target: string;
  body: string | undefined;
  /** Undefined for a request that changes nothing. */
  idempotency_key: string | undefined;
  is_list: boolean;
  /** Of a file: the media types that it may have. */
  file_types: readonly string[];
  is_signed: boolean;
  also_answers: readonly number[];
}

type Values = Record<string, unknown>;

export function prepareRequest(
  operation: OperationId,
  params: object,
  options: CallOptions,
): PreparedRequest {
  const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (known === undefined) throw refuse('operation', `The gateway has no operation ${String(operation)}.`);
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw refuse('params', `${operation} takes its parameters in one object.`);
  }
  if (typeof options !== 'object' || options === null) {
    throw refuse('options', `${operation} takes its options in one object.`);
  }
  const { signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw refuse('signal', 'signal is an AbortSignal.');
  }
  const { path, rest } = fillPath(known.path, { ...params });
  const has_body = ['POST', 'PUT', 'PATCH'].includes(known.method);
  const query = has_body ? '' : makeQuery(rest);
  return {
    operation,
    method: known.method,
    target: `${path}${query}`,
    body: has_body ? makeBody(operation, rest) : undefined,
    idempotency_key: known.method === 'GET' ? undefined : readKey(options.idempotencyKey),
    is_list: known.is_list,
    file_types: known.file_types,
    is_signed: known.is_signed,
    also_answers: known.also_answers,
  };
}

function fillPath(template: string, values: Values): { path: string; rest: Values } {
  const rest = { ...values };
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    // An empty id would ask for the list, and dots for another path altogether.
    if (text === '' || text === '.' || text === '..') {
      throw refuse(name, `${name} must be given: it names what the request is about.`);
    }
    return encode(name, text);
  });
  return { path, rest };
}

function makeQuery(values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = value instanceof Date ? dateText(name, value) : String(value);
    return [`${encode(name, name)}=${encode(name, text)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function encode(name: string, text: string): string {
  try {
    // fetch writes an apostrophe of a query in this way, too, and what is signed has to be what is sent.
    return encodeURIComponent(text).replaceAll("'", '%27');
  } catch (cause) {
    // Half of a surrogate pair: no text in UTF-8.
    throw refuse(name, `${name} is no text that can be sent.`, cause);
  }
}

function dateText(name: string, date: Date): string {
  if (Number.isNaN(date.getTime())) throw refuse(name, `${name} is not a time.`);
  return date.toISOString();
}

function makeBody(operation: string, values: Values): string {
  try {
    return JSON.stringify(values);
  } catch (cause) {
    throw refuse('body', `The parameters of ${operation} cannot be written as JSON.`, cause);
  }
}

function readKey(key: string | undefined): string {
  if (key === undefined) return randomUUID();
  if (typeof key === 'string' && /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw refuse('idempotencyKey', 'An idempotency key is 1 to 255 printable ASCII characters.');
}

export function refuse(param: string, message: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError({ code: 'invalid_request', param, message, cause });
}
