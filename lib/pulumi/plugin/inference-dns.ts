import type * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { DnsRecordType } from '../../naming/dns-plan';
import { InferenceDns as Records } from '../dns/inference-dns';
import { oneOf } from './one-of';
import { published } from './published';

export interface InferenceDnsArgs {
  /** Models are published as <model>.<namespace>.<domain>. */
  readonly domain: string;
  /** The namespaces with models. */
  readonly namespaces: string[];
  /** Whether models are published as <model>-<namespace>.<domain> instead. By default they are not. */
  readonly flatHosts?: boolean;
  /** What the hosts lead to: the host name of a load balancer, or an IPv4 address. */
  readonly target: pulumi.Input<string>;
  /** What the wildcards of the namespaces lead to. By default the target. */
  readonly namespaceTarget?: pulumi.Input<string>;
  /** Ids of hosted zones by their names. Each record is made in the longest zone that its name is in. */
  readonly zones: Record<string, pulumi.Input<string>>;
  /** ALIAS for a load balancer of AWS, CNAME for another host, A for an address. By default ALIAS. */
  readonly recordType?: string;
  /** Whether IPv6 is answered for as well, by a second alias. By default it is not. */
  readonly dualStack?: boolean;
  /** How long resolvers keep the answer. An alias has none; all else 300 by default. */
  readonly ttlSeconds?: number;
  /** Further hosts, or wildcards. By default there are none. */
  readonly hosts?: string[];
}

/** The DNS records of a platform in Route 53. */
export class InferenceDns extends Records implements pulumi.ComponentResource {
  /** The names that have records now. */
  declare readonly names: pulumi.Output<string[]>;

  constructor(name: string, args: InferenceDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { target, namespaceTarget, zones, recordType, dualStack, ttlSeconds, hosts } = args;
    const records = {
      ...{ platform: published(args), target, namespaceTarget, zones, dualStack, hosts },
      recordType: recordType === undefined ? undefined : oneOf('InferenceDns.recordType', recordType, DnsRecordType),
      ttl: ttlSeconds === undefined ? undefined : Duration.seconds(ttlSeconds),
    };
    super(name, records, opts);
  }
}
