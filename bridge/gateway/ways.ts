import { keyMatches, routingKeyProblem } from '../config/amqp-names';
import { resolveClientId } from '../config/client-id';
import type { GatewayConfig } from '../config/gateway';
import type { GatewayRouteConfig } from '../config/gateway-route';
import { fill } from '../config/topic-pattern';
import { modelClients } from '../model/model-clients';
import { Models } from '../model/models';
import { openModel } from '../model/open-model';
import { AmqpAsker } from './amqp/amqp-asker';
import { type Answer, refusal } from './answer';
import type { Connection } from './connection';
import type { Destination } from './destination';
import { DirectDestination } from './direct/direct-destination';
import { MqttAsker } from './mqtt/mqtt-asker';
import type { GatewayObserver } from './operations/observer';

/** All ways to models that the gateway has. */
export interface Ways {
  /** By the name of the route. */
  readonly destinations: ReadonlyMap<string, Destination>;
  start(): void;
  /** Why requests cannot be handed on at the moment. */
  problems(): string[];
  /** Requests without an answer, by connection. */
  waiting(): [connection: string, requests: number][];
  /** @param answer for those who still wait */
  close(answer: Answer): Promise<void>;
}

/**
 * Opens what the routes need: one connection to each broker, whatever the number of routes that go there.
 *
 * @param host name of this replica
 * @throws BridgeError BRIDGE_ERR_CONFIG when a login, or certificates for a model, cannot be used
 */
export function openWays({ gateway, ...brokers }: GatewayConfig, host: string, observer: GatewayObserver): Ways {
  const { routes, answerTopic, confirmTimeoutSeconds } = gateway;
  const connections = new Map<string, Connection>();
  const models: Models[] = [];
  const amqp = brokers.amqp && openAmqp(brokers.amqp);
  const mqtt = brokers.broker && openMqtt(brokers.broker);
  return {
    destinations: new Map(routes.map((route) => [route.name, destinationOf(route)])),
    start: () => {
      for (const connection of connections.values()) connection.start();
    },
    problems: () => [...connections.values()].flatMap((connection) => connection.problems()),
    waiting: () => [...connections].map(([name, { waiting }]) => [name, waiting]),
    close: async (answer) => {
      for (const connection of connections.values()) connection.giveUp(answer);
      await Promise.all([...connections.values(), ...models].map((way) => ('stop' in way ? way.stop() : way.close())));
    },
  };

  function openAmqp(config: NonNullable<GatewayConfig['amqp']>): AmqpAsker {
    const exchanges = [...new Set(routes.flatMap(({ amqp }) => amqp?.exchange ?? []))];
    const events = observer.connection('amqp', config.url);
    const asker = new AmqpAsker(config, { exchanges, confirmMs: confirmTimeoutSeconds * 1000 }, events);
    connections.set('amqp', asker);
    return asker;
  }

  function openMqtt(config: NonNullable<GatewayConfig['broker']>): MqttAsker {
    const broker = { ...config, clientId: resolveClientId(config.clientId, host) };
    const events = observer.connection('mqtt', config.url);
    const asker = new MqttAsker(broker, answerTopic, confirmTimeoutSeconds * 1000, events);
    connections.set('mqtt', asker);
    return asker;
  }

  function destinationOf(route: GatewayRouteConfig): Destination {
    if (route.amqp && amqp) return throughAmqp(amqp, route.amqp);
    if (route.mqtt && mqtt) return throughMqtt(mqtt, route.mqtt);
    if (route.direct) return toModel(route.name, route.direct);
    throw new Error(`route "${route.name}" leads nowhere`);
  }

  function toModel(name: string, config: NonNullable<GatewayRouteConfig['direct']>): Destination {
    const route = { name, ...config, headers: { fromModel: gateway.headers.answer } };
    const clientFor = modelClients(route, (outcome, seconds) => observer.modelCalled(name, outcome, seconds));
    const events = observer.model(name);
    const opened = new Models(config.model.url, (url) => openModel(config, url, clientFor, events));
    models.push(opened);
    return new DirectDestination(config, opened);
  }
}

function throughAmqp(
  asker: Pick<AmqpAsker, 'ask'>,
  { exchange, routingKey: template, routingKeys }: NonNullable<GatewayRouteConfig['amqp']>,
): Destination {
  return {
    ask: async (question) => {
      const routingKey = template === undefined ? (question.routingKey ?? '') : fill(template, question.captures);
      const problem = routingKeyProblem(routingKey);
      if (problem) return refusal('BRIDGE_ERR_UNROUTABLE', `the routing key "${routingKey}" leads nowhere: ${problem}`);
      // The broker would end the channel of all others for a key that the gateway's user may not write, or with a wildcard.
      const isWritable = !routingKey.includes('#') && routingKeys?.some((pattern) => keyMatches(pattern, routingKey));
      if (routingKeys && !isWritable) {
        return refusal('BRIDGE_ERR_UNROUTABLE', `the route takes no routing key "${routingKey}"`);
      }
      return asker.ask({ exchange, routingKey }, question);
    },
  };
}

function throughMqtt(
  asker: Pick<MqttAsker, 'ask'>,
  { requestTopic }: NonNullable<GatewayRouteConfig['mqtt']>,
): Destination {
  // What was captured is short and plain, and a topic that was one stays one.
  return { ask: (question) => asker.ask(fill(requestTopic, question.captures), question) };
}
