import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type IPublishPacket, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { RunningBridge, StartOptions } from '../bridge';
import { type AnyConfig, type BridgeConfig, isProviderConfig, type RouteConfig } from '../config';
import { isFirstMember, resolveClientId } from '../config/client-id';
import type { Lanes } from '../delivery/lanes';
import type { Outcome } from '../delivery/route';
import { BridgeError, type Failure } from '../errors';
import { modelClients } from '../model/model-clients';
import { Models } from '../model/models';
import { openModel } from '../model/open-model';
import { endOperations } from '../operations/end-operations';
import { BridgeHealth } from '../operations/health';
import { Observer } from '../operations/observer';
import { serveProbes } from '../operations/probes';
import type { LongestSteps } from '../operations/pulse';
import { Reloads } from '../operations/reloads';
import { openTracing } from '../operations/tracing/open-tracing';
import { within } from '../pacing/within';
import { AckGate } from './ack-gate';
import { assertAcknowledgementHook, createReplyClient, createRequestClient } from './client';
import { followDropped } from './dropped-messages';
import { Link } from './link';
import { LiveRoutes } from './live-routes';
import type { Message } from './message';
import { MqttRoute } from './mqtt-route';
import { Publisher } from './publisher';
import { retire } from './retirement';
import { unsubscribe } from './subscription';
import { Subscriptions } from './subscriptions';

/**
 * Starts the bridge. It resolves as soon as probes are answered; the connections to the broker come and go after
 * that, and /readyz tells.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port for probes is taken
 */
export async function startMqttBridge(
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

  const server = await serveProbes(config.http, health, observer.registry);
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
    reload: (read) => reloads.apply(() => ofMqtt(read())),
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
    await endOperations(server, tracing);
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
    const { name, requestTopic: source } = config;
    observer.routeOpened(name);
    const events = observer.modelEvents(name);
    const clientFor = modelClients(config, (outcome, seconds) => observer.modelCalled(name, outcome, seconds));
    const models = new Models(config.model.url, (url) => openModel(config, url, clientFor, events));
    const parts = {
      models,
      publish: (message: Message) => publisher.publish(message),
      failed: (requestId: string, failure: Failure) => observer.failed(config, requestId, failure),
      tracing: tracing.of({ name, source, system: 'mqtt' }),
    };
    const route = new MqttRoute(config, parts, predecessor?.lanes);
    return { deliver: (packet) => route.deliver(packet), lanes: route.lanes, close: () => models.close() };
  }
}

/** @throws BridgeError BRIDGE_ERR_CONFIG */
function ofMqtt(config: AnyConfig): BridgeConfig {
  if (!isProviderConfig(config)) return config;
  const problem = 'a bridge of MQTT has the configuration of a provider now. Restart it, or change it back';
  throw new BridgeError('BRIDGE_ERR_CONFIG', problem);
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
