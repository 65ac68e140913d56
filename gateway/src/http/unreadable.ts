// Bytes that are no HTTP request, or one too large or too slow to be read, never reach a route. They get our body all
// the same, written by hand to the bare socket, which is then closed.
import type { Socket } from 'node:net';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import type { AnswerHeaders } from './answer-headers.ts';
import { errorAnswer } from './errors.ts';

export const MAX_HEADER_BYTES = 16 * 1024;

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function refusalOf(error: Error & { code?: string }): GatewayError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError(
        'headers_too_large',
        `The header fields may have at most ${MAX_HEADER_BYTES} bytes in all.`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', 'The request did not arrive in time. Send it again.');
    default:
      return new GatewayError('invalid_request', 'The request is not valid HTTP.');
  }
}

export function answerUnreadable(
  context: Context,
  headers: AnswerHeaders,
  error: Error & { code?: string },
  socket: Socket,
): void {
  // An answer that has begun must not get a second one into its middle.
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const refusal = refusalOf(error);
  const id = context.makeId('req');
  const answer = errorAnswer(refusal, { id, headers: {}, url: '' });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  context.metrics.refusals.inc({ refusal: refusal.name_in_table });
  context.log.info({ request_id: id, status: answer.status, code: error.code }, 'unreadable request');
  socket.end(
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status]}\r\nContent-Type: ${answer.content_type}\r\n` +
      `X-Request-Id: ${id}\r\n${lines.join('')}` +
      `Content-Length: ${Buffer.byteLength(answer.body)}\r\nConnection: close\r\n\r\n${answer.body}`,
  );
}
