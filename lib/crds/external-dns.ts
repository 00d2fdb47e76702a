import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** A record that external-dns makes. */
export interface DnsEndpointRecord {
  readonly dnsName: string;
  readonly recordType: 'A' | 'CNAME';
  /** Without a dot at the end: external-dns leaves such a record out, and only logs that. */
  readonly targets: string[];
  /** In seconds. */
  readonly recordTTL?: number;
  /** On AWS, `alias: 'true'` turns a CNAME into an alias of type A and one of type AAAA. */
  readonly providerSpecific?: { readonly name: string; readonly value: string }[];
}

export interface DnsEndpointProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly endpoints: DnsEndpointRecord[] };
}

/** @see https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/crd/ */
export class DnsEndpoint extends ApiObject {
  constructor(scope: Construct, id: string, props: DnsEndpointProps) {
    super(scope, id, { apiVersion: 'externaldns.k8s.io/v1alpha1', kind: 'DNSEndpoint', ...props });
  }
}
