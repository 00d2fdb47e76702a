import { type ApiObject, type Duration, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { PrometheusRule, ServiceMonitor } from '../../crds/prometheus-operator';
import { EdgeError } from '../../errors';
import { ConfigMap } from '../../kubernetes/objects';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { OPERATIONS } from '../bridge-workload';
import type { InferenceBridge } from '../inference-bridge';
import { longestTimeoutSeconds } from '../longest-timeout';
import { type BridgeAlertsOptions, bridgeAlerts } from './bridge-alerts';
import { bridgeDashboard } from './bridge-dashboard';
import { renderDashboard } from './grafana-dashboard';

/** Alerts look at ten minutes and more; a curve of fewer than five points says nothing. */
const LONGEST_INTERVAL_SECONDS = 120;
/** The last bucket of the bridge's histograms. What takes longer is not told apart. */
const LONGEST_MEASURED_SECONDS = 300;

export interface BridgeDashboardOptions {
  /**
   * Labels by which Grafana's sidecar finds dashboards.
   *
   * @default - `grafana_dashboard: "1"`, as Grafana's Helm chart has it
   */
  readonly labels?: Record<string, string>;
  /** Where the sidecar looks. It has to be there already. @default - the bridge's namespace */
  readonly namespace?: string;
  /** Grafana's folder, where the sidecar is told to read the annotation `grafana_folder`. @default - none */
  readonly folder?: string;
}

export interface BridgeMonitoringOptions {
  /** Labels by which a Prometheus picks its monitors and rules, `release: kube-prometheus-stack` for instance. @default - none */
  readonly labels?: Record<string, string>;
  /** Between two collections, at most 2 minutes. @default - that of the Prometheus */
  readonly interval?: Duration;
  /** Of alerts about requests that are not answered, or wait. @default 'critical' */
  readonly severity?: string;
  /** Of alerts about what leads there. @default 'warning' */
  readonly warningSeverity?: string;
  /** Requests of a route that may end with an error before somebody is told, in per cent. @default 5 */
  readonly maxErrorPercent?: number;
  /** 99 of 100 requests are meant to be answered within this; less than 5 minutes. @default - no alert on it */
  readonly answerWithin?: Duration;
  /** Where people find docs/bridge-monitoring.md; each alert links to its section. @default - alerts have no link */
  readonly runbookUrl?: string;
  /** @default - in the bridge's namespace, labelled for Grafana's sidecar */
  readonly dashboard?: BridgeDashboardOptions;
}

export interface BridgeMonitoringProps extends BridgeMonitoringOptions {
  readonly bridge: InferenceBridge;
}

/**
 * What the Prometheus operator and Grafana have to know of a bridge: where its metrics are, when to tell somebody, and
 * what to show.
 */
export class BridgeMonitoring extends Construct {
  readonly serviceMonitor: ApiObject;
  readonly rule: ApiObject;
  readonly dashboard: ApiObject;

  /** @internal use `bridge.addMonitoring(..)` */
  constructor(scope: Construct, id: string, props: BridgeMonitoringProps) {
    super(scope, id);
    const { bridge, labels = {} } = props;
    const { name, bridgeNamespace: namespace } = bridge;
    const alerts = resolveAlerts(props);
    const interval = props.interval && validInterval(props.interval);
    const dashboard = bridgeDashboard({ name, namespace });
    this.serviceMonitor = new ServiceMonitor(this, 'service-monitor', {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: bridge.service.metadata.toJson().labels },
        endpoints: [{ port: OPERATIONS, path: '/metrics', ...(interval !== undefined && { interval }) }],
      },
    });
    this.rule = new PrometheusRule(this, 'Resource', {
      metadata: { name: `${name}-bridge`, namespace, labels },
      spec: {
        groups: [{ name: `${namespace}-${name}-bridge`, rules: Lazy.any({ produce: () => bridgeAlerts(alerts()) }) }],
      },
    });
    const { folder } = props.dashboard ?? {};
    this.dashboard = new ConfigMap(this, 'dashboard', {
      metadata: {
        name: `${name}-dashboard`,
        namespace: validNamespace(props.dashboard?.namespace ?? namespace),
        labels: props.dashboard?.labels ?? { grafana_dashboard: '1' },
        ...(folder !== undefined && { annotations: { grafana_folder: folder } }),
      },
      // The sidecar writes the dashboards of all namespaces into one folder.
      data: { [`${namespace}-${name}.json`]: renderDashboard(dashboard) },
    });
  }
}

/** Routes may still be added: what the alerts have to know of them is asked for at synth. */
function resolveAlerts(props: BridgeMonitoringProps): () => BridgeAlertsOptions {
  const { bridge, runbookUrl, severity = 'critical', warningSeverity = 'warning', maxErrorPercent = 5 } = props;
  if (!(maxErrorPercent >= 0 && maxErrorPercent < 100)) {
    const rule = 'it is a number from 0 on and below 100, or nobody would ever be told';
    throw wrong('maxErrorPercent', maxErrorPercent, rule);
  }
  const answerWithinSeconds = props.answerWithin && validAnswerWithin(props.answerWithin);
  return () => ({
    name: bridge.name,
    namespace: bridge.bridgeNamespace,
    members: bridge.scaling?.minReplicas ?? 1,
    longestTimeoutSeconds: longestTimeoutSeconds(bridge.routes),
    maxErrorPercent,
    answerWithinSeconds,
    severity,
    warningSeverity,
    runbookUrl,
  });
}

function validAnswerWithin(duration: Duration): number {
  const seconds = duration.toMilliseconds() / 1000;
  if (seconds > 0 && seconds < LONGEST_MEASURED_SECONDS) return seconds;
  const rule = `the bridge tells times from 0 s to ${LONGEST_MEASURED_SECONDS} s apart`;
  throw wrong('answerWithin', `${seconds} s`, rule);
}

function validInterval(interval: Duration): string {
  const seconds = interval.toMilliseconds() / 1000;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_INTERVAL_SECONDS) return `${seconds}s`;
  const rule = `alerts need a value every 1 to ${LONGEST_INTERVAL_SECONDS} whole seconds`;
  throw wrong('interval', `${seconds} s`, rule);
}

function validNamespace(value: string): string {
  const rule = dnsLabelProblem(value);
  if (!rule) return value;
  const at = 'dashboard.namespace of addMonitoring(..)';
  throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Name the namespace that Grafana looks into' });
}

function wrong(prop: string, value: unknown, rule: string): EdgeError {
  return new EdgeError('EDGE_ERR_VALUE', { at: `${prop} of addMonitoring(..)`, value, rule, fix: 'Change it' });
}
