import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface DockerConfigSecretProps {
  readonly metadata: ApiObjectMetadata;
  readonly stringData: { readonly '.dockerconfigjson': string };
}

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets */
export class DockerConfigSecret extends ApiObject {
  constructor(scope: Construct, id: string, props: DockerConfigSecretProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', ...props });
  }
}
