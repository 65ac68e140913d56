// Webhook endpoints as a backend or an operator sees them: register one, change it, exchange its secret, delete it.
// A signing secret is told once, in the answer that makes it, and lies sealed afterwards. Each change is guarded by
// the endpoint's version and leaves an audit entry, which names no secret and no query of a URL.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { listMerchantIds } from '../db/merchants.ts';
import { findOrganizationRow } from '../db/organizations.ts';
import {
  findWebhookEndpoint,
  findWebhookSecret,
  insertWebhookEndpoint,
  listWebhookEndpoints,
  updateWebhookEndpoint,
  type WebhookEndpointChange,
} from '../db/webhook-endpoints.ts';
import { GatewayError } from '../domain/error.ts';
import { open, seal } from '../domain/secret-box.ts';
import {
  isEventName,
  type WebhookEndpoint,
  webhookEndpointResource,
  withoutQuery,
} from '../domain/webhook-endpoint.ts';
import { makeWebhookSecret } from '../domain/webhook-signature.ts';
import { checkWebhookUrl } from '../outbound/address-guard.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';

/** Whose endpoints: an organization's in one mode, or those of one merchant of it. */
export type EndpointOwner = Pick<KeyCaller, 'organization_id' | 'livemode' | 'merchant_id'>;

/** Who changes something, and the request that asked for it, if one did. */
export interface ChangeOrigin {
  actor: Actor;
  mark: Mark | null;
}

export interface WebhookEndpointSettings {
  url: string;
  enabled_events?: string[];
  description?: string;
}

export interface NewWebhookEndpoint extends WebhookEndpointSettings {
  merchant_id?: string;
}

/**
 * In one mode: of an organization, and of each of its merchants. Every event is written once for each endpoint that it
 * is for. A merchant's take no room from the organization's, nor from another merchant's.
 */
export const MAX_ENDPOINTS = 16;

export async function createWebhookEndpoint(
  context: Context,
  owner: EndpointOwner,
  wanted: NewWebhookEndpoint,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  const now = instant(context);
  const endpoint: WebhookEndpoint = {
    id: context.makeId('we'),
    organization_id: owner.organization_id,
    livemode: owner.livemode,
    merchant_id: await getMerchant(context, owner, wanted.merchant_id),
    url: checkUrl(context, wanted.url),
    enabled_events: checkEventNames(wanted.enabled_events ?? []),
    description: wanted.description || null,
    status: 'enabled',
    disabled_reason: null,
    last_sequence: 0,
    previous_secret_expires_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  };
  const secret = makeWebhookSecret(context.randomBytes);
  const answer = jsonAnswer(201, { ...webhookEndpointResource(endpoint), secret });
  const audit = makeAuditEntry(context, actor, {
    ...placeOf(endpoint),
    action: 'webhook_endpoint.created',
    details: { url: withoutQuery(endpoint.url), enabled_events: endpoint.enabled_events },
  });
  completeMark(context, mark, answer);
  const beside = { audit, mark };
  const sealed = sealSecrets(context, endpoint.id, [secret]);
  if (!(await insertWebhookEndpoint(context.db, endpoint, sealed, MAX_ENDPOINTS, beside))) {
    throw new GatewayError(
      'invalid_request',
      `There can be ${MAX_ENDPOINTS} webhook endpoints of an organization, or of a merchant, in each mode. Use one for several event types.`,
      { constraint: 'max_items' },
    );
  }
  if (mark !== null) mark.is_first = false;
  return answer;
}

export interface WebhookEndpointUpdate {
  url?: string;
  enabled_events?: string[];
  /** Null takes it away. */
  description?: string | null;
  status?: 'enabled' | 'disabled';
}

