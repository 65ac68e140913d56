// Publishable keys: which web pages may call from a browser, for which organization and mode. They stand in pages
// that anybody can read, so they authorise nothing; what a page may do is said by its payment token.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { BesideChange } from '../db/audited-change.ts';
import { findOrganization } from '../db/merchants.ts';
import {
  findPublishableKey,
  insertPublishableKey,
  isOriginAllowedBy,
  isOriginAllowedByAny,
  listPublishableKeys,
  type PublishableKey,
  updatePublishableKey as writePublishableKey,
  revokePublishableKey as writeRevocation,
} from '../db/publishable-keys.ts';
import { GatewayError } from '../domain/error.ts';
import { ANY_ORIGIN, checkAllowedOrigin } from '../domain/origin.ts';
import type { By, KeyScope } from './api-keys.ts';
import { makeAuditEntry, SYSTEM } from './audit.ts';
import { makeShortCache } from './callers.ts';
import { completeMark } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';

const ID_BYTES = 18;
/** Of an organization in one mode, without the revoked ones. */
export const MAX_PUBLISHABLE_KEYS = 100;
export const MAX_ORIGINS = 50;

export interface PublishableKeyResource {
  id: string;
  allowed_origins: string[];
  [field: string]: unknown;
}

export async function createPublishableKey(
  context: Context,
  wanted: KeyScope & { name?: string; allowed_origins?: string[] },
  by: By = { actor: SYSTEM, mark: null },
): Promise<PublishableKeyResource> {
  const { organization_id, livemode } = wanted;
  const key: PublishableKey = {
    id: `pk_${livemode ? 'live' : 'test'}_${context.randomBytes(ID_BYTES).toString('base64url')}`,
    organization_id,
    livemode,
    name: wanted.name ?? null,
    allowed_origins: checkOrigins(wanted.allowed_origins ?? [], livemode),
    created_at: instant(context),
    revoked_at: null,
  };
  const { name, allowed_origins } = key;
  const beside = complete(context, by, 201, key, 'publishable_key.created', { name, allowed_origins });
  if (!(await insertPublishableKey(context.db, key, MAX_PUBLISHABLE_KEYS, beside))) {
    if ((await findOrganization(context.db, organization_id)) === null) {
      throw new GatewayError('not_found', `There is no organization ${organization_id}.`);
    }
    throw new GatewayError(
      'invalid_request',
      `There can be ${MAX_PUBLISHABLE_KEYS} publishable keys in each mode. Revoke those that no page uses.`,
      { constraint: 'max_items' },
    );
  }
  done(by);
  return publishableKeyResource(key);
}

/** In the browsers' spelling, each once. */
function checkOrigins(origins: string[], livemode: boolean): string[] {
  const checked = origins.map((text, position) => {
    const result = checkAllowedOrigin(text, { livemode });
    if (result.ok) return result.origin;
    const field = `allowed_origins.${position}`;
    throw new GatewayError('invalid_request', `${field}: ${result.reason}`, { field, constraint: 'origin' });
  });
  return [...new Set(checked)];
}

export async function listPublishableKeyResources(
  context: Context,
  scope: KeyScope,
  { starting_after, limit }: { starting_after: string | null; limit: number },
): Promise<Page> {
  const rows = await listPublishableKeys(context.db, scope, { starting_after, limit: limit + 1 });
  return makePage(rows, limit, publishableKeyResource);
}

export async function retrievePublishableKey(
  context: Context,
  scope: KeyScope,
  id: string,
): Promise<PublishableKeyResource> {
  return publishableKeyResource(await getPublishableKey(context, scope, id));
}

async function getPublishableKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
): Promise<PublishableKey> {
  const key = await findPublishableKey(context.db, id);
  const visible =
    key !== null &&
    (scope === null || (key.organization_id === scope.organization_id && key.livemode === scope.livemode));
  if (!visible) throw new GatewayError('not_found', `There is no publishable key ${id}.`);
  return key;
}

/** The list of origins is replaced as a whole. */
export async function updatePublishableKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
  changes: { name?: string; allowed_origins?: string[] },
  by: By,
): Promise<PublishableKeyResource> {
  const { allowed_origins } = changes;
  for (;;) {
    const key = await getPublishableKey(context, scope, id);
    if (key.revoked_at !== null) {
      throw new GatewayError('conflict', `${id} is revoked, and stays so. Create a new key.`, {
        constraint: 'revoked',
      });
    }
    const checked = {
      ...changes,
      ...(allowed_origins !== undefined && { allowed_origins: checkOrigins(allowed_origins, key.livemode) }),
    };
    const next = { ...key, ...checked };
    const beside = complete(context, by, 200, next, 'publishable_key.updated', checked);
    // Somebody else changed it: what he changed and we do not must stay.
    if (!(await writePublishableKey(context.db, key, next, instant(context), beside))) continue;
    done(by);
    return publishableKeyResource(next);
  }
}

/** For good: pages that name it are refused after the few seconds for which processes remember keys. */
export async function revokePublishableKey(
  context: Context,
  scope: KeyScope | null,
  id: string,
  by: By,
): Promise<PublishableKeyResource> {
  const key = await getPublishableKey(context, scope, id);
  if (key.revoked_at !== null) return publishableKeyResource(key);
  const next = { ...key, revoked_at: instant(context) };
  const beside = complete(context, by, 200, next, 'publishable_key.revoked', null);
  if (!(await writeRevocation(context.db, id, next.revoked_at, beside))) {
    return publishableKeyResource(await getPublishableKey(context, scope, id));
  }
  done(by);
  return publishableKeyResource(next);
}

function complete(
  context: Context,
  { actor, mark }: By,
  status: number,
  key: PublishableKey,
  action: string,
  details: Record<string, unknown> | null,
): BesideChange {
  const { organization_id, livemode, id } = key;
  completeMark(context, mark, jsonAnswer(status, publishableKeyResource(key)));
  const what = { organization_id, livemode, action, object_id: id, details };
  return { audit: makeAuditEntry(context, actor, what), mark };
}

function done({ mark }: By): void {
  if (mark !== null) mark.is_first = false;
}

function publishableKeyResource(key: PublishableKey): PublishableKeyResource {
  return {
    id: key.id,
    object: 'publishable_key',
    ...(key.name !== null && { name: key.name }),
    livemode: key.livemode,
    allowed_origins: key.allowed_origins,
    created_at: key.created_at,
    ...(key.revoked_at !== null && { revoked_at: key.revoked_at }),
  };
}

export type OriginBook = ReturnType<typeof makeOriginBook>;

/** What browsers' requests are checked against, remembered for seconds: keys and origins change rarely. */
export function makeOriginBook(context: Context) {
  const keys = makeShortCache(context, (id) => findPublishableKey(context.db, id));
  const any = makeShortCache(context, (origin) => isOriginAllowedByAny(context.db, origin));
  const own = makeShortCache(context, (key) => {
    const [organization_id, livemode, origin] = JSON.parse(key) as [string, boolean, string];
    return isOriginAllowedBy(context.db, { organization_id, livemode }, origin);
  });
  return {
    findKey: (id: string) => keys.get(id),
    async allowedByAny(origin: string): Promise<boolean> {
      return (await any.get(origin)) || (await any.get(ANY_ORIGIN));
    },
    allowedBy: ({ organization_id, livemode }: KeyScope, origin: string) =>
      own.get(JSON.stringify([organization_id, livemode, origin])),
  };
}
