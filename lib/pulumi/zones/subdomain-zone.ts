import * as route53 from '@pulumi/aws/route53';
import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { EdgeError } from '../../errors';
import { domainProblem } from '../../naming/model-hosts';
import { ttlSeconds } from '../dns/ttl';
import { type HostedZones, validateZones, zoneFor, zoneIds, zoneNames } from './hosted-zones';

export interface SubdomainZoneArgs {
  /** The zone's name: the domain of a platform, for instance. */
  readonly domain: string;
  /**
   * Zones of which the longest that the domain is below gets the delegation.
   *
   * @default - none: whoever keeps the zone above enters `nameServers` there
   */
  readonly parentZones?: HostedZones;
  /** How long resolvers keep the delegation, in whole seconds. @default Duration.hours(1) */
  readonly delegationTtl?: Duration;
  /**
   * Whether everything in the zone is deleted with it. Validation records of certificates are left behind in it, and
   * Route 53 does not delete a zone that has records.
   *
   * @default true
   */
  readonly forceDestroy?: boolean;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A public hosted zone for a domain below another one, and its delegation.
 *
 * It is a component of its own because certificates are validated in the zone before there is a load balancer that
 * records could lead to.
 */
export class SubdomainZone extends pulumi.ComponentResource {
  readonly domain: string;
  /** Known once the delegation is there too: what is proven in the zone can be seen from outside. */
  readonly zoneId: pulumi.Output<string>;
  readonly nameServers: pulumi.Output<string[]>;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN for a domain that is none; EDGE_ERR_ZONE when it is below none of `parentZones`;
   * EDGE_ERR_VALUE for a TTL or an id that Route 53 would refuse
   */
  constructor(name: string, args: SubdomainZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const { domain, parentZones, forceDestroy = true, tags } = args;
    validateDomain(domain);
    const delegation = parentZones && planDelegation(args, parentZones);
    super('edge-inference:index:SubdomainZone', name, {}, opts);
    this.domain = domain;

    const zone = new route53.Zone(name, { name: domain, forceDestroy, tags }, { parent: this });
    this.nameServers = zone.nameServers;
    this.zoneId = delegation ? this.#delegate(name, zone, delegation) : zone.zoneId;
    this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
  }

  /** For the `zones` of everything that has records in it. */
  get zones(): Record<string, pulumi.Output<string>> {
    return { [this.domain]: this.zoneId };
  }

  #delegate(name: string, zone: route53.Zone, { zones, parent, ttl }: Delegation): pulumi.Output<string> {
    const { domain } = this;
    const record = new route53.Record(
      `${name}:${domain}`,
      { zoneId: zoneIds(zones, this)(parent), name: domain, type: 'NS', records: zone.nameServers, ttl },
      { parent: this },
    );
    return pulumi.all([zone.zoneId, record.fqdn]).apply(([zoneId]) => zoneId);
  }
}

interface Delegation {
  readonly zones: HostedZones;
  readonly parent: string;
  readonly ttl: number;
}

function planDelegation({ domain, delegationTtl }: SubdomainZoneArgs, zones: HostedZones): Delegation {
  validateZones('SubdomainZone.parentZones', zones);
  const above = zoneNames(zones).filter((zone) => zone !== domain);
  const parent = zoneFor('SubdomainZone.domain', domain, above);
  return { zones, parent, ttl: ttlSeconds('SubdomainZone.delegationTtl', delegationTtl ?? Duration.hours(1)) };
}

function validateDomain(domain: string): void {
  const rule = domainProblem(domain);
  if (!rule) return;
  const fix = 'Give its name without the dot at the end';
  throw new EdgeError('EDGE_ERR_DOMAIN', { at: 'SubdomainZone.domain', value: domain, rule, fix });
}
