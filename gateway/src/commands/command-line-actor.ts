// Who acts at the command line, for the audit log: the account of the operating system.
import { userInfo } from 'node:os';
import { type Actor, actorOfCommandLine } from '../application/audit.ts';

export function commandLineActor(on_behalf_of: string | null = null): Actor {
  return actorOfCommandLine(accountName(), on_behalf_of);
}

/** In a container the account often has a number only. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
