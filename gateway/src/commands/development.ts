// The demo organization that development mode starts with, and the words that tell a newcomer what to do next.
// The same facts stand in development.json, for scripts, readable by its owner only.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiKey } from '../application/api-keys.ts';
import { saveStore } from '../application/merchants.ts';
import { createOrganization } from '../application/organizations.ts';
import { createPublishableKey } from '../application/publishable-keys.ts';
import type { Context } from '../context.ts';
import { listSigningKeys } from '../db/api-keys.ts';
import { listSimulators } from '../simulator/simulators.ts';
import { MERCHANT_NUMBER, PAYPAY_ACCOUNT } from './demo-day-payments.ts';
import { connectDevelopmentServers, type DevelopmentServers, filesDirectory } from './development-servers.ts';
import { firstPaymentLine } from './first-payment.ts';

export interface DevelopmentFacts {
  base_url: string;
  api_key: string;
  secret_key: string;
  publishable_key: string;
  merchant_id: string;
  merchant_store_id: string;
  simulator_url: string;
  /** Of the card processor, the accounting system and the mail server, where they were started with the gateway. */
  ftp_url?: string;
  sftp_url?: string;
  smtp_url?: string;
}

const MERCHANT_ID = 'merchant_demo';
const STORE_ID = 'store_demo';

/** Keeps the keys of an earlier start when the database still knows them, and writes the file anew. */
export async function findOrCreateDevelopmentFacts(
  context: Context,
  servers: DevelopmentServers | null,
): Promise<DevelopmentFacts> {
  const path = developmentFile(context.config.data_dir);
  const earlier = await readDevelopmentFacts(context.config.data_dir);
  const [known] = earlier === null ? [] : await listSigningKeys(context.db, earlier.api_key);
  const keys =
    earlier !== null && known !== undefined
      ? { ...earlier, organization_id: known.organization_id }
      : await createDemo(context);
  const { organization_id } = keys;
  if (servers !== null) {
    const place = { organization_id, merchant_id: MERCHANT_ID, merchant_number: MERCHANT_NUMBER };
    await connectDevelopmentServers(context, servers, place);
  }
  const facts: DevelopmentFacts = {
    base_url: context.config.base_url,
    api_key: keys.api_key,
    secret_key: keys.secret_key,
    publishable_key: keys.publishable_key,
    merchant_id: MERCHANT_ID,
    merchant_store_id: STORE_ID,
    simulator_url: `${context.config.simulator_url}/paypay`,
    ...(servers !== null && {
      ftp_url: servers.settlement.ftp.url,
      sftp_url: servers.settlement.sftp.url,
      smtp_url: servers.mail.url,
    }),
  };
  // Written beside and renamed, so that a reader never meets half a file.
  await mkdir(context.config.data_dir, { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return facts;
}

export function developmentFile(data_dir: string): string {
  return join(data_dir, 'development.json');
}

export async function readDevelopmentFacts(data_dir: string): Promise<DevelopmentFacts | null> {
  try {
    return JSON.parse(await readFile(developmentFile(data_dir), 'utf8')) as DevelopmentFacts;
  } catch {
    return null;
  }
}

async function createDemo(context: Context) {
  const { id: organization_id } = await createOrganization(context, 'Demo organization');
  const owner = { organization_id, livemode: false };
  await saveStore(context, {
    ...owner,
    merchant: { id: MERCHANT_ID, name: 'Demo coffee' },
    store: { id: STORE_ID, name: 'Demo coffee, Tokyo' },
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: PAYPAY_ACCOUNT } },
      { provider: 'MPGS', is_active: true, credentials: {} },
    ],
  });
  const { id: api_key, secret_key } = await createApiKey(context, { ...owner, name: 'Demo' });
  // Any page may call with the demo key: it is for trying things out.
  const publishable = await createPublishableKey(context, { ...owner, name: 'Demo', allowed_origins: ['*'] });
  return { organization_id, api_key, secret_key, publishable_key: publishable.id };
}

export async function printDevelopmentFacts(context: Context, facts: DevelopmentFacts): Promise<void> {
  const { config } = context;
  const simulators = (await listSimulators())
    .map(({ title, mount }) => `    ${`${title} simulator`.padEnd(18)} ${config.simulator_url}${mount}`)
    .join('\n');
  const servers =
    facts.ftp_url === undefined
      ? ''
      : `    Card processor     ${facts.ftp_url}, and what it knows: ${config.simulator_url}/sp-net
    Accounting system  ${facts.sftp_url}
    Their files        ${filesDirectory(config)}/
    Mail server        ${facts.smtp_url}, and what came: ${config.simulator_url}/mail\n`;
  const database =
    config.database_url === null ? `embedded PostgreSQL in ${config.data_dir}/` : 'DATABASE_URL';
  console.log(`
  mpac-pgw is ready.   ${facts.base_url}

    API key            ${facts.api_key}
    Secret key         ${facts.secret_key}
    Publishable key    ${facts.publishable_key}
    API reference      ${facts.base_url}/docs
    Merchant, store    ${facts.merchant_id}, ${facts.merchant_store_id}
${simulators}   (pay, decline and break things here)
${servers}    Database           ${database}
    These facts        ${developmentFile(config.data_dir)}

  Take a first payment, in a second terminal:

    npm run demo

  Or watch a whole day's money: payments, the card processor's batch, the settlement, what differs, the export:

    npm run demo -- day

  Or make one by hand. This line creates a payment, signed with the secret key, and confirms it with cash:

${firstPaymentLine(facts)}

  Ctrl-C stops it all.
`);
}
