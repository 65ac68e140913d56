// What contract.test.ts needs to know to hold an adapter to the contract. Each adapter has a fixture beside it, in
// `<folder>/contract-fixture.ts`, and where it serves its methods in ways of their own one for each, exported together
// as `fixtures`; they speak to its simulator over HTTP only.
import type { ProviderResult } from '../domain/provider-result.ts';
import type { TerminalReport } from '../domain/terminal-report.ts';
import type { AttemptFacts, NotificationRequest, Provider } from './provider.ts';

export type ContractFixture = RecordedFixture | AskedFixture | ToldFixture;

/** For an adapter with `record`: assertions that it must take as they are. */
export interface RecordedFixture {
  kind: 'recorded';
  provider: Provider;
  attempts: Partial<AttemptFacts>[];
  /** What a terminal can report, and what that is; none where there is no terminal. */
  reports: { report: TerminalReport; says: ProviderResult['kind'] }[];
}

/** For an adapter with `start`, `lookUp` and `cancel`. */
export interface AskedFixture {
  kind: 'asked';
  provider: Provider;
  attempt: Partial<AttemptFacts>;
  /**
   * True where the customer shows the code: there is nothing that a till could show, the provider works on it until the
   * customer agrees, and a cancel cannot tell what was paid from what was not, so that it gives everything back.
   */
  shown_by_customer?: true;
  /** How long after a start "no such payment" is no answer yet; absent: it always is one. */
  absent_after_ms?: number;
  /** How long after a start an unpaid attempt must have ended by itself. */
  ended_after_ms: number;
  /** Answers of a host in place of the provider's that must all end as unknown. */
  unlisted_answers: { status: number; headers?: Record<string, string>; body: string }[];
  openStage(simulator_url: string): Stage;
}

/** For an adapter that only tells: the customer goes to a page, and what becomes of it comes as signed news. */
export interface ToldFixture {
  kind: 'told';
  provider: Provider;
  attempt: Partial<AttemptFacts>;
  /** How long after a start an attempt without news must have ended. */
  ended_after_ms: number;
  /** Answers of a host in place of the provider's that must all leave a start unknown. */
  unlisted_answers: { status: number; headers?: Record<string, string>; body: string }[];
  openStage(simulator_url: string): ToldStage;
}

/** One simulator of such a provider. Its customer's acts return the news that the provider then sends. */
export interface ToldStage
  extends Pick<Stage, 'credentials' | 'wrong_credentials' | 'secrets' | 'countCharges'> {
  /** Strikes the next start, once. */
  setFault(fault: Exclude<StageFault, 'wrong_amount'>): Promise<void>;
  /** Null when the provider does not let the customer. */
  pay(
    attempt_id: string,
    changes?: { late?: true; wrong_amount?: true },
  ): Promise<NotificationRequest | null>;
  turnBack(attempt_id: string): Promise<NotificationRequest>;
  /** The card was declined, and that was the end of it. */
  decline(attempt_id: string): Promise<NotificationRequest>;
  /** News that are well formed, and that somebody else signed. */
  forge(request: NotificationRequest): NotificationRequest;
  /** The same news in ways that say something else, or that can be read in two ways. */
  tamper(request: NotificationRequest): NotificationRequest[];
}

export type HoldStep = 'capture' | 'release';
export type RefundStep = 'refund' | 'lookUpRefund';
export type Step = 'start' | 'lookUp' | 'cancel';

/** Faults of the simulators' common dial that every provider must be able to survive. */
export type StageFault =
  | 'server_error'
  | 'server_error_after_success'
  | 'hang'
  | 'hang_after_success'
  | 'slow_drip'
  | 'rate_limit'
  | 'maintenance'
  | 'html_502'
  | 'wrong_amount';

/** One provider's simulator, as a test plays on it. */
export interface Stage {
  /** Complete credentials; with another host, for answers that are not the provider's. */
  credentials(host?: string): Record<string, unknown>;
  /** Credentials that the provider refuses. */
  wrong_credentials(): Record<string, unknown>;
  /** What must appear in no message and no log line. */
  secrets: readonly string[];
  /** Where the customer shows the code: hands one in with the attempt, always the same with the same. */
  showCode?(attempt: AttemptFacts): Promise<AttemptFacts>;
  /** The customer pays. False when the provider does not let the customer. `late`: it does all the same. */
  pay(attempt_id: string, options?: { late: boolean }): Promise<boolean>;
  decline(attempt_id: string): Promise<void>;
  /** Strikes the next call that the step makes first, once. */
  setFault(fault: StageFault, step: Step): Promise<void>;
  countCharges(attempt_id: string): Promise<number>;
  /** For an adapter with `refund`. */
  refunds?: {
    setFault(fault: StageFault, step: RefundStep): Promise<void>;
    /** What the provider has given back of an attempt's money, each refund by itself. */
    listAmounts(attempt_id: string): Promise<number[]>;
    /** From now on the provider takes so long for a refund. */
    setDelay(seconds: number): Promise<void>;
  };
  /** For an adapter with `capture`. */
  holds?: {
    setFault(fault: StageFault, step: HoldStep): Promise<void>;
    /** What was taken of the money that was held, each capture by itself. */
    listTaken(attempt_id: string): Promise<number[]>;
    /** Whether the provider still keeps the customer's money back. */
    isHeld(attempt_id: string): Promise<boolean>;
    /** From now on the provider holds money for so long. */
    setLifetime(seconds: number): Promise<void>;
  };
  /** Where the provider sends its notifications, and the secret that it signs them with, if it signs. */
  setNotificationTarget(url: string, secret: string | null): Promise<void>;
  sendNotificationAgain(attempt_id: string): Promise<void>;
  /** A notification that is well formed and that somebody else signed. */
  forge(request: NotificationRequest): NotificationRequest;
}
