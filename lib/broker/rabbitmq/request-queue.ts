import { Duration } from 'cdk8s';
import type { AmqpRouteQueues } from '../../../bridge/config/amqp-conflicts';
import { AMQP_DEFAULTS } from '../../../bridge/config/amqp-defaults';
import { amqpNameProblem, BindingPattern, bindingKeyProblem } from '../../../bridge/config/amqp-names';
import { amqpTopology } from '../../../bridge/config/amqp-topology';
import { EdgeError } from '../../errors';
import type { RabbitMqUser } from './rabbitmq-user';

/** How a queue keeps its messages. */
export enum QueueType {
  /** On a majority of the nodes: nothing is lost with one of them. */
  QUORUM = 'quorum',
  /** On one node. */
  CLASSIC = 'classic',
}

export interface RequestQueueOptions {
  readonly name: string;
  /** The topic exchange that requests are published to. It is made too, unless it is `amq.topic`. */
  readonly exchange: string;
  /** Which of its routing keys lead here, `predict.*` for instance. */
  readonly bindingKeys: string[];
  /** @default QueueType.QUORUM */
  readonly type?: QueueType;
  /** How often a request of a quorum queue is handed out that nobody answers, before it is parked. @default 20 */
  readonly deliveryLimit?: number;
  /** Requests that may wait; of further ones the publisher is told that there is no room. @default - any number */
  readonly maxLength?: number;
  /** How often a request is tried whose model fails, the first time included. @default 6 */
  readonly attempts?: number;
  /** Between two tries: whole seconds. @default - a minute */
  readonly retryDelay?: Duration;
  /** A queue for answers to requests that name none. @default - no such queue */
  readonly replyQueue?: string;
}

/**
 * A queue that a provider takes requests from, with what belongs to it: the queue where a request waits to be tried
 * again, and the one where it is parked when that has not helped.
 */
export class RequestQueue {
  readonly name: string;
  readonly exchange: string;
  readonly bindingKeys: string[];
  readonly parkingQueue: string;
  /** Nothing where nothing is tried again. */
  readonly delayQueue: string | undefined;
  readonly replyQueue: string | undefined;
  readonly #route: AmqpRouteQueues;

  /** @internal use `broker.addRequestQueue(..)` */
  constructor(options: RequestQueueOptions) {
    this.#route = routeOf(options);
    const { queue, retry, parking, reply } = this.#route;
    this.name = queue.name;
    this.exchange = queue.exchange;
    this.bindingKeys = [...queue.bindingKeys];
    this.parkingQueue = parking.queue;
    this.delayQueue = retry.attempts > 1 ? retry.queue : undefined;
    this.replyQueue = reply.queue;
  }

  /** Lets a user take requests, answer them wherever they ask for it, and declare what is needed for it. */
  allowProvider(user: RabbitMqUser): this {
    grantProvider(user, this.#route);
    return this;
  }

  /** Lets a user send requests; with a reply queue, take the answers from it too. */
  allowRequester(user: RabbitMqUser): this {
    user.allowPublishTo(this.exchange, this.bindingKeys);
    if (this.replyQueue !== undefined) user.allowConsume(this.replyQueue);
    return this;
  }

  /** @internal */
  _route(): AmqpRouteQueues {
    return this.#route;
  }
}

/**
 * What a provider does at the broker. Whoever declares a queue with dead letters must be able to read it and to write
 * where they go; whoever answers where the request asks for it may write into any queue by its name.
 */
export function grantProvider(user: RabbitMqUser, route: AmqpRouteQueues): void {
  const { queues, exchanges } = amqpTopology([route]);
  for (const { name } of exchanges) user.allowDeclare(name);
  for (const { name } of queues) user.allowDeclare(name);
  for (const { name, arguments: args } of queues) if ('x-dead-letter-exchange' in args) user.allowConsume(name);
  user.allowPublishTo('').allowBind(route.queue.name, route.queue.exchange, keysOf(route));
  if (route.reply.exchange) user.allowPublishTo(route.reply.exchange, [route.reply.routingKey ?? '#']);
}

function keysOf({ queue }: AmqpRouteQueues): string[] {
  return queue.bindingKeys.map((key) => new BindingPattern(key).key);
}

function routeOf(options: RequestQueueOptions): AmqpRouteQueues {
  const { name, exchange, bindingKeys, replyQueue, maxLength } = options;
  const at = (prop: string) => `${prop} of request queue "${name}"`;
  for (const [prop, value] of Object.entries({ name, replyQueue })) {
    const rule = value === undefined ? undefined : amqpNameProblem(value);
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at: at(prop), value, rule, fix: 'Choose another name' });
  }
  const rule = exchange === 'amq.topic' ? undefined : amqpNameProblem(exchange);
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at: at('exchange'), value: exchange, rule, fix: 'Choose another' });
  for (const key of bindingKeys) {
    const rule = bindingKeyProblem(key);
    if (rule)
      throw new EdgeError('EDGE_ERR_VALUE', { at: at('bindingKeys'), value: key, rule, fix: 'Correct the key' });
  }
  if (bindingKeys.length === 0) {
    const rule = 'without a binding key no request would come';
    throw new EdgeError('EDGE_ERR_VALUE', { at: at('bindingKeys'), value: '[]', rule, fix: 'Name one' });
  }
  const delay = (options.retryDelay ?? Duration.seconds(AMQP_DEFAULTS.retryDelaySeconds)).toMilliseconds() / 1_000;
  const delaySeconds = wholeNumber(at('retryDelay in seconds'), delay, 86_400);
  return {
    name,
    queue: {
      name,
      type: options.type ?? QueueType.QUORUM,
      exchange,
      bindingKeys: [...bindingKeys],
      deliveryLimit: wholeNumber(at('deliveryLimit'), options.deliveryLimit ?? AMQP_DEFAULTS.deliveryLimit, 1_000),
      ...(maxLength !== undefined && { maxLength: wholeNumber(at('maxLength'), maxLength, 2 ** 31 - 1) }),
    },
    reply: {
      allowedReplyTo: [...AMQP_DEFAULTS.allowedReplyTo],
      ...(replyQueue !== undefined && { queue: replyQueue }),
    },
    retry: {
      attempts: wholeNumber(at('attempts'), options.attempts ?? AMQP_DEFAULTS.retryAttempts, 100),
      delaySeconds,
      queue: `${name}.delay-${delaySeconds}s`,
    },
    parking: { queue: `${name}.parked` },
  };
}

function wholeNumber(at: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const rule = `it is a whole number from 1 to ${most}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix: 'Choose one' });
}
