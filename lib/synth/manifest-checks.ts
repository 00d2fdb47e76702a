import { describe } from '../errors';

/** An object as it goes into a file, and where in the tree it comes from. */
export interface Manifest {
  readonly path: string;
  readonly json: ManifestJson;
}

interface ManifestJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What etcd takes for one object; Kubernetes refuses ConfigMaps and Secrets above it. */
const MAX_BYTES = 1024 * 1024;
const PLACEHOLDERS: [pattern: RegExp, what: string][] = [
  [/\$\{pulumi:\d+\}/, 'a Pulumi Output that only `pulumi up` replaces'],
  [/Calling \[(toString|toJSON)\] on an \[Output<T>\]/, 'the help text of a Pulumi Output that was put into a string'],
  [/\$\{Token\[[^\]]*\]\}/, 'a token that nothing resolved'],
];

/** Problems that show only in the finished manifests, each as `[construct path] CODE: …`. */
export function manifestProblems(manifests: readonly Manifest[]): string[] {
  return [...duplicates(manifests), ...manifests.flatMap(unresolved), ...manifests.flatMap(oversize)];
}

function duplicates(manifests: readonly Manifest[]): string[] {
  const first = new Map<string, string>();
  const problems: string[] = [];
  for (const { path, json } of manifests) {
    const identity = identityOf(json);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, path);
    else {
      const problem = describe('EDGE_ERR_OBJECT_DUPLICATE', {
        at: 'an object',
        value: identity,
        rule: `[${other}] is the same one to Kubernetes, and the later would replace the earlier`,
        fix: 'Rename one of them, or put it into another namespace',
      });
      problems.push(`[${path}] ${problem}`);
    }
  }
  return problems;
}

function identityOf({ apiVersion, kind, metadata }: ManifestJson): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core';
  return `${group}/${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

function unresolved({ path, json }: Manifest): string[] {
  return leaves(json, '').flatMap(({ at, text }) => {
    const found = PLACEHOLDERS.find(([pattern]) => pattern.test(text));
    if (!found) return [];
    const [pattern, what] = found;
    const problem = describe('EDGE_ERR_TOKEN', {
      at: `${json.kind}${at}`,
      value: pattern.exec(text)?.[0],
      rule: `that is ${what}`,
      fix: 'Give the value itself, from configuration for instance',
    });
    return [`[${path}] ${problem}`];
  });
}

function leaves(value: unknown, at: string): { at: string; text: string }[] {
  if (typeof value === 'string') return [{ at, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...leaves(key, `${at}.${key}`),
    ...leaves(child, Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`),
  ]);
}

function oversize({ path, json }: Manifest): string[] {
  if (json.kind !== 'ConfigMap' && json.kind !== 'Secret') return [];
  const bytes = Buffer.byteLength(JSON.stringify(json));
  if (bytes <= MAX_BYTES) return [];
  const problem = describe('EDGE_ERR_OBJECT_SIZE', {
    at: `${json.kind} ${json.metadata.name}`,
    value: `${bytes} bytes`,
    rule: `Kubernetes stores at most ${MAX_BYTES}`,
    fix: 'Spread its content over several objects',
  });
  return [`[${path}] ${problem}`];
}
