import { HostLayout } from '../../naming/host-layout';
import type { IPublishedHosts } from '../../naming/published-hosts';

/** What the hosts of a platform follow from, where there is no platform but its description. */
interface PublishedArgs {
  readonly domain: string;
  readonly namespaces: string[];
  readonly flatHosts?: boolean;
}

/** The wildcards of a platform; hosts of single models are under these. */
export function published({ domain, namespaces, flatHosts }: PublishedArgs): IPublishedHosts {
  return { domain, namespaces, hostLayout: hostLayout(flatHosts), hosts: [] };
}

export function hostLayout(flatHosts = false): HostLayout {
  return flatHosts ? HostLayout.FLAT : HostLayout.PER_NAMESPACE;
}
