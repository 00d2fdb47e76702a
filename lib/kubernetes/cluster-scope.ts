/** Kinds without a namespace, by API group: Kubernetes' own, and those of the controllers that the library knows. */
const CLUSTER_SCOPED: Record<string, RegExp> = {
  '': /^(Namespace|Node|PersistentVolume)$/,
  'admissionregistration.k8s.io': /./,
  'apiextensions.k8s.io': /./,
  'apiregistration.k8s.io': /./,
  'certificates.k8s.io': /^(CertificateSigningRequest|ClusterTrustBundle)$/,
  'flowcontrol.apiserver.k8s.io': /./,
  'networking.k8s.io': /^(IngressClass|IPAddress|ServiceCIDR)$/,
  'node.k8s.io': /./,
  'rbac.authorization.k8s.io': /^Cluster/,
  'scheduling.k8s.io': /^PriorityClass$/,
  'storage.k8s.io': /^(CSIDriver|CSINode|StorageClass|VolumeAttachment|VolumeAttributesClass)$/,
  'cert-manager.io': /^ClusterIssuer$/,
  'gateway.networking.k8s.io': /^GatewayClass$/,
  'keda.sh': /^ClusterTriggerAuthentication$/,
  'networking.internal.knative.dev': /^ClusterDomainClaim$/,
  'serving.kserve.io': /^Cluster/,
};

/**
 * Whether objects of a kind belong to no namespace.
 *
 * A chart gives its namespace to all objects in it, and the API server drops it from these; but whoever compares what is
 * there with what was applied, as GitOps tools and `pulumi preview` do, would find a difference for ever.
 */
export function isClusterScoped({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
  return CLUSTER_SCOPED[group]?.test(kind) ?? false;
}
