import { baseOf } from './published-hosts';

/** The zone that a record of this name belongs to: of those it ends with, the longest. */
export function zoneOf(name: string, zones: readonly string[]): string | undefined {
  const base = baseOf(name);
  const matching = zones.filter((zone) => base === zone || base.endsWith(`.${zone}`));
  return matching.reduce<string | undefined>(
    (longest, zone) => (longest === undefined || zone.length > longest.length ? zone : longest),
    undefined,
  );
}

/** Says why no record of this name can be made in any of the zones, or nothing when it can, or when none is given. */
export function zoneProblem(name: string, zones: readonly string[] | undefined): string | undefined {
  if (zones === undefined || zoneOf(name, zones) !== undefined) return undefined;
  return `a record is made in the zone its name ends with, and the zones are ${zones.join(', ') || 'none'}`;
}
