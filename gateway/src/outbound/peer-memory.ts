// What a process remembers of the other sides that it calls, between two calls. No payment depends on it: each
// process learns it for itself, and what it has forgotten it learns again by asking.
import { type AccessTokens, makeAccessTokens } from './access-tokens.ts';
import { makePeerClocks, type PeerClocks } from './peer-clocks.ts';

export interface PeerMemory {
  clocks: PeerClocks;
  tokens: AccessTokens;
}

export function makePeerMemory(...watchers: Parameters<typeof makePeerClocks>): PeerMemory {
  return { clocks: makePeerClocks(...watchers), tokens: makeAccessTokens() };
}
