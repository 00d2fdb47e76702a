import type { Answer } from './answer';

/** A connection to a broker that questions go out on, and answers come back. It is made again whenever it breaks. */
export interface Connection {
  /** Questions without an answer. */
  readonly waiting: number;
  start(): void;
  /** Why no questions go out at the moment. */
  problems(): string[];
  /** Tells everybody who still waits this. */
  giveUp(answer: Answer): void;
  stop(): Promise<void>;
}

/** What is told of a connection. */
export interface ConnectionEvents {
  readonly opened: () => void;
  /** Of a connection that was open. */
  readonly closed: () => void;
  /** An attempt was in vain, or a connection broke. */
  readonly failed: (reason: Error, retryInMs: number) => void;
  /** An answer came for which nobody waits: too late, twice, or unasked. */
  readonly stray: () => void;
}
