import type * as pulumi from '@pulumi/pulumi';
import type { ControllerIdentity } from './controller-identity';
import type { LoadBalancerSubnets } from './load-balancer-subnets';

export interface LoadBalancerControllerArgs {
  /** Name of the EKS cluster. The controller tags what it makes with it, and may change nothing that has another tag. */
  readonly clusterName: string;
  /** The cluster's region. */
  readonly region: string;
  /** The VPC of the cluster, where load balancers are made. @default - asked of EKS */
  readonly vpcId?: pulumi.Input<string>;
  /** How the controller becomes its IAM role. @default ControllerIdentity.irsa(), with the provider of the cluster's issuer */
  readonly identity?: ControllerIdentity;
  /**
   * Where load balancers find their subnets.
   *
   * @default LoadBalancerSubnets.tagged(AlbScheme.INTERNAL): subnets for internal load balancers have their tags, or
   * the deployment is refused
   */
  readonly subnets?: LoadBalancerSubnets;
  /** Namespace of the controller, which must be there. @default 'kube-system' */
  readonly namespace?: string;
  /**
   * Version of the Helm chart, 1.15.0 or later: the first whose controller (2.15) verifies JWTs. Helm does not update
   * the controller's resource definitions; apply those of the new version yourself before you change this.
   *
   * @default '3.5.0', which is also the version of the controller, and of the permissions that it gets
   */
  readonly version?: string;
  /**
   * Further values of the chart, beside those that the component sets.
   *
   * @default - one pod at a time may be evicted; Services stay with whom they are with; no AWS Shield, no WAF Classic
   */
  readonly values?: Record<string, unknown>;
  /** Tags of the role. What the controller makes is tagged by `values.defaultTags`. @default - none */
  readonly tags?: Record<string, string>;
}
