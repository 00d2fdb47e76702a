import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { AsyncMessage } from 'rabbitmq-client';
import type { RunningBridge } from '../bridge';
import { type AmqpRouteConfig, type AnyConfig, amqpTopology, isProviderConfig, type ProviderConfig } from '../config';
import { resolveClientId } from '../config/client-id';
import { BridgeError, type Failure } from '../errors';
import { modelClients } from '../model/model-clients';
import { Models } from '../model/models';
import { openModel } from '../model/open-model';
import { endOperations } from '../operations/end-operations';
import { BridgeHealth } from '../operations/health';
import { AMQP_OUTCOMES } from '../operations/metrics';
import { Observer } from '../operations/observer';
import { serveProbes } from '../operations/probes';
import type { LongestSteps } from '../operations/pulse';
import { Reloads } from '../operations/reloads';
import { openTracing } from '../operations/tracing/open-tracing';
import { within } from '../pacing/within';
import { AmqpRoute } from './amqp-route';
import type { AmqpMessage } from './confirm-channel';
import { type AmqpConnection, openConnection } from './connection';
import { Consumer } from './consumer';
import { declareTopology } from './declare';
import { Deliveries } from './deliveries';
import { AmqpLink } from './link';
import { providerChanges } from './provider-changes';
import { AmqpPublisher } from './publisher';
import { ServedRoute, type Target } from './served-route';

const AT_LEAST_ONCE = 1;

/** A queue that is consumed, and what has become of its messages. */
interface Inlet {
  readonly name: string;
  readonly route: ServedRoute;
  readonly deliveries: Deliveries;
  readonly consumer: Consumer;
}

/**
 * Starts a provider: it takes requests from RabbitMQ's queues to models, and the answers back. It resolves as soon as probes
 * are answered.
 *
 * Two connections, as RabbitMQ stops reading from one that publishes while it is short of memory or disk, and
 * acknowledgements would wait behind answers.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port for probes is taken, or a route cannot be served
 */
