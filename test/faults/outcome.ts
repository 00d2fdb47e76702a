/** What a scenario came to, counted by unique id. */
export interface Outcome {
  /** Requests the broker acknowledged and nobody answered. */
  readonly lost: number;
  /** Answers beyond the first. */
  readonly duplicates: number;
  readonly errorReplies: number;
  readonly modelCalls: number;
  /** The most messages the bridge held unacknowledged, as far as it was looked at. */
  readonly peakUnacknowledged: number | undefined;
  /** What the last bridge process has counted. */
  readonly lastBridge: BridgeCounts;
  /** Whether that process was there from the beginning. */
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
}
