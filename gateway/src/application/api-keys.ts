// API keys: made, named, rolled and revoked, by a key of the organization or at the command line. A secret is told
// once, in the answer that makes it. Nobody can revoke his organization's last way in with a key.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  type ApiKey,
  findApiKey,
  insertApiKey,
  listApiKeys,
  type SealedApiKey,
  updateRevoked,
  updateSecret,
  updateApiKey as writeApiKey,
} from '../db/api-keys.ts';
import type { BesideChange } from '../db/audited-change.ts';
import { findMerchant } from '../db/merchant-lists.ts';
import { findOrganization } from '../db/merchants.ts';
import { GatewayError } from '../domain/error.ts';
import { makeSecret, openSecrets, sealSecrets } from './api-key-secrets.ts';
import { type Actor, type AuditAction, makeAuditEntry, SYSTEM } from './audit.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';

/** What a caller may see; the command line sees all. */
export interface KeyScope {
  organization_id: string;
  livemode: boolean;
}

/** Who changes a key, and the mark of his request when it came through the API. */
export interface By {
  actor: Actor;
  mark: Mark | null;
}

const BY_SYSTEM: By = { actor: SYSTEM, mark: null };

export interface NewApiKey extends KeyScope {
  merchant_id?: string;
  name?: string;
  allow_raw_secret?: boolean;
}

/** A key as it is shown; `secret_key` only when it was made just now. */
export interface ApiKeyResource {
  id: string;
  secret_key?: string;
  [field: string]: unknown;
}

/**
 * In one mode, of the organization and again of each of its merchants, without the revoked ones. Whoever signs with a
 * merchant's id is looked for among both.
 */
export const MAX_API_KEYS = 100;
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 720;

export async function createApiKey(
  context: Context,
  wanted: NewApiKey,
  by: By = BY_SYSTEM,
): Promise<ApiKeyResource & { secret_key: string }> {
  const { organization_id, livemode } = wanted;
  const id = context.makeId('ak');
  const secret_key = makeSecret(context, livemode);
  const key: SealedApiKey = {
    id,
    organization_id,
    livemode,
    merchant_id: wanted.merchant_id ?? null,
    name: wanted.name ?? null,
    allow_raw_secret: wanted.allow_raw_secret ?? true,
    secret_sealed: sealSecrets(context, id, [secret_key]),
    created_at: instant(context),
    last_used_at: null,
    previous_secret_expires_at: null,
    previous_secret_last_used_at: null,
    revoked_at: null,
  };
  const resource = { ...apiKeyResource(key), secret_key };
  const { name, allow_raw_secret } = key;
  const details = { name, allow_raw_secret };
  const beside = complete(context, by, 201, resource, auditOf(key, 'api_key.created', details));
  if (!(await insertApiKey(context.db, key, MAX_API_KEYS, beside))) throw await notInserted(context, key);
  done(by);
  return resource;
}

async function notInserted(context: Context, key: ApiKey): Promise<GatewayError> {
  const { organization_id, livemode, merchant_id } = key;
  if ((await findOrganization(context.db, organization_id)) === null) {
    return new GatewayError('not_found', `There is no organization ${organization_id}.`);
  }
  if (
    merchant_id !== null &&
    (await findMerchant(context.db, organization_id, livemode, merchant_id)) === null
  ) {
    return new GatewayError('invalid_request', `There is no merchant ${merchant_id}. Synchronise it first.`, {
      field: 'merchant_id',
      constraint: 'exists',
    });
  }
  const whose = merchant_id === null ? 'of the organization' : `of ${merchant_id}`;
  return new GatewayError(
    'invalid_request',
    `There can be ${MAX_API_KEYS} keys ${whose} in each mode. Revoke those that no backend uses.`,
    { constraint: 'max_items' },
  );
}

export async function listApiKeyResources(
  context: Context,
  scope: KeyScope,
  { starting_after, limit }: { starting_after: string | null; limit: number },
): Promise<Page> {
  const rows = await listApiKeys(context.db, scope, { starting_after, limit: limit + 1 });
  return makePage(rows, limit, apiKeyResource);
}

export async function retrieveApiKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
): Promise<ApiKeyResource> {
  return apiKeyResource(await getApiKey(context, scope, id));
}

async function getApiKey(context: Context, scope: KeyScope | null, id: string): Promise<SealedApiKey> {
  const key = await findApiKey(context.db, id);
  const visible =
    key !== null &&
    (scope === null || (key.organization_id === scope.organization_id && key.livemode === scope.livemode));
  if (!visible) throw new GatewayError('not_found', `There is no API key ${id}.`);
  return key;
}