export async function startProvider(config: ProviderConfig, log: Logger): Promise<RunningBridge> {
  const { amqp, routes } = config;
  let {
    delivery,
    log: { level },
  } = config;
  const ownQueues = new Set(
    amqpTopology(routes)
      .queues.filter(({ role }) => role !== 'replies')
      .map(({ name }) => name),
  );
  const connected = Promise.withResolvers<void>();
  let stopping: Promise<number> | undefined;
  const inlets: Inlet[] = [];
  /** Routes that have never taken requests. */
  const idle = new Set(routes.map(({ name }) => name));
  const sum = (numberOf: (deliveries: Deliveries) => number) =>
    inlets.reduce((total, { deliveries }) => total + numberOf(deliveries), 0);
  const working = () => sum((deliveries) => deliveries.working);
  const health = new BridgeHealth(amqp.url, working, longestSteps(config));
  const window = routes.reduce((total, { concurrency }) => total + concurrency, 0);
  const unacknowledged = { window, size: () => sum((deliveries) => deliveries.unacknowledged) };
  const observer = new Observer(log, { ...amqp, section: 'amqp' }, unacknowledged, health);
  const instance = resolveClientId(amqp.connectionName, hostname());
  const tracing = await openTracing(config.tracing, instance, {
    exported: (spans, failure) => observer.spansExported(spans, failure),
  });
  const publisher = new AmqpPublisher(amqp.watchdogSeconds * 1000, () => observer.publishedAgain());
  const replies = new AmqpLink({
    reconnect: amqp.reconnect,
    open: () => openConnection(amqp, 'replies'),
    opened: async (connection) => {
      connection.onBlocked((reason) => observer.blocked('replies', reason));
      publisher.opened(connection);
      observer.opened('replies');
    },
    closed: () => {
      publisher.closed();
      observer.closed('replies');
      observer.blocked('replies', undefined);
    },
    failed: (reason, retryInMs) => observer.lost('replies', reason, retryInMs),
  });
  const requests = new AmqpLink({
    reconnect: amqp.reconnect,
    open: () => openConnection(amqp, 'requests'),
    opened: async (connection) => {
      await Promise.all(inlets.map(({ consumer }) => consumer.opened(connection)));
      if (connection.isOpen) observer.opened('requests');
    },
    closed: () => {
      for (const { consumer } of inlets) consumer.closed();
      observer.closed('requests');
    },
    failed: (reason, retryInMs) => observer.lost('requests', reason, retryInMs),
  });
  for (const route of routes) inlets.push(openInlet(route));
  const reloads = new Reloads<ProviderConfig>(config, {
    compare: providerChanges,
    serve: (changed) => serve(changed),
    subscribe: async () => undefined,
    applied: (changed, changes) => {
      delivery = changed.delivery;
      if (changed.log.level !== level) log.level = changed.log.level;
      level = changed.log.level;
      health.steps = longestSteps(changed);
      observer.reloaded(changes);
    },
    refused: (reason) => observer.reloadRefused(reason),
  });

  const server = await serveProbes(config.http, health, observer.registry);
  replies.start();
  requests.start();

  return {
    operationsPort: (server.address() as AddressInfo).port,
    connected: connected.promise,
    reload: (read) => reloads.apply(() => ofAmqp(read())),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<number> {
    health.stopping();
    await Promise.all(inlets.map(({ consumer }) => consumer.cancel()));
    await within(delivery.drainTimeoutSeconds * 1000, Promise.all(inlets.map(({ deliveries }) => deliveries.drain())));
    const unanswered = working();
    await Promise.all(inlets.map(({ consumer }) => consumer.settled()));
    await requests.stop();
    await replies.stop();
    await Promise.all(inlets.map(({ route }) => route.close()));
    await endOperations(server, tracing);
    return unanswered;
  }

  function openInlet(config: AmqpRouteConfig): Inlet {
    const { name, queue, concurrency } = config;
    const route = new ServedRoute(config, openTarget);
    observer.routeOpened(name, AMQP_OUTCOMES);
    health.obstructed(name, `route "${name}" takes no requests from queue "${queue.name}" yet`);
    const deliveries = new Deliveries(
      (message) => {
        const settled = observer.received(countedAs(message), name);
        return route.deliver(message).then(settled);
      },
      (message) => observer.received(countedAs(message), name)('duplicate'),
    );
    const consumer = new Consumer({
      queue: queue.name,
      prefetch: concurrency,
      prepare: (connection) => declareQueues(connection, config),
      take: (message, channel) => deliveries.take(message, channel),
      lost: (channel) => deliveries.lost(channel),
      consuming: () => {
        observer.consuming(name, queue.name);
        idle.delete(name);
        if (idle.size === 0) connected.resolve();
      },
      failed: (reason, retryInMs) => observer.notConsuming(name, queue.name, reason, retryInMs),
      reconnect: amqp.reconnect,
    });
    return { name, route, deliveries, consumer };
  }

  function openTarget(config: AmqpRouteConfig): Target {
    const { name, queue, retry } = config;
    const events = observer.modelEvents(name);
    const clientFor = modelClients(config, (outcome, seconds) => observer.modelCalled(name, outcome, seconds));
    const models = new Models(config.model.url, (url) => openModel(config, url, clientFor, events));
    const route = new AmqpRoute(config, {
      models,
      ownQueues,
      publish: (message: AmqpMessage) => publisher.publish(message),
      repair: () => repair(config),
      failed: (requestId: string, failure: Failure) => observer.failed(config, requestId, failure),
      postponed: (requestId, why) => observer.postponed(name, requestId, why, retry.delaySeconds),
      unroutable: () => observer.unroutable(name),
      tracing: tracing.of({ name, source: queue.name, system: 'rabbitmq' }),
    });
    return { deliver: (message) => route.deliver(message), close: () => models.close() };
  }

  /** @returns a function that takes it back; nothing has to be, as nothing that could fail comes after it */
  function serve(changed: readonly AmqpRouteConfig[]): () => void {
    const prepared: { readonly use: () => void; readonly drop: () => void }[] = [];
    try {
      for (const config of changed) {
        const inlet = inlets.find(({ name }) => name === config.name);
        if (inlet) prepared.push(inlet.route.prepare(config));
      }
    } catch (error) {
      for (const { drop } of prepared) drop();
      throw error;
    }
    for (const { use } of prepared) use();
    return () => undefined;
  }

  /** On the connection for answers: an answer, or a copy of a request, found no queue. */
  async function repair(route: AmqpRouteConfig): Promise<void> {
    const { connection } = replies;
    if (!connection) return;
    await declareQueues(connection, route).catch((error: Error) => observer.notDeclared(error));
  }

  function declareQueues(connection: AmqpConnection, route: AmqpRouteConfig): Promise<void> {
    return declareTopology(connection, amqpTopology([route]), amqp);
  }
}

function countedAs({ redelivered }: AsyncMessage) {
  return { qos: AT_LEAST_ONCE, dup: redelivered };
}

/** @throws BridgeError BRIDGE_ERR_CONFIG */
function ofAmqp(config: AnyConfig): ProviderConfig {
  if (isProviderConfig(config)) return config;
  const problem = 'a provider has the configuration of a bridge of MQTT now. Restart it, or change it back';
  throw new BridgeError('BRIDGE_ERR_CONFIG', problem);
}

function longestSteps({ amqp, routes }: ProviderConfig): LongestSteps {
  return {
    modelTimeoutMs: Math.max(...routes.map(({ model }) => model.timeoutSeconds)) * 1000,
    connectTimeoutMs: amqp.connectTimeoutSeconds * 1000,
    reconnectMs: amqp.reconnect.maxMs,
    watchdogMs: amqp.watchdogSeconds * 1000,
  };
}
