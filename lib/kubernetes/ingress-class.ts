import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface IngressClassProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly controller: string };
}

export class IngressClass extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressClassProps) {
    super(scope, id, { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', ...props });
  }
}
