import type { Manifest, ManifestProblem } from '../manifest';

/** What etcd takes for one object; Kubernetes refuses ConfigMaps and Secrets above it. */
const MAX_BYTES = 1024 * 1024;

/** ConfigMaps and Secrets that are too large. */
export function sizes(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) => {
    if (json.kind !== 'ConfigMap' && json.kind !== 'Secret') return [];
    const bytes = Buffer.byteLength(JSON.stringify(json));
    if (bytes <= MAX_BYTES) return [];
    const problem = {
      at: `${json.kind} ${json.metadata.name}`,
      value: `${bytes} bytes`,
      rule: `Kubernetes stores at most ${MAX_BYTES}`,
      fix: 'Spread its content over several objects',
    };
    return [{ path, code: 'EDGE_ERR_OBJECT_SIZE', problem }];
  });
}
