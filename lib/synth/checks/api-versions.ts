import { groupOf, type Manifest, type ManifestJson, type ManifestProblem } from '../manifest';

interface Removed {
  readonly apiVersion: RegExp;
  readonly kind?: string;
  readonly since: string;
  readonly instead: string;
}

/** Versions that no supported release serves any more: the API server answers "no matches for kind". */
const REMOVED: Removed[] = [
  { apiVersion: /^extensions\/v1beta1$/, since: 'Kubernetes 1.22', instead: 'networking.k8s.io/v1 or apps/v1' },
  { apiVersion: /^apps\/v1beta[12]$/, since: 'Kubernetes 1.16', instead: 'apps/v1' },
  { apiVersion: /^networking\.k8s\.io\/v1beta1$/, since: 'Kubernetes 1.22', instead: 'networking.k8s.io/v1' },
  {
    apiVersion: /^rbac\.authorization\.k8s\.io\/v1beta1$/,
    since: 'Kubernetes 1.22',
    instead: 'rbac.authorization.k8s.io/v1',
  },
  { apiVersion: /^policy\/v1beta1$/, since: 'Kubernetes 1.25', instead: 'policy/v1' },
  { apiVersion: /^autoscaling\/v2beta[12]$/, since: 'Kubernetes 1.26', instead: 'autoscaling/v2' },
  { apiVersion: /^batch\/v1beta1$/, since: 'Kubernetes 1.25', instead: 'batch/v1' },
  { apiVersion: /^traefik\.containo\.us\//, since: 'Traefik 3', instead: 'traefik.io/v1alpha1' },
  {
    apiVersion: /^camel\.apache\.org\/v1alpha1$/,
    kind: 'KameletBinding',
    since: 'Camel K 2.6',
    instead: 'a Pipe of camel.apache.org/v1',
  },
  { apiVersion: /^serving\.kubeflow\.org\//, since: 'KServe 0.7', instead: 'serving.kserve.io/v1beta1' },
  {
    apiVersion: /^gateway\.networking\.k8s\.io\/v1alpha2$/,
    kind: 'TCPRoute',
    since: 'Gateway API 1.6',
    instead: 'gateway.networking.k8s.io/v1',
  },
];

/** Objects of API versions that were removed. */
export function removedApiVersions(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) => {
    const removed = REMOVED.find(({ apiVersion, kind }) => apiVersion.test(json.apiVersion) && isKind(json, kind));
    if (!removed) return [];
    const problem = {
      at: `the apiVersion of ${json.kind} ${json.metadata.name}`,
      value: json.apiVersion,
      rule: `${groupOf(json)} of this version is gone since ${removed.since}`,
      fix: `Use ${removed.instead}, or accept it where an old cluster asks for it`,
    };
    return [{ path, code: 'EDGE_ERR_API_VERSION', problem }];
  });
}

function isKind(json: ManifestJson, kind: string | undefined): boolean {
  return kind === undefined || json.kind === kind;
}
