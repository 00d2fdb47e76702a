/** What the controller's permissions are limited to. */
export interface PolicyBounds {
  readonly region: string;
  readonly vpcId: string;
  readonly clusterName: string;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Principal?: Record<string, string>;
  readonly Action: string[];
  readonly Resource?: string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** The tag by which the controller knows what it made. */
const CLUSTER_TAG = 'elbv2.k8s.aws/cluster';
const ANY = ['*'];

/**
 * What the controller asks of AWS, and nothing else: it reads everything, it makes only what carries the cluster's tag,
 * and it changes only what does. Rules of security groups are the exception, as those of nodes and pods are not its own:
 * these it may change in the cluster's VPC.
 *
 * There is nothing for AWS Shield and WAF Classic, which the component turns off.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/#configure-iam
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
export function controllerPolicy(bounds: PolicyBounds): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Read', READ, ANY),
      allow('ServiceLinkedRole', ['iam:CreateServiceLinkedRole'], ANY, {
        StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' },
      }),
      ...securityGroups(bounds),
      ...loadBalancers(bounds),
      ...listeners(bounds),
      allow('WebAcl', ['wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL'], ANY),
    ],
  };
}

/** What IAM lets one read cannot be narrowed to resources for most of these. */
const READ = [
  ...[
    'DescribeAccountAttributes',
    'DescribeAddresses',
    'DescribeAvailabilityZones',
    'DescribeCoipPools',
    'DescribeInstances',
    'DescribeInternetGateways',
    'DescribeIpamPools',
    'DescribeNetworkInterfaces',
    'DescribeRouteTables',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeTags',
    'DescribeVpcPeeringConnections',
    'DescribeVpcs',
    'GetCoipPoolUsage',
    'GetSecurityGroupsForVpc',
  ].map((action) => `ec2:${action}`),
  ...[
    'CapacityReservation',
    'ListenerAttributes',
    'ListenerCertificates',
    'Listeners',
    'LoadBalancerAttributes',
    'LoadBalancers',
    'Rules',
    'SSLPolicies',
    'Tags',
    'TargetGroupAttributes',
    'TargetGroups',
    'TargetHealth',
    'TrustStores',
  ].map((what) => `elasticloadbalancing:Describe${what}`),
  'acm:DescribeCertificate',
  'acm:ListCertificates',
  'cognito-idp:DescribeUserPoolClient',
  'iam:GetServerCertificate',
  'iam:ListServerCertificates',
  'wafv2:GetWebACL',
  'wafv2:GetWebACLForResource',
];

function securityGroups({ region, vpcId, clusterName }: PolicyBounds): PolicyStatement[] {
  const ec2 = `arn:${partitionOf(region)}:ec2:${region}:*`;
  const groups = [`${ec2}:security-group/*`];
  const vpc = `${ec2}:vpc/${vpcId}`;
  return [
    allow('SecurityGroupRules', ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'], ANY, {
      ArnLike: { 'ec2:Vpc': vpc },
    }),
    // Both are resources of the one call: the VPC has no tag of the request, so that it stands alone.
    allow('SecurityGroupInVpc', ['ec2:CreateSecurityGroup'], [vpc]),
    allow('CreateSecurityGroup', ['ec2:CreateSecurityGroup'], groups, requestTag(clusterName)),
    allow('TagNewSecurityGroup', ['ec2:CreateTags'], groups, {
      StringEquals: { ...requestTag(clusterName).StringEquals, 'ec2:CreateAction': 'CreateSecurityGroup' },
    }),
    allow('TagSecurityGroup', ['ec2:CreateTags', 'ec2:DeleteTags'], groups, ownAndKept(clusterName)),
    allow('DeleteSecurityGroup', ['ec2:DeleteSecurityGroup'], groups, resourceTag(clusterName)),
  ];
}

function loadBalancers(bounds: PolicyBounds): PolicyStatement[] {
  const { clusterName } = bounds;
  const resources = elb(bounds, 'loadbalancer/app/*/*', 'loadbalancer/net/*/*', 'targetgroup/*/*');
  return [
    allow('Create', actions('CreateLoadBalancer', 'CreateTargetGroup'), resources, requestTag(clusterName)),
    allow('TagNew', actions('AddTags'), resources, {
      StringEquals: {
        ...requestTag(clusterName).StringEquals,
        'elasticloadbalancing:CreateAction': ['CreateLoadBalancer', 'CreateTargetGroup'],
      },
    }),
    allow('Tag', actions('AddTags', 'RemoveTags'), resources, ownAndKept(clusterName)),
    allow(
      'Change',
      actions(
        'DeleteLoadBalancer',
        'DeleteTargetGroup',
        'ModifyCapacityReservation',
        'ModifyIpPools',
        'ModifyLoadBalancerAttributes',
        'ModifyTargetGroup',
        'ModifyTargetGroupAttributes',
        'SetIpAddressType',
        'SetSecurityGroups',
        'SetSubnets',
      ),
      resources,
      resourceTag(clusterName),
    ),
    // Of target groups made by others too: a TargetGroupBinding may name any.
    allow('Targets', actions('DeregisterTargets', 'RegisterTargets'), elb(bounds, 'targetgroup/*/*')),
    allow('SetWebAcl', actions('SetWebAcl'), elb(bounds, 'loadbalancer/app/*/*')),
  ];
}

/** Listeners and rules have tags only since version 2.4 of the controller, so that nothing is asked of these. */
function listeners(bounds: PolicyBounds): PolicyStatement[] {
  const kinds = ['app', 'net'];
  const parents = kinds.map((kind) => `loadbalancer/${kind}/*/*`);
  const own = kinds.map((kind) => `listener/${kind}/*/*/*`);
  const rules = kinds.map((kind) => `listener-rule/${kind}/*/*/*/*`);
  return [
    allow('CreateListener', actions('CreateListener'), elb(bounds, ...parents)),
    allow(
      'Listeners',
      actions(
        'AddListenerCertificates',
        'AddTags',
        'CreateRule',
        'DeleteListener',
        'DeleteRule',
        'ModifyListener',
        'ModifyListenerAttributes',
        'ModifyRule',
        'RemoveListenerCertificates',
        'RemoveTags',
        'SetRulePriorities',
      ),
      elb(bounds, ...own, ...rules),
    ),
  ];
}

function allow(
  sid: string,
  actions: string[],
  resources: string[],
  condition?: PolicyStatement['Condition'],
): PolicyStatement {
  const statement = { Sid: sid, Effect: 'Allow' as const, Action: actions, Resource: resources };
  return condition ? { ...statement, Condition: condition } : statement;
}

function actions(...names: string[]): string[] {
  return names.map((name) => `elasticloadbalancing:${name}`);
}

function elb({ region }: PolicyBounds, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${partitionOf(region)}:elasticloadbalancing:${region}:*:${resource}`);
}

/** @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function requestTag(clusterName: string) {
  return { StringEquals: { [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName } };
}

function resourceTag(clusterName: string) {
  return { StringEquals: { [`aws:ResourceTag/${CLUSTER_TAG}`]: clusterName } };
}

/** What carries the cluster's tag, and only requests that leave this tag alone. */
function ownAndKept(clusterName: string) {
  return { ...resourceTag(clusterName), Null: { [`aws:RequestTag/${CLUSTER_TAG}`]: 'true' } };
}
