import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Ingress, type IngressPath } from '../../kubernetes/ingress';
import { PathMatch } from '../../naming/http-paths';
import type { HttpRenderer, Site, SiteRoute } from './http-renderer';

const PREFIX = 'nginx.ingress.kubernetes.io';
const RETIRED =
  'ingress-nginx has been retired: since March 2026 nobody mends its security holes. Use HttpEntry.traefik(..) or HttpEntry.gatewayApi(..) for anything new';

export interface NginxSettings {
  readonly className: string;
  readonly podNamespace: string;
}

/**
 * One Ingress for each route, because annotations count for all paths of an Ingress.
 *
 * As soon as one Ingress of a host rewrites, ingress-nginx takes all paths of the host for regular expressions, whatever
 * their type: an Exact `/info` would take `/information`. So every path is written as the expression that it stands for.
 *
 * @see https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/
 */
export function nginxRenderer({ className, podNamespace }: NginxSettings): HttpRenderer {
  return {
    controller: 'ingress-nginx',
    listener: `ingress class ${className}`,
    podNamespace,
    endsTls: false,
    refusals: new Map(),
    warning: RETIRED,
    hostProblem: () => undefined,
    shared: () => [],
    route: (scope, site, route) => [ingress(scope, site, route, className)],
  };
}

function ingress(scope: Construct, site: Site, route: SiteRoute, ingressClassName: string): ApiObject {
  const { hosts, objectName: name } = route;
  const { tlsSecretName: secretName, namespace } = site;
  const paths: IngressPath[] = [
    { path: expression(route), pathType: 'ImplementationSpecific', backend: backendOf(route) },
  ];
  const anyHost = hosts.length === 0;
  return new Ingress(scope, 'Resource', {
    metadata: { name, namespace, annotations: annotations(route) },
    spec: {
      ingressClassName,
      tls: secretName === undefined || anyHost ? undefined : [{ hosts, secretName }],
      rules: anyHost ? [{ http: { paths } }] : hosts.map((host) => ({ host, http: { paths } })),
    },
  });
}

/**
 * The path as an expression that nginx anchors at the start. The longest expression of a host is tried first, so the end
 * of an exact path is longer than the end of a prefix.
 */
function expression({ path, match }: SiteRoute): string {
  const literal = path.replaceAll('.', '\\.');
  if (match === PathMatch.EXACT) return `${literal}(?:/{0,0})$`;
  return path === '/' ? '/()(.*)' : `${literal}(/|$)(.*)`;
}

function backendOf({ backend }: SiteRoute): IngressPath['backend'] {
  return { service: { name: backend.service.name, port: { name: backend.portName } } };
}

function annotations(route: SiteRoute): Record<string, string> {
  const { affinityCookie, auth, maxBody, requestsPerSecond } = route;
  const set = {
    'use-regex': 'true',
    'rewrite-target': rewriteTarget(route),
    ...(auth && { 'auth-type': 'basic', 'auth-secret': auth.secretName, 'auth-realm': auth.realm }),
    'proxy-body-size': maxBody && `${maxBody.toKibibytes()}k`,
    'limit-rps': requestsPerSecond?.toString(),
    ...(affinityCookie !== undefined && {
      affinity: 'cookie',
      'session-cookie-name': affinityCookie,
      // Cookies do not know expressions; without a path of its own the cookie would never be sent back.
      'session-cookie-path': '/',
      'session-cookie-samesite': 'Lax',
    }),
  };
  const given = Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [`${PREFIX}/${key}`, value]));
}

/** With the groups of the expression: $1 is the slash behind the path, if there is one, and $2 what follows it. */
function rewriteTarget({ path, match, rewriteTo }: SiteRoute): string | undefined {
  if (rewriteTo === undefined || match === PathMatch.EXACT) return rewriteTo;
  if (rewriteTo === '/') return '/$2';
  return path === '/' ? `${rewriteTo}/$2` : `${rewriteTo}$1$2`;
}