/** Change what is given. Enabling an endpoint makes everything due that has waited for it. */
export async function changeWebhookEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
  wanted: WebhookEndpointUpdate,
  origin: ChangeOrigin,
): Promise<Answer> {
  const settings = {
    ...(wanted.url !== undefined && { url: checkUrl(context, wanted.url) }),
    ...(wanted.enabled_events !== undefined && { enabled_events: checkEventNames(wanted.enabled_events) }),
    ...(wanted.description !== undefined && { description: wanted.description || null }),
  };
  const answer = await change(context, owner, id, origin, (endpoint) => {
    const status = wanted.status ?? endpoint.status;
    const resumes = status === 'enabled' && endpoint.status === 'disabled';
    const disabled_reason = status === 'enabled' ? null : (endpoint.disabled_reason ?? 'by_request');
    const next = { ...endpoint, ...settings, status, disabled_reason };
    const { url, ...others } = settings;
    return {
      endpoint: next,
      resumes,
      action: 'webhook_endpoint.updated',
      details: {
        ...(url !== undefined && { url: withoutQuery(url) }),
        ...others,
        ...(wanted.status !== undefined && { status }),
      },
      answer: jsonAnswer(200, webhookEndpointResource(next)),
    };
  });
  if (wanted.status === 'enabled') context.wakeWorker?.('align_deliveries');
  return answer;
}

/** It gets nothing more and its secret is forgotten. What it was given stays readable under its id. */
export function deleteWebhookEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
  origin: ChangeOrigin,
): Promise<Answer> {
  return change(context, owner, id, origin, (endpoint) => ({
    endpoint: { ...endpoint, status: 'deleted', disabled_reason: null, previous_secret_expires_at: null },
    secrets: [],
    action: 'webhook_endpoint.deleted',
    details: { url: withoutQuery(endpoint.url), last_sequence: endpoint.last_sequence },
    answer: jsonAnswer(200, { id, object: 'webhook_endpoint', deleted: true }),
  }));
}

export const MAX_SECRET_OVERLAP_HOURS = 168;

/**
 * A new secret, told in this answer only. The one before signs, too, for so many hours: each webhook then carries
 * two signatures. Two at most, so rolling again ends the oldest at once.
 */
export function rollWebhookSecret(
  context: Context,
  owner: EndpointOwner,
  id: string,
  expires_in_hours: number,
  origin: ChangeOrigin,
): Promise<Answer> {
  return change(context, owner, id, origin, async (endpoint) => {
    const sealed = await findWebhookSecret(context.db, id, endpoint.version);
    if (sealed === null) return null;
    const [current = ''] = openSecrets(context, id, sealed);
    const secret = makeWebhookSecret(context.randomBytes);
    const overlaps = expires_in_hours > 0;
    const next: WebhookEndpoint = {
      ...endpoint,
      previous_secret_expires_at: overlaps ? instant(context, expires_in_hours * 3_600_000) : null,
    };
    return {
      endpoint: next,
      secrets: overlaps ? [secret, current] : [secret],
      action: 'webhook_endpoint.secret_rolled',
      details: { expires_in_hours },
      answer: jsonAnswer(200, { ...webhookEndpointResource(next), secret }),
    };
  });
}

interface Decision {
  endpoint: WebhookEndpoint;
  /** The new list of signing secrets, when it changes. */
  secrets?: string[];
  resumes?: boolean;
  action: string;
  details: Record<string, unknown>;
  answer: Answer;
}

/** Read, decide, write if nobody was faster, or do it again. A decision is null when it was overtaken itself. */
async function change(
  context: Context,
  owner: EndpointOwner,
  id: string,
  { actor, mark }: ChangeOrigin,
  decide: (endpoint: WebhookEndpoint) => Decision | null | Promise<Decision | null>,
): Promise<Answer> {
  for (;;) {
    const before = await getWebhookEndpoint(context, owner, id);
    const decision = await decide(before);
    if (decision === null) continue;
    const { action, details, answer, secrets, resumes = false } = decision;
    const endpoint = { ...decision.endpoint, version: before.version + 1, updated_at: instant(context) };
    completeMark(context, mark, answer);
    const written: WebhookEndpointChange = {
      endpoint,
      ...(secrets !== undefined && { secret_sealed: sealSecrets(context, id, secrets) }),
      resumes,
      audit: makeAuditEntry(context, actor, { ...placeOf(endpoint), action, details }),
      mark,
    };
    if (!(await updateWebhookEndpoint(context.db, written))) continue;
    if (mark !== null) mark.is_first = false;
    return answer;
  }
}

function placeOf({ id, organization_id, livemode, merchant_id }: WebhookEndpoint) {
  return { organization_id, livemode, merchant_id, object_id: id };
}

