// The exchange of the master key while the gateway serves: the new key begins to seal, and everything that the
// earlier ones sealed is opened and sealed anew, in batches. It may be stopped anywhere and run again.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import {
  type KnownMasterKey,
  listMasterKeys,
  listProcessesWithout,
  updateSealingKey,
} from '../db/master-keys.ts';
import {
  countSealedValues,
  listSealedValues,
  SEALED_TABLES,
  type SealedTable,
  updateSealedValues,
} from '../db/sealed-columns.ts';
import { type MasterKey, open, SecretBoxError, seal } from '../domain/secret-box.ts';
import { exportKeyContext } from './accounting-export-configs.ts';
import { apiKeySecretContext } from './api-key-secrets.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { connectionPasswordContext } from './card-processor-connections.ts';
import { answersUntil, findOpeningKey, GRACE_MS, MasterKeyError, nameOf, sealCheck } from './master-keys.ts';
import { credentialsContext, formerCredentialsContext } from './provider-access.ts';
import { webhookSecretContext } from './webhook-endpoints.ts';

/** What the log and the audit log call the gateway as a whole: its master key belongs to no organization. */
const GATEWAY = 'gateway';

const BATCH = 200;

/** Where each value belongs: the context that it was sealed for. */
const CONTEXT_OF: Record<SealedTable, (row: string[]) => string> = {
  api_keys: ([id = '']) => apiKeySecretContext(id),
  payment_processor_configs: ([organization_id = '', livemode, store_id = '', provider = '']) =>
    credentialsContext({ organization_id, livemode: livemode === 'true' }, store_id, provider),
  former_processor_configs: ([
    organization_id = '',
    livemode,
    merchant_store_id = '',
    provider = '',
    account = '',
  ]) =>
    formerCredentialsContext(
      { organization_id, livemode: livemode === 'true' },
      { merchant_store_id, provider },
      account,
    ),
  webhook_endpoints: ([id = '']) => webhookSecretContext(id),
  card_processor_connections: ([organization_id = '', livemode]) =>
    connectionPasswordContext({ organization_id, livemode: livemode === 'true' }),
  accounting_export_configs: ([organization_id = '', livemode, merchant_id = '']) =>
    exportKeyContext({ organization_id, livemode: livemode === 'true', merchant_id }),
};

export interface MasterKeyState {
  key_id: string;
  seals: boolean;
  /** Whether this process was given the key. */
  is_known_here: boolean;
  sealed_values: Record<SealedTable, number>;
  /** Stored answers are not sealed anew: until then some may need the key. */
  answers_until: string | null;
  can_be_removed: boolean;
}

/** What is sealed under which key, the oldest key first. */
export async function listMasterKeyStates(context: Context): Promise<MasterKeyState[]> {
  const counts = await Promise.all(
    SEALED_TABLES.map(async (table) => [table, await countSealedValues(context.db, table)] as const),
  );
  const known = await listMasterKeys(context.db);
  return Promise.all(
    known.map(async (key) => {
      const sealed_values = Object.fromEntries(
        counts.map(([table, by_key]) => [table, by_key.get(nameOf(key.id)) ?? 0]),
      ) as Record<SealedTable, number>;
      const answers_until = await answersUntil(context, key);
      const is_empty = Object.values(sealed_values).every((count) => count === 0);
      return {
        key_id: nameOf(key.id),
        seals: key.seals,
        is_known_here: findOpeningKey(context, key.id) !== null,
        sealed_values,
        answers_until,
        can_be_removed: !key.seals && is_empty && answers_until === null,
      };
    }),
  );
}

export interface Rotation {
  sealed_anew: Record<SealedTable, number>;
  /** Rows whose value does not open: damaged, or moved from another row. They stay as they are. */
  unopenable: string[];
  keys: MasterKeyState[];
}

/**
 * Let the key of MPAC_MASTER_KEY seal, and bring everything under it. `pause` waits: for some seconds after the
 * exchange another process may still seal with the earlier key.
 */
