import type { RequestQueueOptions } from '../../broker/rabbitmq/request-queue';
import type { ModelCallOptions } from '../amqp/model-call';

/** An exchange that is there, and what answers are published to it with. */
export interface ReplyExchange {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Names of headers that go from one side to another; all others stay where they are. */
export interface ProviderHeaders {
  /** Of a request, for the model. @default - RqUID, and none with `batch` */
  readonly toModel?: string[];
  /** Of a request, for its answer. @default - RqUID */
  readonly toReply?: string[];
  /** Of the model's answer, for the reply. @default - none */
  readonly fromModel?: string[];
}

export interface ProviderRouteOptions extends ModelCallOptions {
  /** What metrics and logs call the route. @default - the queue's name */
  readonly name?: string;
  /** Where requests wait. Words of its binding keys may have names, `predict.{model}`, for an endpoint `atUrl(..)`. */
  readonly queue: RequestQueueOptions;
  /** What the words of a routing key may be, by their names. @default - anything that can be in a URL */
  readonly captures?: Record<string, string[]>;
  /** Where answers go whose requests name no `reply_to`, in place of `queue.replyQueue`. @default - nowhere */
  readonly replyExchange?: ReplyExchange;
  /**
   * Queues that requests may have their answers in; a star stands for any characters.
   *
   * @default - direct reply-to, and queues whose names the broker has made up
   */
  readonly allowedReplyTo?: string[];
  /** @default - RqUID goes everywhere, nothing else anywhere */
  readonly headers?: ProviderHeaders;
}
