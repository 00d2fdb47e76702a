import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

interface TraefikService {
  readonly name: string;
  readonly port: number;
}

export interface TraefikTlsSpec {
  readonly secretName?: string;
  readonly certResolver?: string;
  /** TCP only: Traefik reads the server name, and does not decrypt. */
  readonly passthrough?: boolean;
  readonly options?: { readonly name: string; readonly namespace?: string };
}

/** The group that Traefik 2 began with, and the one it has had since 2.10; Traefik 3 knows the latter only. */
export type TraefikApiVersion = 'traefik.io/v1alpha1' | 'traefik.containo.us/v1alpha1';
const NEWEST: TraefikApiVersion = 'traefik.io/v1alpha1';

export interface MiddlewareReference {
  readonly name: string;
}

interface IngressRouteTcpRule {
  readonly match: string;
  readonly middlewares?: MiddlewareReference[];
  readonly services: TraefikService[];
}

export interface IngressRouteTcpProps {
  readonly apiVersion?: TraefikApiVersion;
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Never left out: a TCP route without entry points takes every connection of every entry point. */
    readonly entryPoints: string[];
    readonly routes: IngressRouteTcpRule[];
    readonly tls?: TraefikTlsSpec;
  };
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tcp/ingressroutetcp/ */
export class IngressRouteTcp extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressRouteTcpProps) {
    super(scope, id, { apiVersion: NEWEST, kind: 'IngressRouteTCP', ...props });
  }
}

/** A Service of an HTTP route, or one of Traefik's own. */
export interface TraefikHttpService {
  readonly name: string;
  readonly kind?: 'Service' | 'TraefikService';
  readonly port?: number;
  readonly sticky?: { readonly cookie: object };
}

interface IngressRouteRule {
  readonly match: string;
  readonly kind: 'Rule';
  /** Of several routes that match, the one with the highest. @default - the length of the rule */
  readonly priority?: number;
  readonly middlewares?: MiddlewareReference[];
  readonly services: TraefikHttpService[];
}

export interface IngressRouteProps {
  readonly apiVersion?: TraefikApiVersion;
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Never left out: a route without entry points is served on all of them. */
    readonly entryPoints: string[];
    readonly routes: IngressRouteRule[];
    readonly tls?: TraefikTlsSpec;
  };
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
export class IngressRoute extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id, { apiVersion: NEWEST, kind: 'IngressRoute', ...props });
  }
}

export interface MiddlewareProps {
  readonly apiVersion?: TraefikApiVersion;
  readonly metadata: ApiObjectMetadata;
  /** One key, the kind of the middleware, with its options. */
  readonly spec: Record<string, object>;
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/middleware/ */
export class Middleware extends ApiObject {
  constructor(scope: Construct, id: string, props: MiddlewareProps) {
    super(scope, id, { apiVersion: NEWEST, kind: 'Middleware', ...props });
  }
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tcp/middlewaretcp/ */
export class MiddlewareTcp extends ApiObject {
  constructor(scope: Construct, id: string, props: MiddlewareProps) {
    super(scope, id, { apiVersion: NEWEST, kind: 'MiddlewareTCP', ...props });
  }
}
