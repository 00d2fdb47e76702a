import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface OpenShiftRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly host: string;
    readonly to: { readonly kind: 'Service'; readonly name: string; readonly weight: number };
    /** The name of a port of the Service. */
    readonly port: { readonly targetPort: string };
    readonly tls: {
      readonly termination: 'edge' | 'passthrough' | 'reencrypt';
      readonly insecureEdgeTerminationPolicy: 'None' | 'Redirect';
      readonly destinationCACertificate?: string;
    };
    readonly wildcardPolicy: 'None';
  };
}

/** @see https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/network_apis/route-route-openshift-io-v1 */
export class OpenShiftRoute extends ApiObject {
  constructor(scope: Construct, id: string, props: OpenShiftRouteProps) {
    super(scope, id, { apiVersion: 'route.openshift.io/v1', kind: 'Route', ...props });
  }
}
