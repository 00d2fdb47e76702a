import { Lazy } from 'cdk8s';
import { HorizontalPodAutoscaler } from '../../kubernetes/deployment';
import type { BridgeHpaOptions } from './bridge-scaling';
import { reachableCpu, reachableTarget, type ScaledBridge, type Scaler, scalingBehavior } from './scaler';

const DEFAULT_CPU_PERCENT = 70;

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export function hpaScaler(options: BridgeHpaOptions): Scaler {
  return (scope, id, bridge, { minReplicas, maxReplicas }) => {
    const { name, namespace, labels } = bridge;
    return new HorizontalPodAutoscaler(scope, id, {
      metadata: { name, namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name },
        minReplicas,
        maxReplicas,
        metrics: metrics(options, bridge),
        behavior: Lazy.any({ produce: () => scalingBehavior(bridge) }),
      },
    });
  };
}

/** The number of pods is the highest that one of them asks for. */
function metrics(options: BridgeHpaOptions, bridge: ScaledBridge): object[] {
  const { targetUnacknowledged: requests } = options;
  const percent = options.targetCpuPercent ?? (requests === undefined ? DEFAULT_CPU_PERCENT : undefined);
  return [
    ...(percent === undefined ? [] : [cpuMetric(percent, bridge)]),
    ...(requests === undefined ? [] : [requestsMetric(requests, bridge)]),
  ];
}

/** An amount, as a percentage would be of what the pod requests, which says nothing about what it can do. */
function cpuMetric(percent: number, bridge: ScaledBridge): object {
  const checked = reachableCpu('targetCpuPercent of BridgeScaling.hpa(..)', percent, bridge);
  const target = { type: 'AverageValue', averageValue: `${checked * 10}m` };
  return { type: 'Resource', resource: { name: 'cpu', target } };
}

function requestsMetric(requests: number, bridge: ScaledBridge): object {
  const checked = reachableTarget('targetUnacknowledged of BridgeScaling.hpa(..)', requests, bridge);
  const target = { type: 'AverageValue', averageValue: String(checked) };
  return { type: 'Pods', pods: { metric: { name: 'bridge_unacked' }, target } };
}
