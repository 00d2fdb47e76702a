import type { Failure } from '../errors';
import type { TraceFields } from '../operations/tracing/trace-fields';
import type { AnswerHeaders } from '../payload/reply-mapper';
import type { PublishResult } from './publish-result';
import type { Request } from './request';

/** What a requester gets: a prediction, or an error reply. */
export interface Reply {
  /** JSON. */
  readonly body: Buffer;
  /** What it says of itself beside its body: `status`, and of an error its `code`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly trace: TraceFields;
  /** Of the model's answer that it was made of. */
  readonly answerHeaders?: AnswerHeaders | undefined;
}

/** How a request ended that got no prediction. */
export interface Death {
  readonly why: Failure;
  /** Calls to the model that were made for it. */
  readonly attempts: number;
  readonly modelUrl: string;
  readonly trace: TraceFields;
}

/** Where something is published to. */
export interface Mailbox<Content> {
  /** As messages and traces call it. */
  readonly address: string;
  put(content: Content): Promise<PublishResult>;
}

/** Where the answer to a request goes. */
export interface Addressee {
  /** Nothing where nobody can be told anything. */
  readonly mailbox: Mailbox<Reply> | undefined;
  /** Why the request gets no prediction there. */
  readonly problem?: Failure | undefined;
}

/** How the requests of one route are answered, over whatever they came. */
export interface Post<R extends Request> {
  addressee(request: R): Addressee;
  /** Where requests go that got no prediction. */
  graveyard(request: R): Mailbox<Death>;
  /** Whether a request is done with whose requester was told of the failure, also when it is in no graveyard. */
  readonly replySuffices: boolean;
  /**
   * Has the request come again later, when it may succeed.
   *
   * @returns whether it will; then it is done with for now
   */
  postpone?(request: R, death: Death): Promise<boolean>;
}