/** The place that a sealed secret belongs to. What is sealed is a JSON list: the first secret signs first. */
export function webhookSecretContext(endpoint_id: string): string {
  return `webhook_endpoints.secret:${endpoint_id}`;
}

function sealSecrets(context: Context, endpoint_id: string, secrets: string[]): Buffer {
  return seal(context.master_key, JSON.stringify(secrets), webhookSecretContext(endpoint_id));
}

export function openSecrets(context: Context, endpoint_id: string, sealed: Buffer): string[] {
  const text = open(context.opening_keys, sealed, webhookSecretContext(endpoint_id));
  return JSON.parse(text.toString('utf8')) as string[];
}

async function getMerchant(
  context: Context,
  caller: EndpointOwner,
  wanted: string | undefined,
): Promise<string | null> {
  if (wanted === undefined || wanted === caller.merchant_id) return caller.merchant_id;
  if (caller.merchant_id !== null) {
    throw new GatewayError('forbidden', 'This key acts for another merchant.', { field: 'merchant_id' });
  }
  const [known] = await listMerchantIds(context.db, caller.organization_id, caller.livemode, wanted);
  if (known === undefined) {
    throw new GatewayError('invalid_request', 'There is no such merchant_id. Synchronise it first.', {
      field: 'merchant_id',
      constraint: 'exists',
    });
  }
  return known;
}

function checkUrl(context: Context, url: string): string {
  const checked = checkWebhookUrl(url, { allow_loopback: context.config.webhook_allow_loopback });
  if (checked.ok) return checked.url;
  throw new GatewayError('invalid_request', checked.reason, { field: 'url', constraint: 'webhook_url' });
}

function checkEventNames(names: string[]): string[] {
  names.forEach((name, position) => {
    const field = `enabled_events.${position}`;
    if (!isEventName(name)) {
      throw new GatewayError(
        'invalid_request',
        'This event type is not known. Give a type, a family such as payment_intent.*, or *.',
        { field, constraint: 'enum' },
      );
    }
    if (names.indexOf(name) !== position) {
      throw new GatewayError('invalid_request', 'This event type is named twice.', {
        field,
        constraint: 'unique_items',
      });
    }
  });
  return names;
}

export async function listWebhookEndpointResources(
  context: Context,
  owner: EndpointOwner,
  { starting_after, limit }: { starting_after: string | null; limit: number },
): Promise<Page> {
  const endpoints = await listWebhookEndpoints(context.db, owner, starting_after, limit + 1);
  return makePage(endpoints, limit, webhookEndpointResource);
}

export async function retrieveWebhookEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
): Promise<Record<string, unknown>> {
  return webhookEndpointResource(await getWebhookEndpoint(context, owner, id));
}

/** For the command line, where anybody's name can be given. */
export async function getOrganizationOwner(
  context: Context,
  organization_id: string,
  livemode: boolean,
): Promise<EndpointOwner> {
  if ((await findOrganizationRow(context.db, organization_id)) === null) {
    throw new GatewayError('not_found', `There is no organization ${organization_id}.`);
  }
  return { organization_id, livemode, merchant_id: null };
}

/** For the command line, where an endpoint's id alone says whose it is. */
export async function getEndpointOwner(context: Context, id: string): Promise<EndpointOwner> {
  const endpoint = await findWebhookEndpoint(context.db, id);
  if (endpoint === null) throw new GatewayError('not_found', `There is no webhook endpoint ${id}.`);
  const { organization_id, livemode } = endpoint;
  return { organization_id, livemode, merchant_id: null };
}

/**
 * Another organization's endpoint, or another merchant's, does not exist for the caller. One that was deleted is
 * found only to read what it was given.
 */
export async function getWebhookEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
  options: { may_be_deleted: boolean } = { may_be_deleted: false },
): Promise<WebhookEndpoint> {
  const endpoint = await findWebhookEndpoint(context.db, id);
  const same =
    endpoint !== null &&
    endpoint.organization_id === owner.organization_id &&
    endpoint.livemode === owner.livemode &&
    (owner.merchant_id === null || owner.merchant_id === endpoint.merchant_id) &&
    (endpoint.status !== 'deleted' || options.may_be_deleted);
  if (!same) throw new GatewayError('not_found', 'There is no webhook endpoint with this id.');
  return endpoint;
}
