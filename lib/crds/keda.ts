import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** Where KEDA finds a number. */
export interface ScaleTrigger {
  readonly type: 'prometheus' | 'rabbitmq';
  readonly name: string;
  readonly metricType: 'AverageValue';
  /** KEDA reads texts only, also for numbers and for yes and no. */
  readonly metadata: Record<string, string>;
  readonly authenticationRef?: { readonly name: string };
}

export interface ScaledObjectProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly scaleTargetRef: {
      readonly apiVersion: 'apps/v1';
      readonly kind: 'Deployment' | 'StatefulSet';
      readonly name: string;
    };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: object } };
    readonly triggers: ScaleTrigger[];
  };
}

/** @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
export class ScaledObject extends ApiObject {
  constructor(scope: Construct, id: string, props: ScaledObjectProps) {
    super(scope, id, { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', ...props });
  }
}

/** A value that a trigger asks for, and where it is. */
export interface AuthenticationParameter {
  readonly parameter: string;
  readonly name: string;
  readonly key: string;
}

export interface TriggerAuthenticationProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly secretTargetRef: AuthenticationParameter[];
    readonly configMapTargetRef: AuthenticationParameter[];
  };
}

/** @see https://keda.sh/docs/latest/concepts/authentication/ */
export class TriggerAuthentication extends ApiObject {
  constructor(scope: Construct, id: string, props: TriggerAuthenticationProps) {
    super(scope, id, { apiVersion: 'keda.sh/v1alpha1', kind: 'TriggerAuthentication', ...props });
  }
}
