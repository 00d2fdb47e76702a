import type { AlertingRule } from '../../crds/prometheus-operator';
import { firstSeriesOf, seriesOf } from '../bridge-series';

export interface BridgeAlertsOptions {
  readonly name: string;
  readonly namespace: string;
  /** Pods that there are at least. */
  readonly members: number;
  /** What the slowest of its routes may take. */
  readonly longestTimeoutSeconds: number;
  /** Requests that may end with an error, in per cent. */
  readonly maxErrorPercent: number;
  /** Within what 99 of 100 requests are answered; nothing where nobody asks. */
  readonly answerWithinSeconds: number | undefined;
  /** Of alerts about requests that are not answered. */
  readonly severity: string;
  /** Of alerts about what leads there. */
  readonly warningSeverity: string;
  /** Where the page with a section for each alert is. */
  readonly runbookUrl: string | undefined;
}

/** The labels of an alert say which bridge, the description what to do first. */
interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: string;
  readonly summary: string;
  readonly description: string;
}

/** What somebody has to know of a bridge, in the order of how bad it is. */
export function bridgeAlerts(options: BridgeAlertsOptions): AlertingRule[] {
  const { members, answerWithinSeconds } = options;
  return [
    absent(options),
    disconnected(options),
    ...(members > 1 ? [membersMissing(options)] : [sessionLost(options)]),
    stuck(options),
    errors(options),
    withoutAnswer(options),
    windowFull(options),
    modelFailing(options),
    unstable(options),
    configurationRefused(options),
    ...(answerWithinSeconds === undefined ? [] : [slow(options, answerWithinSeconds)]),
  ].map((alert) => rule(alert, options));
}

function rule({ alert, severity, summary, description, ...when }: Alert, options: BridgeAlertsOptions): AlertingRule {
  const { name, namespace, runbookUrl } = options;
  return {
    alert,
    ...when,
    labels: { severity, namespace, bridge: name },
    annotations: {
      summary: `Bridge ${namespace}/${name} ${summary}`,
      description,
      ...(runbookUrl !== undefined && { runbook_url: `${runbookUrl}#${alert.toLowerCase()}` }),
    },
  };
}

/** The limit is there from the first moment on; what is about connections comes with the first of them. */
function absent(options: BridgeAlertsOptions): Alert {
  return {
    alert: 'InferenceBridgeAbsent',
    expr: `absent(bridge_window_limit{${seriesOf(options)}})`,
    for: '5m',
    severity: options.severity,
    summary: 'has no metrics',
    description:
      'Either no pod of it runs, and requests wait at the broker, or Prometheus does not find its Service. Look at the pods first.',
  };
}

function disconnected(options: BridgeAlertsOptions): Alert {
  const series = seriesOf(options);
  const both = `sum by (pod) (bridge_broker_connected{${series}}) == 2`;
  return {
    alert: 'InferenceBridgeDisconnected',
    expr: `max by (pod) (bridge_window_limit{${series}}) unless on (pod) ${both}`,
    for: '5m',
    severity: options.severity,
    summary: 'is not connected to its broker',
    description:
      'Pod {{ $labels.pod }} needs two, one for requests and one for replies. Its log has the reason: a login that is refused, a certificate, or an address that does not answer.',
  };
}

function membersMissing(options: BridgeAlertsOptions): Alert {
  const connected = `max by (pod) (bridge_broker_connected{${seriesOf(options)},connection="requests"}) == 1`;
  return {
    alert: 'InferenceBridgeMembersMissing',
    expr: `count(${connected}) < ${options.members}`,
    for: '10m',
    severity: options.severity,
    summary: `has fewer than ${options.members} members at work`,
    description:
      'Only {{ $value }} are connected. What the broker has put aside for a member that is away waits for that one, and new requests go on being put aside for it. Bring it back, or retire it.',
  };
}

/** A member of a group ends its session when it leaves; only a bridge of one pod must always find its own again. */
function sessionLost(options: BridgeAlertsOptions): Alert {
  const series = firstSeriesOf(options);
  const connected = `max by (pod) (bridge_broker_connected{${series},connection="requests"}) == 1`;
  const found = `max by (pod) (bridge_session_present{${series}})`;
  const before = `max by (pod) (max_over_time(bridge_session_present{${series}}[1h]))`;
  return {
    alert: 'InferenceBridgeSessionLost',
    expr: `${found} == 0 and ${connected} and ${before} == 1`,
    severity: options.severity,
    summary: 'did not find its session again',
    description:
      'The broker has forgotten the session, and with it the requests that waited: it was away for longer than the session lasts, or the broker lost its volume.',
  };
}

