import type { Amount } from './amount';
import type { Setting, Stage } from './stage';

/** What a metric of the bridge is in the end. */
interface Shown {
  readonly metric: string;
  /** Only the samples with this label, as it is written on the page. */
  readonly label?: string;
  readonly atLeast: number;
  readonly atMost?: number;
}

/** What has to hold besides that the bridge loses nothing. */
export interface Promised {
  readonly duplicatesAtMost?: number;
  readonly oneModelCallEach?: boolean;
  readonly reconnectsAtMost?: number;
  readonly unacknowledgedAtMost?: number;
  readonly failedCallsAtMost?: number;
  /** Requests that are answered with an error, by its code. None where nothing is said. */
  readonly errors?: Readonly<Record<string, number>>;
  /** Requests that end as a dead letter. Those that are answered with an error where nothing is said. */
  readonly deadLetters?: number;
  /** Requests that the broker loses, which no bridge can help. None where nothing is said. */
  readonly brokerLoses?: { readonly atLeast: number; readonly atMost: number };
  /** How the fault is seen. */
  readonly shows?: readonly Shown[];
}

/**
 * A fault, the load it happens under, and what the bridge promises nevertheless.
 *
 * @typeParam S what it runs in
 * @typeParam T what it plays with
 */
export interface Scenario<S = Setting, T = Stage> {
  readonly name: string;
  /** The promise in words. */
  readonly specification: string;
  readonly load: Amount;
  readonly setting: S;
  readonly promised: Promised;
  /** Says why the scenario cannot be played here, or nothing when it can. */
  readonly problem?: () => string | undefined;
  /** Publishes the load while the fault happens; resolves when both are over. */
  readonly play: (stage: T) => Promise<void>;
}
