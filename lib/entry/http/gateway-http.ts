import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway, HttpRoute, type GatewayListener as ListenerSpec, type ParentReference } from '../../crds/gateway-api';
import { PathMatch } from '../../naming/http-paths';
import type { GatewayListener } from '../gateway-api/gateway-listener';
import type { GatewayReference } from '../gateway-api/gateway-reference';
import type { HttpRenderer, Site, SiteRoute, Wish } from './http-renderer';

const PLAIN = 'http';
const ENCRYPTED = 'https';

const REFUSALS: [Wish, string][] = [
  ['affinityCookie', 'the standard channel of the Gateway API has no session persistence'],
  ['auth', 'the Gateway API has no way to ask for a password'],
  ['maxBody', 'the Gateway API has no limit for bodies'],
  ['requestsPerSecond', 'the Gateway API has no limit for rates'],
];

/** A Gateway of the routes' own. */
export interface OwnGateway {
  readonly className: string;
  readonly podNamespace: string | undefined;
}

/** A Gateway that is there, or another construct of the app makes, and those of its listeners that take requests. */
export interface SharedGateway {
  readonly gateway: GatewayReference;
  readonly listeners: GatewayListener[];
}

/**
 * A Gateway with one listener for plain requests, and one for TLS that takes every server name: a request for an unknown
 * host gets its 404 there too.
 */
export function ownGatewayRenderer({ className, podNamespace }: OwnGateway): HttpRenderer {
  return {
    controller: 'the Gateway API',
    // Every site has a Gateway, and so an address, of its own.
    listener: '',
    podNamespace,
    endsTls: false,
    refusals: new Map(REFUSALS),
    warning: undefined,
    hostProblem: () => undefined,
    shared: (scope, site) => {
      const gateway = new Gateway(scope, 'gateway', {
        metadata: { name: site.name, namespace: site.namespace },
        spec: { gatewayClassName: className, listeners: listeners(site) },
      });
      return site.tlsSecretName === undefined ? [gateway] : [gateway, redirect(scope, site)];
    },
    route: (scope, site, route) => [httpRoute(scope, site, route, ownParents(site, route))],
  };
}

/** Routes at listeners with the certificates that these have. */
export function sharedGatewayRenderer({ gateway, listeners }: SharedGateway): HttpRenderer {
  const { name, namespace, proxyNamespace } = gateway;
  const sections = listeners.map((listener) => listener.name);
  return {
    controller: 'the Gateway API',
    listener: `Gateway ${namespace}/${name}, ${sections.toSorted().join(' and ')}`,
    podNamespace: proxyNamespace,
    endsTls: listeners.every(({ encrypts }) => encrypts),
    refusals: new Map([...REFUSALS, ['tls', 'listeners of a shared Gateway have certificates of their own']]),
    warning: undefined,
    hostProblem: (host) =>
      listeners.some((listener) => takes(listener, host))
        ? undefined
        : `none of the listeners ${sections.join(', ')} takes requests for it`,
    shared: (_scope, site) => {
      for (const listener of listeners) {
        gateway._open({ listener, routeKind: 'HTTPRoute', namespace: site.namespace });
      }
      return [];
    },
    route: (scope, site, route) => {
      const parents: ParentReference[] = sections.map((sectionName) => ({ name, namespace, sectionName }));
      return [httpRoute(scope, site, route, parents)];
    },
  };
}

/** A wildcard of the Gateway API stands for one label or more. */
function takes({ host: own }: GatewayListener, host: string): boolean {
  return own === undefined || own === host || (own.startsWith('*.') && host.endsWith(own.slice(1)));
}

function listeners({ tlsSecretName }: Site): ListenerSpec[] {
  const plain = { name: PLAIN, port: 80, protocol: 'HTTP' };
  if (tlsSecretName === undefined) return [plain];
  const tls = { mode: 'Terminate', certificateRefs: [{ name: tlsSecretName }] };
  return [plain, { name: ENCRYPTED, port: 443, protocol: 'HTTPS', tls }];
}

function ownParents({ name, tlsSecretName }: Site, { hosts }: SiteRoute): ParentReference[] {
  if (tlsSecretName === undefined) return [{ name, sectionName: PLAIN }];
  const encrypted = { name, sectionName: ENCRYPTED };
  return hosts.length > 0 ? [encrypted] : [{ name, sectionName: PLAIN }, encrypted];
}

function httpRoute(scope: Construct, site: Site, route: SiteRoute, parentRefs: ParentReference[]): ApiObject {
  const { hosts, path, match, backend } = route;
  const type = match === PathMatch.EXACT ? 'Exact' : 'PathPrefix';
  return new HttpRoute(scope, 'Resource', {
    metadata: { name: route.objectName, namespace: site.namespace },
    spec: {
      parentRefs,
      hostnames: hosts.length > 0 ? hosts : undefined,
      rules: [
        {
          matches: [{ path: { type, value: path } }],
          filters: rewrite(route),
          backendRefs: [{ name: backend.service.name, port: backend.portNumber }],
        },
      ],
    },
  });
}

function rewrite({ match, rewriteTo }: SiteRoute): object[] | undefined {
  if (rewriteTo === undefined) return undefined;
  const path =
    match === PathMatch.EXACT
      ? { type: 'ReplaceFullPath', replaceFullPath: rewriteTo }
      : { type: 'ReplacePrefixMatch', replacePrefixMatch: rewriteTo };
  return [{ type: 'URLRewrite', urlRewrite: { path } }];
}

/** With 301, which every implementation knows; 308 is an extension. */
function redirect(scope: Construct, { name, namespace, hosts }: Site): ApiObject {
  return new HttpRoute(scope, 'redirect', {
    metadata: { name: `${name}-redirect`, namespace },
    spec: {
      parentRefs: [{ name, sectionName: PLAIN }],
      hostnames: hosts,
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    },
  });
}
