// Fetches the files that providers announce, and has them imported. An announcement is a stranger's word until it is
// proven, so that without proof, over plain http, or from a host that the operator did not allow nothing is fetched at
// all; and an address inside our own network is never connected to.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  type AnnouncedFile,
  claimAnnouncedFile,
  endAnnouncedFile,
  updateAnnouncedFileSchedule,
} from '../db/announced-files.ts';
import { GatewayError } from '../domain/error.ts';
import type { HttpClient } from '../outbound/http.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import { SYSTEM } from './audit.ts';
import { isProvable } from './notifications.ts';
import { listOwners } from './reconciliation-owners.ts';
import { getReconciliationReader, importReconciliationFile, MOST_FILE_BYTES } from './reconciliations.ts';

/** PayPay keeps an announced file in its place for two hours. */
const FETCHABLE_MS = 2 * 3_600_000;
const FETCH_DEADLINE_MS = 120_000;
/** Of a file that has been there for longer than PayPay leaves it: who was away for hours still gets a few tries. */
const MOST_TRIES = 3;
/** Longer than a fetch and an import together. */
const LEASE_MS = 20 * 60_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

type End = 'imported' | 'already_imported' | 'refused' | 'not_allowed' | 'not_fetched';

/** Take one announced file that is due. Returns how many there were. */
export async function importAnnouncedFile(context: Context): Promise<number> {
  const announced = await claimAnnouncedFile(context.db, instant(context), instant(context, LEASE_MS));
  if (announced === null) return 0;
  const { id, provider } = announced;
  const end = await fetchAndImport(context, announced);
  if (end === null) {
    const pause_ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (announced.attempts_made - 1));
    await updateAnnouncedFileSchedule(context.db, id, instant(context, pause_ms));
    return 1;
  }
  if (end !== 'imported') context.metrics.reconciliation_files.inc({ provider, result: end });
  await endAnnouncedFile(context.db, id, instant(context), end);
  return 1;
}

/** Null: not this time. */
async function fetchAndImport(context: Context, announced: AnnouncedFile): Promise<End | null> {
  const { id, provider, file_url, received_at, attempts_made } = announced;
  const facts = { notification: id, provider };
  const way = findWay(context, provider, file_url);
  if (way === null) {
    context.log.error(facts, 'an announced file is nowhere that it may be fetched from');
    return 'not_allowed';
  }
  const is_over = context.now() > Date.parse(received_at) + FETCHABLE_MS;
  // One that is still there, and whose import dies or fails again and again, has an end as well.
  if (is_over && attempts_made > MOST_TRIES) return notFetched(context, facts, 'it could not be imported');
  const answer = await way.http.request({
    method: 'GET',
    url: way.url.href,
    deadline_ms: FETCH_DEADLINE_MS,
    max_response_bytes: MOST_FILE_BYTES,
  });
  if (answer.kind === 'failed' || answer.status !== 200) {
    const why = answer.kind === 'failed' ? answer.reason : `status ${answer.status}`;
    if (is_over) return notFetched(context, facts, why);
    context.log.warn({ ...facts, why, attempts_made }, 'a file was not fetched');
    return null;
  }
  const file_name = decoded(way.url.pathname.split('/').at(-1) ?? '');
  try {
    const livemode = !way.is_simulated && (await isLive(context, provider, file_name));
    const wanted = { provider, bytes: answer.body, file_name, livemode, source: 'notification' as const };
    const { files } = await importReconciliationFile(context, wanted, SYSTEM);
    return files.some(({ result }) => result === 'imported') ? 'imported' : 'already_imported';
  } catch (error) {
    if (error instanceof GatewayError && error.retry_after_seconds !== undefined) return null;
    if (!(error instanceof UnreadableFileError || error instanceof GatewayError)) throw error;
    context.log.error({ ...facts, why: error.message }, 'an announced file cannot be imported');
    return 'refused';
  }
}

function notFetched({ log }: Context, facts: object, why: string): End {
  log.error({ ...facts, why }, 'an announced file could not be fetched: import it by hand');
  return 'not_fetched';
}

interface Way {
  url: URL;
  http: HttpClient;
  is_simulated: boolean;
}

/** How a file may be fetched; null: not at all. */
function findWay({ config, http, file_http }: Context, provider: string, text: string): Way | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { simulator_url } = config;
  // The operator's own simulator, which speaks for test payments only.
  if (simulator_url !== null && url.origin === new URL(simulator_url).origin)
    return { url, http, is_simulated: true };
  const allowed = config.file_hosts[provider] ?? [];
  const is_allowed = allowed.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  const is_plain = url.username === '' && url.password === '' && url.port === '';
  if (!isProvable(config, provider) || url.protocol !== 'https:' || !is_allowed || !is_plain) return null;
  return { url, http: file_http, is_simulated: false };
}

/** A merchant id at a provider is of live payments or of its sandbox, never of both; live ones come first. */
async function isLive(context: Context, provider: string, file_name: string): Promise<boolean> {
  const facts = getReconciliationReader(provider).readName(file_name);
  if (facts === null) return true;
  const account = { provider, account: facts.account, livemode: true };
  return (await listOwners(context, account, facts.period_begins_at, facts.period_ends_at)).length > 0;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
