// What a provider's folder hands to the simulator server: one value, `simulator`, in its `simulator.ts`. The server
// finds it by looking through the folders, so that a new one is named nowhere else.
import type { FastifyInstance } from 'fastify';
import type { TObject } from 'typebox';
import type { FaultDial, FaultName } from './simulator-faults.ts';

export interface ProviderSimulator {
  /** As the command line names it: 'paypay'. */
  name: string;
  /** As a page names it: 'PayPay'. */
  title: string;
  /** One sentence for the front page and the help: what it stands in for. */
  about: string;
  /** `/` and the provider's name in lower case: what the provider's `base_url` then ends with. */
  mount: string;
  /** What a fault can be aimed at. */
  endpoints: readonly string[];
  /** The faults that it plays, out of the common list. */
  faults: readonly FaultName[];
  /** The provider's own codes that the fault `refuse` can answer with, if it is among them. */
  codes?: readonly string[];
  /** What can be set when it starts, each field optional. */
  settings: TObject;
  register(app: FastifyInstance, parts: SimulatorParts): void;
}

export interface SimulatorParts {
  /** Where the server listens, asked when it is needed: the port is not known before. */
  serverUrl(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  log(facts: Record<string, unknown>, message: string): void;
  /** Says whether a fault strikes here and now. What it then does is the simulator's own. */
  faults: FaultDial;
  /** The gateway that notifications go to, unless a setting says otherwise; null: to nobody. */
  gateway_url: string | null;
  /** As given when the server was started; checked against the simulator's `settings`. */
  settings: Record<string, unknown>;
}
