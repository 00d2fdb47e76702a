import { Lazy } from 'cdk8s';
import { ScaledObject, type ScaleTrigger } from '../../crds/keda';
import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { seriesOf } from '../bridge-series';
import type { BridgeBacklog, BridgeKedaOptions } from './bridge-scaling';
import { reachableTarget, type ScaledBridge, type Scaler, scalingBehavior } from './scaler';

/**
 * @throws EdgeError EDGE_ERR_VALUE or EDGE_ERR_NAME for what KEDA would not find
 * @see https://keda.sh/docs/latest/scalers/prometheus/
 */
export function kedaScaler(options: BridgeKedaOptions): Scaler {
  const { prometheusServer, triggerAuthentication, backlog, targetUnacknowledged } = options;
  checkServer(prometheusServer);
  checkAuthentication(triggerAuthentication);
  if (backlog) checkBacklog(backlog);
  const trigger = (name: string, query: string, threshold: number): ScaleTrigger => ({
    type: 'prometheus',
    name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress: prometheusServer,
      query,
      threshold: String(threshold),
      // Otherwise a Prometheus that has lost the bridge stands for a bridge that has nothing to do.
      ignoreNullValues: 'false',
    },
    ...(triggerAuthentication !== undefined && { authenticationRef: { name: triggerAuthentication } }),
  });
  return (scope, id, bridge, { minReplicas, maxReplicas }) => {
    const { name, namespace, labels, window } = bridge;
    const target = targetUnacknowledged ?? Math.max(1, Math.floor(window / 2));
    const reachable = reachableTarget('targetUnacknowledged of BridgeScaling.keda(..)', target, bridge);
    return new ScaledObject(scope, id, {
      metadata: { name, namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name },
        minReplicaCount: minReplicas,
        maxReplicaCount: maxReplicas,
        advanced: { horizontalPodAutoscalerConfig: { behavior: behavior(bridge) } },
        triggers: [
          trigger('unacknowledged', `sum(bridge_unacked{${seriesOf(bridge)}})`, reachable),
          ...(backlog ? [trigger('backlog', backlog.query, backlog.target)] : []),
        ],
      },
    });
  };
}

function behavior(bridge: ScaledBridge): object {
  return Lazy.any({ produce: () => scalingBehavior(bridge) });
}

function checkServer(server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'prometheusServer of BridgeScaling.keda(..)',
    value: server.replace(/\/\/[^/]*@/, '//…@'),
    rule: 'it is a URL that begins with http:// or https://, without user name and password',
    fix: 'Give such a URL, and name a TriggerAuthentication where Prometheus asks for a login',
  });
}

function checkAuthentication(name: string | undefined): void {
  const rule = name === undefined ? undefined : dnsSubdomainProblem(name);
  if (!rule) return;
  const at = 'triggerAuthentication of BridgeScaling.keda(..)';
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Name a TriggerAuthentication' });
}

function checkBacklog({ query, target }: BridgeBacklog): void {
  const wrong = (at: string, value: unknown, rule: string) =>
    new EdgeError('EDGE_ERR_VALUE', { at: `${at} of BridgeScaling.keda(..)`, value, rule, fix: 'Correct it' });
  if (query.trim() === '') throw wrong('backlog.query', query, 'Prometheus is asked for it');
  if (!Number.isInteger(target) || target < 1) {
    throw wrong('backlog.target', target, 'it is a whole number from 1 on');
  }
}
