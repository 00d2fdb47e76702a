import { describe, expect, it } from 'vitest';
import { controllerPolicy, type PolicyStatement } from '../../../lib/pulumi/load-balancer-controller/controller-policy';

const BOUNDS = { region: 'eu-west-1', vpcId: 'vpc-0c1d', clusterName: 'ml' };
const statements = controllerPolicy(BOUNDS).Statement;

const REQUEST_TAG = 'aws:RequestTag/elbv2.k8s.aws/cluster';
const RESOURCE_TAG = 'aws:ResourceTag/elbv2.k8s.aws/cluster';

function statement(sid: string): PolicyStatement {
  const found = statements.find(({ Sid }) => Sid === sid);
  if (!found) throw new Error(`There is no statement ${sid}`);
  return found;
}

function allowing(action: string): PolicyStatement[] {
  return statements.filter(({ Action }) => Action.includes(action));
}

describe('controllerPolicy', () => {
  it('fits into a role, which has room for 10,240 characters, also for the longest name of a cluster', () => {
    const longest = { region: 'ap-southeast-1', vpcId: `vpc-${'0'.repeat(17)}`, clusterName: 'c'.repeat(100) };

    expect(JSON.stringify(controllerPolicy(longest)).length).toBeLessThanOrEqual(10_240);
  });

  it('has a name of its own for each statement, with letters and digits alone', () => {
    const names = statements.map(({ Sid }) => Sid ?? '');

    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[A-Za-z0-9]+$/.test(name))).toStrictEqual([]);
  });

  it('changes nothing without a bound, except which web ACL a load balancer has', () => {
    const unbound = statements.filter(({ Resource, Condition }) => Resource?.includes('*') && !Condition);

    expect(unbound.map(({ Sid }) => Sid)).toStrictEqual(['Read', 'WebAcl']);
    expect(statement('Read').Action.filter((action) => !/:(Describe|Get|List)/.test(action))).toStrictEqual([]);
  });

  it('knows no wildcards in actions', () => {
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toStrictEqual([]);
  });

  it.each([
    'ec2:CreateSecurityGroup',
    'elasticloadbalancing:CreateLoadBalancer',
    'elasticloadbalancing:CreateTargetGroup',
  ])('lets %s pass only with the tag of the cluster', (action) => {
    const tagged = allowing(action).filter(({ Sid }) => Sid !== 'SecurityGroupInVpc');

    expect(tagged.map(({ Condition }) => Condition)).toStrictEqual([{ StringEquals: { [REQUEST_TAG]: 'ml' } }]);
  });

  it.each([
    'ec2:DeleteSecurityGroup',
    'elasticloadbalancing:DeleteLoadBalancer',
    'elasticloadbalancing:DeleteTargetGroup',
    'elasticloadbalancing:ModifyLoadBalancerAttributes',
    'elasticloadbalancing:SetSecurityGroups',
  ])('lets %s pass only for what has the tag of the cluster', (action) => {
    expect(allowing(action).map(({ Condition }) => Condition)).toStrictEqual([
      { StringEquals: { [RESOURCE_TAG]: 'ml' } },
    ]);
  });

  it.each(['TagSecurityGroup', 'Tag'])('lets nobody move something to another cluster by its tag (%s)', (sid) => {
    expect(statement(sid).Condition).toStrictEqual({
      StringEquals: { [RESOURCE_TAG]: 'ml' },
      Null: { [REQUEST_TAG]: 'true' },
    });
  });

  it("changes rules of security groups in the cluster's VPC alone", () => {
    const vpc = 'arn:aws:ec2:eu-west-1:*:vpc/vpc-0c1d';

    expect(statement('SecurityGroupRules').Condition).toStrictEqual({ ArnLike: { 'ec2:Vpc': vpc } });
    expect(statement('SecurityGroupInVpc').Resource).toStrictEqual([vpc]);
  });

  it('makes no other service-linked role', () => {
    expect(statement('ServiceLinkedRole')).toStrictEqual({
      Sid: 'ServiceLinkedRole',
      Effect: 'Allow',
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: ['*'],
      Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    });
  });

  it('has nothing for what the component turns off', () => {
    const actions = statements.flatMap(({ Action }) => Action);

    expect(actions.filter((action) => /^(shield|waf-regional|waf):/.test(action))).toStrictEqual([]);
  });

  it.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('is about %s in the partition %s', (region, partition) => {
    const { Statement } = controllerPolicy({ ...BOUNDS, region });
    const arns = Statement.flatMap(({ Resource = [] }) => Resource).filter((resource) => resource !== '*');

    expect(arns.filter((arn) => !arn.startsWith(`arn:${partition}:`) || arn.split(':')[3] !== region)).toStrictEqual(
      [],
    );
  });

  it('lets the controller do this, and nothing else', () => {
    const actions = statements.filter(({ Sid }) => Sid !== 'Read').flatMap(({ Action }) => Action);

    expect([...new Set(actions)].sort()).toStrictEqual([
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:CreateSecurityGroup',
      'ec2:CreateTags',
      'ec2:DeleteSecurityGroup',
      'ec2:DeleteTags',
      'ec2:RevokeSecurityGroupIngress',
      'elasticloadbalancing:AddListenerCertificates',
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:CreateListener',
      'elasticloadbalancing:CreateLoadBalancer',
      'elasticloadbalancing:CreateRule',
      'elasticloadbalancing:CreateTargetGroup',
      'elasticloadbalancing:DeleteListener',
      'elasticloadbalancing:DeleteLoadBalancer',
      'elasticloadbalancing:DeleteRule',
      'elasticloadbalancing:DeleteTargetGroup',
      'elasticloadbalancing:DeregisterTargets',
      'elasticloadbalancing:ModifyCapacityReservation',
      'elasticloadbalancing:ModifyIpPools',
      'elasticloadbalancing:ModifyListener',
      'elasticloadbalancing:ModifyListenerAttributes',
      'elasticloadbalancing:ModifyLoadBalancerAttributes',
      'elasticloadbalancing:ModifyRule',
      'elasticloadbalancing:ModifyTargetGroup',
      'elasticloadbalancing:ModifyTargetGroupAttributes',
      'elasticloadbalancing:RegisterTargets',
      'elasticloadbalancing:RemoveListenerCertificates',
      'elasticloadbalancing:RemoveTags',
      'elasticloadbalancing:SetIpAddressType',
      'elasticloadbalancing:SetRulePriorities',
      'elasticloadbalancing:SetSecurityGroups',
      'elasticloadbalancing:SetSubnets',
      'elasticloadbalancing:SetWebAcl',
      'iam:CreateServiceLinkedRole',
      'wafv2:AssociateWebACL',
      'wafv2:DisassociateWebACL',
    ]);
  });
});
