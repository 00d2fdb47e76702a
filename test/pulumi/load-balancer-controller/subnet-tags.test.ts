import { describe, expect, it } from 'vitest';
import { AlbScheme } from '../../../lib';
import { refuseUntagged, type SubnetFacts } from '../../../lib/pulumi/load-balancer-controller/subnet-tags';
import { expectRefusal } from '../../lib/support/refusals';

const PLACE = { vpcId: 'vpc-0c1d', region: 'eu-west-1', clusterName: 'ml' };
const INTERNAL = { 'kubernetes.io/role/internal-elb': '1' };
const PUBLIC = { 'kubernetes.io/role/elb': '1' };

function subnet(zone: 'a' | 'b' | 'c', tags: Record<string, string> = {}, id = `subnet-${zone}`): SubnetFacts {
  return { id, availabilityZone: `eu-west-1${zone}`, tags };
}

function admit(subnets: SubnetFacts[], ...schemes: AlbScheme[]): void {
  refuseUntagged(subnets, schemes.length > 0 ? schemes : [AlbScheme.INTERNAL], PLACE);
}

describe('refuseUntagged', () => {
  it('lets a VPC pass with tagged subnets in two zones, whatever the others are', () => {
    admit([subnet('a', INTERNAL), subnet('b', INTERNAL), subnet('c')]);
  });

  it('takes an empty value for the tag as well, as the controller does', () => {
    admit([subnet('a', INTERNAL), subnet('b', { 'kubernetes.io/role/internal-elb': '' })]);
  });

  it('names the subnets without the tag, and the command that tags them', () => {
    const subnets = [subnet('a', INTERNAL), subnet('b'), subnet('c', PUBLIC)];

    expect(() => admit(subnets)).toThrow(
      [
        'EDGE_ERR_SUBNET_TAGS: what vpc-0c1d has for internal load balancers is "subnet-a (eu-west-1a) alone", but a load',
        'balancer needs subnets in 2 zones, and kubernetes.io/role/internal-elb is missing from subnet-b (eu-west-1b),',
        'subnet-c (eu-west-1c). Tag those that are private: aws ec2 create-tags --region eu-west-1 --resources subnet-b',
        'subnet-c --tags Key=kubernetes.io/role/internal-elb,Value=1.',
      ].join(' '),
    );
  });

  it.each([
    ['no subnet with the tag', [subnet('a'), subnet('b')]],
    ['another value of the tag', [subnet('a'), subnet('b', { 'kubernetes.io/role/internal-elb': 'true' })]],
  ])('refuses %s', (_, subnets) => {
    expectRefusal(() => admit(subnets), {
      code: 'EDGE_ERR_SUBNET_TAGS',
      value: '"no subnet"',
      rule: 'kubernetes.io/role/internal-elb is missing from subnet-a (eu-west-1a), subnet-b (eu-west-1b)',
    });
  });

  it('refuses two subnets of one zone', () => {
    expectRefusal(() => admit([subnet('a', INTERNAL), subnet('a', INTERNAL, 'subnet-2')]), {
      code: 'EDGE_ERR_SUBNET_TAGS',
      value: '"subnet-a (eu-west-1a), subnet-2 (eu-west-1a) alone"',
      rule: 'there are no others in the VPC',
    });
  });

  it('asks for the other tag for internet-facing load balancers', () => {
    const subnets = [subnet('a', INTERNAL), subnet('b', INTERNAL)];

    expectRefusal(() => admit(subnets, AlbScheme.INTERNET_FACING), {
      code: 'EDGE_ERR_SUBNET_TAGS',
      value: '"no subnet"',
      rule: 'kubernetes.io/role/elb is missing',
    });
    admit([subnet('a', PUBLIC), subnet('b', PUBLIC)], AlbScheme.INTERNET_FACING);
  });

  it('asks for the tags of all schemes', () => {
    const subnets = [subnet('a', INTERNAL), subnet('b', INTERNAL)];

    expect(() => admit(subnets, AlbScheme.INTERNAL, AlbScheme.INTERNET_FACING)).toThrow('Tag those that are public');
  });

  describe('of subnets with tags for clusters', () => {
    const ofOther = { ...INTERNAL, 'kubernetes.io/cluster/other': 'owned' };

    it('refuses those of other clusters, which the controller passes over', () => {
      expect(() => admit([subnet('a', ofOther), subnet('b', INTERNAL)])).toThrow(
        /kubernetes\.io\/cluster\/ml is missing from subnet-a .*, which are tagged for other clusters only\. .*Key=kubernetes\.io\/cluster\/ml,Value=shared\.$/,
      );
    });

    it.each([
      ['this one too', { ...ofOther, 'kubernetes.io/cluster/ml': 'shared' }],
      ['this one', { ...INTERNAL, 'kubernetes.io/cluster/ml': 'owned' }],
    ])('lets those pass that have the tag of %s', (_, tags) => {
      admit([subnet('a', tags), subnet('b', INTERNAL)]);
    });
  });
});
