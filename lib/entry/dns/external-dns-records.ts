import { type ApiObject, Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { DnsEndpoint, type DnsEndpointRecord } from '../../crds/external-dns';
import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import {
  DnsRecordType,
  type PlannedRecord,
  recordTypeFor,
  recordTypeProblem,
  targetProblem,
} from '../../naming/dns-plan';
import { dnsResolves } from '../../naming/host-coverage';
import { HostLayout } from '../../naming/host-layout';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { type IPublishedHosts, publishedNameProblem } from '../../naming/published-hosts';
import { declareRecords } from './host-records';
import { planRecords } from './plan-records';

/** DNS counts TTLs in 31 bits. */
const MAX_TTL = 2 ** 31 - 1;

export interface ExternalDnsRecordsProps {
  /** What the records are for: an `InferencePlatform`, for one. */
  readonly platform: IPublishedHosts;
  /** What the hosts lead to: the host name of a load balancer, or its IPv4 address. */
  readonly target: string;
  /**
   * What the wildcards of the namespaces lead to, where models have a load balancer of their own. Of the same kind as
   * `target`.
   *
   * @default - the target
   */
  readonly namespaceTarget?: string;
  /**
   * What leads to the target. An alias is Route 53's; another provider needs `DnsRecordType.CNAME` here for a load
   * balancer of AWS.
   *
   * @default - an alias for load balancers of AWS, A for an address, CNAME for other hosts
   */
  readonly recordType?: DnsRecordType;
  /** How long resolvers keep the answer, in whole seconds. An alias has none. @default Duration.minutes(5) */
  readonly ttl?: Duration;
  /** Further hosts, or wildcards; each gets a record of its own. @default - none */
  readonly hosts?: string[];
  /**
   * Hosted zones by name. external-dns finds the zone of a record by itself; given here, records without a zone and
   * CNAMEs at an apex are refused at synth.
   *
   * @default - records are not held against zones
   */
  readonly zones?: string[];
  /** Names of records that somebody else makes: they are not reported as missing. @default - none */
  readonly recordedElsewhere?: string[];
  /** A namespace that external-dns watches; unless told otherwise it watches all. @default 'external-dns' */
  readonly namespace?: string;
  /** @default 'inference-platform' */
  readonly name?: string;
}

/**
 * The DNS records of a platform, made by external-dns. It must run with `--source=crd`.
 *
 * @see https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/crd/
 */
export class ExternalDnsRecords extends Chart {
  readonly dnsEndpoint: ApiObject;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN for hosts, zones or targets that are none; EDGE_ERR_ZONE and EDGE_ERR_ZONE_APEX for
   * records that cannot be in the zones; EDGE_ERR_VALUE for a type, a TTL or a target that does not fit
   */
  constructor(scope: Construct, id: string, props: ExternalDnsRecordsProps) {
    super(scope, id);
    const { platform, target, namespaceTarget = target, hosts, zones, recordedElsewhere = [] } = props;
    const name = props.name ?? 'inference-platform';
    const namespace = props.namespace ?? 'external-dns';
    refuse('EDGE_ERR_NAME', 'name', name, dnsSubdomainProblem(name), 'Choose another name');
    refuse('EDGE_ERR_NAME', 'namespace', namespace, dnsLabelProblem(namespace), 'Use one that external-dns watches');
    for (const elsewhere of recordedElsewhere) {
      const rule = publishedNameProblem(elsewhere);
      refuse('EDGE_ERR_DOMAIN', 'recordedElsewhere', elsewhere, rule, 'Give the name of the record');
    }
    const type = knownValue('ExternalDnsRecords.recordType', props.recordType ?? recordTypeFor(target), DnsRecordType);
    validateTargets(props, type);
    const ttl = ttlSeconds(props.ttl, type);
    const { records } = planRecords('ExternalDnsRecords', platform, { hosts, zones, recordType: type });
    const names = records.map(({ name }) => name);
    refuseLoop(names, recordedElsewhere, 'target', target);
    refuseLoop(names, recordedElsewhere, 'namespaceTarget', namespaceTarget);

    this.dnsEndpoint = new DnsEndpoint(this, 'Resource', {
      metadata: { name, namespace },
      spec: {
        endpoints: records.map((record) =>
          endpoint(record, record.namespace === undefined ? target : namespaceTarget, ttl),
        ),
      },
    });
    declareRecords({
      construct: this,
      names,
      elsewhere: [...recordedElsewhere],
      zones: [...(zones ?? [])],
      platform,
    });
  }
}

function endpoint({ name, type }: PlannedRecord, target: string, ttl: number | undefined): DnsEndpointRecord {
  const alias = aliasProperty(type, target);
  return {
    dnsName: name,
    recordType: type === DnsRecordType.A ? 'A' : 'CNAME',
    recordTTL: ttl,
    targets: [target],
    providerSpecific: alias === undefined ? undefined : [{ name: 'alias', value: alias }],
  };
}

/**
 * Without it external-dns' flags decide whether a load balancer of AWS gets an alias. Other targets go without: a
 * provider that does not know the property would be seen to differ, and be updated, at every interval.
 */
function aliasProperty(type: DnsRecordType, target: string): 'true' | 'false' | undefined {
  if (type === DnsRecordType.ALIAS) return 'true';
  return recordTypeFor(target) === DnsRecordType.ALIAS ? 'false' : undefined;
}

function validateTargets(props: ExternalDnsRecordsProps, type: DnsRecordType): void {
  const { platform, target, namespaceTarget } = props;
  validateTarget('target', target, type);
  if (namespaceTarget === undefined) return;
  validateTarget('namespaceTarget', namespaceTarget, type);
  const rule =
    platform.hostLayout === HostLayout.FLAT ? 'with HostLayout.FLAT namespaces have no hosts of their own' : undefined;
  refuse('EDGE_ERR_VALUE', 'namespaceTarget', namespaceTarget, rule, 'Leave it out, or use HostLayout.PER_NAMESPACE');
}

function validateTarget(prop: string, target: string, type: DnsRecordType): void {
  refuse('EDGE_ERR_DOMAIN', prop, target, targetProblem(target), 'Give the host name, or the IPv4 address');
  const fix = 'Leave recordType out, or give another target';
  refuse('EDGE_ERR_VALUE', prop, target, recordTypeProblem(type, target), fix);
}

function ttlSeconds(ttl: Duration | undefined, type: DnsRecordType): number | undefined {
  const milliseconds = ttl?.toMilliseconds() ?? Duration.minutes(5).toMilliseconds();
  const seconds = milliseconds / 1000;
  if (type === DnsRecordType.ALIAS) {
    const rule = ttl && 'Route 53 gives an alias the TTL of its target';
    refuse('EDGE_ERR_VALUE', 'ttl', `${seconds} s`, rule, 'Leave it out, or use DnsRecordType.CNAME');
    return undefined;
  }
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TTL;
  const rule = fits ? undefined : `it is a whole number of seconds from 1 to ${MAX_TTL}`;
  refuse('EDGE_ERR_VALUE', 'ttl', `${seconds} s`, rule, 'Choose a time within that');
  return seconds;
}

/** A target below a wildcard that leads to it would lead to itself. */
function refuseLoop(names: readonly string[], elsewhere: readonly string[], prop: string, target: string): void {
  const rule = dnsResolves(names, target, elsewhere)
    ? 'the records themselves answer for it, and would lead in a circle'
    : undefined;
  const fix = 'Give the own name of the load balancer, or add this one to recordedElsewhere when it has a record';
  refuse('EDGE_ERR_VALUE', prop, target, rule, fix);
}

function refuse(code: EdgeErrorCode, prop: string, value: string, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError(code, { at: `ExternalDnsRecords.${prop}`, value, rule, fix });
}
