import type { AmqpTopology } from '../../../bridge/config/amqp-topology';
import { HASHING_ALGORITHM } from './rabbitmq-password-hash';
import { MQTT_EXCHANGE, type RabbitMqUser } from './rabbitmq-user';
import type { RabbitMqUsers } from './rabbitmq-users';

/** How all queues, or exchanges, of which the pattern finds the name are kept; unlike arguments it can be changed. */
export interface BrokerPolicy {
  readonly name: string;
  /** A regular expression. */
  readonly pattern: string;
  readonly applyTo: 'queues' | 'quorum_queues';
  readonly definition: Record<string, string | number>;
}

export interface AccessOptions {
  readonly vhost: string;
  readonly users: RabbitMqUsers;
  readonly policies: readonly BrokerPolicy[];
  /** Topic exchanges besides MQTT's. */
  readonly topicExchanges: readonly string[];
}

/**
 * Who may do what, in the form of RabbitMQ's definitions. A node that has definitions to load makes no user of its own,
 * so that there is no administrator at all.
 *
 * @see https://www.rabbitmq.com/docs/definitions
 */
export function accessDefinitions({ vhost, users, policies, topicExchanges }: AccessOptions): object {
  const exchanges = [...new Set([MQTT_EXCHANGE, ...topicExchanges])].sort();
  return {
    vhosts: [{ name: vhost }],
    users: users.all.map((user) => ({
      name: user.name,
      password_hash: users.hashOf(user),
      hashing_algorithm: HASHING_ALGORITHM,
      tags: [],
    })),
    permissions: users.all.map((user) => ({ user: user.name, vhost, ...user._permission() })),
    topic_permissions: users.all.flatMap((user) => topicPermissions(user, vhost, exchanges)),
    policies: policies.map(({ applyTo, ...policy }) => ({ vhost, ...policy, 'apply-to': applyTo, priority: 0 })),
  };
}

/** Exchanges, queues and bindings in the form of RabbitMQ's definitions. */
export function topologyDefinitions(vhost: string, { exchanges, queues, bindings }: AmqpTopology): object {
  return {
    exchanges: exchanges.map(({ name, type, durable }) => ({
      ...{ name, vhost, type, durable },
      auto_delete: false,
      internal: false,
      arguments: {},
    })),
    queues: queues.map(({ name, durable, arguments: args }) => ({
      ...{ name, vhost, durable },
      auto_delete: false,
      arguments: args,
    })),
    bindings: bindings.map(({ exchange, queue, routingKey }) => ({
      source: exchange,
      vhost,
      destination: queue,
      destination_type: 'queue',
      routing_key: routingKey,
      arguments: {},
    })),
  };
}

function topicPermissions(user: RabbitMqUser, vhost: string, exchanges: readonly string[]): object[] {
  return exchanges.map((exchange) => ({ user: user.name, vhost, ...user._topicPermission(exchange) }));
}
