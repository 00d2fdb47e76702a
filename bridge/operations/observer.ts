import type { IPublishPacket } from 'mqtt';
import type { Logger } from 'pino';
import type { RouteConfig } from '../config';
import type { Failure } from '../errors';
import { createMetrics } from './metrics';

export type ConnectionName = 'requests' | 'replies';

const LOGIN_REFUSED = new Set([4, 5, 134, 135]);

/** Hears of everything that happens in the bridge, and turns it into metrics, log lines and readiness. */
export class Observer {
  readonly #log: Logger;
  readonly #metrics: ReturnType<typeof createMetrics>;
  readonly #open = new Set<ConnectionName>();
  readonly #broker: string;
  readonly #username: string | undefined;
  #dropped: number | undefined;

  constructor(
    log: Logger,
    broker: { readonly url: string; readonly username?: string },
    gate: { readonly window: number; readonly size: () => number },
  ) {
    this.#log = log;
    this.#broker = broker.url;
    this.#username = broker.username;
    this.#metrics = createMetrics(gate.size);
    this.#metrics.window.set(gate.window);
  }

  get registry() {
    return this.#metrics.registry;
  }

  notReady(): string[] {
    return (['requests', 'replies'] as const)
      .filter((connection) => !this.#open.has(connection))
      .map((connection) => `no connection for ${connection} to ${this.#broker}`);
  }

  /** @returns a function to call with the outcome */
  received({ qos, dup }: IPublishPacket, route: string): (outcome: string) => void {
    const started = performance.now();
    this.#metrics.received.inc({ route, qos: String(qos), dup: String(dup) });
    this.#metrics.inflight.inc({ route });
    return (outcome) => {
      this.#metrics.inflight.dec({ route });
      this.#metrics.settled.inc({ route, outcome });
      if (outcome === 'duplicate') return;
      this.#metrics.endToEndSeconds.observe({ route }, (performance.now() - started) / 1000);
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

  failed({ name, model }: RouteConfig, requestId: string, { code, message }: Failure): void {
    this.#log.warn({ route: name, requestId, code, model: model.url }, message);
  }

  modelCalled(route: string, code: string, seconds: number): void {
    this.#metrics.modelCalls.inc({ route, code });
    this.#metrics.modelSeconds.observe({ route }, seconds);
  }

  modelAskedAgain(route: string): void {
    this.#metrics.modelRetries.inc({ route });
  }

  modelSpared(route: string, model: string, open: boolean): void {
    this.#metrics.breakerOpen.set({ route, model }, open ? 1 : 0);
    const fields = { route, model };
    if (open) this.#log.warn(fields, 'the model keeps failing: it is asked only now and then until it answers again');
    else this.#log.info(fields, 'the model answers again');
  }

  publishedAgain(): void {
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

  opened(connection: ConnectionName, sessionPresent: boolean): void {
    this.#open.add(connection);
    this.#metrics.connected.set({ connection }, 1);
    if (connection === 'requests') this.#metrics.sessionPresent.set(sessionPresent ? 1 : 0);
    this.#log.info({ connection, broker: this.#broker, sessionPresent }, 'connected');
  }

  closed(connection: ConnectionName): void {
    this.#open.delete(connection);
    this.#metrics.connected.set({ connection }, 0);
  }

  lost(connection: ConnectionName, reason: Error, retryInMs: number): void {
    this.#metrics.reconnects.inc({ connection });
    const fields = { connection, broker: this.#broker, retryInMs };
    const { code } = reason as { code?: number };
    if (code !== undefined && LOGIN_REFUSED.has(code)) {
      const user = this.#username === undefined ? 'anonymous clients' : `user "${this.#username}"`;
      const fix = 'Check broker.username and the file broker.passwordFile, and that the broker knows the user';
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