export async function updateApiKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
  changes: { name?: string; allow_raw_secret?: boolean },
  by: By,
): Promise<ApiKeyResource> {
  for (;;) {
    const key = await getApiKey(context, scope, id);
    if (key.revoked_at !== null) throw isRevoked(id);
    const next: ApiKey = { ...key, ...changes };
    const resource = apiKeyResource(next);
    const beside = complete(context, by, 200, resource, auditOf(key, 'api_key.updated', changes));
    // Somebody else changed it: what he changed and we do not must stay.
    if (!(await writeApiKey(context.db, key, next, instant(context), beside))) continue;
    done(by);
    return resource;
  }
}

/**
 * A new secret under the same id. The old one signs as well until the overlap is over, so that every process of the
 * backend can be given the new one in its own time.
 */
export async function rollApiKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
  overlap_hours: number,
  by: By,
): Promise<ApiKeyResource & { secret_key: string }> {
  for (;;) {
    const key = await getApiKey(context, scope, id);
    if (key.revoked_at !== null) throw isRevoked(id);
    const secret_key = makeSecret(context, key.livemode);
    // Without an overlap the present one is not looked at, so that one that does not open can be replaced.
    const kept = overlap_hours === 0 ? [] : openSecrets(context, key).slice(0, 1);
    const secrets = [secret_key, ...kept];
    const previous_secret_expires_at =
      overlap_hours === 0 ? null : instant(context, overlap_hours * 3_600_000);
    const next = {
      ...key,
      secret_sealed: sealSecrets(context, id, secrets),
      previous_secret_expires_at,
      previous_secret_last_used_at: overlap_hours === 0 ? null : key.last_used_at,
    };
    const resource = { ...apiKeyResource(next), secret_key };
    const audit = auditOf(key, 'api_key.rolled', { overlap_hours });
    const beside = complete(context, by, 200, resource, audit);
    // Somebody else rolled it, or the master key was exchanged: then this was made from what is no longer there.
    if (!(await updateSecret(context.db, key, next, instant(context), beside))) continue;
    done(by);
    return resource;
  }
}

/** For good. Every process has noticed after the few seconds for which it remembers keys. */
export async function revokeApiKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
  by: By,
): Promise<ApiKeyResource> {
  const key = await getApiKey(context, scope, id);
  if (key.revoked_at !== null) return apiKeyResource(key);
  const now = instant(context);
  const resource = apiKeyResource({ ...key, revoked_at: now });
  const beside = complete(context, by, 200, resource, auditOf(key, 'api_key.revoked', null));
  // At the command line the operator can always make another; a backend without a key cannot.
  const keep_last = by.actor.actor_type === 'api_key';
  if (!(await updateRevoked(context.db, key, now, { keep_last }, beside))) {
    const meanwhile = await getApiKey(context, scope, id);
    if (meanwhile.revoked_at !== null) return apiKeyResource(meanwhile);
    throw new GatewayError(
      'conflict',
      'This is the last key of the organization in this mode: without it nobody could make another. ' +
        'Create a new one first (POST /v1/api_keys), and revoke this one with it.',
      { constraint: 'last_api_key' },
    );
  }
  done(by);
  return resource;
}

function isRevoked(id: string): GatewayError {
  return new GatewayError('conflict', `${id} is revoked, and stays so. Create a new key.`, {
    constraint: 'revoked',
  });
}

function auditOf(key: ApiKey, action: string, details: AuditAction['details'] = null): AuditAction {
  const { organization_id, livemode, merchant_id, id } = key;
  return { organization_id, livemode, merchant_id, action, object_id: id, details };
}

/** What is to be written beside the change: who did it, and the answer for a retry of the request. */
function complete(
  context: Context,
  { actor, mark }: By,
  status: number,
  resource: object,
  action: AuditAction,
): BesideChange {
  const answer: Answer = jsonAnswer(status, resource);
  completeMark(context, mark, answer);
  return { audit: makeAuditEntry(context, actor, action), mark };
}

/** The change has carried the mark. */
function done({ mark }: By): void {
  if (mark !== null) mark.is_first = false;
}

function apiKeyResource(key: ApiKey): ApiKeyResource {
  const { id, livemode, allow_raw_secret, created_at, previous_secret_expires_at } = key;
  return {
    id,
    object: 'api_key',
    ...(key.name !== null && { name: key.name }),
    ...(key.merchant_id !== null && { merchant_id: key.merchant_id }),
    livemode,
    allow_raw_secret,
    created_at,
    ...(key.last_used_at !== null && { last_used_at: key.last_used_at }),
    ...(previous_secret_expires_at !== null && { previous_secret_expires_at }),
    ...(previous_secret_expires_at !== null &&
      key.previous_secret_last_used_at !== null && {
        previous_secret_last_used_at: key.previous_secret_last_used_at,
      }),
    ...(key.revoked_at !== null && { revoked_at: key.revoked_at }),
  };
}
