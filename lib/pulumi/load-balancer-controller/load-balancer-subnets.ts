import { getSubnetOutput, getSubnetsOutput, Tag } from '@pulumi/aws/ec2';
import * as pulumi from '@pulumi/pulumi';
import { AlbScheme } from '../../entry/alb/alb-exposure';
import { EdgeError } from '../../errors';
import { ROLE_TAGS, refuseUntagged } from './subnet-tags';

/** Ids of subnets, by the kind of load balancer that is put into them. */
export interface SubnetsToTag {
  /** Private subnets. @default - none */
  readonly internal?: string[];
  /** Public subnets: those with a route to an internet gateway. @default - none */
  readonly internetFacing?: string[];
}

/** @internal Where the subnets are, as far as it is known when the program runs. */
export interface SubnetsOwner {
  readonly name: string;
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: pulumi.Output<string>;
  readonly resource: pulumi.Resource;
}

/** How the controller finds the subnets that load balancers are put into. */
export class LoadBalancerSubnets {
  /**
   * By tags that are there already: `kubernetes.io/role/elb` for internet-facing load balancers, and
   * `kubernetes.io/role/internal-elb` for internal ones. They are looked up, also for a preview; if they do not suffice
   * the deployment is refused, with the subnets and the command to tag them.
   *
   * @param schemes the kinds of load balancers that there will be, at least one
   */
  static tagged(...schemes: AlbScheme[]): LoadBalancerSubnets {
    if (schemes.length > 0) return new LoadBalancerSubnets((owner) => checked(owner, schemes));
    const at = 'LoadBalancerSubnets.tagged(..schemes)';
    const fix = 'Name the schemes, or use LoadBalancerSubnets.unchecked()';
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: 'empty', rule: 'nothing would be checked', fix });
  }

  /**
   * By tags that the component adds. Only for subnets that no other tool manages: it would take the tags away again.
   *
   * There are no tags for the cluster: in a VPC with two clusters these would take the subnets away from the other.
   *
   * @throws EdgeError EDGE_ERR_VALUE for something else than ids of subnets, or none
   */
  static tag(subnets: SubnetsToTag): LoadBalancerSubnets {
    const tags = [
      ...(subnets.internal ?? []).map((id) => [id, AlbScheme.INTERNAL] as const),
      ...(subnets.internetFacing ?? []).map((id) => [id, AlbScheme.INTERNET_FACING] as const),
    ];
    validateIds(tags.map(([id]) => id));
    return new LoadBalancerSubnets(({ name, region, vpcId, resource }) => {
      for (const [id, scheme] of tags) {
        const args = { resourceId: id, key: ROLE_TAGS[scheme], value: '1', region };
        new Tag(`${name}:${id}:${scheme}`, args, { parent: resource });
      }
      return vpcId;
    });
  }

  /** As they are. Without any tags the controller takes all subnets of the VPC that have, or have no, internet gateway. */
  static unchecked(): LoadBalancerSubnets {
    return new LoadBalancerSubnets(({ vpcId }) => vpcId);
  }

  /** @internal The VPC's id, once its subnets are known to do. */
  readonly _admit: (owner: SubnetsOwner) => pulumi.Output<string>;

  private constructor(admit: (owner: SubnetsOwner) => pulumi.Output<string>) {
    this._admit = admit;
  }
}

function checked({ clusterName, region, vpcId, resource }: SubnetsOwner, schemes: AlbScheme[]): pulumi.Output<string> {
  const ids = getSubnetsOutput({ region, filters: [{ name: 'vpc-id', values: [vpcId] }] }, { parent: resource }).ids;
  const subnets = ids.apply((ids) =>
    pulumi.all(ids.map((id) => getSubnetOutput({ id, region }, { parent: resource }))),
  );
  return pulumi.all([vpcId, subnets]).apply(([vpcId, subnets]) => {
    refuseUntagged(subnets, schemes, { vpcId, region, clusterName });
    return vpcId;
  });
}

function validateIds(ids: readonly string[]): void {
  const wrong = ids.find((id, i) => !/^subnet-[0-9a-f]+$/.test(id) || ids.indexOf(id) !== i);
  if (ids.length > 0 && wrong === undefined) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'LoadBalancerSubnets.tag(subnets)',
    value: wrong ?? 'empty',
    rule: 'it is ids of subnets like subnet-0c1d2e3f, each once',
    fix: 'Name the subnets of each kind',
  });
}
