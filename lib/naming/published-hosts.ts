import { HostLayout } from './host-layout';
import { MAX_SUBDOMAIN } from './kubernetes-names';
import { domainProblem } from './model-hosts';

/** What is reached under a domain. `InferencePlatform` is one. */
export interface IPublishedHosts {
  readonly domain: string;
  readonly namespaces: string[];
  readonly hostLayout: HostLayout;
  /** Hosts that are known by name: those of the models. */
  readonly hosts: string[];
}

/** A name that stands for many hosts. */
export interface Wildcard {
  readonly name: string;
  /** The namespace whose models have these hosts; nothing for those right below the domain. */
  readonly namespace?: string;
}

/** The wildcard of the domain, and one for each namespace whose models have hosts below it. */
export function wildcardsOf({ domain, namespaces, hostLayout }: IPublishedHosts): Wildcard[] {
  const own = hostLayout === HostLayout.PER_NAMESPACE ? namespaces : [];
  return [{ name: `*.${domain}` }, ...own.map((namespace) => ({ name: `*.${namespace}.${domain}`, namespace }))];
}

/** Says why `name` is neither a host nor a wildcard for hosts, or nothing when it is one. */
export function publishedNameProblem(name: string): string | undefined {
  if (name.length > MAX_SUBDOMAIN)
    return `a name has at most ${MAX_SUBDOMAIN} characters, and this one has ${name.length}`;
  const base = baseOf(name);
  if (base.includes('*')) return '* can only be the whole left-most part of a name';
  return domainProblem(base);
}

/** The name without `*.`. */
export function baseOf(name: string): string {
  return name.replace(/^\*\./, '');
}

export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

/** Each of the names once, where it stands first. */
export function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
