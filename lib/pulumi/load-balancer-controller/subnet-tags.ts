import { AlbScheme } from '../../entry/alb/alb-exposure';
import { EdgeError, type Problem } from '../../errors';

/** What a tag says of a subnet. */
export const ROLE_TAGS: Record<AlbScheme, string> = {
  [AlbScheme.INTERNET_FACING]: 'kubernetes.io/role/elb',
  [AlbScheme.INTERNAL]: 'kubernetes.io/role/internal-elb',
};

const CLUSTER_TAG = 'kubernetes.io/cluster/';
/** An Application Load Balancer has subnets in two zones or more. */
const LEAST_ZONES = 2;

/** A subnet of the cluster's VPC. */
export interface SubnetFacts {
  readonly id: string;
  readonly availabilityZone: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The VPC whose subnets are looked at. */
export interface SubnetPlace {
  readonly vpcId: string;
  readonly region: string;
  readonly clusterName: string;
}

/**
 * Refuses a VPC where the controller would find no place for a load balancer of one of the schemes.
 *
 * As it looks for one: subnets with the tag of the scheme, and without tags for other clusters only, one in each zone.
 *
 * @throws EdgeError EDGE_ERR_SUBNET_TAGS, with the subnets that have no tag and the command that tags them
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
 */
export function refuseUntagged(
  subnets: readonly SubnetFacts[],
  schemes: readonly AlbScheme[],
  place: SubnetPlace,
): void {
  for (const scheme of schemes) {
    const problem = problemOf(subnets, scheme, place);
    if (problem) throw new EdgeError('EDGE_ERR_SUBNET_TAGS', problem);
  }
}

function problemOf(
  subnets: readonly SubnetFacts[],
  scheme: AlbScheme,
  { vpcId, region, clusterName }: SubnetPlace,
): Problem | undefined {
  const tag = ROLE_TAGS[scheme];
  const tagged = subnets.filter(({ tags }) => tags[tag] === '1' || tags[tag] === '');
  const usable = tagged.filter(({ tags }) => isForCluster(tags, clusterName));
  if (zonesOf(usable).length >= LEAST_ZONES) return undefined;
  const foreign = tagged.filter((subnet) => !usable.includes(subnet));
  const missing = foreign.length > 0 ? `${CLUSTER_TAG}${clusterName}` : tag;
  const named = foreign.length > 0 ? foreign : subnets.filter((subnet) => !tagged.includes(subnet));
  return {
    at: `what ${vpcId} has for ${scheme} load balancers`,
    value: usable.length === 0 ? 'no subnet' : `${listed(usable)} alone`,
    rule: `a load balancer needs subnets in ${LEAST_ZONES} zones, and ${reason(foreign, named, missing)}`,
    fix: fixOf(region, named, missing, scheme),
  };
}

function reason(foreign: readonly SubnetFacts[], named: readonly SubnetFacts[], missing: string): string {
  if (named.length === 0) return 'there are no others in the VPC';
  const others = `${missing} is missing from ${listed(named)}`;
  return foreign.length > 0 ? `${others}, which are tagged for other clusters only` : others;
}

function fixOf(region: string, named: readonly SubnetFacts[], missing: string, scheme: AlbScheme): string {
  if (named.length === 0) return 'Add subnets in other zones';
  const value = missing.startsWith(CLUSTER_TAG) ? 'shared' : '1';
  const kind = scheme === AlbScheme.INTERNAL ? 'private' : 'public';
  const command = `aws ec2 create-tags --region ${region} --resources ${named.map(({ id }) => id).join(' ')} --tags Key=${missing},Value=${value}`;
  return `Tag those that are ${kind}: ${command}`;
}

/** A subnet without tags of clusters is anybody's. */
function isForCluster(tags: Readonly<Record<string, string>>, clusterName: string): boolean {
  const clusters = Object.keys(tags).filter((key) => key.startsWith(CLUSTER_TAG));
  return clusters.length === 0 || clusters.includes(`${CLUSTER_TAG}${clusterName}`);
}

function zonesOf(subnets: readonly SubnetFacts[]): string[] {
  return [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
}

function listed(subnets: readonly SubnetFacts[]): string {
  return subnets.map(({ id, availabilityZone }) => `${id} (${availabilityZone})`).join(', ');
}
