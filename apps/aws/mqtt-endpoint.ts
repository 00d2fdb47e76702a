import { Service } from '@pulumi/kubernetes/core/v1';
import type { Provider } from '@pulumi/kubernetes/provider';
import { log, type Output } from '@pulumi/pulumi';
import type { TraefikBrokerRoutes } from '../../lib';
import { DEVICE_PORTS } from '../edge-inference/topology';

/** The Service that Traefik's Helm chart makes for a release of this name. */
const TRAEFIK = 'traefik';

/**
 * Where devices connect to: the load balancer of Traefik's Service, which is there before this stack. Nothing while it
 * has no address.
 */
export function mqttEndpoint({ entryPoints }: TraefikBrokerRoutes, provider: Provider): Output<string | undefined> {
  const id = `${entryPoints.namespace}/${TRAEFIK}`;
  const service = Service.get(TRAEFIK, id, { provider });
  return service.status.apply((status) => {
    const [address] = status?.loadBalancer?.ingress ?? [];
    const host = address?.hostname ?? address?.ip;
    if (host !== undefined) return `mqtt://${host}:${DEVICE_PORTS.mqtt}`;
    void log.warn(`Service ${id} has no load balancer with an address: there is no mqttEndpoint`);
    return undefined;
  });
}
