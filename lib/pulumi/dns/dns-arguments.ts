import { Duration } from 'cdk8s';
import { planRecords } from '../../entry/dns/plan-records';
import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { type DnsPlan, DnsRecordType } from '../../naming/dns-plan';
import { HostLayout } from '../../naming/host-layout';
import { publishedNameProblem } from '../../naming/published-hosts';
import { validateZones, zoneNames } from '../zones/hosted-zones';
import type { InferenceDnsArgs } from './inference-dns';
import { ttlSeconds } from './ttl';

/** What InferenceDns makes, and what it leaves to others. */
export interface RecordSets {
  readonly type: DnsRecordType;
  /** All records, those in external zones too. */
  readonly plan: DnsPlan;
  /** Those that are made. */
  readonly own: DnsPlan;
  readonly external: DnsPlan;
  /** In seconds; an alias has none. */
  readonly ttl?: number;
}

/**
 * Everything of the arguments that needs no Output.
 *
 * @throws EdgeError as the constructor of InferenceDns says
 */
export function planRecordSets(args: InferenceDnsArgs): RecordSets {
  const { platform, zones, externalZones = [], hosts, recordedElsewhere = [] } = args;
  const type = args.recordType ?? DnsRecordType.ALIAS;
  validateZones('InferenceDns', zones);
  const own = zoneNames(zones);
  const both = externalZones.find((zone) => own.includes(zone));
  refuse('EDGE_ERR_DUPLICATE', 'externalZones', both, 'it is among zones too', 'Leave it out of one of them');
  for (const name of recordedElsewhere) {
    const rule = publishedNameProblem(name);
    if (rule) refuse('EDGE_ERR_DOMAIN', 'recordedElsewhere', name, rule, 'Give the name of the record');
  }
  const plan = planRecords('InferenceDns', platform, { hosts, zones: [...own, ...externalZones], recordType: type });
  const isExternal = (zone = '') => externalZones.includes(zone);
  return {
    type,
    plan,
    own: { records: plan.records.filter(({ zone }) => !isExternal(zone)) },
    external: { records: plan.records.filter(({ zone }) => isExternal(zone)) },
    ...validOptions(args, type),
  };
}

function validOptions({ platform, ttl, dualStack, namespaceTarget }: InferenceDnsArgs, type: DnsRecordType) {
  if (namespaceTarget !== undefined && platform.hostLayout === HostLayout.FLAT) {
    const rule = 'with HostLayout.FLAT namespaces have no hosts of their own';
    refuse('EDGE_ERR_VALUE', 'hostLayout', 'FLAT', rule, 'Leave namespaceTarget out, or use HostLayout.PER_NAMESPACE');
  }
  if (type === DnsRecordType.ALIAS) {
    const rule = 'Route 53 gives an alias the TTL of its target';
    const value = ttl && `${ttl.toMilliseconds() / 1000} s`;
    refuse('EDGE_ERR_VALUE', 'ttl', value, rule, 'Leave it out, or use DnsRecordType.CNAME');
    return {};
  }
  const rule = 'only an alias is made of an address of each kind; a CNAME leads to both anyway';
  refuse('EDGE_ERR_VALUE', 'dualStack', dualStack ? 'true' : undefined, rule, 'Leave it out');
  return { ttl: ttlSeconds('InferenceDns.ttl', ttl ?? Duration.minutes(5)) };
}

/** Refuses a value, when there is one. */
function refuse(code: EdgeErrorCode, arg: string, value: string | undefined, rule: string, fix: string): void {
  if (value !== undefined) throw new EdgeError(code, { at: `InferenceDns.${arg}`, value, rule, fix });
}
