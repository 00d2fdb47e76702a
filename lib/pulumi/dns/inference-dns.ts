import * as route53 from '@pulumi/aws/route53';
import * as pulumi from '@pulumi/pulumi';
import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { declareRecords, unresolvedHosts } from '../../entry/dns/host-records';
import { EdgeValidationError } from '../../errors';
import { type DnsPlan, DnsRecordType, type PlannedRecord } from '../../naming/dns-plan';
import type { IPublishedHosts } from '../../naming/published-hosts';
import { memoized } from '../memoized';
import { type HostedZones, zoneIds, zoneNames } from '../zones/hosted-zones';
import { planRecordSets, type RecordSets } from './dns-arguments';
import { canonicalZoneId, validTarget } from './dns-target';

export interface InferenceDnsArgs {
  /** What the records are for: an `InferencePlatform`, for one. Models count that it has at this moment. */
  readonly platform: IPublishedHosts;
  /** What the hosts lead to: the host name of a load balancer, or an IPv4 address. */
  readonly target: pulumi.Input<string>;
  /**
   * What the wildcards of the namespaces lead to, where models have a load balancer of their own. Of the same kind as
   * `target`.
   *
   * @default - the target
   */
  readonly namespaceTarget?: pulumi.Input<string>;
  /** Where the records are made: each in the longest zone that its name is in. */
  readonly zones: HostedZones;
  /**
   * Zones that other DNS providers have. Records in them are not made; `externalRecords` says which they are.
   *
   * @default - none
   */
  readonly externalZones?: string[];
  /**
   * What leads to the target. `CNAME` for a host that is no load balancer of AWS, `A` for an address.
   *
   * @default DnsRecordType.ALIAS
   */
  readonly recordType?: DnsRecordType;
  /**
   * Whether IPv6 is answered for as well, by a second alias of type AAAA. For a load balancer that is dual-stack.
   *
   * @default false
   */
  readonly dualStack?: boolean;
  /** How long resolvers keep the answer, in whole seconds. An alias has none. @default Duration.minutes(5) */
  readonly ttl?: Duration;
  /** Further hosts, or wildcards; each gets a record of its own. @default - none */
  readonly hosts?: string[];
  /** Names of records that somebody else makes: they are not reported as missing. @default - none */
  readonly recordedElsewhere?: string[];
}

/** A record for another DNS provider. */
export interface ExternalRecord {
  readonly name: string;
  readonly type: DnsRecordType;
  readonly target: string;
}

/**
 * The DNS records of a platform in Route 53.
 *
 * A record that is there already is not overwritten: somebody has made it for a reason. When `platform` is part of an
 * app, the app is refused while anything in it answers to a host that no record leads to.
 */
export class InferenceDns extends pulumi.ComponentResource {
  /** The names that have records now. */
  readonly names: pulumi.Output<string[]>;
  /** What is to be made by hand in `externalZones`. */
  readonly externalRecords: pulumi.Output<ExternalRecord[]>;

  /**
   * @throws EdgeError EDGE_ERR_ZONE for a name in none of the zones; EDGE_ERR_ZONE_APEX for a CNAME at the apex of one;
   * EDGE_ERR_DOMAIN, EDGE_ERR_VALUE and EDGE_ERR_DUPLICATE for arguments that do not fit. All of them before anything is
   * registered, except for a target that only the deployment knows
   * @throws EdgeValidationError with the hosts of the platform's app that no record leads to
   */
  constructor(name: string, args: InferenceDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    const sets = planRecordSets(args);
    const { target, namespaceTarget, recordedElsewhere = [] } = args;
    const rules = { ...sets, recordedElsewhere };
    const targets = [validTarget(target, { ...rules, at: 'InferenceDns.target' })];
    if (namespaceTarget !== undefined) {
      targets.push(validTarget(namespaceTarget, { ...rules, at: 'InferenceDns.namespaceTarget' }));
    }
    declare(args, sets.plan);
    super('edge-inference:index:InferenceDns', name, {}, opts);

    const [first, forNamespaces = first] = targets as [pulumi.Output<string>, pulumi.Output<string>?];
    const targetOf = ({ namespace }: PlannedRecord) => (namespace === undefined ? first : forNamespaces);
    const records = this.#makeRecords(name, args, sets, targetOf);
    this.names = pulumi.all(records.map(({ fqdn }) => fqdn)).apply((names) => [...new Set(names)]);
    this.externalRecords = pulumi.all(
      sets.external.records.map((record) => ({ name: record.name, type: record.type, target: targetOf(record) })),
    );
    this.registerOutputs({ names: this.names, externalRecords: this.externalRecords });
  }

  #makeRecords(
    name: string,
    { zones, dualStack = false }: InferenceDnsArgs,
    { type, own, ttl }: RecordSets,
    targetOf: (record: PlannedRecord) => pulumi.Output<string>,
  ): route53.Record[] {
    const zoneId = zoneIds(zones, this);
    const alias = memoized((target: pulumi.Output<string>) => ({
      name: target,
      zoneId: canonicalZoneId(target, this),
      // There is no other record to answer with while the load balancer has no healthy target.
      evaluateTargetHealth: false,
    }));
    const types = type === DnsRecordType.ALIAS ? ['A', ...(dualStack ? ['AAAA'] : [])] : [type];
    return own.records.flatMap((record) => {
      const target = targetOf(record);
      const answer = type === DnsRecordType.ALIAS ? { aliases: [alias(target)] } : { records: [target], ttl };
      return types.map(
        (type) =>
          new route53.Record(
            `${name}:${record.name}:${type}`,
            { zoneId: zoneId(record.zone as string), name: record.name, type, ...answer },
            { parent: this },
          ),
      );
    });
  }
}

/** Holds the hosts of an app against the records: now, and whenever the app is validated. */
function declare({ platform, zones, externalZones = [], recordedElsewhere = [] }: InferenceDnsArgs, plan: DnsPlan) {
  if (!Construct.isConstruct(platform)) return;
  const names = plan.records.map(({ name }) => name);
  const all = [...zoneNames(zones), ...externalZones];
  declareRecords({ construct: platform, names, elsewhere: [...recordedElsewhere], zones: all });
  const problems = unresolvedHosts(platform);
  if (problems.length > 0) {
    throw new EdgeValidationError(problems.map((problem) => `[${platform.node.path}] ${problem}`));
  }
}
