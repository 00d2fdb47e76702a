import type { Logger } from 'pino';
import type { Failure } from '../errors';
import type { ModelEvents } from '../model/open-model';
import type { ConfigChanges } from './config-changes';
import type { BridgeHealth, ConnectionName } from './health';
import { loggedFailure } from './logged-failure';
import { createMetrics, NO_ROUTE, OUTCOMES, type WatchedBreaker } from './metrics';
import { RECONNECT_REASONS, reconnectReason } from './reconnect-reason';

/** What is counted of a message that came. */
export interface Received {
  /** As MQTT has it; what AMQP delivers, to be acknowledged, is 1. */
  readonly qos: number;
  /** Whether the broker says that it may have delivered it before. */
  readonly dup: boolean;
}

interface FailingRoute {
  readonly name: string;
  readonly model: { readonly url: string };
}

/** The broker, and what the configuration calls it. */
export interface ObservedBroker {
  readonly url: string;
  readonly username?: string | undefined;
  readonly section?: 'broker' | 'amqp';
}

/** Hears of everything that happens in the bridge, and turns it into metrics, log lines and what probes are told. */
export class Observer {
  readonly #log: Logger;
  readonly #metrics: ReturnType<typeof createMetrics>;
  readonly #health: BridgeHealth;
  readonly #broker: string;
  readonly #username: string | undefined;
  readonly #section: string;
  readonly #breakers = new Set<WatchedBreaker>();
  #dropped: number | undefined;
  #spansLost = false;

  constructor(
    log: Logger,
    broker: ObservedBroker,
    gate: { readonly window: number; readonly size: () => number },
    health: BridgeHealth,
  ) {
    this.#log = log;
    this.#health = health;
    this.#broker = broker.url;
    this.#username = broker.username;
    this.#section = broker.section ?? 'broker';
    this.#metrics = createMetrics(gate.size, this.#breakers);
    this.#metrics.window.set(gate.window);
    this.#metrics.lastReloadSuccessful.set(1);
    // Prometheus sees a growth only of what was there before.
    for (const result of ['applied', 'refused']) this.#metrics.configReloads.inc({ result }, 0);
    for (const result of ['exported', 'lost']) this.#metrics.spans.inc({ result }, 0);
    for (const connection of ['requests', 'replies']) {
      for (const reason of RECONNECT_REASONS) this.#metrics.reconnects.inc({ connection, reason }, 0);
    }
    this.#metrics.settled.expect(NO_ROUTE.route, NO_ROUTE.outcome);
  }

  get registry() {
    return this.#metrics.registry;
  }

