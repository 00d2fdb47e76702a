import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface LoadBalancerProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** `Local` keeps the addresses of clients, and sends connections to nodes with a ready pod only. */
    readonly externalTrafficPolicy: 'Local' | 'Cluster';
    readonly selector: Record<string, string>;
    /** May be a lazy value. */
    readonly ports: unknown;
  };
}

/** A Service with an address outside of the cluster. */
export class LoadBalancer extends ApiObject {
  constructor(scope: Construct, id: string, { metadata, spec }: LoadBalancerProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'LoadBalancer', ...spec } });
  }
}
