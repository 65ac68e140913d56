// The Idempotency-Key header, and the one way in which a POST route answers: once.
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../application/callers.ts';
import { type Answer, type Mark, onceOnly } from '../application/idempotency.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { anyCaller } from './auth.ts';
import { errorAnswer, isKeepable } from './errors.ts';

/** Bare, or quoted as the IETF draft writes it. */
export function readIdempotencyKey(request: Pick<FastifyRequest, 'headers'>): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  const text = String(header).trim();
  const key = text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new GatewayError('invalid_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters.', {
    field: 'Idempotency-Key',
    constraint: 'format',
  });
}

/** Do the work of a POST once for its key and signature, and send what came of it, now or then. */
export async function answerOnce(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (mark: Mark) => Promise<Answer>,
): Promise<FastifyReply> {
  const caller = anyCaller(request);
  const key = readIdempotencyKey(request);
  const holder = holderOf(caller, request);
  const path = request.url.split('?', 1)[0];
  const answer = await onceOnly(
    context,
    {
      organization_id: caller.kind === 'key' ? caller.organization_id : null,
      key_id: key === null ? null : sha256(`${holder}\n${request.method}\n${path}\n${key}`),
      fingerprint: sha256(request.raw_body),
      signature: request.signature,
    },
    work,
    (error) => (isKeepable(error) ? errorAnswer(error, request) : null),
  );
  if (answer.replayed) reply.header('Idempotency-Replayed', 'true');
  return reply.code(answer.status).header('content-type', answer.content_type).send(answer.body);
}

/** One key may sign as several merchants, each of which counts its orders from one. */
function holderOf(caller: Caller, { params }: FastifyRequest): string {
  if (caller.kind === 'token') return `token:${(params as { id?: string }).id}`;
  return caller.merchant_id === null ? caller.key_id : `${caller.key_id} ${caller.merchant_id}`;
}

function sha256(data: string | Buffer): Buffer {
  return hash('sha256', data, 'buffer');
}
