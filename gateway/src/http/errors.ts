// From a refusal to an answer, in one place. The body satisfies both documents that clients were written from;
// with `Accept: application/problem+json` the same facts come as RFC 9457.
import type { FastifyError, FastifyRequest } from 'fastify';
import type { Answer } from '../application/idempotency.ts';
import { ERRORS, GatewayError } from '../domain/error.ts';
import { japaneseMessage, wantsJapanese } from './japanese.ts';

/** Anything thrown, as a refusal. What is not a refusal is a bug and says nothing but "internal error". */
export function asRefusal(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const fastify_error = error as Partial<FastifyError>;
  const validation = fastify_error.validation?.[0];
  if (validation !== undefined) return refusalOfSchema(validation, fastify_error.validationContext ?? 'body');
  switch (fastify_error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('body_too_large', 'The body is larger than this endpoint reads.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('unsupported_media_type', 'Send the body as application/json.', {
        field: 'Content-Type',
        constraint: 'application/json',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new GatewayError('invalid_request', 'Content-Length is not the length of the body.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new GatewayError('invalid_request', 'The body is empty; send at least {}.', {
        constraint: 'json',
      });
  }
  const status = fastify_error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return new GatewayError('invalid_request', 'The request cannot be read.');
  return new GatewayError(
    'internal_error',
    'Something went wrong on our side. Retry with the same Idempotency-Key; quote the request id to support.',
    {},
    { cause: error },
  );
}

interface SchemaViolation {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message?: string;
}

/** The field in dots, the rule in the words of the documents, and a sentence that says the way out. */
function refusalOfSchema(violation: SchemaViolation, where: string): GatewayError {
  const path = violation.instancePath.slice(1).replaceAll('/', '.');
  const { params } = violation;
  const child = (name: unknown) => [path, String(name)].filter((part) => part !== '').join('.');
  const field = path || where;
  switch (violation.keyword) {
    case 'required':
      return invalid(child(params['missingProperty']), 'required', 'is required.');
    case 'additionalProperties': {
      const name = child(params['additionalProperty']);
      return invalid(name, 'unknown_field', 'is not a field of this request. Check the spelling.');
    }
    case 'minimum':
      return params['limit'] === 1
        ? invalid(field, 'min_value', 'must be greater than 0.')
        : invalid(field, 'min_value', `must be ${String(params['limit'])} or more.`);
    case 'maximum':
      return invalid(field, 'max_value', `must be ${String(params['limit'])} or less.`);
    case 'type':
      return invalid(
        field,
        'type',
        `must be ${TYPE_NAMES[String(params['type'])] ?? String(params['type'])}.`,
      );
    case 'enum':
      return invalid(field, 'enum', `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}.`);
    case 'minLength':
      return invalid(field, 'min_length', `must have at least ${String(params['limit'])} character(s).`);
    case 'maxLength':
      return invalid(field, 'max_length', `must have at most ${String(params['limit'])} characters.`);
    case 'minItems':
      return invalid(field, 'min_items', 'must not be empty.');
    case 'maxItems':
      return invalid(field, 'max_items', `must have at most ${String(params['limit'])} entries.`);
    case 'minProperties':
      return invalid(field, 'min_properties', 'must have at least one field.');
    case 'uniqueItems':
      return invalid(field, 'unique_items', 'must not contain the same value twice.');
    case 'maxProperties':
      return invalid(field, 'max_properties', `must have at most ${String(params['limit'])} entries.`);
    default:
      return invalid(field, 'format', 'has characters or a form that is not allowed here.');
  }
}

const TYPE_NAMES: Record<string, string> = {
  integer: 'a whole number, without quotes or decimals',
  string: 'a string',
  array: 'a list',
  object: 'a JSON object',
  boolean: 'true or false',
};

function invalid(field: string, constraint: string, rule: string): GatewayError {
  const name = /^[a-z]+$/.test(field) ? field.charAt(0).toUpperCase() + field.slice(1) : field;
  return new GatewayError('invalid_request', `${name} ${rule}`, { field, constraint });
}

/** The answer to a refusal, in the form and the language that the client accepts. */
export function errorAnswer(
  refusal: GatewayError,
  request: Pick<FastifyRequest, 'id' | 'headers' | 'url'>,
): Answer {
  const { status, code, inner } = ERRORS[refusal.name_in_table];
  const { field } = refusal.details;
  const details = Object.keys(refusal.details).length > 0 ? { details: refusal.details } : {};
  const japanese = wantsJapanese(request.headers['accept-language']);
  const message = japanese ? japaneseMessage(refusal) : refusal.message;
  const body = {
    code,
    message,
    ...details,
    error: { code: inner, message, ...(field !== undefined && { param: field }) },
    request_id: request.id,
  };
  if (!request.headers.accept?.includes('application/problem+json')) {
    return { status, content_type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
  }
  const problem = {
    type: `https://docs.mpac-cloud.com/errors#${inner}`,
    title: inner.replaceAll('_', ' '),
    status,
    detail: message,
    instance: plainPath(request.url),
    ...body,
  };
  return { status, content_type: 'application/problem+json; charset=utf-8', body: JSON.stringify(problem) };
}

/** Refusals that a retry with the same key must hear again: decided on the payment, not on the moment. */
export function isKeepable(error: unknown): error is GatewayError {
  return (
    error instanceof GatewayError &&
    (error.status === 403 || error.status === 404 || error.status === 409) &&
    error.retry_after_seconds === undefined
  );
}

const SECRET_IN_PATH = /(_secret_|sk_(?:test|live)_|whsec_)[^/]+/g;

/** A path as it may be told and logged: without its query, and without a secret that somebody put into it. */
export function plainPath(url: string): string {
  const path = url.split('?', 1)[0] ?? '/';
  return path.replace(SECRET_IN_PATH, '$1…');
}
