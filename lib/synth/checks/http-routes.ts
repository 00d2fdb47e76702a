import { groupOf, type Manifest, type ManifestJson, type ManifestProblem } from '../manifest';

interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
}

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly headers?: unknown;
  readonly queryParams?: unknown;
  readonly method?: string;
}

interface HttpRouteSpec {
  readonly parentRefs?: ParentRef[];
  readonly hostnames?: string[];
  readonly rules?: { readonly matches?: Match[] }[];
}

const EVERY_REQUEST: Match = { path: { type: 'PathPrefix', value: '/' } };

/**
 * Two HTTPRoutes that want the same requests of one listener. A Gateway gives them to the route that is older, and says
 * nothing to the other.
 */
export function httpRoutes(manifests: readonly Manifest[]): ManifestProblem[] {
  const owners = new Map<string, string>();
  return manifests.flatMap(({ path, json }) => {
    if (json.kind !== 'HTTPRoute' || groupOf(json) !== 'gateway.networking.k8s.io') return [];
    const own = new Set(wanted(json));
    const taken = [...own].find((key) => owners.has(key));
    for (const key of own) if (!owners.has(key)) owners.set(key, path);
    if (taken === undefined) return [];
    const problem = {
      at: `HTTPRoute ${json.metadata.name}`,
      value: taken,
      rule: `[${owners.get(taken)}] wants the same requests of the same listener, and the older of the two gets them`,
      fix: 'Give them different hosts, paths or listeners',
    };
    return [{ path, code: 'EDGE_ERR_GATEWAY_ROUTE' as const, problem }];
  });
}

/** `listener host match` for each kind of request that a route takes. */
function wanted({ metadata, spec }: ManifestJson): string[] {
  const { parentRefs = [], hostnames = ['*'], rules = [] } = (spec ?? {}) as HttpRouteSpec;
  const listeners = parentRefs.map(
    ({ name, namespace = metadata.namespace, sectionName = '*' }) => `${namespace}/${name}/${sectionName}`,
  );
  const matches = rules.flatMap(({ matches = [EVERY_REQUEST] }) => matches).map(matchOf);
  return listeners.flatMap((listener) =>
    hostnames.flatMap((host) => matches.map((match) => `${listener} ${host} ${match}`)),
  );
}

function matchOf({ path = EVERY_REQUEST.path, headers, queryParams, method }: Match): string {
  const { type = 'PathPrefix', value = '/' } = path ?? {};
  const further = [method, headers, queryParams].filter((part) => part !== undefined);
  return [type, value, ...further.map((part) => JSON.stringify(part))].join(' ');
}
