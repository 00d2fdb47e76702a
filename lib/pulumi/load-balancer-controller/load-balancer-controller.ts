import { ServiceAccount } from '@pulumi/kubernetes/core/v1';
import { Release } from '@pulumi/kubernetes/helm/v3';
import * as pulumi from '@pulumi/pulumi';
import { AlbScheme } from '../../entry/alb/alb-exposure';
import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import type { LoadBalancerControllerArgs } from './controller-args';
import { ControllerIdentity, type IdentitySubject } from './controller-identity';
import { ControllerRole } from './controller-role';
import { CONTROLLER, controllerValues, INGRESS_CLASS, validateValues } from './controller-values';
import { CONTROLLER_VERSION, validControllerVersion } from './controller-version';
import { EksCluster } from './eks-cluster';
import { LoadBalancerSubnets } from './load-balancer-subnets';

const REPOSITORY = 'https://aws.github.io/eks-charts';
const NAMESPACE = 'kube-system';

/**
 * The AWS Load Balancer Controller on an EKS cluster, with its IAM role. Leave it out where the cluster has the
 * controller: there is one for each cluster.
 *
 * What has Ingresses of the class `alb` must depend on it: the controller refuses bad ones when they are made, and
 * removes load balancers only while it runs.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/aws-load-balancer-controller.html
 */
export class LoadBalancerController extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;
  /** For further permissions: a RolePolicyAttachment. */
  readonly roleName: pulumi.Output<string>;
  /** The class of Ingresses that it serves, known once it runs. */
  readonly ingressClass: pulumi.Output<string>;

  /**
   * @throws EdgeError EDGE_ERR_VALUE and EDGE_ERR_NAME for args that cannot be, at once; EDGE_ERR_SUBNET_TAGS for a VPC
   * without subnets for load balancers, as soon as they are looked up
   */
  constructor(name: string, args: LoadBalancerControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(args);
    super('edge-inference:index:LoadBalancerController', name, {}, opts);
    const { clusterName, region, namespace = NAMESPACE, version = CONTROLLER_VERSION } = args;
    const { identity = ControllerIdentity.irsa(), subnets = LoadBalancerSubnets.tagged(AlbScheme.INTERNAL) } = args;
    const { _binding: binding } = identity;
    const cluster = new EksCluster(clusterName, region, this);
    const vpcId = pulumi.output(args.vpcId ?? cluster.vpcId());
    const issuer = () => cluster.issuer();
    const subject: IdentitySubject = { clusterName, region, namespace, serviceAccount: CONTROLLER, issuer };

    const { role, policy } = new ControllerRole(name, { subject, binding, vpcId, tags: args.tags, parent: this });
    this.roleArn = role.arn;
    this.roleName = role.name;
    const metadata = { name: CONTROLLER, namespace, annotations: binding.annotations(role.arn) };
    const serviceAccount = new ServiceAccount(name, { metadata }, { parent: this });
    const associated = binding.associate(name, subject, role.arn, this);
    const admittedVpc = subnets._admit({ name, clusterName, region, vpcId, resource: this });
    const release = new Release(
      name,
      {
        name: CONTROLLER,
        chart: CONTROLLER,
        version,
        namespace,
        repositoryOpts: { repo: REPOSITORY },
        values: controllerValues({ clusterName, region, vpcId: admittedVpc }, args.values),
      },
      // What the controller cannot do at first it tries again later and later.
      { parent: this, dependsOn: [policy, serviceAccount, ...associated] },
    );
    this.ingressClass = release.status.apply(() => INGRESS_CLASS);
    const { roleArn, roleName, ingressClass } = this;
    this.registerOutputs({ roleArn, roleName, ingressClass });
  }
}

function validate({ clusterName, region, namespace = NAMESPACE, version, values }: LoadBalancerControllerArgs): void {
  // @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
  const name = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(clusterName)
    ? undefined
    : 'it has 1 to 100 of A-Z, a-z, 0-9, _ and -';
  refuse('EDGE_ERR_VALUE', 'clusterName', clusterName, name, 'Give the name of the cluster, not its ARN');
  const place = /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? undefined : 'it is a region like eu-west-1';
  refuse('EDGE_ERR_VALUE', 'region', region, place, "Give the cluster's region, not a zone");
  refuse('EDGE_ERR_NAME', 'namespace', namespace, dnsLabelProblem(namespace), 'Choose another one');
  if (version !== undefined) validControllerVersion(version);
  validateValues(values);
}

function refuse(
  code: 'EDGE_ERR_NAME' | 'EDGE_ERR_VALUE',
  arg: string,
  value: unknown,
  rule: string | undefined,
  fix: string,
): void {
  if (rule) throw new EdgeError(code, { at: `LoadBalancerController.${arg}`, value, rule, fix });
}
