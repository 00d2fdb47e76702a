import { BindingPattern } from './amqp-names';

/** What a queue is for. */
type QueueRole = 'requests' | 'delay' | 'parking' | 'replies';
type QueueType = 'quorum' | 'classic';

export interface AmqpQueue {
  readonly name: string;
  readonly role: QueueRole;
  readonly type: QueueType;
  readonly durable: true;
  /** RabbitMQ refuses whoever declares the queue with others (406 PRECONDITION_FAILED). */
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface AmqpExchange {
  readonly name: string;
  readonly type: 'topic';
  readonly durable: true;
}

export interface AmqpBinding {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

/** What has to be at a broker for requests to be taken and answered. */
export interface AmqpTopology {
  readonly exchanges: readonly AmqpExchange[];
  readonly queues: readonly AmqpQueue[];
  readonly bindings: readonly AmqpBinding[];
}

/** What a route says of its queues; a route of a parsed configuration is one. */
export interface TopologyRoute {
  readonly queue: {
    readonly name: string;
    readonly type: QueueType;
    readonly exchange: string;
    readonly bindingKeys: readonly string[];
    readonly deliveryLimit: number;
    readonly maxLength?: number | undefined;
  };
  readonly reply: { readonly queue?: string | undefined };
  readonly retry: { readonly attempts: number; readonly delaySeconds: number; readonly queue: string };
  readonly parking: { readonly queue: string };
}

/**
 * The exchanges, queues and bindings of routes.
 *
 * The one place that knows queue arguments: whoever declares a queue, or writes a definition or a custom resource of one,
 * takes them from here, and so nobody is refused for having others.
 */
export function amqpTopology(routes: readonly TopologyRoute[]): AmqpTopology {
  const queues = routes.flatMap(routeQueues);
  return {
    exchanges: unique(routes.map(({ queue }) => queue.exchange)).map((name) => ({
      name,
      type: 'topic',
      durable: true,
    })),
    queues: unique(queues.map(({ name }) => name)).map(
      (name) => queues.find((queue) => queue.name === name) as AmqpQueue,
    ),
    bindings: routes.flatMap(({ queue: { name: queue, exchange, bindingKeys } }) =>
      unique(bindingKeys.map((key) => new BindingPattern(key).key)).map((routingKey) => ({
        exchange,
        queue,
        routingKey,
      })),
    ),
  };
}

/** The queues of one route, as it names them: of two with one name, only one can be as it has to be. */
export function routeQueues({ queue, reply, retry, parking }: TopologyRoute): AmqpQueue[] {
  const { name, type } = queue;
  return [
    durableQueue(name, 'requests', type, {
      ...deadLettersTo(parking.queue, type),
      ...(type === 'quorum' && { 'x-delivery-limit': queue.deliveryLimit }),
      ...(queue.maxLength !== undefined && { 'x-max-length': queue.maxLength }),
    }),
    ...(retry.attempts > 1
      ? [
          durableQueue(retry.queue, 'delay', type, {
            ...deadLettersTo(name, type),
            'x-message-ttl': retry.delaySeconds * 1000,
          }),
        ]
      : []),
    durableQueue(parking.queue, 'parking', type),
    ...(reply.queue === undefined ? [] : [durableQueue(reply.queue, 'replies', type)]),
  ];
}

function durableQueue(name: string, role: QueueRole, type: QueueType, more: AmqpQueue['arguments'] = {}): AmqpQueue {
  return { name, role, type, durable: true, arguments: { 'x-queue-type': type, ...more } };
}

/**
 * Through the default exchange, so that nobody else's binding has a say in it.
 *
 * A quorum queue keeps what it hands over until the other queue has it, for which it must refuse what it has no room for
 * instead of dropping something else. A classic one hands over once, whatever comes of it.
 */
function deadLettersTo(queue: string, type: QueueType): AmqpQueue['arguments'] {
  return {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-overflow': 'reject-publish',
    ...(type === 'quorum' && { 'x-dead-letter-strategy': 'at-least-once' }),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
