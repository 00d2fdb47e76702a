import { groupOf, type Manifest, type ManifestJson, type ManifestProblem } from '../manifest';

/** Two objects that are the same one to Kubernetes. */
export function duplicates(manifests: readonly Manifest[]): ManifestProblem[] {
  const first = new Map<string, string>();
  const problems: ManifestProblem[] = [];
  for (const { path, json } of manifests) {
    const identity = identityOf(json);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, path);
    else {
      const problem = {
        at: 'an object',
        value: identity,
        rule: `[${other}] is the same one to Kubernetes, and the later would replace the earlier`,
        fix: 'Rename one of them, or put it into another namespace',
      };
      problems.push({ path, code: 'EDGE_ERR_OBJECT_DUPLICATE', problem });
    }
  }
  return problems;
}

function identityOf(json: ManifestJson): string {
  const { kind, metadata } = json;
  return `${groupOf(json)}/${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
