import type { AddressInfo } from 'node:net';
import { type IPublishPacket, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { BridgeConfig, RouteConfig } from './config';
import { AckGate } from './delivery/ack-gate';
import { Route } from './delivery/route';
import { BridgeError } from './errors';
import { ModelClient } from './model/model-client';
import { PatientModel } from './model/patient-model';
import { assertAcknowledgementHook, createReplyClient, createRequestClient } from './mqtt/client';
import { followDropped } from './mqtt/dropped-messages';
import { Link } from './mqtt/link';
import { Publisher } from './mqtt/publisher';
import { subscribe } from './mqtt/subscription';
import { serveOperations } from './operations/http-server';
import { Observer } from './operations/observer';
import { CircuitBreaker } from './pacing/circuit-breaker';
import { within } from './pacing/within';

/** A bridge at work. */
export interface RunningBridge {
  /** Where /livez, /readyz and /metrics are. */
  readonly operationsPort: number;
  /**
   * Answers what it has taken, acknowledges it, and disconnects; the broker keeps the session, and in it whatever
   * arrives meanwhile.
   *
   * @returns how many requests were still without an answer after `delivery.drainTimeoutSeconds`; the broker delivers
   * them again to the next bridge
   */
  stop(): Promise<number>;
}

/**
 * Starts the bridge. It resolves as soon as probes are answered; the connections to the broker come and go after
 * that, and /readyz tells.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port for probes is taken
 */
export async function startBridge(config: BridgeConfig, log: Logger): Promise<RunningBridge> {
  assertAcknowledgementHook(MqttClient.prototype);
  const { broker, delivery } = config;
  const leftovers = new Set<string>();
  let stopping: Promise<number> | undefined;
  let requestClient: MqttClient | undefined;
  const gate = new AckGate(handle, delivery.window, {
    adopted: (packet) => observer.received(packet, routeOf(packet))('duplicate'),
  });
  const observer = new Observer(log, broker, { window: delivery.window, size: () => gate.size });
  const publisher = new Publisher(broker.maxPacketBytes ?? Number.POSITIVE_INFINITY, () => observer.publishedAgain());
  const targets = new Map(config.routes.map((route) => [route.requestTopic, createTarget(route)]));

  const server = await serveOperations(config.http, observer, observer.registry).catch((error: Error) => {
    const where = `${config.http.host}:${config.http.port}`;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `no probes on ${where}: ${error.message}. Choose another http.port`);
  });
  const timing = { reconnect: broker.reconnect, connectTimeoutMs: broker.connectTimeoutSeconds * 1000 };
  const replies = new Link({
    ...timing,
    create: () => createReplyClient(broker),
    opened: async (client, connack) => {
      publisher.opened(client, connack);
      observer.opened('replies', false);
      followDropped(client, broker.droppedMessagesTopic, (total) => observer.droppedByBroker(total));
    },
    closed: () => {
      publisher.closed();
      observer.closed('replies');
    },
    failed: (reason, retryInMs) => observer.lost('replies', reason, retryInMs),
  });
  const requests = new Link({
    ...timing,
    create: () => createRequestClient(broker, delivery.window),
    prepare: (client) => {
      requestClient = client;
      gate.guard(client);
    },
    opened: async (client, { sessionPresent }) => {
      // A session that the broker still has takes requests already; the answer to SUBSCRIBE comes behind all of them.
      if (sessionPresent) observer.opened('requests', sessionPresent);
      await subscribe(client, config.routes);
      if (!sessionPresent) observer.opened('requests', sessionPresent);
    },
    closed: () => observer.closed('requests'),
    failed: (reason, retryInMs) => observer.lost('requests', reason, retryInMs),
  });
  replies.start();
  requests.start();

  return {
    operationsPort: (server.address() as AddressInfo).port,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<number> {
    await within(delivery.drainTimeoutSeconds * 1000, gate.drain());
    const unanswered = gate.working;
    await requests.stop();
    await replies.stop();
    await Promise.all([...targets.values()].map(({ client }) => client.close()));
    server.close();
    server.closeAllConnections();
    return unanswered;
  }

  async function handle(packet: IPublishPacket): Promise<void> {
    const settled = observer.received(packet, routeOf(packet));
    const target = targets.get(packet.topic);
    if (!target) {
      forget(packet.topic);
      settled('unrouted');
    } else if (packet.retain) {
      observer.retained(packet.topic);
      settled('retained');
    } else {
      settled(await target.route.deliver(packet));
    }
  }

  /** A topic that an earlier configuration subscribed to; the session at the broker remembers. */
  function forget(topic: string): void {
    if (leftovers.has(topic)) return;
    leftovers.add(topic);
    observer.unrouted(topic);
    requestClient?.unsubscribe(topic);
  }

  function routeOf({ topic }: IPublishPacket): string {
    return targets.get(topic)?.name ?? 'none';
  }

  function createTarget(config: RouteConfig): Target {
    const { name, concurrency, model } = config;
    const client = new ModelClient(config, (code, seconds) => observer.modelCalled(name, code, seconds));
    const breaker = new CircuitBreaker({
      failures: model.breaker.failures,
      openMs: model.breaker.openSeconds * 1000,
      changed: (open) => observer.modelSpared(config, open),
    });
    const patient = new PatientModel((call, timeoutMs) => client.predict(call, timeoutMs), breaker, {
      ...model.retry,
      timeoutMs: model.timeoutSeconds * 1000,
      concurrency,
      retried: () => observer.modelAskedAgain(name),
    });
    const route = new Route(config, {
      predict: (call) => patient.predict(call),
      publish: (message) => publisher.publish(message),
      failed: (requestId, failure) => observer.failed(config, requestId, failure),
    });
    return { name, client, route };
  }
}

/** What takes the requests of one route. */
interface Target {
  readonly name: string;
  readonly client: ModelClient;
  readonly route: Route;
}
