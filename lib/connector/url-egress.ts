import { type NetworkRule, podsOfNamespaces } from '../kubernetes/objects';

const USUAL_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/**
 * The way to these URLs: to the namespace of a Service's host, and for hosts outside to their port at any address, as
 * policies know no host names.
 */
export function egressTo(urls: readonly URL[]): NetworkRule[] {
  const namespaces = new Set<string>();
  const ports = new Set<number>();
  for (const { hostname, port, protocol } of urls) {
    const namespace = namespaceOf(hostname);
    if (namespace === undefined) ports.add(port === '' ? (USUAL_PORTS[protocol] ?? 443) : Number(port));
    else namespaces.add(namespace);
  }
  return [
    ...(namespaces.size > 0 ? [{ to: [podsOfNamespaces(...namespaces)] }] : []),
    ...(ports.size > 0 ? [{ ports: [...ports].map((port) => ({ port, protocol: 'TCP' as const })) }] : []),
  ];
}

/** Of `<service>.<namespace>.svc`, with the cluster's domain behind it or without. */
function namespaceOf(hostname: string): string | undefined {
  const [, namespace] = /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(hostname) ?? [];
  return namespace;
}
