// How the contract tests play a provider: its fixture found beside the adapter, a simulator of its own with a
// clock of its own, and everything that was told along the way, in which no secret may stand.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Value } from 'typebox/value';
import type { ProviderResult } from '../../src/domain/provider-result.ts';
import type { RefundResult } from '../../src/domain/refund.ts';
import { makeHttpClient } from '../../src/outbound/http.ts';
import type {
  AskedFixture,
  ContractFixture,
  RefundStep,
  Stage,
  Step,
} from '../../src/providers/contract-fixture.ts';
import type { AttemptFacts, Provider, ProviderContext, RefundFacts } from '../../src/providers/provider.ts';
import { startSimulatorServer } from '../../src/simulator/server.ts';

const FOLDER = join(import.meta.dirname, '../../src/providers');

export async function loadFixtures(): Promise<ContractFixture[]> {
  const found: ContractFixture[] = [];
  for (const entry of await readdir(FOLDER, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(FOLDER, entry.name, 'contract-fixture.js');
    // Asked for first: a fixture that is there and cannot be loaded must not pass for one that is missing.
    if (!existsSync(path)) continue;
    const loaded: { fixture?: ContractFixture; fixtures?: ContractFixture[] } = await import(
      pathToFileURL(path).href
    );
    if (loaded.fixture !== undefined) found.push(loaded.fixture);
    found.push(...(loaded.fixtures ?? []));
  }
  return found;
}

/** Each answer has another id at the provider, and says the same all the same. */
function withoutRequestId({ provider_request_id: _, ...result }: ProviderResult): ProviderResult {
  return result;
}

/** What a start leads to until the customer has done something. */
export function begunKind(fixture: Pick<AskedFixture, 'shown_by_customer'>): 'waiting' | 'working' {
  return fixture.shown_by_customer ? 'working' : 'waiting';
}

/** As the tests of it are called. */
export function titleOf(fixture: ContractFixture): string {
  const { name } = fixture.provider;
  return fixture.kind === 'asked' && fixture.shown_by_customer ? `${name}, shown by the customer` : name;
}

// A moment in the morning, Japanese time: no date line of a provider is near.
const START_OF_PLAY = Date.parse('2026-01-28T01:00:00.000Z');
let attempts_made = 0;

export function makeAttempt(changes: Partial<AttemptFacts>, now = START_OF_PLAY): AttemptFacts {
  attempts_made += 1;
  return {
    id: `pa_01J${String(attempts_made).padStart(23, '0')}`,
    payment_intent_id: `pi_01J${String(attempts_made).padStart(23, '0')}`,
    payment_method_type: 'cash',
    provider: 'CASH',
    amount: 1250,
    currency: 'JPY',
    authorize_only: false,
    merchant_id: 'm1',
    merchant_store_id: 'shibuya',
    merchant_terminal_id: null,
    description: null,
    external_ref_id: null,
    customer_code: null,
    return_url: null,
    created_at: new Date(now).toISOString(),
    provider_payment_id: null,
    provider_code_id: null,
    action_expires_at: null,
    asked_before: false,
    cancel_requested_at: null,
    given_up: false,
    is_held: false,
    capture_amount: null,
    ...changes,
  };
}

/** What the gateway would keep on the attempt after this result. */
export function learn(attempt: AttemptFacts, result: ProviderResult): AttemptFacts {
  const learned = { ...attempt };
  if (result.kind === 'waiting') {
    learned.provider_code_id = result.provider_code_id ?? learned.provider_code_id;
    learned.action_expires_at = result.action?.expires_at ?? learned.action_expires_at;
  }
  if ('provider_payment_id' in result && result.provider_payment_id !== undefined) {
    learned.provider_payment_id = result.provider_payment_id;
  }
  if (result.kind === 'authorized') learned.is_held = true;
  return learned;
}

/** A deadline that a loaded machine keeps when it answers, and that nobody waits long for when it does not. */
export const HASTY = { deadline_ms: 1_000 };

export interface Play<OwnStage = Stage> {
  stage: OwnStage;
  now(): number;
  advance(ms: number): void;
  /** What is to be examined for secrets besides the results and the calls, which are kept anyway. */
  keep(told: unknown): void;
  ask(step: Step, attempt: AttemptFacts, changes?: Partial<ProviderContext>): Promise<ProviderResult>;
  askRefund(
    step: RefundStep,
    attempt: AttemptFacts,
    refund: RefundFacts,
    changes?: Partial<ProviderContext>,
  ): Promise<RefundResult>;
  askCapture(
    attempt: AttemptFacts,
    capture: { id: string; amount: number },
    changes?: Partial<ProviderContext>,
  ): Promise<ProviderResult>;
  makeFresh(changes?: Partial<AttemptFacts>): AttemptFacts;
  /** An attempt that was started and waits for the customer, with what was learned. */
  startWell(changes?: Partial<AttemptFacts>): Promise<AttemptFacts>;
  assertNoSecretTold(): void;
  close(): Promise<void>;
}

/** What of a fixture is played in the same way, whoever has to be asked or tells. */
interface Playable<OwnStage> {
  provider: Provider;
  attempt: Partial<AttemptFacts>;
  shown_by_customer?: true;
  openStage(simulator_url: string): OwnStage;
}

export async function openPlay<OwnStage extends Pick<Stage, 'credentials' | 'secrets' | 'showCode'>>(
  fixture: Playable<OwnStage>,
): Promise<Play<OwnStage>> {
  const { provider } = fixture;
  let clock = START_OF_PLAY;
  const told: unknown[] = [];
  const simulator = await startSimulatorServer({ port: 0, now: () => clock });
  const http = makeHttpClient({ user_agent: 'mpac-pgw/test', observe: (call) => told.push(call) });
  const stage = fixture.openStage(simulator.url);

  function makeContext(changes: Partial<ProviderContext>): ProviderContext {
    const credentials = changes.credentials ?? stage.credentials();
    assert.ok(provider.complete_credentials && Value.Check(provider.complete_credentials, credentials));
    const base = { http, now: () => clock, livemode: false, public_url: 'http://127.0.0.1:9' };
    return { ...base, deadline_ms: 20_000, ...changes, credentials };
  }

  const play: Play<OwnStage> = {
    stage,
    now: () => clock,
    advance(ms) {
      clock += ms;
    },
    keep: (value) => told.push(value),
    async ask(step, attempt, changes = {}) {
      const shown = step === 'start' ? ((await stage.showCode?.(attempt)) ?? attempt) : attempt;
      const result = await provider[step]?.(shown, makeContext(changes));
      assert.ok(result, `${provider.name} has ${step}`);
      told.push(result);
      return withoutRequestId(result);
    },
    async askRefund(step, attempt, refund, changes = {}) {
      const result = await provider[step]?.(attempt, refund, makeContext(changes));
      assert.ok(result, `${provider.name} has ${step}`);
      told.push(result);
      return result;
    },
    async askCapture(attempt, capture, changes = {}) {
      const result = await provider.capture?.(attempt, capture, makeContext(changes));
      assert.ok(result, `${provider.name} captures`);
      told.push(result);
      return withoutRequestId(result);
    },
    makeFresh: (changes = {}) => makeAttempt({ ...fixture.attempt, ...changes }, clock),
    async startWell(changes = {}) {
      const attempt = play.makeFresh(changes);
      const result = await play.ask('start', attempt);
      assert.equal(result.kind, begunKind(fixture), JSON.stringify(result));
      return learn(attempt, result);
    },
    assertNoSecretTold() {
      const all = JSON.stringify(told);
      // An observer that heard nothing would prove nothing.
      assert.ok(told.length > 5, String(told.length));
      for (const secret of stage.secrets) assert.equal(all.includes(secret), false, `${secret} was told`);
    },
    async close() {
      await simulator.close();
      await http.close();
    },
  };
  return play;
}
