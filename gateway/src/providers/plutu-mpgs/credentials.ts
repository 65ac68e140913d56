// What Plutu has to be given with a call, and the key that its news are signed with. A store has an account of its own,
// all three parts of it, or uses the gateway's: halves of two accounts would be nobody's.
import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';

const Key = Type.String({ minLength: 1, maxLength: 2048, pattern: '^[!-~]+$' });
const Url = Type.String({ maxLength: 255, pattern: '^https?://' });
const Lang = Type.Union([Type.Literal('ar'), Type.Literal('en')]);

const OWN = ['api_key', 'access_token', 'secret_key'];

/** What a store may sync; nothing of the three means the gateway's account. */
export const PlutuStoreCredentials = Type.Object(
  {
    api_key: Type.Optional(Key),
    access_token: Type.Optional(Key),
    /** Signs Plutu's news. It is never sent to anybody. */
    secret_key: Type.Optional(Key),
    /** In which language Plutu's page greets the customer. */
    lang: Type.Optional(Lang),
  },
  {
    additionalProperties: false,
    dependentRequired: Object.fromEntries(OWN.map((name) => [name, OWN.filter((other) => other !== name)])),
  },
);

const Settings = {
  lang: Type.Optional(Lang),
  /** Absent: Plutu itself. */
  base_url: Type.Optional(Url),
  /** How long we wait for a customer on Plutu's page, in minutes; absent: 30. */
  page_minutes: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
};

/** What a call needs: the store's account, or the gateway's. */
export const PlutuCredentials = Type.Union([
  Type.Object({ api_key: Key, access_token: Key, secret_key: Key, ...Settings }),
  Type.Object({
    gateway_api_key: Key,
    gateway_access_token: Key,
    gateway_secret_key: Key,
    ...Settings,
  }),
]);
export type PlutuCredentials = Static<typeof PlutuCredentials>;

export interface PlutuKeys {
  api_key: string;
  access_token: string;
  secret_key: string;
}

export function keysOf(credentials: PlutuCredentials): PlutuKeys {
  if ('api_key' in credentials) return credentials;
  return {
    api_key: credentials.gateway_api_key,
    access_token: credentials.gateway_access_token,
    secret_key: credentials.gateway_secret_key,
  };
}

/** Plutu names its accounts nowhere, so a store's is told apart by a fingerprint of its API key. */
export function plutuAccountOf(credentials: object): string {
  if (!('api_key' in credentials)) return 'gateway';
  return `key_${createHash('sha256').update(`plutu account ${credentials.api_key}`).digest('hex').slice(0, 24)}`;
}
