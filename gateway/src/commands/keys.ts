// `mpac-pgw keys …` and `mpac-pgw publishable-keys …`: what an operator does with keys by hand. A secret is printed
// once, when it is made.
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  createApiKey,
  DEFAULT_OVERLAP_HOURS,
  listApiKeyResources,
  MAX_OVERLAP_HOURS,
  revokeApiKey,
  rollApiKey,
  updateApiKey,
} from '../application/api-keys.ts';
import type { Page } from '../application/pages.ts';
import {
  createPublishableKey,
  listPublishableKeyResources,
  revokePublishableKey,
  updatePublishableKey,
} from '../application/publishable-keys.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';
import { registerRotateMaster } from './rotate-master.ts';

interface Owner {
  organization: string;
  live: boolean;
  name?: string;
}

const by = () => ({ actor: commandLineActor(), mark: null });
const scopeOf = ({ organization, live }: Owner) => ({ organization_id: organization, livemode: live });
const nameOf = ({ name }: { name?: string }) => (name === undefined ? {} : { name });
const split = (text: string | undefined) =>
  text === undefined ? {} : { allowed_origins: text === 'none' ? [] : text.split(',') };

function hours(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= MAX_OVERLAP_HOURS) return number;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_OVERLAP_HOURS}.`);
}

const LIST_LIMIT = 100;

/** All pages, for somebody who reads them on a screen. */
async function allPages(list: (starting_after: string | null) => Promise<Page>): Promise<object[]> {
  const all: object[] = [];
  let after: string | null = null;
  do {
    const { page, next_after }: Page = await list(after);
    all.push(...page);
    after = next_after;
  } while (after !== null);
  return all;
}

export function registerKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys: what a backend signs with; the master key');
  registerRotateMaster(keys);
  keys
    .command('create')
    .requiredOption('--organization <id>')
    .option('--merchant <id>', 'narrow the key to one merchant')
    .option('--name <name>', 'what it is for')
    .option('--live', 'a key for live payments', false)
    .description('make an API key; its secret is shown only now')
    .action((options: Owner & { merchant?: string }) =>
      operate((context) => {
        const merchant = options.merchant === undefined ? {} : { merchant_id: options.merchant };
        return createApiKey(context, { ...scopeOf(options), ...nameOf(options), ...merchant }, by());
      }),
    );

  keys
    .command('list')
    .requiredOption('--organization <id>')
    .option('--live', 'the keys for live payments', false)
    .description('all API keys of an organization in one mode, newest first')
    .action((options: Owner) =>
      operate((context) =>
        allPages((starting_after) =>
          listApiKeyResources(context, scopeOf(options), { starting_after, limit: LIST_LIMIT }),
        ),
      ),
    );

  keys
    .command('roll')
    .requiredOption('--key <id>')
    .option('--overlap-hours <hours>', 'how long the old secret works on', hours, DEFAULT_OVERLAP_HOURS)
    .description('give an API key a new secret, which is shown only now')
    .action((options: { key: string; overlapHours: number }) =>
      operate((context) => rollApiKey(context, null, options.key, options.overlapHours, by())),
    );

  keys
    .command('revoke')
    .requiredOption('--key <id>')
    .description('stop an API key for good; it works for a few seconds more')
    .action((options: { key: string }) =>
      operate((context) => revokeApiKey(context, null, options.key, by())),
    );

  keys
    .command('set')
    .requiredOption('--key <id>')
    .option('--name <name>', 'what it is for')
    .addOption(
      new Option('--raw-secret <state>', 'whether requests may be signed with the raw secret itself').choices(
        ['on', 'off'],
      ),
    )
    .description('change an API key')
    .action((options: { key: string; name?: string; rawSecret?: string }) => {
      const { key, rawSecret } = options;
      const raw = rawSecret === undefined ? {} : { allow_raw_secret: rawSecret === 'on' };
      return operate((context) => updateApiKey(context, null, key, { ...nameOf(options), ...raw }, by()));
    });

  registerPublishableKeyCommands(program);
}

function registerPublishableKeyCommands(program: Command): void {
  const keys = program
    .command('publishable-keys')
    .description('publishable keys: which web pages may call from a browser');
  const origins = 'comma separated, such as https://shop.example.com; or none';
  keys
    .command('create')
    .requiredOption('--organization <id>')
    .option('--name <name>', 'what it is for')
    .option('--origins <origins>', origins)
    .option('--live', 'a key for live payments', false)
    .description('make a publishable key')
    .action((options: Owner & { origins?: string }) =>
      operate((context) =>
        createPublishableKey(
          context,
          { ...scopeOf(options), ...nameOf(options), ...split(options.origins) },
          by(),
        ),
      ),
    );

  keys
    .command('list')
    .requiredOption('--organization <id>')
    .option('--live', 'the keys for live payments', false)
    .description('all publishable keys of an organization in one mode, newest first')
    .action((options: Owner) =>
      operate((context) =>
        allPages((starting_after) =>
          listPublishableKeyResources(context, scopeOf(options), { starting_after, limit: LIST_LIMIT }),
        ),
      ),
    );

  keys
    .command('set')
    .requiredOption('--key <id>')
    .option('--name <name>', 'what it is for')
    .option('--origins <origins>', `${origins}. They take the place of those before`)
    .description('change a publishable key')
    .action((options: { key: string; name?: string; origins?: string }) =>
      operate((context) =>
        updatePublishableKey(
          context,
          null,
          options.key,
          { ...nameOf(options), ...split(options.origins) },
          by(),
        ),
      ),
    );

  keys
    .command('revoke')
    .requiredOption('--key <id>')
    .description('stop a publishable key for good; it works for a few seconds more')
    .action((options: { key: string }) =>
      operate((context) => revokePublishableKey(context, null, options.key, by())),
    );
}
