// `mpac-pgw webhooks`: what an operator does with webhook endpoints and their deliveries. An endpoint that is there
// already is named by its id, which says whose it is.
import { type Command, Option } from 'commander';
import type { Answer } from '../application/idempotency.ts';
import {
  type ChangeOrigin,
  changeWebhookEndpoint,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  type EndpointOwner,
  getEndpointOwner,
  getOrganizationOwner,
  listWebhookEndpointResources,
  MAX_SECRET_OVERLAP_HOURS,
  rollWebhookSecret,
} from '../application/webhook-endpoints.ts';
import {
  listDeliveryResources,
  pingEndpoint,
  resendDeliveries,
  resendDelivery,
} from '../application/webhook-resends.ts';
import type { Context } from '../context.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';
import { StartError } from './start-error.ts';

type Status = 'pending' | 'succeeded' | 'failed';

interface Settings {
  url?: string;
  events?: string;
  description?: string;
}

const by = (): ChangeOrigin => ({ actor: commandLineActor(), mark: null });

/** With the owner of an endpoint, which is found by the endpoint's id. */
function operateOn(id: string, work: (context: Context, owner: EndpointOwner) => Promise<object>) {
  return operate(async (context) => work(context, await getEndpointOwner(context, id)));
}

const bodyOf = (answer: Answer) => JSON.parse(answer.body) as object;

function eventNames({ events }: Settings) {
  if (events === undefined) return {};
  return { enabled_events: events === 'all' ? [] : events.split(',') };
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StartError(`${option} must be a whole number, not "${text}".`);
}

export function registerWebhookCommands(program: Command): void {
  const webhooks = program.command('webhooks');
  registerEndpointCommands(webhooks);
  registerDeliveryCommands(webhooks);
}

function registerEndpointCommands(webhooks: Command): void {
  webhooks
    .command('create')
    .requiredOption('--organization <id>')
    .requiredOption('--url <url>')
    .option('--merchant <id>', 'only events of this merchant')
    .option('--events <types>', 'comma separated; default all')
    .option('--description <text>')
    .option('--live', 'for live payments', false)
    .description('set a webhook endpoint; its secret is shown only now')
    .action((options: Settings & { organization: string; url: string; merchant?: string; live: boolean }) => {
      const { organization: organization_id, live: livemode, url, merchant, description } = options;
      const wanted = {
        url,
        ...eventNames(options),
        ...(merchant !== undefined && { merchant_id: merchant }),
        ...(description !== undefined && { description }),
      };
      return operate(async (context) => {
        const owner = await getOrganizationOwner(context, organization_id, livemode);
        return bodyOf(await createWebhookEndpoint(context, owner, wanted, by()));
      });
    });

  webhooks
    .command('list')
    .requiredOption('--organization <id>')
    .option('--live', 'for live payments', false)
    .option('--starting-after <id>', 'older than this endpoint')
    .description('the endpoints of an organization and its merchants, newest first, up to 100 at once')
    .action((options: { organization: string; live: boolean; startingAfter?: string }) =>
      operate(async (context) => {
        const owner = await getOrganizationOwner(context, options.organization, options.live);
        const query = { starting_after: options.startingAfter ?? null, limit: 100 };
        return (await listWebhookEndpointResources(context, owner, query)).page;
      }),
    );

  webhooks
    .command('update')
    .requiredOption('--endpoint <id>')
    .option('--url <url>')
    .option('--events <types>', 'comma separated, or all')
    .option('--description <text>')
    .addOption(new Option('--status <status>').choices(['enabled', 'disabled']))
    .description('change an endpoint; once enabled, it gets all that has waited for it')
    .action((options: Settings & { endpoint: string; status?: 'enabled' | 'disabled' }) => {
      const { endpoint, url, description, status } = options;
      const wanted = {
        ...eventNames(options),
        ...(url !== undefined && { url }),
        ...(description !== undefined && { description }),
        ...(status !== undefined && { status }),
      };
      if (Object.keys(wanted).length === 0) throw new StartError('Say what to change: see --help.');
      return operateOn(endpoint, async (context, owner) =>
        bodyOf(await changeWebhookEndpoint(context, owner, endpoint, wanted, by())),
      );
    });

  webhooks
    .command('delete')
    .requiredOption('--endpoint <id>')
    .description('delete an endpoint; what it was given stays readable under its id')
    .action(({ endpoint }: { endpoint: string }) =>
      operateOn(endpoint, async (context, owner) =>
        bodyOf(await deleteWebhookEndpoint(context, owner, endpoint, by())),
      ),
    );

  webhooks
    .command('roll-secret')
    .requiredOption('--endpoint <id>')
    .option('--expires-in-hours <hours>', 'how long the secret before signs, too; 0 ends it at once', '24')
    .description('make a new signing secret, which is shown only now')
    .action((options: { endpoint: string; expiresInHours: string }) => {
      const hours = wholeNumber('--expires-in-hours', options.expiresInHours);
      if (hours > MAX_SECRET_OVERLAP_HOURS) {
        throw new StartError(`--expires-in-hours is at most ${MAX_SECRET_OVERLAP_HOURS}.`);
      }
      return operateOn(options.endpoint, async (context, owner) =>
        bodyOf(await rollWebhookSecret(context, owner, options.endpoint, hours, by())),
      );
    });
}

