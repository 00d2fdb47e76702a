import { createHash } from 'node:crypto';
import { seriesOf } from '../bridge-series';
import type { Dashboard, DashboardRow, Panel, Query } from './grafana-dashboard';

/** Grafana puts in what fits the time that is shown and how often Prometheus collects. */
const RATE = '[$__rate_interval]';
const QUANTILES = [0.5, 0.95, 0.99];

/** A bridge's metrics, from what its clients see down to its process. */
export function bridgeDashboard(bridge: { readonly name: string; readonly namespace: string }): Dashboard {
  const { name, namespace } = bridge;
  const series = seriesOf(bridge);
  return {
    uid: `inference-bridge-${createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, 16)}`,
    title: `Inference bridge ${namespace}/${name}`,
    tags: ['edge-inference'],
    rows: [overview(series), requests(series), models(series), broker(series), processes(series)],
  };
}

function overview(series: string): DashboardRow {
  const settled = (outcomes: string) =>
    `sum(rate(bridge_messages_settled_total{${series},outcome=~"${outcomes}"}${RATE}))`;
  return {
    title: 'Overview',
    panels: [
      {
        title: 'Members at work',
        description: 'Pods that have a connection to the broker for requests.',
        unit: 'short',
        single: true,
        queries: [query(`sum(bridge_broker_connected{${series},connection="requests"})`)],
      },
      {
        title: 'Requests',
        description: 'Answered, with a prediction or an error.',
        unit: 'reqps',
        single: true,
        queries: [query(settled('reply|error|expired|dead'))],
      },
      {
        title: 'Errors',
        description: 'Of all answers those without a prediction.',
        unit: 'percent',
        single: true,
        queries: [query(`100 * ${settled('error|expired|dead')} / ${settled('reply|error|expired|dead')}`)],
      },
      {
        title: 'Time to the answer, 99 %',
        description: 'From the arrival of a request to the acceptance of its answer by the broker.',
        unit: 's',
        single: true,
        queries: [query(`histogram_quantile(0.99, sum by (le) (${rate('bridge_end_to_end_seconds_bucket', series)}))`)],
      },
    ],
  };
}

function requests(series: string): DashboardRow {
  return {
    title: 'Requests',
    panels: [
      {
        title: 'Received',
        description: 'Messages that the broker delivered; those marked as duplicates it has delivered before.',
        unit: 'reqps',
        queries: [
          query(`sum by (route, dup) (${rate('bridge_messages_received_total', series)})`, '{{route}} dup={{dup}}'),
        ],
      },
      {
        title: 'Settled',
        description:
          'What became of them. "duplicate" joined a request that was being worked on, "dead" got no answer at all.',
        unit: 'reqps',
        queries: [
          query(`sum by (route, outcome) (${rate('bridge_messages_settled_total', series)})`, '{{route}} {{outcome}}'),
        ],
      },
      {
        title: 'Delivered again',
        description:
          'By the broker, after a connection broke or a bridge was killed. Those that joined a request at work cost no call.',
        unit: 'reqps',
        queries: [
          query(`sum by (route) (${rate('bridge_redelivered_total', series)})`, '{{route}}'),
          query(`sum by (route) (${rate('bridge_adopted_total', series)})`, '{{route}} joined'),
        ],
      },
      {
        title: 'Time to the answer',
        description: 'From the arrival of a request to the acceptance of its answer by the broker.',
        unit: 's',
        queries: quantiles('bridge_end_to_end_seconds_bucket', series),
      },
      {
        title: 'Being worked on',
        description: 'Received and not yet settled.',
        unit: 'short',
        queries: [query(`sum by (route) (bridge_inflight{${series}})`, '{{route}}')],
      },
      {
        title: 'Window',
        description:
          'Taken from the broker and not yet acknowledged. At the limit the broker holds back the rest, and its queue grows.',
        unit: 'short',
        queries: [
          query(`sum by (pod) (bridge_unacked{${series}})`, '{{pod}}'),
          query(`max(bridge_window_limit{${series}})`, 'limit'),
        ],
      },
    ],
  };
}

function models(series: string): DashboardRow {
  return {
    title: 'Models',
    panels: [
      {
        title: 'Calls by status',
        description: 'HTTP status, or what kept a call from having one.',
        unit: 'reqps',
        queries: [query(`sum by (route, code) (${rate('bridge_http_requests_total', series)})`, '{{route}} {{code}}')],
      },
      {
        title: 'Time of a call',
        description: 'What the models themselves take.',
        unit: 's',
        queries: quantiles('bridge_http_duration_seconds_bucket', series),
      },
      {
        title: 'Calls made again',
        description: 'After an answer that may be another one the next time, or none.',
        unit: 'reqps',
        queries: [query(`sum by (route) (${rate('bridge_retries_total', series)})`, '{{route}}')],
      },
      {
        title: 'Spared because it keeps failing',
        description: 'At 1 the model is asked only now and then, and requests get an error at once.',
        unit: 'short',
        queries: [query(`max by (route, model) (bridge_breaker_state{${series}})`, '{{route}} {{model}}')],
      },
    ],
  };
}

