import { randomUUID } from 'node:crypto';
import type { Captures } from '../config/topic-pattern';
import type { RequestTrace } from '../operations/tracing/tracing';

/** A message that asks for a prediction, over whatever it came. */
export interface Request {
  readonly id: string;
  readonly payload: Buffer;
  /** What the named parts of the address are that it came to. */
  readonly captures: Captures;
  readonly firstSeen: Date;
  /** When nobody waits for the answer any more, in terms of `performance.now()`. */
  readonly expiresAt: number | undefined;
  /** Calls to the model that were made for it before it came this time. */
  readonly earlierAttempts: number;
  /** Headers that came with it and that the model is sent. */
  readonly modelHeaders: Readonly<Record<string, string>> | undefined;
  readonly trace: RequestTrace;
}

/** The requester's own id where it is readable, so that logs on both sides speak of the same request. */
export function requestId(correlation: string | undefined): string {
  return correlation && /^[\x21-\x7e]{1,64}$/.test(correlation) ? correlation : randomUUID();
}
