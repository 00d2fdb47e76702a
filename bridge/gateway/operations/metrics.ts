import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { WatchedBreaker } from '../../operations/metrics';
import { TalliedCounter, TalliedHistogram } from '../../operations/tallies';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What is asked at every scrape. */
export interface Gauges {
  readonly inFlight: () => number;
  /** Questions without an answer, by the connection they went out on. */
  readonly waiting: () => Iterable<readonly [connection: string, questions: number]>;
  readonly results: () => { readonly pending: number; readonly done: number };
  /** Those of the models that are in use. */
  readonly breakers: Iterable<WatchedBreaker>;
}

/** The gateway's own numbers. */
export function createGatewayMetrics(gauges: Gauges) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  // Scraped through the registry, which keeps them.
  new Gauge({
    name: 'gateway_inflight',
    help: 'Requests under way, with those whose answers are asked for later.',
    registers,
    collect() {
      this.set(gauges.inFlight());
    },
  });
  new Gauge({
    name: 'gateway_waiting',
    help: 'Requests that a broker was given, and that have no answer yet.',
    labelNames: ['connection'] as const,
    registers,
    collect() {
      for (const [connection, questions] of gauges.waiting()) this.set({ connection }, questions);
    },
  });
  new Gauge({
    name: 'gateway_results',
    help: 'Results that somebody may come back for.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      for (const [state, count] of Object.entries(gauges.results())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'gateway_model_breaker_state',
    help: 'Whether calls to the model are held back because it keeps failing.',
    labelNames: ['route', 'model'] as const,
    registers,
    collect() {
      this.reset();
      for (const { route, model, breaker } of gauges.breakers) this.inc({ route, model }, breaker.isOpen ? 1 : 0);
    },
  });
  return {
    registry,
    requests: new TalliedCounter({
      name: 'gateway_requests_total',
      help: 'HTTP requests, by the status and by the code of the error that they were answered with; 499 is a requester that left.',
      labelNames: ['route', 'status', 'code'] as const,
      registers,
    }),
    seconds: new TalliedHistogram({
      name: 'gateway_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its response.',
      labelNames: ['route'] as const,
      buckets: SECONDS,
      registers,
    }),
    stray: new Counter({
      name: 'gateway_stray_answers_total',
      help: 'Answers for which nobody waited: too late, a second time, or unasked.',
      labelNames: ['connection'] as const,
      registers,
    }),
    resultsEvicted: new Counter({
      name: 'gateway_results_evicted_total',
      help: 'Results that gave way to newer ones before their time.',
      registers,
    }),
    connected: new Gauge({
      name: 'gateway_broker_connected',
      help: 'Whether the connection to the broker is up.',
      labelNames: ['connection'] as const,
      registers,
    }),
    reconnects: new Counter({
      name: 'gateway_reconnects_total',
      help: 'Connections that failed or broke.',
      labelNames: ['connection', 'reason'] as const,
      registers,
    }),
    modelCalls: new TalliedCounter({
      name: 'gateway_model_requests_total',
      help: 'Calls to models, by HTTP status or by what kept a call from having one.',
      labelNames: ['route', 'code'] as const,
      registers,
    }),
    modelSeconds: new TalliedHistogram({
      name: 'gateway_model_duration_seconds',
      help: 'Time a model took to answer.',
      labelNames: ['route'] as const,
      buckets: SECONDS,
      registers,
    }),
    modelRetries: new Counter({
      name: 'gateway_model_retries_total',
      help: 'Calls to models that were made again.',
      labelNames: ['route'] as const,
      registers,
    }),
    spans: new Counter({
      name: 'gateway_trace_spans_total',
      help: 'Spans of traces, by whether the collector has them or they are lost.',
      labelNames: ['result'] as const,
      registers,
    }),
  };
}
