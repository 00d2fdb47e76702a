import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type IPublishPacket, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { BridgeConfig, RouteConfig } from './config';
import { isFirstMember, resolveClientId } from './config/client-id';
import { AckGate } from './delivery/ack-gate';
import type { Lanes } from './delivery/lanes';
import type { Message } from './delivery/message';
import { retire } from './delivery/retirement';
import { type Outcome, Route } from './delivery/route';
import { BridgeError, type Failure } from './errors';
import { type ModelClients, modelClients } from './model/model-clients';
import { type Model, Models } from './model/models';
import { PatientModel } from './model/patient-model';
import { assertAcknowledgementHook, createReplyClient, createRequestClient } from './mqtt/client';
import { followDropped } from './mqtt/dropped-messages';
import { Link } from './mqtt/link';
import { Publisher } from './mqtt/publisher';
import { unsubscribe } from './mqtt/subscription';
import { Subscriptions } from './mqtt/subscriptions';
import type { ConfigChanges } from './operations/config-changes';
import { BridgeHealth } from './operations/health';
import { serveOperations } from './operations/http-server';
import { LiveRoutes } from './operations/live-routes';
import { Observer } from './operations/observer';
import type { LongestSteps } from './operations/pulse';
import { Reloads } from './operations/reloads';
import { openTracing } from './operations/tracing/open-tracing';
import { CircuitBreaker } from './pacing/circuit-breaker';
import { within } from './pacing/within';

/** How long a stopping bridge waits for a collector of traces. */
const LAST_SPANS_MS = 3_000;

/** A bridge at work. */
export interface RunningBridge {
  /** Where /livez, /readyz and /metrics are. */
  readonly operationsPort: number;
  /** Resolves when requests can be taken for the first time. */
  readonly connected: Promise<void>;
  /**
   * Takes over another configuration, without a break: connections and the session stay, and what was taken is answered
   * as it would have been. Routes may be others, and `log.level`, `delivery.drainTimeoutSeconds` and `delivery.onStop`.
   *
   * @returns which routes changed, once the broker has accepted new subscriptions
   * @throws BridgeError BRIDGE_ERR_CONFIG, and whatever `read` throws; then nothing has changed. Either is logged already
   */
  reload(read: () => BridgeConfig): Promise<ConfigChanges>;
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
  let {
    delivery,
    log: { level },
  } = config;
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
  const health = new BridgeHealth(broker.url, () => gate.working, longestSteps(config));
  const observer = new Observer(log, broker, { window: delivery.window, size: () => gate.size }, health);
  const tracing = await openTracing(config.tracing, broker.clientId, {
    exported: (spans, failure) => observer.spansExported(spans, failure),
  });
  const publisher = new Publisher(broker.maxPacketBytes ?? Number.POSITIVE_INFINITY, () => observer.publishedAgain());
  const subscriptions = new Subscriptions(config.routes, broker.watchdogSeconds * 1000);
  const routes = new LiveRoutes(config.routes, {
    open: createTarget,
    unsettled: () => !subscriptions.settled || gate.size >= delivery.window,
  });
  const reloads = new Reloads(config, {
    serve: (changed) => routes.change(changed),
    subscribe: (changed) => subscriptions.change(changed),
    applied: (changed, changes) => {
      delivery = changed.delivery;
      // Whoever started the bridge may log at another level than the configuration says.
      if (changed.log.level !== level) log.level = changed.log.level;
      level = changed.log.level;
      health.steps = longestSteps(changed);
      observer.reloaded(changes);
    },
    refused: (reason) => observer.reloadRefused(reason),
  });

