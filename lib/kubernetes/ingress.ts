import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

interface IngressBackend {
  readonly service: { readonly name: string; readonly port: { readonly name?: string; readonly number?: number } };
}

export interface IngressPath {
  readonly path: string;
  readonly pathType: 'Prefix' | 'Exact' | 'ImplementationSpecific';
  readonly backend: IngressBackend;
}

export interface IngressRule {
  readonly host?: string;
  readonly http: { readonly paths: IngressPath[] };
}

export interface IngressProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly ingressClassName: string;
    readonly tls?: { readonly hosts: string[]; readonly secretName: string }[];
    readonly rules: IngressRule[];
  };
}

export class Ingress extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id, { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', ...props });
  }
}
