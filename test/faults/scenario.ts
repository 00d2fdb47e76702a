import type { Load } from './publisher';
import type { Setting, Stage } from './stage';

/** What has to hold besides that nothing is lost. */
export interface Promised {
  readonly duplicatesAtMost?: number;
  readonly oneModelCallEach?: boolean;
  readonly reconnectsAtMost?: number;
  readonly unacknowledgedAtMost?: number;
}

/** A fault, the load it happens under, and what the bridge promises nevertheless. */
export interface Scenario {
  readonly name: string;
  /** The promise in words. */
  readonly specification: string;
  readonly load: Load;
  readonly setting: Setting;
  readonly promised: Promised;
  /** Publishes the load while the fault happens; resolves when both are over. */
  readonly play: (stage: Stage) => Promise<void>;
}
