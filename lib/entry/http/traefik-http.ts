import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { IngressRoute, type IngressRouteProps, Middleware, type TraefikHttpService } from '../../crds/traefik';
import { PathMatch, pathRank } from '../../naming/http-paths';
import { acceptProblem } from '../../synth/accepted-problems';
import type { TraefikInstallation } from '../traefik/traefik-installation';
import { resourceVersion, TraefikVersion } from '../traefik/traefik-version';
import type { HttpRenderer, Site, SiteRoute } from './http-renderer';

export interface TraefikSettings {
  readonly entryPoint: string;
  readonly tlsEntryPoint: string;
  readonly installation: TraefikInstallation;
}

/** Without a priority a rule has its length. A site's own hosts come before whatever rule others have for every host. */
const SITE = 10_000;
/** Above a rule of others for every host; below the one with which cert-manager answers a challenge: that has a token in it. */
const REDIRECT = 40;
/** Below everything else in the cluster. */
const UNKNOWN_HOSTS = 1;
/** ingress-nginx allows bursts of five times the rate, and so do we. */
const BURST = 5;

/**
 * An IngressRoute for each route, with a Middleware for each wish.
 *
 * Traefik prefers the longest rule, and a prefix takes two matchers where an exact path takes one; so every route says
 * its priority.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */
export function traefikRenderer(settings: TraefikSettings): HttpRenderer {
  const { entryPoint, tlsEntryPoint, installation } = settings;
  const { namespace: podNamespace, ingressClass, version } = installation;
  const apiVersion = resourceVersion(version);
  // With a class of its own Traefik ignores routes that are not annotated with it.
  const annotations = ingressClass === undefined ? undefined : { 'kubernetes.io/ingress.class': ingressClass };
  const dialect = { apiVersion, annotations };
  return {
    controller: 'Traefik',
    listener: `Traefik in ${podNamespace}, ${entryPoint} and ${tlsEntryPoint}, class ${ingressClass}`,
    podNamespace,
    endsTls: false,
    refusals: new Map(),
    warning: undefined,
    hostProblem: () => undefined,
    shared: (scope, site) => {
      if (version === TraefikVersion.V2) {
        acceptProblem(scope, 'EDGE_ERR_API_VERSION', 'Traefik before 2.10 knows no other group');
      }
      return site.tlsSecretName === undefined ? [] : redirect(scope, site, entryPoint, dialect);
    },
    route: (scope, site, route) => {
      const middlewares = middlewaresOf(scope, site, route, dialect);
      const spec = { routes: [{ ...rule(route, site), middlewares: references(middlewares) }] };
      const routes = accesses(site, route, settings).map(
        ({ id, suffix, ...access }) =>
          new IngressRoute(scope, id, {
            apiVersion,
            metadata: { name: `${route.objectName}${suffix}`, namespace: site.namespace, annotations },
            spec: { ...access, ...spec },
          }),
      );
      return [...routes, ...middlewares];
    },
  };
}

/** What differs between installations of Traefik. */
interface Dialect {
  readonly apiVersion: ReturnType<typeof resourceVersion>;
  readonly annotations: Record<string, string> | undefined;
}

interface Access extends Pick<IngressRouteProps['spec'], 'entryPoints' | 'tls'> {
  readonly id: string;
  readonly suffix: string;
}

/** A router with TLS is not asked about plain requests, and the other way round. */
function accesses({ tlsSecretName: secretName }: Site, { hosts }: SiteRoute, settings: TraefikSettings): Access[] {
  const { entryPoint, tlsEntryPoint } = settings;
  const plain = { id: 'Resource', suffix: '', entryPoints: [entryPoint] };
  if (secretName === undefined) return [plain];
  const encrypted = { entryPoints: [tlsEntryPoint], tls: { secretName } };
  // The hosts of the site have a redirect at the plain entry point; all others have nothing there.
  if (hosts.length > 0) return [{ ...encrypted, id: 'Resource', suffix: '' }];
  return [plain, { ...encrypted, id: 'tls', suffix: '-tls' }];
}

