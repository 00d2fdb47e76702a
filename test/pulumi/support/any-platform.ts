import fc from 'fast-check';
import { HostLayout, type IPublishedHosts } from '../../../lib';

export interface AnyPlatform {
  readonly platform: IPublishedHosts;
  /** Further hosts and wildcards. */
  readonly hosts: string[];
  /** Of which at least one holds each name. */
  readonly zones: string[];
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
const domain = fc.tuple(label, label, fc.constantFrom('com', 'org')).map((labels) => labels.join('.'));

/** Any domain, with any namespaces, hosts and zones. */
export const anyPlatform: fc.Arbitrary<AnyPlatform> = fc
  .record({
    domain,
    others: fc.array(domain, { maxLength: 2 }),
    namespaces: fc.uniqueArray(label, { minLength: 1, maxLength: 24 }),
    hostLayout: fc.constantFrom(HostLayout.PER_NAMESPACE, HostLayout.FLAT),
    models: fc.array(fc.record({ name: label, place: fc.nat() }), { maxLength: 4 }),
    further: fc.array(fc.record({ label: fc.option(label), place: fc.nat(), wildcard: fc.boolean() }), {
      maxLength: 4,
    }),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
  })
  .map(({ domain, others, namespaces, hostLayout, models, further, cuts }) => {
    const model = ({ name, place }: { name: string; place: number }) => {
      const namespace = pick(namespaces, place);
      return hostLayout === HostLayout.FLAT ? `${name}-${namespace}.${domain}` : `${name}.${namespace}.${domain}`;
    };
    const above = [domain, ...others, ...namespaces.map((namespace) => `${namespace}.${domain}`)];
    const hosts = further.map(({ label, place, wildcard }) =>
      [...(wildcard ? ['*'] : []), ...(label ? [label] : []), pick(above, place)].join('.'),
    );
    const platform = { domain, namespaces, hostLayout, hosts: models.map(model) };
    const roots = [domain, ...others].map((name) => name.split('.').slice(-2).join('.'));
    return { platform, hosts, zones: [...new Set([...roots, ...cuts.map((cut) => pick(above, cut))])] };
  });

/** The longest of the zones that a name is in, found in another way than the library does. */
export function longestZone(name: string, zones: readonly string[]): string | undefined {
  const labels = name.replace('*.', '').split('.');
  return labels.map((_, i) => labels.slice(i).join('.')).find((suffix) => zones.includes(suffix));
}

function pick<T>(items: readonly T[], place: number): T {
  return items[place % items.length] as T;
}
