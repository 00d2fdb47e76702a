import type { Manifest } from '../../../lib/testing';

/** A request as a proxy in the mesh sees it. */
export interface MeshRequest {
  /** Where the pod that is called runs, and its labels. */
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** Of the caller's certificate; none without mutual TLS. */
  readonly principal?: string;
  /** `<iss>/<sub>` of a token that a RequestAuthentication has found good. */
  readonly requestPrincipal?: string;
  readonly host?: string;
  readonly method?: string;
  readonly path: string;
  readonly port?: string;
  readonly headers?: Record<string, string>;
}

type Lists = Record<string, string[]>;

interface Rule {
  readonly from?: { readonly source: Lists }[];
  readonly to?: { readonly operation: Lists }[];
  readonly when?: { readonly key: string; readonly values: string[] }[];
}

/**
 * Whether Istio lets a request through: nobody whom a DENY policy is about, and where there is an ALLOW policy, only
 * those whom one is about.
 *
 * @see https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export function letsThrough(manifests: readonly Manifest[], request: MeshRequest): boolean {
  const policies = manifests
    .filter(({ kind }) => kind === 'AuthorizationPolicy')
    .filter((policy) => selects(policy, request));
  const matching = (action: string) => policies.filter(({ spec }) => (spec.action ?? 'ALLOW') === action);
  const matches = ({ spec }: Manifest) => (spec.rules as Rule[]).some((rule) => ruleMatches(rule, request));
  if (matching('DENY').some(matches)) return false;
  return matching('ALLOW').length === 0 || matching('ALLOW').some(matches);
}

function selects({ metadata, spec }: Manifest, { namespace, labels }: MeshRequest): boolean {
  const everywhere = metadata.namespace === 'istio-system';
  const selector: Record<string, string> = spec.selector?.matchLabels ?? {};
  return (
    (everywhere || metadata.namespace === namespace) &&
    Object.entries(selector).every(([name, value]) => labels[name] === value)
  );
}

function ruleMatches({ from, to, when = [] }: Rule, request: MeshRequest): boolean {
  const source = { principals: request.principal, requestPrincipals: request.requestPrincipal };
  const operation = {
    hosts: request.host?.toLowerCase(),
    methods: request.method ?? 'POST',
    paths: request.path,
    ports: request.port ?? '8012',
  };
  return (
    (from === undefined || from.some((entry) => listsMatch(entry.source, source))) &&
    (to === undefined || to.some((entry) => listsMatch(entry.operation, operation))) &&
    when.every(({ key, values }) => {
      const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1] ?? '';
      return values.some((pattern) => patternMatches(pattern, request.headers?.[header]));
    })
  );
}

/** `names` must match one of the list, `notNames` none; all lists count. */
function listsMatch(lists: Lists, found: Record<string, string | undefined>): boolean {
  return Object.entries(lists).every(([name, patterns]) => {
    const negated = /^not[A-Z]/.test(name);
    const field = negated ? (name[3] as string).toLowerCase() + name.slice(4) : name;
    return patterns.some((pattern) => patternMatches(pattern, found[field])) !== negated;
  });
}

function patternMatches(pattern: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (pattern === '*') return value !== '';
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return value === pattern;
}