function broker(series: string): DashboardRow {
  return {
    title: 'Broker',
    panels: [
      {
        title: 'Connected',
        description: 'At 0 there is no connection: for requests, or for replies.',
        unit: 'short',
        queries: [query(`min by (pod, connection) (bridge_broker_connected{${series}})`, '{{pod}} {{connection}}')],
      },
      {
        title: 'Session found at the last connect',
        description: 'At 0 the broker knew none: the first connect, a member that had left, or a session that is lost.',
        unit: 'short',
        queries: [query(`max by (pod) (bridge_session_present{${series}})`, '{{pod}}')],
      },
      {
        title: 'Connections that failed or broke',
        description: 'A steady number of them means a bad network, or two clients with one id.',
        unit: 'short',
        queries: [
          query(
            `sum by (pod, connection) (increase(bridge_reconnects_total{${series}}${RATE}))`,
            '{{pod}} {{connection}}',
          ),
        ],
      },
      {
        title: 'Answers published again',
        description: 'The broker did not accept them the first time, or the connection broke meanwhile.',
        unit: 'reqps',
        queries: [query(`sum by (pod) (${rate('bridge_publish_retries_total', series)})`, '{{pod}}')],
      },
      {
        title: 'Messages dropped by the broker',
        description: 'For any of its clients, by its own count: the queue of one is full, and what it misses is lost.',
        unit: 'short',
        queries: [
          query(`max by (broker) (increase(bridge_broker_messages_dropped_total{${series}}${RATE}))`, '{{broker}}'),
        ],
      },
      {
        title: 'Held up by the broker',
        description: 'RabbitMQ over AMQP only. At 1 it takes no messages, because it is short of memory or disk.',
        unit: 'short',
        queries: [query(`max by (pod, connection) (bridge_broker_blocked{${series}})`, '{{pod}} {{connection}}')],
      },
      {
        title: 'Answers without a queue',
        description: 'RabbitMQ over AMQP only. Whoever asked is gone; the answers are in the parking queue.',
        unit: 'reqps',
        queries: [query(`sum by (route) (${rate('bridge_replies_unroutable_total', series)})`, '{{route}}')],
      },
    ],
  };
}

function processes(series: string): DashboardRow {
  return {
    title: 'Process',
    panels: [
      {
        title: 'Processor time',
        description: 'Of one processor. A bridge works in one thread, so near 100 % it needs help.',
        unit: 'percentunit',
        queries: [query(`sum by (pod) (${rate('process_cpu_seconds_total', series)})`, '{{pod}}')],
      },
      {
        title: 'Memory',
        description: 'Of the process, and what of it JavaScript has in use.',
        unit: 'bytes',
        queries: [
          query(`sum by (pod) (process_resident_memory_bytes{${series}})`, '{{pod}}'),
          query(`sum by (pod) (nodejs_heap_size_used_bytes{${series}})`, '{{pod}} heap'),
        ],
      },
      {
        title: 'Delay of the event loop, 99 %',
        description: 'How long everything waits for its turn; with the processor busy it grows.',
        unit: 's',
        queries: [query(`max by (pod) (nodejs_eventloop_lag_p99_seconds{${series}})`, '{{pod}}')],
      },
      {
        title: 'Configurations read',
        description: 'While it was running, by what became of them, and whether the last one is in use (1) or not (0).',
        unit: 'short',
        queries: [
          query(`sum by (pod, result) (increase(bridge_config_reloads_total{${series}}${RATE}))`, '{{pod}} {{result}}'),
          query(`min by (pod) (bridge_config_last_reload_successful{${series}})`, '{{pod}} in use'),
        ],
      },
      {
        title: 'Spans of traces',
        description: 'By whether the collector has them.',
        unit: 'reqps',
        queries: [query(`sum by (result) (${rate('bridge_trace_spans_total', series)})`, '{{result}}')],
      },
    ] satisfies Panel[],
  };
}

function query(expr: string, legend = ''): Query {
  return { expr, legend };
}

function rate(metric: string, series: string): string {
  return `rate(${metric}{${series}}${RATE})`;
}

function quantiles(metric: string, series: string): Query[] {
  return QUANTILES.map((quantile) =>
    query(
      `histogram_quantile(${quantile}, sum by (le, route) (${rate(metric, series)}))`,
      `{{route}} ${quantile * 100} %`,
    ),
  );
}
