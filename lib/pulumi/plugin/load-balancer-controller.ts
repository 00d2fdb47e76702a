import type * as pulumi from '@pulumi/pulumi';
import { AlbScheme } from '../../entry/alb/alb-exposure';
import { ControllerIdentity } from '../load-balancer-controller/controller-identity';
import { LoadBalancerController as Controller } from '../load-balancer-controller/load-balancer-controller';
import { LoadBalancerSubnets } from '../load-balancer-controller/load-balancer-subnets';
import { oneOf } from './one-of';

export interface LoadBalancerControllerArgs {
  /** Name of the EKS cluster. */
  readonly clusterName: string;
  /** The cluster's region. */
  readonly region: string;
  /** The VPC of the cluster. By default EKS is asked. */
  readonly vpcId?: pulumi.Input<string>;
  /** The OIDC provider of the cluster in IAM. By default it is looked up. */
  readonly oidcProviderArn?: pulumi.Input<string>;
  /** Whether the role is that of EKS Pod Identity, without an OIDC provider. By default it is not. */
  readonly podIdentity?: boolean;
  /** Kinds of load balancers, internal or internet-facing, whose subnets must have tags. By default internal. */
  readonly schemes?: string[];
  /** Whether subnets without tags are refused. By default they are. */
  readonly checkSubnets?: boolean;
  /** Private subnets that get the tag for internal load balancers. Subnets are not checked then. */
  readonly internalSubnetIds?: string[];
  /** Public subnets that get the tag for internet-facing load balancers. Subnets are not checked then. */
  readonly internetFacingSubnetIds?: string[];
  /** Namespace of the controller, kube-system by default. */
  readonly namespace?: string;
  /** Version of the Helm chart, 1.15.0 or later. By default 3.5.0. */
  readonly version?: string;
  /** Tags of the role. */
  readonly tags?: Record<string, string>;
}

/** The AWS Load Balancer Controller on an EKS cluster, with its IAM role. */
export class LoadBalancerController extends Controller implements pulumi.ComponentResource {
  declare readonly roleArn: pulumi.Output<string>;
  /** The class of Ingresses that it serves, known once it runs. */
  declare readonly ingressClass: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { clusterName, region, vpcId, oidcProviderArn, podIdentity = false, namespace, version, tags } = args;
    const identity = podIdentity ? ControllerIdentity.podIdentity() : ControllerIdentity.irsa(oidcProviderArn);
    super(name, { clusterName, region, vpcId, identity, subnets: subnetsOf(args), namespace, version, tags }, opts);
  }
}

function subnetsOf({
  schemes = [AlbScheme.INTERNAL],
  checkSubnets = true,
  internalSubnetIds: internal,
  internetFacingSubnetIds: internetFacing,
}: LoadBalancerControllerArgs): LoadBalancerSubnets {
  if (internal || internetFacing) return LoadBalancerSubnets.tag({ internal, internetFacing });
  if (!checkSubnets) return LoadBalancerSubnets.unchecked();
  return LoadBalancerSubnets.tagged(
    ...schemes.map((scheme) => oneOf('LoadBalancerController.schemes', scheme, SCHEMES)),
  );
}

const SCHEMES = Object.fromEntries(Object.values(AlbScheme).map((scheme) => [scheme, scheme]));
