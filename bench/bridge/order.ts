/** What the benchmark asks a load process to do, and what it hears from it. */
export interface Order {
  readonly load: Load;
  /** Where requests go and answers come; absent for a load on the model itself. */
  readonly topics?: Topics;
  readonly qos: 0 | 1 | 2;
  /** One request in the middle that the model takes so long for. */
  readonly stragglerMs?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface Topics {
  readonly request: string;
  readonly answer: string;
}

/** As many as can be answered with so many unanswered at a time, or so many a second. */
export type Load = { readonly window: number } | { readonly perSecond: number };

export type Report =
  | { readonly at: 'ready' }
  /** The measured part begins. */
  | { readonly at: 'warm' }
  | ({ readonly at: 'measured' } & Measured)
  /** What was still under way is over. */
  | { readonly at: 'idle'; readonly unanswered: number };

export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The slowest of all but the straggler. */
  readonly worstMs: number;
  /** Processor time and memory of the load process itself. */
  readonly cpuMicrosecondsEach: number;
  readonly rssBytes: number;
}
