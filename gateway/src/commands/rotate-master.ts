// `mpac-pgw keys rotate-master`: exchanges the master key while the gateway serves, and says when the earlier
// one can be taken out of the environment, and how it knows.
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  listMasterKeyStates,
  type MasterKeyState,
  type Rotation,
  rotateMasterKey,
} from '../application/master-key-rotation.ts';
import type { Context } from '../context.ts';
import { commandLineActor } from './command-line-actor.ts';
import { operate } from './operate.ts';

export function registerRotateMaster(keys: Command): void {
  keys
    .command('rotate-master')
    .option('--check', 'change nothing; say what is sealed under which master key', false)
    .description(
      'seal everything with MPAC_MASTER_KEY that MPAC_MASTER_KEY_PREVIOUS sealed, while the gateway serves',
    )
    .action((options: { check: boolean }) => operate(options.check ? check : rotate));
}

async function check(context: Context) {
  const keys = await listMasterKeyStates(context);
  return { keys, next_step: nextStep(keys, []) };
}

async function rotate(context: Context) {
  const rotation: Rotation = await rotateMasterKey(context, commandLineActor(), (ms) => delay(ms));
  return { ...rotation, next_step: nextStep(rotation.keys, rotation.unopenable) };
}

/** What the operator may do now, in words. */
function nextStep(keys: MasterKeyState[], unopenable: string[]): string {
  const earlier = keys.filter((key) => !key.seals);
  if (earlier.length === 0) return 'Nothing: one master key has sealed everything.';
  if (unopenable.length > 0) {
    return 'Some values do not open and stay as they are: make these secrets anew, then run this again.';
  }
  const sealed = earlier.filter((key) => Object.values(key.sealed_values).some((count) => count > 0));
  if (sealed.length > 0) return `Run keys rotate-master: ${names(sealed)} still seals values.`;
  const until = earlier
    .flatMap((key) => key.answers_until ?? [])
    .sort()
    .at(-1);
  if (until === undefined) {
    return (
      `Take MPAC_MASTER_KEY_PREVIOUS away: no value is sealed with ${names(earlier)}, and the oldest stored ` +
      'answer was begun after the exchange.'
    );
  }
  return (
    `Keep MPAC_MASTER_KEY_PREVIOUS until ${until}: no setting needs it any more, but stored answers to ` +
    'requests are forgotten only after a day. Then run keys rotate-master --check once more.'
  );
}

function names(keys: MasterKeyState[]): string {
  return keys.map((key) => key.key_id).join(', ');
}