  const server = await serveOperations(config.http, health, observer.registry).catch((error: Error) => {
    const where = `${config.http.host}:${config.http.port}`;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `no probes on ${where}: ${error.message}. Choose another http.port`);
  });
  const timing = {
    reconnect: broker.reconnect,
    connectTimeoutMs: broker.connectTimeoutSeconds * 1000,
    watchdogMs: broker.watchdogSeconds * 1000,
  };
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
      if (!leaving) await subscriptions.opened(client, sessionPresent);
      if (!sessionPresent) observer.opened('requests', sessionPresent);
      connected.resolve();
    },
    closed: () => {
      subscriptions.closed();
      observer.closed('requests');
    },
    failed: (reason, retryInMs) => observer.lost('requests', reason, retryInMs),
  });
  replies.start();
  requests.start();

  return {
    operationsPort: (server.address() as AddressInfo).port,
    connected: connected.promise,
    reload: (read) => reloads.apply(read),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<number> {
    health.stopping();
    const leaves = delivery.onStop === 'retire' && (leaving || !isFirstMember(config.broker.clientId, hostname()));
    const retired = leaves && (await leaveGroup());
    await within(delivery.drainTimeoutSeconds * 1000, gate.drain());
    const unanswered = gate.working;
    await requests.stop({ forget: retired && unanswered === 0 });
    await replies.stop();
    await routes.close();
    await within(
      LAST_SPANS_MS,
      tracing.close().catch(() => undefined),
    );
    server.close();
    server.closeAllConnections();
    return unanswered;
  }

  /** @returns whether everything that waited for this member is answered, so that its session may end */
  async function leaveGroup(): Promise<boolean> {
    const client = requestClient;
    if (!client?.connected) return false;
    const retired = retire({
      unsubscribe: () => unsubscribe(client, subscriptions.routes),
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
    const route = routes.find(packet.topic);
    if (!route) {
      forget(packet.topic);
      settled('unrouted');
    } else if (packet.retain && route.config.retained === 'ignore') {
      observer.retained(packet.topic);
      settled('retained');
    } else {
      route.begin();
      settled(await route.target.deliver(packet));
      route.end();
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
    return routes.find(topic)?.config.name ?? 'none';
  }

  function createTarget(config: RouteConfig, predecessor: Target | undefined): Target {
    const observe = (outcome: string, seconds: number) => observer.modelCalled(config.name, outcome, seconds);
    const clientFor = modelClients(config, observe);
    const models = new Models(config.model.url, (url) => createModel(config, url, clientFor));
    const parts = {
      models,
      publish: (message: Message) => publisher.publish(message),
      failed: (requestId: string, failure: Failure) => observer.failed(config, requestId, failure),
      tracing: tracing.of(config),
    };
    const route = new Route(config, parts, predecessor?.lanes);
    return { deliver: (packet) => route.deliver(packet), lanes: route.lanes, close: () => models.close() };
  }

  function createModel(config: RouteConfig, url: string, clientFor: ModelClients): Model {
    const { name, concurrency, model } = config;
    const client = clientFor(url);
    const breaker = new CircuitBreaker({
      failures: model.breaker.failures,
      openMs: model.breaker.openSeconds * 1000,
      changed: (open) => observer.modelSpared(name, url, open),
    });
    const forget = observer.watchBreaker({ route: name, model: url, breaker });
    const patient = new PatientModel((call, timeoutMs) => client.predict(call, timeoutMs), breaker, {
      ...model.retry,
      timeoutMs: model.timeoutSeconds * 1000,
      concurrency,
      retried: () => observer.modelAskedAgain(name),
    });
    return {
      predict: (call) => patient.predict(call),
      retire: () => {
        forget();
        return client.retire();
      },
      close: () => {
        forget();
        return client.close();
      },
    };
  }
}

/** What takes the requests of one route. */
interface Target {
  deliver(packet: IPublishPacket): Promise<Outcome>;
  readonly lanes: Lanes;
  close(): Promise<void>;
}

function longestSteps({ broker, routes }: BridgeConfig): LongestSteps {
  return {
    modelTimeoutMs: Math.max(...routes.map(({ model }) => model.timeoutSeconds)) * 1000,
    connectTimeoutMs: broker.connectTimeoutSeconds * 1000,
    reconnectMs: broker.reconnect.maxMs,
    watchdogMs: broker.watchdogSeconds * 1000,
  };
}
