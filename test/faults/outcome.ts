import type { Metrics } from './metrics';

/** What a scenario came to, counted by unique id. */
export interface Outcome {
  /** Requests with a prediction. */
  readonly predicted: number;
  /** Error replies by their code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Requests that ended as a dead letter. */
  readonly deadLetters: number;
  /** Requests that the broker acknowledged, delivered, and that have none of the three. */
  readonly lost: number;
  /** Requests that the broker acknowledged and never delivered. */
  readonly lostByBroker: number;
  /** Requests that the model was asked for and that have no answer: these nobody but the bridge can have lost. */
  readonly askedInVain: number;
  /** Answers beyond the first. */
  readonly duplicates: number;
  /** Calls that the model did not refuse. */
  readonly modelCalls: number;
  /** The most messages the bridge held unacknowledged, as far as it was looked at. */
  readonly peakUnacknowledged: number | undefined;
  /** What the last bridge processes have counted, all together. */
  readonly lastBridge: BridgeCounts;
  /** What they show besides. */
  readonly metrics: Pick<Metrics, 'sum'>;
  /** Whether these processes were there from the beginning. */
  readonly oneBridge: boolean;
}

export interface BridgeCounts {
  readonly received: number;
  readonly settled: number;
  readonly inflight: number;
  readonly unacknowledged: number;
  /** Redeliveries taken for what they are, instead of being worked on again. */
  readonly adopted: number;
  readonly reconnects: number;
  /** Calls to the model that gave no prediction. */
  readonly failedCalls: number;
}
