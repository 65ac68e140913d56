// The vectors as they stand in their files, typed. Whether a file is really so is what vector-shapes.ts asks.
import { readFileSync } from 'node:fs';

export interface VectorFile<Case> {
  about: string;
  source: string;
  cases: Case[];
}

interface Named {
  name: string;
  /** The drivers that the case is for; all that its file is for when it is not there. */
  for?: string[];
}

export interface SignatureCase extends Named {
  key_id: string;
  secret: string;
  method: string;
  target: string;
  timestamp: number;
  body?: string;
  body_base64?: string;
  signature: string;
  authorization: string;
}

export interface ScriptedAnswer {
  status: number;
  headers: Record<string, string>;
  body?: string;
  body_base64?: string;
  body_repeat?: { text: string; times: number };
}

export interface ErrorCase extends Named {
  request: { method: string };
  response: ScriptedAnswer;
  error: {
    kind: string;
    status: number;
    code: string;
    message?: string;
    param?: string | null;
    request_id?: string | null;
    retry_after_seconds: number | null;
  };
}

export type Try = { takes_ms?: number } & (ScriptedAnswer | { network: 'refused' | 'reset' | 'timeout' });

export interface RetryCase extends Named {
  request: { method: string; idempotency_key?: string };
  options?: { max_retries?: number; deadline_ms?: number };
  tries: Try[];
  random: number;
  waits_ms: number[];
  result?: 'ok';
  error?: { kind: string };
  error_in_browser?: { kind: string };
}

export interface WebhookCase extends Named {
  secrets: string[];
  headers: Record<string, string | string[]>;
  body?: string;
  body_base64?: string;
  now_seconds: number;
  tolerance_seconds?: number;
  sign?: { id: string; timestamp_seconds: number };
  event?: { id: string | null; type: string | null };
  reason?: string;
}

export interface MoneyCase extends Named {
  call: 'to_minor_units' | 'to_decimal';
  input: unknown;
  currency: string;
  output?: number | string;
  refused?: true;
}

export interface ObjectCase extends Named {
  operation: string;
  /** 200 unless said otherwise. */
  status?: number;
  body: string;
  fields?: Record<string, unknown>;
  error?: { kind: string; status: number };
}

export interface BaseUrlCase extends Named {
  base_url: string;
  allow_insecure_http?: true;
  sent_to?: string;
  refused?: true;
}

export interface Vectors {
  'request-signatures': SignatureCase;
  'base-urls': BaseUrlCase;
  errors: ErrorCase;
  retries: RetryCase;
  'webhook-signatures': WebhookCase;
  money: MoneyCase;
  objects: ObjectCase;
}

export const VECTOR_FILES = [
  'request-signatures',
  'base-urls',
  'errors',
  'retries',
  'webhook-signatures',
  'money',
  'objects',
] as const satisfies readonly (keyof Vectors)[];

/** From src as from dist, the vectors are in the folder beside. */
export function readVectorText(file: keyof Vectors): string {
  return readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), 'utf8');
}

export function readVectors<File extends keyof Vectors>(file: File): Vectors[File][] {
  return (JSON.parse(readVectorText(file)) as VectorFile<Vectors[File]>).cases;
}

/** The bytes of a case: as text, or in base64 where they are no text. */
export function bytesOf(vector: { body?: string; body_base64?: string }): Buffer {
  return vector.body_base64 === undefined
    ? Buffer.from(vector.body ?? '')
    : Buffer.from(vector.body_base64, 'base64');
}
