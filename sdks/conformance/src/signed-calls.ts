// Calls of the gateway by the names of its operations, signed by hand.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GatewayFacts } from './gateway-process.ts';

type Json = Record<string, unknown>;
const doc = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>>;
};
const OPS = new Map(
  Object.entries(doc.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, op]) => [op.operationId, { path, method: method.toUpperCase(), op }] as const,
    ),
  ),
);
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

export class CallError extends Error {
  facts: Json;
  constructor(facts: Json) {
    super(JSON.stringify(facts));
    this.facts = facts;
  }
}

export function makeCalls(facts: GatewayFacts) {
  async function send(method: string, target: string, body: string | undefined, key: string) {
    const time = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', sha(facts.secret_key))
      .update([method, target, time, sha(body ?? '')].join('\n'))
      .digest('hex');
    const answer = await fetch(facts.base_url + target, {
      method,
      headers: {
        authorization: `HMAC-SHA256 ${facts.api_key}:${time}:${signature}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    const json = (text ? JSON.parse(text) : {}) as Json;
    return { answer, json };
  }
  function prepare(operation: string, given: Json) {
    const found = OPS.get(operation);
    if (!found) throw new Error(`no operation ${operation}`);
    const rest = { ...given };
    let target = found.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(rest[name]);
      delete rest[name];
      return encodeURIComponent(value);
    });
    if (found.method === 'GET' && Object.keys(rest).length > 0)
      target += `?${new URLSearchParams(rest as Record<string, string>)}`;
    const body = found.method === 'POST' || found.method === 'PATCH' ? JSON.stringify(rest) : undefined;
    return { method: found.method, target, body };
  }
  return {
    async call(operation: string, given: Json, key: string = randomUUID()): Promise<unknown> {
      const { method, target, body } = prepare(operation, given);
      for (let tries = 0; ; tries++) {
        const { answer, json } = await send(method, target, body, key);
        if (answer.ok) return json;
        const error = json['error'] as Json;
        const details = json['details'] as Json | undefined;
        const unknown = details?.['outcome'] === 'unknown';
        if (unknown && tries < 3) continue;
        throw new CallError({
          kind: unknown
            ? 'unknown_outcome'
            : answer.status === 400 && error['code'] !== 'provider_not_supported'
              ? 'invalid_request'
              : error['code'] === 'payment_not_found'
                ? 'not_found'
                : error['code'],
          status: answer.status,
          code: error['code'],
          message: error['message'],
          param: error['param'],
          details,
          request_id: json['request_id'],
          idempotency_key: key,
        });
      }
    },
    async list(operation: string, given: Json): Promise<unknown[]> {
      let { target } = prepare(operation, given);
      const items: unknown[] = [];
      for (;;) {
        const { answer, json } = await send('GET', target, undefined, '');
        if (!answer.ok) throw new Error(JSON.stringify(json));
        items.push(...(json as unknown as unknown[]));
        const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
        if (!next) return items;
        const url = new URL(next, facts.base_url);
        target = url.pathname + url.search;
      }
    },
  };
}
