import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PodDisruptionBudget } from '../../kubernetes/deployment';
import type { BridgeScaling } from './bridge-scaling';
import type { ScaledBridge } from './scaler';

export interface BridgeGroupProps extends Omit<ScaledBridge, 'minReplicas' | 'maxReplicas'> {
  readonly scaling: BridgeScaling;
}

/** What keeps a bridge of several pods at its number. */
export class BridgeGroup extends Construct {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly podDisruptionBudget: ApiObject;
  /** A HorizontalPodAutoscaler or a ScaledObject; nothing for a fixed number. */
  readonly autoscaler: ApiObject | undefined;

  /** @internal use `InferenceBridge.scaling` */
  constructor(scope: Construct, id: string, { scaling, ...bridge }: BridgeGroupProps) {
    super(scope, id);
    const { name, namespace, labels } = bridge;
    this.minReplicas = scaling.minReplicas;
    this.maxReplicas = scaling.maxReplicas;
    this.podDisruptionBudget = new PodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name, namespace, labels },
      spec: {
        // Of at least two members one stays, however many there are just now.
        maxUnavailable: 1,
        // Members that cannot reach the broker are not ready, and would keep their nodes from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: labels },
      },
    });
    const { minReplicas, maxReplicas } = scaling;
    this.autoscaler = scaling._autoscaler(this, 'autoscaler', { ...bridge, minReplicas, maxReplicas });
  }
}
