import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { PodDisruptionBudget } from '../../kubernetes/deployment';
import type { BridgeScaling } from './bridge-scaling';
import type { ScaledBridge } from './scaler';

export interface BridgeGroup {
  readonly podDisruptionBudget: ApiObject;
  /** A HorizontalPodAutoscaler or a ScaledObject; nothing for a fixed number. */
  readonly autoscaler: ApiObject | undefined;
}

/** What keeps a bridge of several pods at its number. */
export function bridgeGroup(scope: Construct, scaling: BridgeScaling, bridge: ScaledBridge): BridgeGroup {
  const { name, namespace, labels } = bridge;
  const podDisruptionBudget = new PodDisruptionBudget(scope, 'disruption-budget', {
    metadata: { name, namespace, labels },
    spec: {
      // Of at least two members one stays, however many there are just now.
      maxUnavailable: 1,
      // Members that cannot reach the broker are not ready, and would keep their nodes from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labels },
    },
  });
  return { podDisruptionBudget, autoscaler: scaling._autoscaler(scope, 'autoscaler', bridge) };
}
