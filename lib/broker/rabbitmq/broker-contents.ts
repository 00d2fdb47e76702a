import { type AmqpRouteQueues, findAmqpConflicts } from '../../../bridge/config/amqp-conflicts';
import { type AmqpTopology, amqpTopology } from '../../../bridge/config/amqp-topology';
import { EdgeError } from '../../errors';
import type { Credentials } from '../credentials';
import { accessDefinitions, type BrokerPolicy, topologyDefinitions } from './rabbitmq-definitions';
import type { RabbitMqSettings } from './rabbitmq-settings';
import { MQTT_EXCHANGE, type RabbitMqUser, type RabbitMqUserOptions } from './rabbitmq-user';
import { RabbitMqUsers } from './rabbitmq-users';

/** Who is known to one broker, and what queues it has, however it is told of them. */
export class BrokerContents {
  readonly users: RabbitMqUsers;
  readonly #settings: RabbitMqSettings;
  readonly #routes: AmqpRouteQueues[] = [];

  /** @param broker what tells this broker from others; part of the salts */
  constructor(broker: string, settings: RabbitMqSettings) {
    this.users = new RabbitMqUsers(broker);
    this.#settings = settings;
  }

  /** @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_DUPLICATE or EDGE_ERR_CREDENTIALS */
  addUser(name: string, credentials: Credentials, options?: RabbitMqUserOptions): RabbitMqUser {
    if (credentials?.certificate && this.#settings.clientCertificates === 'none') {
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the credentials of broker user "${name}"`,
        value: 'Credentials.fromCertificate()',
        rule: 'the broker asks nobody for a certificate',
        fix: 'Set tls, and clientCertificates to ClientCertificates.required() or optional()',
      });
    }
    return this.users.add(name, credentials, options);
  }

  /** @throws EdgeError EDGE_ERR_ROUTE_CONFLICT for queues that get in each other's way */
  addRoute(route: AmqpRouteQueues): void {
    const [conflict] = findAmqpConflicts([...this.#routes, route]);
    if (conflict !== undefined) {
      throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', {
        at: 'a request queue of the broker',
        value: route.queue.name,
        rule: conflict.replace(/\. [^.]+$/, ''),
        fix: 'Give each its own names and binding keys',
      });
    }
    this.#routes.push(route);
  }

  /** Exchanges, queues and bindings. Those that every broker has are left out. */
  topology(): AmqpTopology {
    const { exchanges, queues, bindings } = amqpTopology(this.#routes);
    return { exchanges: exchanges.filter(({ name }) => name !== MQTT_EXCHANGE), queues, bindings };
  }

  /** Exchanges for whose routing keys there are permissions. */
  topicExchanges(): string[] {
    return [...new Set([MQTT_EXCHANGE, ...this.topology().exchanges.map(({ name }) => name)])].sort();
  }

  policies(): BrokerPolicy[] {
    const { mqtt, version } = this.#settings;
    if (mqtt?.sessionQueues !== 'quorum' || !version._limitsDeliveries) return [];
    // After the twentieth time that a client has gone away with a message, it would be dropped.
    const definition = { 'delivery-limit': -1 };
    return [{ name: 'mqtt-sessions', pattern: '^mqtt-subscription-', applyTo: 'quorum_queues', definition }];
  }

  /** The definitions of who may do what. */
  access(): string {
    const { vhost } = this.#settings;
    const topicExchanges = this.topicExchanges();
    return JSON.stringify(accessDefinitions({ vhost, users: this.users, policies: this.policies(), topicExchanges }));
  }

  /** The definitions of exchanges, queues and bindings. */
  definitions(): string {
    return `${JSON.stringify(topologyDefinitions(this.#settings.vhost, this.topology()), undefined, 2)}\n`;
  }
}
