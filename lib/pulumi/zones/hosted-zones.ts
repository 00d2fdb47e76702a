import * as route53 from '@pulumi/aws/route53';
import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { zoneOf } from '../../naming/hosted-zones';
import { memoized } from '../memoized';

/**
 * Hosted zones of Route 53: their ids by their names, or names alone.
 *
 * Zones that are named alone are looked up, among the public ones, as soon as a record belongs into them; Pulumi's
 * preview does so too. A private zone needs its id, and so does one of two of the same name.
 */
export type HostedZones = Readonly<Record<string, pulumi.Input<string>>> | readonly string[];

export function zoneNames(zones: HostedZones): string[] {
  return isNames(zones) ? [...zones] : Object.keys(zones);
}

/**
 * The ids of zones by their names. Each is looked up once at most.
 *
 * @param parent whose provider looks them up
 */
export function zoneIds(zones: HostedZones, parent: pulumi.Resource): (name: string) => pulumi.Input<string> {
  if (!isNames(zones)) return (name) => zones[name] as pulumi.Input<string>;
  return memoized((name) => route53.getZoneOutput({ name, privateZone: false }, { parent }).zoneId);
}

/**
 * Refuses ids that are none. Those that only the deployment knows are Route 53's to judge.
 *
 * @throws EdgeError EDGE_ERR_VALUE
 */
export function validateZones(at: string, zones: HostedZones): void {
  if (isNames(zones)) return;
  for (const [name, id] of Object.entries(zones)) {
    if (typeof id !== 'string' || /^(\/hostedzone\/)?Z[A-Z0-9]{1,31}$/.test(id)) continue;
    const rule = 'ids of hosted zones begin with Z, and have capital letters and digits';
    const fix = 'Use the id that Route 53 shows for the zone, or give names alone';
    throw new EdgeError('EDGE_ERR_VALUE', { at: `the id of zone ${name} of ${at}`, value: id, rule, fix });
  }
}

/**
 * The longest of the zones that a name is in.
 *
 * @throws EdgeError EDGE_ERR_ZONE when it is in none
 */
export function zoneFor(at: string, name: string, zones: readonly string[]): string {
  const zone = zoneOf(name, zones);
  if (zone !== undefined) return zone;
  throw new EdgeError('EDGE_ERR_ZONE', {
    at,
    value: name,
    rule: `a record is made in the zone its name ends with, and the zones are ${zones.join(', ') || 'none'}`,
    fix: 'Add the zone',
  });
}

function isNames(zones: HostedZones): zones is readonly string[] {
  return Array.isArray(zones);
}
