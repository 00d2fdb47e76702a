import type { Manifest } from '../../../lib/testing';

/** Where a request ends, and what is asked there. */
interface Destination {
  readonly service: string;
  readonly path: string;
}

/** What a controller makes of the manifests that it is told. */
export type Controller = (host: string, path: string) => Destination | undefined;

/**
 * ingress-nginx, once there is a rewrite for a host: every path is an expression, tried without regard to case, the
 * longest first.
 *
 * @see https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/
 */
export function nginx(manifests: readonly Manifest[]): Controller {
  const locations = manifests
    .filter(({ kind }) => kind === 'Ingress')
    .flatMap(({ metadata, spec }) =>
      spec.rules.flatMap(({ host = '', http }: { host?: string; http: { paths: NginxPath[] } }) =>
        http.paths.map(({ path, backend }) => ({
          host,
          path,
          service: backend.service.name,
          target: metadata.annotations?.['nginx.ingress.kubernetes.io/rewrite-target'],
        })),
      ),
    );
  return (host, path) => {
    const known = locations.some((location) => location.host === host);
    const server = locations.filter((location) => location.host === (known ? host : ''));
    const found = server
      .sort((a, b) => b.path.length - a.path.length)
      .find((location) => new RegExp(`^${location.path}`, 'i').test(path));
    if (!found) return undefined;
    const { service, target } = found;
    return {
      service,
      path: target === undefined ? path : expand(target, new RegExp(`^${found.path}`, 'i').exec(path)),
    };
  };
}

interface NginxPath {
  readonly path: string;
  readonly backend: { readonly service: { readonly name: string } };
}

function expand(target: string, groups: RegExpExecArray | null): string {
  return target.replace(/\$(\d)/g, (_, group) => groups?.[Number(group)] ?? '');
}

/**
 * Traefik at one entry point: of the routers whose rule fits, the one of the highest priority.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */
export function traefik(manifests: readonly Manifest[], entryPoint: string): Controller {
  const middlewares = new Map(
    manifests.filter(({ kind }) => kind === 'Middleware').map(({ metadata, spec }) => [metadata.name, spec]),
  );
  const routers = manifests
    .filter(({ kind, spec }) => kind === 'IngressRoute' && spec.entryPoints.includes(entryPoint))
    .flatMap(({ spec }) => spec.routes as TraefikRouter[]);
  return (host, path) => {
    const [router] = routers
      .filter(({ match }) => isTrue(match, host, path))
      .sort((a, b) => (b.priority ?? b.match.length) - (a.priority ?? a.match.length));
    if (!router) return undefined;
    const specs = (router.middlewares ?? []).map(({ name }) => middlewares.get(name));
    return { service: router.services[0]?.name ?? '', path: specs.reduce(throughMiddleware, path) };
  };
}

interface TraefikRouter {
  readonly match: string;
  readonly priority?: number;
  readonly middlewares?: { readonly name: string }[];
  readonly services: { readonly name: string }[];
}

function throughMiddleware(path: string, spec: Manifest['spec']): string {
  if (spec.replacePath) return spec.replacePath.path;
  if (!spec.replacePathRegex) return path;
  const { regex, replacement } = spec.replacePathRegex;
  const groups = new RegExp(regex).exec(path);
  return groups ? path.replace(groups[0], expand(replacement, groups)) : path;
}

/** Host, Path and PathPrefix with &&, || and brackets. PathPrefix compares characters, not segments. */
function isTrue(rule: string, host: string, path: string): boolean {
  let text = rule.replace(/(\w+)\(`([^`]*)`\)/g, (_, matcher, value) => {
    if (matcher === 'Host') return value === host ? '1' : '0';
    if (matcher === 'Path') return value === path ? '1' : '0';
    if (matcher === 'PathPrefix') return path.startsWith(value) ? '1' : '0';
    throw new Error(`no matcher of Traefik: ${matcher}`);
  });
  const steps: [RegExp, (a: string, b: string) => string][] = [
    [/\(([01])\)/, (a) => a],
    [/([01]) && ([01])/, (a, b) => (a === '1' && b === '1' ? '1' : '0')],
    [/([01]) \|\| ([01])/, (a, b) => (a === '1' || b === '1' ? '1' : '0')],
  ];
  while (text.length > 1) {
    const step = steps.find(([pattern]) => pattern.test(text));
    if (!step) throw new Error(`no rule of Traefik: ${rule}`);
    text = text.replace(step[0], (_, a, b) => step[1](a, b));
  }
  return text === '1';
}

/**
 * An implementation of the Gateway API at one listener: the routes of the host, or those of every host when it has none;
 * an exact path first, then the longest prefix, by segments.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
export function gateway(manifests: readonly Manifest[], sectionName: string | undefined): Controller {
  const rules = manifests
    .filter(({ kind }) => kind === 'HTTPRoute')
    .filter(({ spec }) =>
      spec.parentRefs.some((parent: { sectionName?: string }) => parent.sectionName === sectionName),
    )
    .flatMap(({ spec }) =>
      (spec.hostnames ?? ['']).flatMap((host: string) => spec.rules.map((rule: GatewayRule) => ({ host, ...rule }))),
    ) as (GatewayRule & { readonly host: string })[];
  return (host, path) => {
    const known = rules.some((rule) => rule.host === host);
    const [found] = rules
      .filter((rule) => rule.host === (known ? host : ''))
      .map((rule) => ({ ...rule, match: rule.matches?.[0]?.path ?? { type: 'PathPrefix', value: '/' } }))
      .filter(({ match }) => (match.type === 'Exact' ? path === match.value : isBelow(match.value, path)))
      .sort((a, b) => rank(b.match) - rank(a.match));
    if (!found) return undefined;
    const rewrite = found.filters?.find(({ type }) => type === 'URLRewrite')?.urlRewrite?.path;
    return {
      service: found.backendRefs?.[0]?.name ?? '',
      path: rewrite?.replaceFullPath ?? replacePrefix(path, found.match.value, rewrite?.replacePrefixMatch),
    };
  };
}

interface GatewayPath {
  readonly type: string;
  readonly value: string;
}

interface GatewayRule {
  readonly matches?: { readonly path: GatewayPath }[];
  readonly filters?: {
    readonly type: string;
    readonly urlRewrite?: { readonly path: { replaceFullPath?: string; replacePrefixMatch?: string } };
  }[];
  readonly backendRefs?: { readonly name: string }[];
}

function rank({ type, value }: GatewayPath): number {
  return type === 'Exact' ? 10_000 : value.length;
}

function isBelow(prefix: string, path: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}

/** As the table in the specification has it: `/foo/bar` with `/foo` for `/xyz` is `/xyz/bar`, and `/foo` is `/xyz`. */
function replacePrefix(path: string, prefix: string, replacement: string | undefined): string {
  if (replacement === undefined) return path;
  const rest = path.slice(prefix === '/' ? 0 : prefix.length);
  return `${replacement === '/' ? '' : replacement}${rest}` || '/';
}
