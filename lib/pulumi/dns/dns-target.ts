import * as lb from '@pulumi/aws/lb';
import * as pulumi from '@pulumi/pulumi';
import { EdgeError, type Problem } from '../../errors';
import { type DnsPlan, DnsRecordType, recordTypeProblem, targetProblem } from '../../naming/dns-plan';
import { dnsResolves } from '../../naming/host-coverage';
import { type LoadBalancerHost, loadBalancerOf } from '../../naming/load-balancer-hosts';

/** What a target is held against. */
export interface TargetRules {
  readonly at: string;
  readonly type: DnsRecordType;
  readonly plan: DnsPlan;
  /** Names that have records of their own. */
  readonly recordedElsewhere: readonly string[];
}

/**
 * A target that records of the type can lead to. A text is looked at now; an Output as soon as it is known.
 *
 * @throws EdgeError EDGE_ERR_DOMAIN or EDGE_ERR_VALUE
 */
export function validTarget(target: pulumi.Input<string>, rules: TargetRules): pulumi.Output<string> {
  if (typeof target === 'string') {
    validate(target, rules);
    return pulumi.output(target);
  }
  return pulumi.output(target).apply((known) => {
    validate(known, rules);
    return known;
  });
}

/**
 * The zone in which AWS keeps the load balancer's own name, as an alias needs it. The name says the region; the provider
 * knows the zone of each, so nothing is asked of AWS, and no table here gets old.
 */
export function canonicalZoneId(target: pulumi.Output<string>, parent: pulumi.Resource): pulumi.Output<string> {
  const balancer = target.apply((host) => loadBalancerOf(host) as LoadBalancerHost);
  const args = { region: balancer.region, loadBalancerType: balancer.type };
  return lb.getHostedZoneIdOutput(args, { parent }).id;
}

function validate(target: string, { at, type, plan, recordedElsewhere }: TargetRules): void {
  const domainRule = targetProblem(target);
  if (domainRule) {
    const fix = 'Give the host name, or the IPv4 address';
    throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: target, rule: domainRule, fix });
  }
  const typeRule = recordTypeProblem(type, target) ?? loadBalancerProblem(type, target);
  if (typeRule) throw refusal({ at, value: target, rule: typeRule, fix: 'Use another recordType, or another target' });
  const names = plan.records.map(({ name }) => name);
  if (dnsResolves(names, target, recordedElsewhere)) {
    const rule = 'the records themselves answer for it, and would lead in a circle';
    const fix = 'Give the own name of the load balancer, or add this one to recordedElsewhere when it has a record';
    throw refusal({ at, value: target, rule, fix });
  }
}

/** Other targets of aliases have no region, and zones of their own. */
function loadBalancerProblem(type: DnsRecordType, target: string): string | undefined {
  if (type !== DnsRecordType.ALIAS || loadBalancerOf(target)) return undefined;
  return 'aliases are made for load balancers here, and their names end with .<region>.elb.amazonaws.com';
}

function refusal(problem: Problem): EdgeError {
  return new EdgeError('EDGE_ERR_VALUE', problem);
}
