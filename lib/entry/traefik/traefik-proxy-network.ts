import type { NetworkRule } from '../../kubernetes/objects';
import type { TraefikEntryPoint } from './traefik-entry-point';
import { INTERNAL, WEB, WEBSECURE } from './traefik-proxy-workload';

/** The ports of Traefik's Service; HTTP has its usual ones outside. */
export function servicePorts(entryPoints: readonly TraefikEntryPoint[]): object[] {
  const others = entryPoints.map((entryPoint) => ({ ...entryPoint, exposedPort: entryPoint.port }));
  return [WEB, WEBSECURE, ...others].map(({ name, exposedPort }) => ({
    name,
    port: exposedPort,
    targetPort: name,
    protocol: 'TCP',
  }));
}

/** Who may connect to Traefik's pods: everybody to entry points, and what is in the cluster to the metrics too. */
export function proxyIngress(entryPoints: readonly TraefikEntryPoint[]): object[] {
  const tcp = ({ port }: TraefikEntryPoint) => ({ port, protocol: 'TCP' as const });
  const open: NetworkRule = { ports: [WEB, WEBSECURE, ...entryPoints].map(tcp) };
  const metrics: NetworkRule = { from: [{ namespaceSelector: {} }], ports: [tcp(INTERNAL)] };
  return [open, metrics];
}
