import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PodTemplate } from './pod';

/**
 * Kubernetes' own kinds as thin subclasses of ApiObject.
 *
 * The generated classes of cdk8s-plus copy only the fields they know after patches have been applied, so that a patch
 * with any other field vanishes; these keep everything.
 *
 * @see https://github.com/cdk8s-team/cdk8s-core/issues/72
 */

export interface ConfigMapProps {
  readonly metadata: ApiObjectMetadata;
  readonly data?: unknown;
  readonly binaryData?: Record<string, string>;
}

export class ConfigMap extends ApiObject {
  constructor(scope: Construct, id: string, props: ConfigMapProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', ...props });
  }
}

export interface SecretProps {
  readonly metadata: ApiObjectMetadata;
  readonly stringData: unknown;
}

export class Secret extends ApiObject {
  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', ...props });
  }
}

export class ServiceAccount extends ApiObject {
  constructor(scope: Construct, id: string, metadata: ApiObjectMetadata) {
    super(scope, id, { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false });
  }
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
  readonly protocol: 'TCP';
  /** Tells meshes what is spoken, so that they do not guess. */
  readonly appProtocol?: string;
}

export interface ServiceProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly type?: 'ClusterIP';
    readonly clusterIP?: 'None';
    readonly publishNotReadyAddresses?: boolean;
    readonly selector: Record<string, string>;
    readonly ports: ServicePort[];
  };
}

export class Service extends ApiObject {
  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'Service', ...props });
  }
}

export interface PersistentVolumeClaimProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly accessModes: string[];
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

export class PersistentVolumeClaim extends ApiObject {
  constructor(scope: Construct, id: string, props: PersistentVolumeClaimProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...props });
  }
}

export interface StatefulSetProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Left out where an autoscaler sets it. */
    readonly replicas?: number;
    readonly podManagementPolicy: 'Parallel';
    readonly serviceName: string;
    readonly selector: { readonly matchLabels: Record<string, string> };
    /** May be a lazy value: volumes and checksums depend on what is added later. */
    readonly template: PodTemplate;
    /** A volume for each pod, that stays when the pod goes. */
    readonly volumeClaimTemplates?: PersistentVolumeClaimProps[];
  };
}

export class StatefulSet extends ApiObject {
  constructor(scope: Construct, id: string, props: StatefulSetProps) {
    super(scope, id, { apiVersion: 'apps/v1', kind: 'StatefulSet', ...props });
  }
}

/** Pods that traffic may come from or go to. */
export interface NetworkPeer {
  readonly namespaceSelector?: object;
  readonly podSelector?: object;
}

export interface NetworkRule {
  readonly from?: NetworkPeer[];
  readonly to?: NetworkPeer[];
  readonly ports?: { readonly port: number | string; readonly protocol: 'TCP' | 'UDP' }[];
}

export interface NetworkPolicyProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Record<string, string> };
    readonly policyTypes: ('Ingress' | 'Egress')[];
    readonly ingress: unknown;
    readonly egress: unknown;
  };
}

export class NetworkPolicy extends ApiObject {
  constructor(scope: Construct, id: string, props: NetworkPolicyProps) {
    super(scope, id, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...props });
  }
}

/** All pods of the named namespaces. */
export function podsOfNamespaces(...namespaces: string[]): NetworkPeer {
  return {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }],
    },
  };
}

/** The pods of one workload. */
export function podsLabelled(namespace: string, labels: Record<string, string>): NetworkPeer {
  return { ...podsOfNamespaces(namespace), podSelector: { matchLabels: labels } };
}
