import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** Served by old and new releases alike; those before 1.20 may not know `v1`. */
const API_VERSION = 'security.istio.io/v1beta1';

/** The pods, or gateway pods, that a policy is about. */
interface WorkloadSelector {
  readonly matchLabels: Record<string, string>;
}

/** Who calls: each field that is set must match. */
interface PolicySource {
  readonly principals?: string[];
  readonly notRequestPrincipals?: string[];
}

/** What is called: each field that is set must match. */
interface PolicyOperation {
  readonly hosts?: string[];
  readonly notHosts?: string[];
  readonly methods?: string[];
  readonly paths?: string[];
  readonly notPaths?: string[];
  readonly ports?: string[];
}

export interface PolicyRule {
  /** Left out: anybody. */
  readonly from?: { readonly source: PolicySource }[];
  /** Left out: anything. */
  readonly to?: { readonly operation: PolicyOperation }[];
  readonly when?: { readonly key: string; readonly values: string[] }[];
}

export interface AuthorizationPolicyProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly selector: WorkloadSelector;
    readonly action: 'ALLOW' | 'DENY';
    readonly rules: PolicyRule[];
  };
}

/** @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
export class AuthorizationPolicy extends ApiObject {
  constructor(scope: Construct, id: string, props: AuthorizationPolicyProps) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'AuthorizationPolicy', ...props });
  }
}

export interface PeerAuthenticationProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly selector: WorkloadSelector;
    /** By port of the container. */
    readonly portLevelMtls: Record<string, { readonly mode: 'STRICT' | 'PERMISSIVE' }>;
  };
}

/** @see https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export class PeerAuthentication extends ApiObject {
  constructor(scope: Construct, id: string, props: PeerAuthenticationProps) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'PeerAuthentication', ...props });
  }
}

export interface JwtRule {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly audiences?: string[];
  readonly forwardOriginalToken: boolean;
  readonly fromHeaders: { readonly name: string; readonly prefix: string }[];
  readonly outputClaimToHeaders: { readonly header: string; readonly claim: string }[];
}

export interface RequestAuthenticationProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: { readonly selector: WorkloadSelector; readonly jwtRules: JwtRule[] };
}

/** @see https://istio.io/latest/docs/reference/config/security/request_authentication/ */
export class RequestAuthentication extends ApiObject {
  constructor(scope: Construct, id: string, props: RequestAuthenticationProps) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'RequestAuthentication', ...props });
  }
}
