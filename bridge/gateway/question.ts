import type { Captures } from '../config/topic-pattern';
import type { AskTrace } from '../operations/tracing/tracing';

/** A request that somebody sent over HTTP, checked, and ready to go its way. */
export interface Question {
  /** The requester's `RqUID`, or one that it was given. For people to follow, and never to tell answers apart by. */
  readonly requestId: string;
  readonly body: Buffer;
  /** Without parameters. */
  readonly contentType: string;
  /** What the names in the path are. */
  readonly captures: Captures;
  /** What the requester wrote in `routing-key`. */
  readonly routingKey: string | undefined;
  /** Headers that go on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trace: AskTrace;
  /** When nobody waits for the answer any more, in terms of `performance.now()`. */
  readonly expiresAt: number;
  /** Aborted when the requester is gone. */
  readonly gone: AbortSignal;
}

/** Milliseconds that a question has left, one at least. */
export function remainingMs({ expiresAt }: Pick<Question, 'expiresAt'>): number {
  return Math.max(1, Math.ceil(expiresAt - performance.now()));
}