function stuck(options: BridgeAlertsOptions): Alert {
  const series = seriesOf(options);
  const minutes = Math.max(10, Math.ceil((2 * options.longestTimeoutSeconds) / 60));
  const settled = `sum by (pod) (increase(bridge_messages_settled_total{${series}}[${minutes}m])) > 0`;
  return {
    alert: 'InferenceBridgeStuck',
    expr: `sum by (pod) (bridge_unacked{${series}}) > 0 unless on (pod) ${settled}`,
    for: '5m',
    severity: options.severity,
    summary: 'holds requests and answers none',
    description: `Pod {{ $labels.pod }} has taken {{ $value }} requests and has been done with none for ${minutes} minutes. The broker takes no answers, or the process hangs.`,
  };
}

function errors(options: BridgeAlertsOptions): Alert {
  const rate = (outcomes: string) =>
    `sum by (route) (rate(bridge_messages_settled_total{${seriesOf(options)},outcome=~"${outcomes}"}[10m]))`;
  return {
    alert: 'InferenceBridgeErrors',
    expr: `100 * ${rate('error|expired|dead')} / ${rate('reply|error|expired|dead')} > ${options.maxErrorPercent}`,
    for: '10m',
    severity: options.severity,
    summary: `answers more than ${options.maxErrorPercent} % of a route's requests with an error`,
    description:
      'Route {{ $labels.route }}: {{ $value | humanize }} %. The error replies, the dead letters and the log have the code; the calls to models by status are on the dashboard.',
  };
}

function withoutAnswer(options: BridgeAlertsOptions): Alert {
  const settled = `bridge_messages_settled_total{${seriesOf(options)},outcome=~"dead|unrouted|retained"}`;
  return {
    alert: 'InferenceBridgeRequestsWithoutAnswer',
    expr: `sum by (route, outcome) (increase(${settled}[15m])) > 0`,
    severity: options.warningSeverity,
    summary: 'lets requests go without an answer',
    description:
      'Outcome {{ $labels.outcome }}: with "dead" the broker refused the error reply too, with "unrouted" no route takes the topic any more, with "retained" somebody publishes requests as retained messages.',
  };
}

function windowFull(options: BridgeAlertsOptions): Alert {
  const series = seriesOf(options);
  return {
    alert: 'InferenceBridgeWindowFull',
    expr: `max by (pod) (bridge_unacked{${series}}) / max by (pod) (bridge_window_limit{${series}}) > 0.9`,
    for: '10m',
    severity: options.warningSeverity,
    summary: 'takes no more requests, as its window is full',
    description:
      'What comes now waits at the broker, and is lost when the queue there is full. Models are too slow for the rate, or one slow request holds back the acknowledgements of those behind it.',
  };
}

function modelFailing(options: BridgeAlertsOptions): Alert {
  return {
    alert: 'InferenceBridgeModelFailing',
    expr: `max by (route, model) (bridge_breaker_state{${seriesOf(options)}}) == 1`,
    for: '5m',
    severity: options.warningSeverity,
    summary: 'spares a model that keeps failing',
    description:
      'Route {{ $labels.route }}: {{ $labels.model }} is asked only now and then, and everybody else gets an error at once. Look at the model.',
  };
}

function unstable(options: BridgeAlertsOptions): Alert {
  return {
    alert: 'InferenceBridgeUnstableConnection',
    expr: `sum by (pod, connection) (increase(bridge_reconnects_total{${seriesOf(options)}}[15m])) > 5`,
    for: '5m',
    severity: options.warningSeverity,
    summary: 'loses its connection again and again',
    description:
      'Pod {{ $labels.pod }}, connection for {{ $labels.connection }}. The network, or a second client of the same id: then each closes the connection of the other.',
  };
}

/** Before the first change the metric says 0 too. */
function configurationRefused(options: BridgeAlertsOptions): Alert {
  const series = seriesOf(options);
  const changed = `sum by (pod) (bridge_config_reloads_total{${series}}) > 0`;
  return {
    alert: 'InferenceBridgeConfigurationRefused',
    expr: `min by (pod) (bridge_config_last_reload_successful{${series}}) == 0 and ${changed}`,
    for: '5m',
    severity: options.warningSeverity,
    summary: 'runs on an older configuration',
    description: 'Pod {{ $labels.pod }} has refused the one that it was given last. Its log has every problem in it.',
  };
}

function slow(options: BridgeAlertsOptions, seconds: number): Alert {
  const buckets = `rate(bridge_end_to_end_seconds_bucket{${seriesOf(options)}}[10m])`;
  return {
    alert: 'InferenceBridgeSlow',
    expr: `histogram_quantile(0.99, sum by (le, route) (${buckets})) > ${seconds}`,
    for: '10m',
    severity: options.warningSeverity,
    summary: `takes longer than ${seconds} s`,
    description:
      'Route {{ $labels.route }}: one of 100 requests takes {{ $value | humanizeDuration }} or more. Compare the duration of the calls to models: the rest is waiting for one of the calls at a time.',
  };
}
