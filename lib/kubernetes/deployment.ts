import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PodTemplate } from './pod';

export interface DeploymentProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Left out where an autoscaler sets it: every apply would undo what it has decided. */
    readonly replicas?: number;
    readonly strategy: object;
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: PodTemplate;
  };
}

export class Deployment extends ApiObject {
  constructor(scope: Construct, id: string, props: DeploymentProps) {
    super(scope, id, { apiVersion: 'apps/v1', kind: 'Deployment', ...props });
  }
}

export interface PodDisruptionBudgetProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly maxUnavailable: number;
    readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow';
    readonly selector: { readonly matchLabels: Record<string, string> };
  };
}

export class PodDisruptionBudget extends ApiObject {
  constructor(scope: Construct, id: string, props: PodDisruptionBudgetProps) {
    super(scope, id, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', ...props });
  }
}

export interface HorizontalPodAutoscalerProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly scaleTargetRef: {
      readonly apiVersion: 'apps/v1';
      readonly kind: 'Deployment' | 'StatefulSet';
      readonly name: string;
    };
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: object[];
    /** How fast the number changes. */
    readonly behavior?: object;
  };
}

export class HorizontalPodAutoscaler extends ApiObject {
  constructor(scope: Construct, id: string, props: HorizontalPodAutoscalerProps) {
    super(scope, id, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...props });
  }
}
