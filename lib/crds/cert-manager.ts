import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface CertificateProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Made, and renewed, by cert-manager in the namespace of the Certificate. */
    readonly secretName: string;
    readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
    /** At most 64 characters. An ACME issuer refuses one that is not among the dnsNames. */
    readonly commonName?: string;
    readonly dnsNames: string[];
    readonly privateKey?: { readonly rotationPolicy: 'Always' | 'Never' };
  };
}

/** @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate */
export class Certificate extends ApiObject {
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id, { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', ...props });
  }
}