export async function rotateMasterKey(
  context: Context,
  actor: Actor,
  pause: (ms: number) => Promise<void>,
): Promise<Rotation> {
  const [target] = context.opening_keys as [MasterKey];
  await exchange(context, target, actor);
  const sealed_anew = Object.fromEntries(SEALED_TABLES.map((table) => [table, 0])) as Rotation['sealed_anew'];
  const unopenable = new Set<string>();
  await sealAnew(context, target, sealed_anew, unopenable);
  const grace_ms = await remainingGrace(context);
  if (grace_ms > 0) {
    await pause(grace_ms);
    await sealAnew(context, target, sealed_anew, unopenable);
  }
  const total = Object.values(sealed_anew).reduce((sum, count) => sum + count, 0);
  if (total > 0) await writeAudit(context, actor, 'master_key.secrets_sealed_anew', target, sealed_anew);
  return { sealed_anew, unopenable: [...unopenable], keys: await listMasterKeyStates(context) };
}

/** From its end on, all processes have heard which key seals. */
async function remainingGrace(context: Context): Promise<number> {
  const replaced = (await listMasterKeys(context.db)).map((key) => Date.parse(key.replaced_at ?? '') || 0);
  return Math.max(...replaced) + GRACE_MS - context.now();
}

/** The target becomes the key that seals, unless it is already. */
async function exchange(context: Context, target: MasterKey, actor: Actor): Promise<void> {
  const known = await listMasterKeys(context.db);
  const sealing = known.find((key) => key.seals) as KnownMasterKey;
  if (sealing.id.equals(target.id)) return;
  const strangers = await listProcessesWithout(context.db, target.id);
  if (strangers.length > 0) {
    throw new MasterKeyError(
      `Some gateway processes do not know the new key yet (connected from ${strangers.join(', ')}): restart each ` +
        'with the new MPAC_MASTER_KEY and the earlier one as MPAC_MASTER_KEY_PREVIOUS, then run this again.',
    );
  }
  const fresh = { id: target.id, check_sealed: sealCheck(target) };
  const exchanged = await context.db.withTransaction(async (tx) => {
    if (!(await updateSealingKey(tx, sealing.id, fresh, instant(context)))) return false;
    const details = { earlier_key_id: nameOf(sealing.id) };
    await insertAuditEntry(tx, auditEntry(context, actor, 'master_key.exchanged', target, details));
    return true;
  });
  if (!exchanged) {
    // To the same key: then the work may be shared. To another one: nothing may be sealed with ours.
    const now_sealing = (await listMasterKeys(context.db)).find((key) => key.seals);
    if (now_sealing?.id.equals(target.id) !== true) {
      throw new MasterKeyError(
        'Somebody else has exchanged the master key for another one at this moment: see keys rotate-master --check.',
      );
    }
  }
  context.master_key = target;
}

async function sealAnew(
  context: Context,
  target: MasterKey,
  counts: Rotation['sealed_anew'],
  unopenable: Set<string>,
): Promise<void> {
  for (const earlier of await listMasterKeys(context.db)) {
    if (earlier.id.equals(target.id)) continue;
    for (const table of SEALED_TABLES) {
      let after: unknown[] | null = null;
      for (;;) {
        const values = await listSealedValues(context.db, table, earlier.id, after, BATCH);
        const changes = values.flatMap(({ row, sealed }) => {
          const where = CONTEXT_OF[table](row.map(String));
          const plain = openOrNull(context, sealed, where);
          if (plain === null) unopenable.add(where);
          return plain === null ? [] : [{ row, sealed, fresh: seal(target, plain, where) }];
        });
        counts[table] += await updateSealedValues(context.db, table, changes);
        after = values.at(-1)?.row ?? null;
        if (values.length < BATCH) break;
      }
    }
  }
}

function openOrNull(context: Context, sealed: Buffer, where: string): Buffer | null {
  try {
    return open(context.opening_keys, sealed, where);
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}

function auditEntry(
  context: Context,
  actor: Actor,
  action: string,
  key: MasterKey,
  details: Record<string, unknown>,
) {
  const place = { organization_id: GATEWAY, livemode: null };
  return makeAuditEntry(context, actor, { ...place, action, object_id: nameOf(key.id), details });
}

async function writeAudit(
  context: Context,
  actor: Actor,
  action: string,
  key: MasterKey,
  details: Record<string, unknown>,
): Promise<void> {
  await insertAuditEntry(context.db, auditEntry(context, actor, action, key, details));
}
