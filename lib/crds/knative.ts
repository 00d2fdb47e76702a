import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { clusterScoped } from './cluster-scoped';

export interface DomainMappingObjectProps {
  /** The name is the domain. */
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly ref: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly tls?: { readonly secretName: string };
  };
}

/** @see https://knative.dev/docs/serving/services/custom-domains/ */
export class DomainMappingObject extends ApiObject {
  constructor(scope: Construct, id: string, props: DomainMappingObjectProps) {
    super(scope, id, { apiVersion: 'serving.knative.dev/v1beta1', kind: 'DomainMapping', ...props });
  }
}

export interface ClusterDomainClaimProps {
  /** The name is the domain; the object belongs to no namespace. */
  readonly metadata: ApiObjectMetadata;
  /** The namespace whose DomainMappings may have the domain. */
  readonly spec: { readonly namespace: string };
}

export class ClusterDomainClaim extends ApiObject {
  constructor(scope: Construct, id: string, props: ClusterDomainClaimProps) {
    super(scope, id, {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      ...props,
    });
    clusterScoped(this);
  }
}
