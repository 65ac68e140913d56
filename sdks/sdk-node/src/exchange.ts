// One try: one HTTP request, and its answer or the lack of one. Its time is bounded, and so is what is read; it follows
// no redirect, because a signed request is meant for one gateway.
import type { Fetch, FetchAnswer } from './configuration.ts';
import type { Try } from './verdict.ts';
import { isObject, readRefusal } from './verdict.ts';

/** Far above the largest page of a list; what is longer is not the gateway's. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** A file is kept in memory as a whole: room for a million sales. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

export interface Exchange {
  fetch: Fetch;
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeout_ms: number;
  /** The caller's. */
  signal: AbortSignal | undefined;
  is_list: boolean;
  file_types: readonly string[];
  /** Statuses besides 2xx that are answers. */
  also_answers: readonly number[];
}

export async function exchange(request: Exchange): Promise<Try> {
  const limit = limitTime(request.timeout_ms, request.signal);
  try {
    const { response, bytes } = await Promise.race([send(request, limit.signal), limit.over]);
    const { status, headers } = response;
    const body = isFile(response, request) ? bytes : readJson(bytes);
    return { came: 'answer', status, headers, body, is_good: isGood(status, body, request) };
  } catch (cause) {
    // The reason of an abort is the caller's, and says nothing about how far the request came.
    return { came: 'nothing', was_sent: limit.signal.aborted || !neverLeft(cause), cause };
  } finally {
    limit.clear();
  }
}

async function send(
  request: Exchange,
  signal: AbortSignal,
): Promise<{ response: FetchAnswer; bytes: Buffer }> {
  const { fetch, url, method, headers, body } = request;
  const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
  const most = isFile(response, request) ? MAX_FILE_BYTES : MAX_BODY_BYTES;
  return { response, bytes: await readBytes(response, most) };
}

/**
 * A signal that aborts when the time is over or the caller gives up, and a promise that is rejected with it: a fetch
 * that somebody has wrapped may not listen to signals, and the call ends in time all the same.
 */
function limitTime(timeout_ms: number, given: AbortSignal | undefined) {
  const controller = new AbortController();
  const { signal } = controller;
  const over = new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
  const timeOut = () => controller.abort(new DOMException('The try took too long.', 'TimeoutError'));
  const giveUp = () => controller.abort(given?.reason);
  const timer = setTimeout(timeOut, timeout_ms);
  given?.addEventListener('abort', giveUp, { once: true });
  if (given?.aborted) giveUp();
  const clear = (): void => {
    clearTimeout(timer);
    given?.removeEventListener('abort', giveUp);
  };
  return { signal, over, clear };
}

function isGood(status: number, body: unknown, request: Exchange): boolean {
  // No file of the gateway's is empty: what was too long is.
  if (request.file_types.length > 0) return body instanceof Uint8Array && body.length > 0;
  const objects = request.is_list ? body : [body];
  if (!Array.isArray(objects) || !objects.every(isObject)) return false;
  return (
    (status >= 200 && status < 300) || (request.also_answers.includes(status) && readRefusal(body) === null)
  );
}

/** What is no error, and of a type that the file may have: a page of a proxy's is none. */
function isFile({ status, headers }: FetchAnswer, { file_types }: Exchange): boolean {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return status >= 200 && status < 300 && file_types.includes(type.trim().toLowerCase());
}

/** Nothing when it is too long. What is compressed counts as it is unpacked, so that a small answer cannot become huge. */
async function readBytes(response: FetchAnswer, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { value } = await reader.read();
    if (value === undefined) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      return Buffer.alloc(0);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The name was not found, nobody listened, or the other side could not prove who it is: no byte of ours was sent. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function neverLeft(error: unknown): boolean {
  if (!isObject(error)) return false;
  if (typeof error['code'] === 'string' && BEFORE_SENDING.has(error['code'])) return true;
  // fetch speaks to no port of another well-known service, and says so in words only.
  if (error['message'] === 'bad port') return true;
  if (error['syscall'] === 'connect' || error['syscall'] === 'getaddrinfo') return true;
  // fetch wraps what happened, and a host with several addresses has several reasons.
  const reasons = error['errors'];
  if (Array.isArray(reasons) && reasons.length > 0) return reasons.every(neverLeft);
  return error['cause'] !== undefined && neverLeft(error['cause']);
}