function registerDeliveryCommands(webhooks: Command): void {
  webhooks
    .command('ping')
    .requiredOption('--endpoint <id>')
    .description('send an event to this endpoint alone')
    .action(({ endpoint }: { endpoint: string }) =>
      operateOn(endpoint, async (context, owner) =>
        bodyOf(await pingEndpoint(context, owner, endpoint, by())),
      ),
    );

  webhooks
    .command('resend')
    .requiredOption('--endpoint <id>')
    .option('--sequence <number>', 'this delivery')
    .option('--after-sequence <number>', 'what came after it, up to 1000 at once')
    .addOption(statusOption())
    .description('send deliveries again: one, or what came after a sequence')
    .action((options: { endpoint: string; sequence?: string; afterSequence?: string; status?: Status }) => {
      const { endpoint, sequence, afterSequence, status = null } = options;
      if ((sequence === undefined) === (afterSequence === undefined)) {
        throw new StartError('Give --sequence or --after-sequence.');
      }
      if (sequence !== undefined) {
        const number = wholeNumber('--sequence', sequence);
        return operateOn(endpoint, async (context, owner) =>
          bodyOf(await resendDelivery(context, owner, endpoint, number, by())),
        );
      }
      const wanted = { after_sequence: wholeNumber('--after-sequence', afterSequence ?? ''), status };
      return operateOn(endpoint, async (context, owner) =>
        bodyOf(await resendDeliveries(context, owner, endpoint, wanted, by())),
      );
    });

  webhooks
    .command('deliveries')
    .requiredOption('--endpoint <id>')
    .addOption(statusOption())
    .option('--limit <number>', '', '20')
    .option('--starting-after <number>', 'below this sequence')
    .description('deliveries with their attempts, newest first')
    .action((options: { endpoint: string; status?: Status; limit: string; startingAfter?: string }) => {
      const limit = Math.min(100, Math.max(1, wholeNumber('--limit', options.limit)));
      const { endpoint, status = null, startingAfter } = options;
      const starting_after =
        startingAfter === undefined
          ? Number.MAX_SAFE_INTEGER
          : wholeNumber('--starting-after', startingAfter);
      return operateOn(endpoint, async (context, owner) => {
        const query = { status, limit, starting_after };
        return (await listDeliveryResources(context, owner, endpoint, query)).page;
      });
    });
}

function statusOption(): Option {
  return new Option('--status <status>').choices(['pending', 'succeeded', 'failed']);
}
