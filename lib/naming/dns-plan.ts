import { dnsResolves, tlsCovers } from './host-coverage';
import { zoneOf } from './hosted-zones';
import { domainProblem } from './model-hosts';
import { distinct, type IPublishedHosts, wildcardsOf } from './published-hosts';

/** How a name leads to the load balancer. */
export enum DnsRecordType {
  /** Route 53's own: it follows the addresses of a load balancer of AWS, and may stand at a zone's apex. */
  ALIAS = 'ALIAS',
  /** Another name for a host. Not at a zone's apex, and not beside any other record. */
  CNAME = 'CNAME',
  /** An IPv4 address. */
  A = 'A',
}

export interface DnsPlanOptions {
  /** Further hosts, or wildcards; each gets a record of its own. @default - none */
  readonly hosts?: string[];
  /** Hosted zones by name, in which the records are made. @default - the plan names no zones */
  readonly zones?: string[];
  /** What leads to the load balancer. @default DnsRecordType.CNAME */
  readonly recordType?: DnsRecordType;
}

/** The records that a domain needs, as plain data: for Route 53, for external-dns, or for a person. */
export interface DnsPlan {
  readonly records: PlannedRecord[];
}

/** A record; what it leads to is for its reader to add. */
export interface PlannedRecord {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  readonly type: DnsRecordType;
  /** The zone it is made in, when zones were given: the longest that the name ends with. */
  readonly zone?: string;
  /** For the wildcard of a namespace: which one, so that models may have another load balancer than the rest. */
  readonly namespace?: string;
}

/**
 * The records for everything that is published: the same wildcards as in the certificates, each further host, and the
 * models' hosts that no wildcard answers for.
 */
export function dnsPlan(published: IPublishedHosts, options: DnsPlanOptions = {}): DnsPlan {
  const { zones = [], recordType: type = DnsRecordType.CNAME } = options;
  const wildcards = wildcardsOf(published);
  const given = distinct([...wildcards.map(({ name }) => name), ...(options.hosts ?? [])]);
  // What has a name of its own in a certificate has a validation record below it, and so exists without an answer.
  const validated = distinct([...given, ...published.hosts.filter((host) => !tlsCovers(given, host))]);
  const names = [...validated, ...published.hosts.filter((host) => !dnsResolves(validated, host, zones))];
  const records = distinct(names).map((name) => {
    const zone = zoneOf(name, zones);
    const namespace = wildcards.find((wildcard) => wildcard.name === name)?.namespace;
    return { name, type, ...(zone && { zone }), ...(namespace && { namespace }) };
  });
  return { records };
}

/** Says why the record cannot stand where it does, or nothing when it can. */
export function apexProblem({ name, type, zone }: PlannedRecord): string | undefined {
  if (type !== DnsRecordType.CNAME || name !== zone) return undefined;
  return 'it is the apex of a zone, whose SOA and NS records stand there, and a CNAME stands beside no other';
}

const IPV4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/;
/** What Route 53 makes aliases for: load balancers, accelerators and distributions. */
const OF_AWS = /\.(elb(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?|awsglobalaccelerator\.com|cloudfront\.net)$/;

/** The type of record that suits a target: an alias for load balancers of AWS. */
export function recordTypeFor(target: string): DnsRecordType {
  if (IPV4.test(target)) return DnsRecordType.A;
  return OF_AWS.test(target) ? DnsRecordType.ALIAS : DnsRecordType.CNAME;
}

/** Says why nothing can lead to `target`, or nothing when it can be led to. */
export function targetProblem(target: string): string | undefined {
  const problem = domainProblem(target);
  if (problem) return problem;
  if (!/\.\d+$/.test(target) || IPV4.test(target)) return undefined;
  return 'it is neither a host name nor an IPv4 address';
}

/** Says why a record of this type cannot lead to the target, or nothing when it can. */
export function recordTypeProblem(type: DnsRecordType, target: string): string | undefined {
  const suitable = recordTypeFor(target);
  if (type === suitable || (type === DnsRecordType.CNAME && suitable === DnsRecordType.ALIAS)) return undefined;
  if (type === DnsRecordType.A) return 'a record of type A leads to an IPv4 address';
  if (type === DnsRecordType.CNAME) return 'a CNAME leads to a host name';
  return 'Route 53 makes aliases for its own load balancers only';
}
