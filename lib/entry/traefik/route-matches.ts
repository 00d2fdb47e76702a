import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { knowsDefaultEntryPoints, type TraefikVersion } from './traefik-version';

const KINDS = ['IngressRoute', 'IngressRouteTCP'];
const GROUPS = ['traefik.io', 'traefik.containo.us'];

/** What Traefik decides by: two of the same at one entry point, and it serves one of them. */
export interface RouteMatch {
  readonly object: ApiObject;
  readonly entryPoint: string;
  readonly match: string;
  readonly tcp: boolean;
  readonly tls: boolean;
  /** Traefiks that are told a class read routes of this one only. */
  readonly ingressClass: string | undefined;
}

/** A route that would be served where nobody meant it to be. */
export interface StrayRoute {
  readonly path: string;
  readonly kind: string;
  readonly everywhere: string;
}

interface RouteJson {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly spec?: {
    readonly entryPoints?: string[];
    readonly routes?: { readonly match?: string }[];
    readonly tls?: object;
  };
}

/** The matches of all routes in a tree, in its order: of those that this library made, and of those it did not. */
export function routeMatches(root: IConstruct): RouteMatch[] {
  return traefikRoutes(root).flatMap((object) => {
    const { metadata, spec = {} } = object.toJson() as RouteJson;
    const ingressClass = metadata.annotations?.['kubernetes.io/ingress.class'];
    const [tcp, tls] = [object.kind === 'IngressRouteTCP', spec.tls !== undefined];
    return (spec.entryPoints ?? []).flatMap((entryPoint) =>
      (spec.routes ?? []).map(({ match = '' }) => ({ object, entryPoint, match, tcp, tls, ingressClass })),
    );
  });
}

/** Says why Traefik would serve one of two routes only, or nothing when it serves both. */
export function matchClash(one: RouteMatch, other: RouteMatch): string | undefined {
  if (one.entryPoint !== other.entryPoint || one.ingressClass !== other.ingressClass || one.tls !== other.tls) {
    return undefined;
  }
  if (one.tcp === other.tcp && one.match.trim() === other.match.trim()) {
    return 'has the same match at the same entry point, and Traefik would serve one of them';
  }
  if (takesAll(other) && !one.tcp) return 'takes every connection of this entry point before Traefik looks for HTTP';
  if (takesAll(one) && !other.tcp) return 'is HTTP at the same entry point, and would never be reached';
  return undefined;
}

function takesAll({ tcp, match }: RouteMatch): boolean {
  return tcp && match.trim() === 'HostSNI(`*`)';
}

/**
 * Routes without entry points of their own. Traefik 2 serves those at every entry point; Traefik 3 at the default ones,
 * where a TCP route comes before all of HTTP.
 */
export function routesWithoutEntryPoints(root: IConstruct, version: TraefikVersion): StrayRoute[] {
  const everyEntryPoint = !knowsDefaultEntryPoints(version);
  return traefikRoutes(root)
    .filter(({ kind }) => everyEntryPoint || kind === 'IngressRouteTCP')
    .filter((object) => ((object.toJson() as RouteJson).spec?.entryPoints ?? []).length === 0)
    .map(({ kind, node: { path } }) => {
      const everywhere = everyEntryPoint ? 'every entry point' : 'web and websecure, before all HTTP routes';
      return { path, kind, everywhere };
    });
}

function traefikRoutes(root: IConstruct): ApiObject[] {
  return root.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter(({ kind, apiGroup }) => KINDS.includes(kind) && GROUPS.includes(apiGroup));
}
