import { topicFilterProblem } from '../../../bridge/config/topics';
import { EdgeError } from '../../errors';
import type { Credentials } from '../credentials';
import type { IMqttUser } from '../mqtt-broker';
import { anyOf, bindingKeyPattern, mqttPattern, NOTHING, namePattern } from './permission-pattern';

/** MQTT's topics are routing keys of this exchange. */
export const MQTT_EXCHANGE = 'amq.topic';
/** What permissions call the exchange without a name, by which a queue is reached under its own. */
const DEFAULT_EXCHANGE = 'amq.default';

export interface RabbitMqUserOptions {
  /**
   * Ids that the user's MQTT clients connect under; a star at the end stands for any rest. Sessions belong to ids, and who
   * may use one may take over its session.
   *
   * @default - the user's name, and all that begin with the name and a slash
   */
  readonly clientIds?: string[];
}

/** Three regular expressions, for names of queues and exchanges. */
export interface ResourcePermission {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Two regular expressions, for routing keys of a topic exchange. */
export interface TopicPermission {
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

type Access = 'configure' | 'write' | 'read';

/** Somebody who may log in to a {@link RabbitMq} broker. Until a grant says otherwise, they may do nothing. */
export class RabbitMqUser implements IMqttUser {
  readonly name: string;
  readonly credentials: Credentials;
  readonly clientIds: string[];
  readonly #resources: Record<Access, Set<string>> = { configure: new Set(), write: new Set(), read: new Set() };
  readonly #topics = new Map<string, { readonly write: Set<string>; readonly read: Set<string> }>();

  /** @internal use `broker.addUser(..)` */
  constructor(name: string, credentials: Credentials, options: RabbitMqUserOptions = {}) {
    this.name = name;
    this.credentials = credentials;
    this.clientIds = [...(options.clientIds ?? [name, `${name}/*`])];
  }

  /**
   * Lets the user publish by MQTT to what the filter matches. RabbitMQ ends the connection of who publishes elsewhere.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_TOPIC for what is no filter; EDGE_ERR_BROKER_FEATURE for one with a dot or a star
   */
  allowPublish(topicFilter: string): IMqttUser {
    this.#topic(MQTT_EXCHANGE, 'write', mqttPattern(this.#checked(topicFilter)));
    this.#resource('write', MQTT_EXCHANGE);
    // Where a will that is delayed waits.
    for (const id of this.clientIds) {
      this.#resource('configure', `mqtt-will-${id}`);
      this.#resource('read', `mqtt-will-${id}`);
    }
    return this;
  }

  /**
   * Lets the user subscribe by MQTT to the filter, and to what is within it.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_TOPIC for what is no filter; EDGE_ERR_BROKER_FEATURE for one with a dot or a star
   */
  allowSubscribe(topicFilter: string): IMqttUser {
    this.#topic(MQTT_EXCHANGE, 'read', mqttPattern(this.#checked(topicFilter)));
    this.#resource('read', MQTT_EXCHANGE);
    for (const id of this.clientIds) {
      for (const access of ['configure', 'write', 'read'] as const) this.#session(access, id);
    }
    return this;
  }

  /**
   * Lets the user publish by AMQP.
   *
   * @param exchange the empty name is the default exchange, by which a message gets into any queue
   * @param bindingKeys which routing keys; nothing else is delivered by a topic exchange. @default - all
   */
  allowPublishTo(exchange: string, bindingKeys: string[] = ['#']): this {
    this.#resource('write', exchange === '' ? DEFAULT_EXCHANGE : exchange);
    if (exchange !== '') for (const key of bindingKeys) this.#topic(exchange, 'write', bindingKeyPattern(key));
    return this;
  }

  /** Lets the user consume from a queue by AMQP. */
  allowConsume(queue: string): this {
    this.#resource('read', queue);
    return this;
  }

  /**
   * Lets the user declare, and delete, a queue or an exchange. RabbitMQ from 4.3 on asks for this also where somebody only
   * looks whether it is there.
   */
  allowDeclare(name: string): this {
    this.#resource('configure', name);
    return this;
  }

  /** Lets the user bind a queue to an exchange. */
  allowBind(queue: string, exchange: string, bindingKeys: string[] = ['#']): this {
    this.#resource('write', queue);
    this.#resource('read', exchange);
    for (const key of bindingKeys) this.#topic(exchange, 'read', bindingKeyPattern(key));
    return this;
  }

  /** @internal */
  _permission(): ResourcePermission {
    const { configure, write, read } = this.#resources;
    return { configure: anyOf(configure), write: anyOf(write), read: anyOf(read) };
  }

  /**
   * What the user may do at a topic exchange. Who has no such permission may do everything there, so everybody gets one.
   *
   * @internal
   */
  _topicPermission(exchange: string): TopicPermission {
    const granted = this.#topics.get(exchange);
    return granted
      ? { exchange, write: anyOf(granted.write), read: anyOf(granted.read) }
      : { exchange, write: NOTHING, read: NOTHING };
  }

  #resource(access: Access, name: string): void {
    this.#resources[access].add(namePattern(name));
  }

  #session(access: Access, clientId: string): void {
    this.#resources[access].add(`${namePattern(`mqtt-subscription-${clientId}`)}qos[01]`);
  }

  #topic(exchange: string, access: 'write' | 'read', pattern: string): void {
    const granted = this.#topics.get(exchange) ?? { write: new Set<string>(), read: new Set<string>() };
    granted[access].add(pattern);
    this.#topics.set(exchange, granted);
  }

  #checked(topicFilter: string): string {
    const at = `a topic filter granted to user "${this.name}"`;
    const rule = topicFilterProblem(topicFilter);
    if (rule) {
      throw new EdgeError('EDGE_ERR_ROUTE_TOPIC', { at, value: topicFilter, rule, fix: 'Correct the filter' });
    }
    if (!/[.*]/.test(topicFilter)) return topicFilter;
    throw new EdgeError('EDGE_ERR_BROKER_FEATURE', {
      at,
      value: topicFilter,
      rule: 'to RabbitMQ a dot is what a slash is, and a star what a plus is, and it would be another topic',
      fix: 'Use a topic without them',
    });
  }
}
