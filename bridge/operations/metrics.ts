import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { TalliedCounter, TalliedHistogram } from './tallies';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Whether calls to a model are held back. A route that was changed may have two of them for one model for a while. */
export interface WatchedBreaker {
  readonly route: string;
  readonly model: string;
  readonly breaker: { readonly isOpen: boolean };
}

/** What may become of a message of a route. */
export const OUTCOMES = ['reply', 'error', 'expired', 'dead', 'duplicate', 'retained'];
/** The same of a route of AMQP. */
export const AMQP_OUTCOMES = ['reply', 'error', 'expired', 'dead', 'duplicate', 'delayed'];
/** Of a topic that is no route's any more. */
export const NO_ROUTE = { route: 'none', outcome: 'unrouted' } as const;

/**
 * The bridge's own numbers. At any moment received = settled + in flight.
 *
 * @param unacknowledged asked at every scrape
 * @param breakers those of the models that are in use
 */
export function createMetrics(unacknowledged: () => number, breakers: Iterable<WatchedBreaker>) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const received = new TalliedCounter({
    name: 'bridge_messages_received_total',
    help: 'Messages the broker delivered, redeliveries included.',
    labelNames: ['route', 'qos', 'dup'] as const,
    registers,
  });
  const settled = new TalliedCounter({
    name: 'bridge_messages_settled_total',
    help: 'Messages the bridge is done with, by outcome.',
    labelNames: ['route', 'outcome'] as const,
    registers,
  });
  return {
    registry,
    received,
    settled,
    inflight: new Gauge({
      name: 'bridge_inflight',
      help: 'Messages being worked on.',
      labelNames: ['route'] as const,
      registers,
      collect() {
        const done = settled.totals();
        for (const [route, taken] of received.totals()) this.set({ route }, taken - (done.get(route) ?? 0));
      },
    }),
    unacknowledged: new Gauge({
      name: 'bridge_unacked',
      help: 'Messages taken from the broker and not yet acknowledged.',
      registers,
      collect() {
        this.set(unacknowledged());
      },
    }),
    redelivered: new Counter({
      name: 'bridge_redelivered_total',
      help: 'Messages the broker marked as delivered before.',
      labelNames: ['route'] as const,
      registers,
    }),
    adopted: new Counter({
      name: 'bridge_adopted_total',
      help: 'Redeliveries of messages that were still being worked on: the model was not asked again.',
      labelNames: ['route'] as const,
      registers,
    }),
    window: new Gauge({ name: 'bridge_window_limit', help: 'The most messages taken unacknowledged.', registers }),
    modelCalls: new TalliedCounter({
      name: 'bridge_http_requests_total',
      help: 'Calls to models, by HTTP status or by what kept a call from having one.',
      labelNames: ['route', 'code'] as const,
      registers,
    }),
    modelSeconds: new TalliedHistogram({
      name: 'bridge_http_duration_seconds',
      help: 'Time a model took to answer.',
      labelNames: ['route'] as const,
      buckets: SECONDS,
      registers,
    }),
    modelRetries: new Counter({
      name: 'bridge_retries_total',
      help: 'Calls to models that were made again.',
      labelNames: ['route'] as const,
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'bridge_breaker_state',
      help: 'Whether calls to the model are held back because it keeps failing.',
      labelNames: ['route', 'model'] as const,
      registers,
      collect() {
        this.reset();
        for (const { route, model, breaker } of breakers) this.inc({ route, model }, breaker.isOpen ? 1 : 0);
      },
    }),
    endToEndSeconds: new TalliedHistogram({
      name: 'bridge_end_to_end_seconds',
      help: 'Time from the arrival of a request to the acceptance of its answer by the broker.',
      labelNames: ['route'] as const,
      buckets: SECONDS,
      registers,
    }),
    publishRetries: new Counter({
      name: 'bridge_publish_retries_total',
      help: 'Answers that had to be published again.',
      registers,
    }),
    connected: new Gauge({
      name: 'bridge_broker_connected',
      help: 'Whether the connection to the broker is up.',
      labelNames: ['connection'] as const,
      registers,
    }),
    brokerBlocked: new Gauge({
      name: 'bridge_broker_blocked',
      help: 'Whether RabbitMQ takes no messages on the connection at the moment, because it is short of memory or disk.',
      labelNames: ['connection'] as const,
      registers,
    }),
    unroutable: new Counter({
      name: 'bridge_replies_unroutable_total',
      help: 'Answers that RabbitMQ gave back because there was no queue for them any more.',
      labelNames: ['route'] as const,
      registers,
    }),
    brokerDropped: new Counter({
      name: 'bridge_broker_messages_dropped_total',
      help: 'Messages the broker has dropped because the queue of a client was full, by its own count.',
      labelNames: ['broker'] as const,
      registers,
    }),
    sessionPresent: new Gauge({
      name: 'bridge_session_present',
      help: 'Whether the broker still had the session at the last connect.',
      registers,
    }),
    reconnects: new Counter({
      name: 'bridge_reconnects_total',
      help: 'Connections that failed or broke.',
      labelNames: ['connection', 'reason'] as const,
      registers,
    }),
    configReloads: new Counter({
      name: 'bridge_config_reloads_total',
      help: 'Times the configuration was read again, by whether it was applied or refused.',
      labelNames: ['result'] as const,
      registers,
    }),
    lastReloadSuccessful: new Gauge({
      name: 'bridge_config_last_reload_successful',
      help: 'Whether the bridge runs on the configuration that was read last.',
      registers,
    }),
    spans: new Counter({
      name: 'bridge_trace_spans_total',
      help: 'Spans of traces, by whether the collector has them or they are lost.',
      labelNames: ['result'] as const,
      registers,
    }),
  };
}
