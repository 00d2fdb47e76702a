import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type IPublishPacket, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { BridgeConfig, RouteConfig } from './config';
import { resolveClientId } from './config/client-id';
import type { TopicPattern } from './config/topic-pattern';
import { AckGate } from './delivery/ack-gate';
import { retire } from './delivery/retirement';
import { Route } from './delivery/route';
import { RouteTable } from './delivery/route-table';
import { BridgeError } from './errors';
import { type LoginFor, openLogin } from './model/login/open-login';
import { ModelClient } from './model/model-client';
import { type Model, Models } from './model/models';
import { PatientModel } from './model/patient-model';
import { assertAcknowledgementHook, createReplyClient, createRequestClient } from './mqtt/client';
import { followDropped } from './mqtt/dropped-messages';
import { Link } from './mqtt/link';
import { Publisher } from './mqtt/publisher';
import { subscribe, unsubscribe } from './mqtt/subscription';
import { serveOperations } from './operations/http-server';
import { Observer } from './operations/observer';
import { CircuitBreaker } from './pacing/circuit-breaker';
import { within } from './pacing/within';

/** A bridge at work. */
export interface RunningBridge {
  /** Where /livez, /readyz and /metrics are. */
  readonly operationsPort: number;
  /** Resolves when requests can be taken for the first time. */
  readonly connected: Promise<void>;
  /**
   * Answers what it has taken, acknowledges it, and disconnects; the broker keeps the session, and in it whatever
   * arrives meanwhile.
   *
   * @returns how many requests were still without an answer after `delivery.drainTimeoutSeconds`; the broker delivers
   * them again to the next bridge
   */
  stop(): Promise<number>;
}

export interface StartOptions {
  /** Takes what waits in the session, and subscribes to nothing: to retire a member of a group that is gone. */
  readonly leaving?: boolean;
}

/**
 * Starts the bridge. It resolves as soon as probes are answered; the connections to the broker come and go after
 * that, and /readyz tells.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port for probes is taken
 */
export async function startBridge(
  config: BridgeConfig,
  log: Logger,
  { leaving = false }: StartOptions = {},
): Promise<RunningBridge> {
  assertAcknowledgementHook(MqttClient.prototype);
  const { delivery } = config;
  const broker = { ...config.broker, clientId: resolveClientId(config.broker.clientId, hostname()) };
  const leftovers = new Set<string>();
  const connected = Promise.withResolvers<void>();
  let stopping: Promise<number> | undefined;
  let requestClient: MqttClient | undefined;
  const gate = new AckGate(
    handle,
    { messages: delivery.window, bytes: delivery.windowBytes },
    {
      adopted: (packet) => observer.received(packet, routeOf(packet))('duplicate'),
    },
  );
  const observer = new Observer(log, broker, { window: delivery.window, size: () => gate.size });
  const publisher = new Publisher(broker.maxPacketBytes ?? Number.POSITIVE_INFINITY, () => observer.publishedAgain());
  const targets = config.routes.map(createTarget);
  const table = new RouteTable(targets);

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
      if (!leaving) await subscribe(client, config.routes);
      if (!sessionPresent) observer.opened('requests', sessionPresent);
      connected.resolve();
    },
    closed: () => observer.closed('requests'),
    failed: (reason, retryInMs) => observer.lost('requests', reason, retryInMs),
  });
  replies.start();
  requests.start();

  return {
    operationsPort: (server.address() as AddressInfo).port,
    connected: connected.promise,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<number> {
    const retired = delivery.onStop === 'retire' && (await leaveGroup());
    await within(delivery.drainTimeoutSeconds * 1000, gate.drain());
    const unanswered = gate.working;
    await requests.stop({ forget: retired && unanswered === 0 });
    await replies.stop();
    await Promise.all(targets.map(({ models }) => models.close()));
    server.close();
    server.closeAllConnections();
    return unanswered;
  }

  /** @returns whether everything that waited for this member is answered, so that its session may end */
  async function leaveGroup(): Promise<boolean> {
    const client = requestClient;
    if (!client?.connected) return false;
    const retired = retire({
      unsubscribe: () => unsubscribe(client, config.routes),
      taken: () => ({ total: gate.taken, open: gate.size }),
    });
    return within(
      delivery.drainTimeoutSeconds * 1000,
      retired.then(
        () => true,
        () => false,
      ),
    ).then((done) => done === true && client.connected);
  }

  async function handle(packet: IPublishPacket): Promise<void> {
    const settled = observer.received(packet, routeOf(packet));
    const target = table.find(packet.topic);
    if (!target) {
      forget(packet.topic);
      settled('unrouted');
    } else if (packet.retain && !target.processRetained) {
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
    return table.find(topic)?.route.name ?? 'none';
  }

  function createTarget(config: RouteConfig): Target {
    const loginFor = openLogin(config);
    const models = new Models(config.model.url, (url) => createModel(config, url, loginFor));
    const route = new Route(config, {
      models,
      publish: (message) => publisher.publish(message),
      failed: (requestId, failure) => observer.failed(config, requestId, failure),
    });
    return { pattern: route.pattern, models, route, processRetained: config.retained === 'process' };
  }

  function createModel(config: RouteConfig, url: string, loginFor: LoginFor): Model {
    const { name, concurrency, model } = config;
    const observe = (code: string, seconds: number) => observer.modelCalled(name, code, seconds);
    const client = new ModelClient(config, url, observe, loginFor);
    const breaker = new CircuitBreaker({
      failures: model.breaker.failures,
      openMs: model.breaker.openSeconds * 1000,
      changed: (open) => observer.modelSpared(name, url, open),
    });
    const patient = new PatientModel((call, timeoutMs) => client.predict(call, timeoutMs), breaker, {
      ...model.retry,
      timeoutMs: model.timeoutSeconds * 1000,
      concurrency,
      retried: () => observer.modelAskedAgain(name),
    });
    return {
      predict: (call) => patient.predict(call),
      retire: () => client.retire(),
      close: () => client.close(),
    };
  }
}

/** What takes the requests of one route. */
interface Target {
  readonly pattern: TopicPattern;
  readonly models: Models;
  readonly route: Route;
  readonly processRetained: boolean;
}