function rule(route: SiteRoute, { tlsSecretName }: Site) {
  return {
    match: [...hostRule(route.hosts), pathRule(route)].join(' && '),
    kind: 'Rule' as const,
    priority: route.hosts.length > 0 ? SITE + pathRank(route.path, route.match) : UNKNOWN_HOSTS,
    services: [service(route, tlsSecretName !== undefined)],
  };
}

function hostRule(hosts: string[]): string[] {
  if (hosts.length === 0) return [];
  const anyOf = hosts.map((host) => `Host(\`${host}\`)`).join(' || ');
  return [hosts.length > 1 ? `(${anyOf})` : anyOf];
}

/** Traefik's PathPrefix compares characters: for `/info` it would take `/information`. */
function pathRule({ path, match }: SiteRoute): string {
  if (match === PathMatch.EXACT) return `Path(\`${path}\`)`;
  return path === '/' ? 'PathPrefix(`/`)' : `(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
}

function service({ backend, affinityCookie: name }: SiteRoute, secure: boolean): TraefikHttpService {
  const cookie = name !== undefined && { name, httpOnly: true, secure, sameSite: 'lax' };
  return { name: backend.service.name, port: backend.portNumber, ...(cookie && { sticky: { cookie } }) };
}

/** In the order in which they act: guessed passwords count as requests, and nobody unknown gets a body buffered. */
function middlewaresOf(scope: Construct, { namespace }: Site, route: SiteRoute, { apiVersion }: Dialect): ApiObject[] {
  const { objectName, auth, maxBody, requestsPerSecond } = route;
  const wishes: [id: string, spec: Record<string, object> | undefined][] = [
    [
      'rate',
      requestsPerSecond === undefined
        ? undefined
        : { rateLimit: { average: requestsPerSecond, burst: requestsPerSecond * BURST } },
    ],
    ['auth', auth && { basicAuth: { secret: auth.secretName, realm: auth.realm, removeHeader: true } }],
    ['body', maxBody && { buffering: { maxRequestBodyBytes: maxBody.toKibibytes() * 1024 } }],
    ['rewrite', rewrite(route)],
  ];
  return wishes.flatMap(([id, spec]) =>
    spec ? [new Middleware(scope, id, { apiVersion, metadata: { name: `${objectName}-${id}`, namespace }, spec })] : [],
  );
}

function rewrite({ path, match, rewriteTo }: SiteRoute): Record<string, object> | undefined {
  if (rewriteTo === undefined) return undefined;
  if (match === PathMatch.EXACT) return { replacePath: { path: rewriteTo } };
  const literal = path === '/' ? '' : path.replaceAll('.', '\\.');
  // An empty path is none: with "/" for a target, the slash in front of the rest is written anew.
  return rewriteTo === '/'
    ? { replacePathRegex: { regex: `^${literal}(?:/|$)(.*)`, replacement: '/$1' } }
    : { replacePathRegex: { regex: `^${literal}(/.*)?$`, replacement: `${rewriteTo}$1` } };
}

function references(middlewares: ApiObject[]): { name: string }[] | undefined {
  return middlewares.length > 0 ? middlewares.map(({ name }) => ({ name })) : undefined;
}

/** Sends plain requests for the site's hosts to the encrypted entry point. */
function redirect(scope: Construct, site: Site, entryPoint: string, { apiVersion, annotations }: Dialect): ApiObject[] {
  const { name, namespace, hosts } = site;
  const parent = new Construct(scope, 'redirect');
  const middleware = new Middleware(parent, 'middleware', {
    apiVersion,
    metadata: { name: `${name}-redirect`, namespace },
    spec: { redirectScheme: { scheme: 'https', permanent: true } },
  });
  const route = new IngressRoute(parent, 'Resource', {
    apiVersion,
    metadata: { name: `${name}-redirect`, namespace, annotations },
    spec: {
      entryPoints: [entryPoint],
      routes: [
        {
          match: hostRule(hosts).join(''),
          kind: 'Rule',
          priority: REDIRECT,
          middlewares: [{ name: middleware.name }],
          services: [{ name: 'noop@internal', kind: 'TraefikService' }],
        },
      ],
    },
  });
  return [route, middleware];
}
