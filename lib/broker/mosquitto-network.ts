import type { NetworkPeer, NetworkRule } from '../kubernetes/objects';
import type { MosquittoListener } from './mosquitto-listeners';

/** Whom a broker's pod may be reached by. */
export function mosquittoIngress(clients: NetworkPeer[], listeners: readonly MosquittoListener[]): NetworkRule[] {
  const ports = listeners.map(({ name }) => ({ port: name, protocol: 'TCP' as const }));
  return clients.length === 0 ? [] : [{ from: clients, ports }];
}

/** A broker answers; it calls nobody but its parents, whose addresses only the DNS knows. */
export function mosquittoEgress(parentPorts: readonly number[]): NetworkRule[] {
  if (parentPorts.length === 0) return [];
  const ports = [...new Set(parentPorts)].sort((a, b) => a - b);
  return [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { ports: ports.map((port) => ({ port, protocol: 'TCP' })) },
  ];
}