  /** Messages may come for the route from now on. */
  routeOpened(route: string, outcomes: readonly string[] = OUTCOMES): void {
    for (const outcome of outcomes) this.#metrics.settled.expect(route, outcome);
    for (const counter of [this.#metrics.redelivered, this.#metrics.adopted, this.#metrics.modelRetries]) {
      counter.inc({ route }, 0);
    }
  }

  /** @returns a function to call with the outcome */
  received({ qos, dup }: Received, route: string): (outcome: string) => void {
    const started = performance.now();
    this.#metrics.received.count(route, String(qos), String(dup));
    if (dup) this.#metrics.redelivered.inc({ route });
    this.#health.beat();
    return (outcome) => {
      this.#health.beat();
      this.#metrics.settled.count(route, outcome);
      if (outcome === 'duplicate') this.#metrics.adopted.inc({ route });
      else this.#metrics.endToEndSeconds.record((performance.now() - started) / 1000, route);
    };
  }

  unrouted(topic: string): void {
    const message =
      'no route takes this topic, an earlier configuration did; its requests are acknowledged without an answer, and the subscription is ended';
    this.#log.warn({ topic }, message);
  }

  retained(topic: string): void {
    this.#log.warn({ topic }, 'a retained request is not answered: the broker would deliver it again to every session');
  }

  failed({ name, model }: FailingRoute, requestId: string, failure: Failure): void {
    this.#health.beat();
    const { text, ...fields } = loggedFailure(failure);
    this.#log.warn({ route: name, requestId, ...fields, model: model.url }, text);
  }

  modelCalled(route: string, code: string, seconds: number): void {
    this.#health.beat();
    this.#metrics.modelCalls.count(route, code);
    this.#metrics.modelSeconds.record(seconds, route);
  }

  /** Hears of the models of one route. */
  modelEvents(route: string): ModelEvents {
    return {
      askedAgain: () => this.#metrics.modelRetries.inc({ route }),
      spared: (model, open) => {
        const fields = { route, model };
        if (open) {
          this.#log.warn(fields, 'the model keeps failing: it is asked only now and then until it answers again');
        } else this.#log.info(fields, 'the model answers again');
      },
      watch: (model, breaker) => {
        const watched = { route, model, breaker };
        this.#breakers.add(watched);
        return () => this.#breakers.delete(watched);
      },
    };
  }

  spansExported(spans: number, failure: Error | undefined): void {
    this.#metrics.spans.inc({ result: failure ? 'lost' : 'exported' }, spans);
    if (failure && !this.#spansLost) this.#log.warn(`the collector does not take traces: ${failure.message}`);
    if (!failure && this.#spansLost) this.#log.info('the collector takes traces again');
    this.#spansLost = failure !== undefined;
  }

  reloaded(changes: ConfigChanges): void {
    this.#metrics.configReloads.inc({ result: 'applied' });
    this.#metrics.lastReloadSuccessful.set(1);
    const { added, changed, removed } = changes;
    this.#log.info({ added, changed, removed }, 'the configuration was read again, and is in force');
  }

  reloadRefused(reason: Error): void {
    this.#metrics.configReloads.inc({ result: 'refused' });
    this.#metrics.lastReloadSuccessful.set(0);
    const { code } = reason as { code?: string };
    this.#log.error({ code }, `the new configuration is refused, the one before stays in force: ${reason.message}`);
  }

  publishedAgain(): void {
    this.#health.beat();
    this.#metrics.publishRetries.inc();
  }

  /** @param total what the broker has dropped since its start */
  droppedByBroker(total: number): void {
    const before = this.#dropped ?? total;
    this.#dropped = total;
    this.#metrics.brokerDropped.reset();
    this.#metrics.brokerDropped.inc({ broker: this.#broker }, total);
    if (total <= before) return;
    const message =
      'the broker drops messages: the queue of some client that is away, or too slow, is full, and what it misses is lost';
    this.#log.warn({ broker: this.#broker, dropped: total - before }, message);
  }

  /** @param sessionPresent of a broker that has sessions: whether it still had this one */
  opened(connection: ConnectionName, sessionPresent?: boolean): void {
    this.#health.beat();
    this.#health.opened(connection);
    this.#metrics.connected.set({ connection }, 1);
    if (connection === 'requests') this.#metrics.sessionPresent.set(sessionPresent ? 1 : 0);
    this.#log.info({ connection, broker: this.#broker, sessionPresent }, 'connected');
  }

  /** @param reason why the broker takes no messages at the moment; nothing when it takes them again */
  blocked(connection: ConnectionName, reason: string | undefined): void {
    this.#health.beat();
    this.#metrics.brokerBlocked.set({ connection }, reason === undefined ? 0 : 1);
    const fields = { connection, broker: this.#broker };
    if (reason === undefined) this.#log.info(fields, 'the broker takes messages again');
    else this.#log.warn(fields, `the broker takes no messages until it has room again: ${reason}`);
  }

  /** The broker hands out the requests of a route from now on. */
  consuming(route: string, queue: string): void {
    this.#health.beat();
    this.#health.cleared(route);
    this.#log.info({ route, queue }, 'takes requests');
  }

  notConsuming(route: string, queue: string, reason: Error, retryInMs: number): void {
    this.#health.beat();
    this.#health.obstructed(route, `route "${route}" takes no requests from queue "${queue}": ${reason.message}`);
    this.#log.error(
      { route, queue, retryInMs, code: 'BRIDGE_ERR_BROKER_CONNECTION' },
      `no requests are taken: ${reason.message}`,
    );
  }

  /** The request comes again after a while. */
  postponed(route: string, requestId: string, failure: Failure, delaySeconds: number): void {
    this.#health.beat();
    const { text, ...fields } = loggedFailure(failure);
    this.#log.info({ route, requestId, ...fields, delaySeconds }, `comes again later: ${text}`);
  }

  /** Nobody is there any more to take the answer. */
  unroutable(route: string): void {
    this.#metrics.unroutable.inc({ route });
  }

  /** Queues or exchanges that were there are not any more, and could not be declared again. */
  notDeclared(reason: Error): void {
    this.#health.beat();
    this.#log.error({ broker: this.#broker, code: 'BRIDGE_ERR_BROKER_CONNECTION' }, reason.message);
  }

  closed(connection: ConnectionName): void {
    this.#health.beat();
    this.#health.closed(connection);
    this.#metrics.connected.set({ connection }, 0);
  }

  lost(connection: ConnectionName, reason: Error, retryInMs: number): void {
    this.#health.beat();
    const why = reconnectReason(reason);
    this.#metrics.reconnects.inc({ connection, reason: why });
    const fields = { connection, broker: this.#broker, retryInMs };
    if (why === 'login') {
      const nobody = this.#section === 'amqp' ? 'the client certificate' : 'anonymous clients';
      const user = this.#username === undefined ? nobody : `user "${this.#username}"`;
      const section = this.#section;
      const fix = `Check ${section}.username and the file ${section}.passwordFile, and that the broker knows the user`;
      this.#log.error(
        { ...fields, code: 'BRIDGE_ERR_BROKER_LOGIN' },
        `${this.#broker} refuses ${user}: ${reason.message}. ${fix}`,
      );
      return;
    }
    this.#log.warn({ ...fields, code: 'BRIDGE_ERR_BROKER_CONNECTION' }, explain(reason));
  }
}

/** Node's error for a host of which no address answered has no message of its own. */
function explain(reason: Error): string {
  if (reason instanceof AggregateError) return reason.errors.map(({ message }: Error) => message).join(', ');
  return reason.message;
}
