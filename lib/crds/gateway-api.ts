import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

const GROUP = 'gateway.networking.k8s.io';

interface CertificateReference {
  readonly kind?: 'Secret';
  readonly name: string;
  /** Another one than the Gateway's only where a ReferenceGrant allows it. */
  readonly namespace?: string;
}

/** Which routes may attach to a listener; without it, those of the Gateway's namespace. */
interface AllowedRoutes {
  readonly namespaces: { readonly from: 'Same' | 'Selector' | 'All'; readonly selector?: object };
  readonly kinds?: { readonly group?: string; readonly kind: string }[];
}

export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  /** `HTTP`, `HTTPS`, `TLS` or `TCP`. */
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: {
    /** `Terminate` or `Passthrough`. */
    readonly mode: string;
    readonly certificateRefs?: CertificateReference[];
  };
  readonly allowedRoutes?: AllowedRoutes;
}

export interface GatewayProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly gatewayClassName: string;
    /** May be a lazy value: routes that are added later bring listeners. */
    readonly listeners: GatewayListener[];
  };
}

/** @see https://gateway-api.sigs.k8s.io/api-types/gateway/ */
export class Gateway extends ApiObject {
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id, { apiVersion: `${GROUP}/v1`, kind: 'Gateway', ...props });
  }
}

/** A Gateway, or with `sectionName` one of its listeners, that a route attaches to. */
export interface ParentReference {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
}

interface BackendReference {
  readonly name: string;
  readonly port: number;
}

interface HttpRouteRule {
  readonly matches?: object[];
  readonly filters?: object[];
  readonly backendRefs?: BackendReference[];
}

export interface HttpRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly parentRefs: ParentReference[];
    readonly hostnames?: string[];
    readonly rules: HttpRouteRule[];
  };
}

/** @see https://gateway-api.sigs.k8s.io/api-types/httproute/ */
export class HttpRoute extends ApiObject {
  constructor(scope: Construct, id: string, props: HttpRouteProps) {
    super(scope, id, { apiVersion: `${GROUP}/v1`, kind: 'HTTPRoute', ...props });
  }
}

/** What a CRD is served as: v1 since release 1.6 of the Gateway API, v1alpha2 in its experimental channel before. */
export type StreamRouteVersion = 'v1' | 'v1alpha2';

export interface TcpRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly parentRefs: ParentReference[];
    readonly rules: { readonly backendRefs: BackendReference[] }[];
  };
}

/** @see https://gateway-api.sigs.k8s.io/guides/tcp/ */
export class TcpRoute extends ApiObject {
  constructor(scope: Construct, id: string, version: StreamRouteVersion, props: TcpRouteProps) {
    super(scope, id, { apiVersion: `${GROUP}/${version}`, kind: 'TCPRoute', ...props });
  }
}

export interface TlsRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly parentRefs: ParentReference[];
    /** Compared with the server name of the handshake. */
    readonly hostnames: string[];
    readonly rules: { readonly backendRefs: BackendReference[] }[];
  };
}

/** @see https://gateway-api.sigs.k8s.io/guides/tls/ */
export class TlsRoute extends ApiObject {
  constructor(scope: Construct, id: string, version: StreamRouteVersion, props: TlsRouteProps) {
    super(scope, id, { apiVersion: `${GROUP}/${version}`, kind: 'TLSRoute', ...props });
  }
}

export interface ReferenceGrantProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly from: { readonly group: string; readonly kind: string; readonly namespace: string }[];
    /** May be a lazy value. */
    readonly to: { readonly group: string; readonly kind: string; readonly name?: string }[];
  };
}

/** Served as v1beta1 by every release so far. @see https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
export class ReferenceGrant extends ApiObject {
  constructor(scope: Construct, id: string, props: ReferenceGrantProps) {
    super(scope, id, { apiVersion: `${GROUP}/v1beta1`, kind: 'ReferenceGrant', ...props });
  }
}
