import { Duration } from 'cdk8s';
import {
  BridgeCode,
  type BridgeDashboardOptions,
  type BridgeHpaOptions,
  type BridgeKedaOptions,
  type BridgeMonitoringOptions,
  BridgeScaling,
  Credentials,
  type EdgeApp,
  InferenceBridge,
  Mosquitto,
} from '../../../lib';
import { IRIS, platformIn } from './stacks';

const hpa: Required<BridgeHpaOptions> = {
  minReplicas: 3,
  maxReplicas: 13,
  targetCpuPercent: 61,
  targetUnacknowledged: 271,
};

const keda: Required<BridgeKedaOptions> = {
  minReplicas: 2,
  maxReplicas: 17,
  prometheusServer: 'https://prometheus.example.com',
  targetUnacknowledged: 281,
  backlog: { query: 'sum(broker_messages_queued)', target: 2_718 },
  triggerAuthentication: 'prometheus-login',
};

const dashboard: Required<BridgeDashboardOptions> = {
  labels: { grafana_dashboard: 'edge' },
  namespace: 'mosquitto',
  folder: 'Edge',
};

const monitoring: Required<BridgeMonitoringOptions> = {
  labels: { release: 'monitoring' },
  interval: Duration.seconds(20),
  severity: 'page',
  warningSeverity: 'ticket',
  maxErrorPercent: 3,
  answerWithin: Duration.seconds(4),
  runbookUrl: 'https://docs.example.com/bridge-monitoring',
  dashboard,
};

/** Bridges of several pods, by everything that decides on their number, and all that watches them. */
export function maximalBridge(app: EdgeApp) {
  const platform = platformIn(app);
  const broker = new Mosquitto(app, 'broker');
  const camera = broker.addUser('camera', Credentials.fromSecret('camera-mqtt'));
  const code = BridgeCode.fromImage('registry.example.com/bridge:1');
  const scalings = { fixed: BridgeScaling.fixed(5), hpa: BridgeScaling.hpa(hpa), keda: BridgeScaling.keda(keda) };
  for (const [name, scaling] of Object.entries(scalings)) {
    const bridge = new InferenceBridge(app, name, { broker, code, scaling });
    bridge.addRoute({ model: platform.addModel(`${name}-iris`, IRIS), clients: [camera] });
    bridge.addMonitoring(monitoring);
  }
  return { app, broker };
}
