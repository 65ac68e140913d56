// The settings of an organization: which methods a terminal may confirm by itself, what becomes of late money, and
// who is written to when something needs a person.
// They hold for test and live payments alike, and every change of them is told in the audit log.
import type { Context } from '../context.ts';
import {
  findOrganizationRow,
  type OrganizationRow,
  type OrganizationSettings,
  updateOrganizationSettings,
} from '../db/organizations.ts';
import { GatewayError } from '../domain/error.ts';
import { LATE_PAYMENT_POLICIES } from '../domain/late-payment.ts';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-intent.ts';
import { type Actor, actorOfKey, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';

export function organizationResource(organization: OrganizationRow): Record<string, unknown> {
  const { id, name, client_confirm_methods, late_payment_policy, notification_email, created_at } =
    organization;
  return {
    id,
    object: 'organization',
    name,
    client_confirm_methods,
    late_payment_policy,
    ...(notification_email !== null && { notification_email }),
    created_at,
  };
}

export async function retrieveOrganization(context: Context, id: string): Promise<Record<string, unknown>> {
  const organization = await findOrganizationRow(context.db, id);
  if (organization === null) throw noSuchOrganization(id);
  return organizationResource(organization);
}

/** By a key. A test key changes what holds for live payments only while there are none. */
export async function changeOwnOrganization(
  context: Context,
  caller: KeyCaller,
  settings: Partial<OrganizationSettings>,
  request_id: string,
  mark: Mark,
): Promise<Answer> {
  const id = caller.organization_id;
  const before = await findOrganizationRow(context.db, id);
  if (before === null) throw noSuchOrganization(id);
  const answer = jsonAnswer(200, organizationResource({ ...before, ...settings }));
  completeMark(context, mark, answer);
  const after = await updateOrganizationSettings(context.db, id, {
    settings,
    may_be_live: caller.livemode,
    audit: makeSettingsEntry(context, actorOfKey(caller, request_id), id, settings),
    mark,
  });
  if (after !== null) {
    mark.is_first = false;
    return answer;
  }
  mark.response_status = null;
  mark.response_sealed = null;
  throw new GatewayError(
    'forbidden',
    'These settings hold for live payments, too. Use a live key of the organization.',
    { constraint: 'live_key' },
  );
}

/** By the operator, whose words are checked here as the API's schema would. */
export async function setOrganization(
  context: Context,
  id: string,
  wanted: { client_confirm_methods?: string[]; late_payment_policy?: string; notification_email?: string },
  actor: Actor,
  reason: string | null,
): Promise<Record<string, unknown>> {
  const { client_confirm_methods, late_payment_policy, notification_email } = wanted;
  const settings: Partial<OrganizationSettings> = {
    ...(client_confirm_methods && {
      client_confirm_methods: client_confirm_methods.map((method) =>
        oneOf(PAYMENT_METHOD_TYPES, method, 'payment method'),
      ),
    }),
    ...(late_payment_policy !== undefined && {
      late_payment_policy: oneOf(LATE_PAYMENT_POLICIES, late_payment_policy, 'late payment policy'),
    }),
    ...(notification_email !== undefined && {
      notification_email: readMailAddress('notification_email', notification_email),
    }),
  };
  const audit = makeSettingsEntry(context, actor, id, settings, reason);
  const change = { settings, may_be_live: true, audit, mark: null };
  const after = await updateOrganizationSettings(context.db, id, change);
  if (after === null) throw noSuchOrganization(id);
  return organizationResource(after);
}

function makeSettingsEntry(
  context: Context,
  actor: Actor,
  id: string,
  settings: Partial<OrganizationSettings>,
  reason: string | null = null,
) {
  return makeAuditEntry(context, actor, {
    organization_id: id,
    livemode: null,
    action: 'organization.updated',
    object_id: id,
    reason,
    details: settings,
  });
}

/** The address as it is kept; null for the empty text, which takes it away. */
export function readMailAddress(field: string, text: string): string | null {
  if (text === '') return null;
  if (text.length <= 254 && /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/.test(text))
    return text;
  throw new GatewayError('invalid_request', `${field} must be one address, such as ops@example.com.`, {
    field,
    constraint: 'format',
  });
}

function oneOf<const T extends string>(values: readonly T[], word: string, what: string): T {
  const found = values.find((value) => value === word);
  if (found !== undefined) return found;
  throw new GatewayError('invalid_request', `"${word}" is no ${what}. There are ${values.join(', ')}.`);
}

function noSuchOrganization(id: string): GatewayError {
  return new GatewayError('not_found', `There is no organization ${id}.`);
}
