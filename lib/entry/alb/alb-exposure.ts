import type { Duration } from 'cdk8s';
import type { HostLayout } from '../../naming/host-layout';
import type { AlbAuth } from './alb-auth';
import type { AlbGateway } from './alb-gateway';

/** Where a load balancer can be reached from. */
export enum AlbScheme {
  /** From the VPC and what is connected to it. */
  INTERNAL = 'internal',
  INTERNET_FACING = 'internet-facing',
}

/** A bucket for the load balancer's access logs, which must let Elastic Load Balancing write to it. */
export interface AlbAccessLogs {
  readonly bucket: string;
  /** @default - none: logs are at the top of the bucket */
  readonly prefix?: string;
}

/** How models are reached through an AWS Application Load Balancer. */
export interface AlbExposure {
  /**
   * The certificate that clients see: one of ACM in the load balancer's region, with the names of the hosts.
   */
  readonly certificateArn: string;
  /** Who may pass. Everybody only if it is said aloud, with `AlbAuth.open()`. */
  readonly auth: AlbAuth;
  /** Further certificates, of which clients see the one that has the host they ask for. At most 25. @default - none */
  readonly extraCertificateArns?: string[];
  /** Name of the Ingress; of everything else it begins the name. @default 'inference' */
  readonly name?: string;
  /** The tenants that are served. @default - all */
  readonly namespaces?: string[];
  /**
   * Hosts that are served instead of the tenants': that of a dashboard, for instance.
   *
   * @default - none
   */
  readonly hosts?: string[];
  /**
   * What may be asked for, as patterns of paths: `*` stands for anything. By default what the inference protocols V1
   * and V2 need, and not `/v2/repository`, which loads and unloads models.
   *
   * @default ['/v1/models*', '/v2/models*', '/v2/health/*', '/v2']
   */
  readonly paths?: string[];
  /**
   * Ingresses of one group share one load balancer. They must agree on what is the load balancer's: what only one of
   * them says counts for all.
   *
   * @default 'inference'
   */
  readonly groupName?: string;
  /**
   * The place of the rules among those of the group, from -1000 to 999; the lowest is tried first. At 1000 is the
   * answer to requests without a token.
   *
   * @default - -10 for `AlbAuth.header(..)`, which must come before logins, and 0 for everything else
   */
  readonly groupOrder?: number;
  /** Changing it makes another load balancer. @default AlbScheme.INTERNAL */
  readonly scheme?: AlbScheme;
  /** At most 32 characters; read only when the load balancer is made. @default - the controller's choice */
  readonly loadBalancerName?: string;
  /**
   * Which versions of TLS and which ciphers are spoken.
   *
   * @default 'ELBSecurityPolicy-TLS13-1-2-2021-06': TLS 1.2 and 1.3
   */
  readonly sslPolicy?: string;
  /**
   * How long a connection may be silent, as it is while a model thinks: from 1 to 4000 seconds.
   *
   * @default - 60 seconds, or 5 more than the slowest model that is served may take
   */
  readonly idleTimeout?: Duration;
  /** @default - no logs */
  readonly accessLogs?: AlbAccessLogs;
  /** Whether the load balancer outlives its Ingresses. @default false */
  readonly deletionProtection?: boolean;
  /** A web ACL of AWS WAF, of the load balancer's region. @default - none */
  readonly webAclArn?: string;
  /** Who may connect at all. The controller reads it only without `securityGroups`. @default - everybody */
  readonly inboundCidrs?: string[];
  /**
   * Ids or names of security groups for the load balancer. The controller still lets it through to the pods.
   *
   * @default - the controller makes one, from `inboundCidrs`
   */
  readonly securityGroups?: string[];
  /** Tags of the AWS resources. @default - the controller's */
  readonly tags?: Record<string, string>;
  /** What the load balancer forwards to. @default - Istio's ingress gateway */
  readonly gateway?: AlbGateway;
  /**
   * Headers that the gateway removes from what comes in for the hosts: those by which the cluster knows its users.
   * `[]` leaves all of them in.
   *
   * @default - `kubeflow-userid`, `kubeflow-groups`, and `x-amzn-oidc-*` unless the auth is a login, which adds them
   */
  readonly removedHeaders?: string[];
}

export interface AlbIngressProps extends AlbExposure {
  /** What the hosts of models end in. */
  readonly domain: string;
  /** All namespaces with models under the domain. */
  readonly tenants: string[];
  /** How hosts are made of model, namespace and domain. @default HostLayout.PER_NAMESPACE */
  readonly hostLayout?: HostLayout;
}
