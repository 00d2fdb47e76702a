import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

export interface TraefikService {
  readonly name: string;
  readonly port: number;
}

export interface TraefikTlsSpec {
  readonly secretName?: string;
  readonly certResolver?: string;
}

export interface IngressRouteTcpProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Never left out: a TCP route without entry points takes every connection of every entry point. */
    readonly entryPoints: string[];
    readonly routes: { readonly match: string; readonly services: TraefikService[] }[];
    readonly tls?: TraefikTlsSpec;
  };
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tcp/ingressroutetcp/ */
export class IngressRouteTcp extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressRouteTcpProps) {
    super(scope, id, { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRouteTCP', ...props });
  }
}

export interface IngressRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    /** Never left out: a route without entry points is served on all of them. */
    readonly entryPoints: string[];
    readonly routes: { readonly match: string; readonly kind: 'Rule'; readonly services: TraefikService[] }[];
    readonly tls?: TraefikTlsSpec;
  };
}

/** @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
export class IngressRoute extends ApiObject {
  constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id, { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', ...props });
  }
}
