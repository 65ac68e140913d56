// Organizations and their settings, as the operator and the organization itself change them. Each change is written
// with its audit entry, by one statement.
import type { LatePaymentPolicy } from '../domain/late-payment.ts';
import type { PaymentMethodType } from '../domain/payment-intent.ts';
import { type AuditEntry, carriedAuditParts } from './audit-log.ts';
import { markParts, type RequestMark } from './idempotency-keys.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { compose } from './statement-parts.ts';

export interface OrganizationRow {
  id: string;
  name: string;
  /** Methods that a terminal may confirm with its token alone; the others need the backend's signature. */
  client_confirm_methods: PaymentMethodType[];
  late_payment_policy: LatePaymentPolicy;
  /** Where mails go that need a person; null: nowhere. */
  notification_email: string | null;
  created_at: string;
}

export type OrganizationSettings = Pick<
  OrganizationRow,
  'client_confirm_methods' | 'late_payment_policy' | 'notification_email'
>;

const COLUMNS = 'id, name, client_confirm_methods, late_payment_policy, notification_email, created_at';

const FIND: Statement = {
  name: 'find_organization_row',
  text: `select ${COLUMNS} from organizations where id = $1`,
};

export async function findOrganizationRow(db: Db, id: string): Promise<OrganizationRow | null> {
  return (await db.query<OrganizationRow>(FIND, [id]))[0] ?? null;
}

const INSERT = `
  changed as (
    insert into organizations (id, name, created_at) values ($1, $2, $3) returning id
  )`;

export async function insertOrganization(
  tx: Tx,
  organization: Pick<OrganizationRow, 'id' | 'name' | 'created_at'>,
  audit: AuditEntry,
): Promise<void> {
  const { id, name, created_at } = organization;
  const parts = [
    { name: 'insert_organization', text: INSERT, values: [id, name, created_at] },
    ...carriedAuditParts([{ change_id: id, entry: audit }]),
  ];
  const { statement, values } = compose(parts, 'select 1');
  await tx.query(statement, values);
}

// Settings hold for test and live payments alike. So that a test key, which is guarded less, does not decide about
// real money, it changes them only while the organization has no live key.
const UPDATE = `
  changed as (
    update organizations set
      client_confirm_methods = coalesce($2::text[], client_confirm_methods),
      late_payment_policy = coalesce($3::text, late_payment_policy),
      notification_email = case when $6 then $7::text else notification_email end
    where id = $1 and ($4 or not exists (select from api_keys k
      where k.organization_id = $1 and k.livemode and k.revoked_at is null))
    returning ${COLUMNS}, id as organization_id, $5::timestamptz as updated_at
  )`;

export interface SettingsChange {
  settings: Partial<OrganizationSettings>;
  /** Whether whoever changes them may decide about live payments. */
  may_be_live: boolean;
  audit: AuditEntry;
  mark: RequestMark | null;
}

/** The organization as it is now; null when there is none by this id, or the change is not for this caller. */
export async function updateOrganizationSettings(
  tx: Tx,
  id: string,
  { settings, may_be_live, audit, mark }: SettingsChange,
): Promise<OrganizationRow | null> {
  const { client_confirm_methods = null, late_payment_policy = null, notification_email } = settings;
  const mail = [notification_email !== undefined, notification_email ?? null];
  const given = [id, client_confirm_methods, late_payment_policy, may_be_live, audit.created_at, ...mail];
  const parts = [
    { name: 'update_organization', text: UPDATE, values: given },
    ...markParts(mark === null ? [] : [{ change_id: id, mark }]),
    ...carriedAuditParts([{ change_id: id, entry: audit }]),
  ];
  const { statement, values } = compose(parts, `select ${COLUMNS} from changed`);
  return (await tx.query<OrganizationRow>(statement, values))[0] ?? null;
}
