import { type NetworkPeer, type NetworkRule, podsOfNamespaces } from '../../kubernetes/objects';
import { CLUSTER_RPC, EPMD, PROMETHEUS, type RabbitMqListener } from './rabbitmq-listeners';

const BETWEEN_NODES = [EPMD, CLUSTER_RPC].map(({ name }) => ({ port: name, protocol: 'TCP' as const }));

/** Clients reach the listeners, nodes each other, and everybody the metrics. */
export function rabbitMqIngress(clients: NetworkPeer[], self: NetworkPeer, listeners: readonly RabbitMqListener[]) {
  const ports = listeners.map(({ name }) => ({ port: name, protocol: 'TCP' as const }));
  const rules: NetworkRule[] = [
    ...(clients.length === 0 ? [] : [{ from: clients, ports }]),
    { from: [self], ports: BETWEEN_NODES },
    { ports: [{ port: PROMETHEUS.name, protocol: 'TCP' }] },
  ];
  return rules;
}

/** A node calls the DNS and the other nodes, and where it finds them by the API of Kubernetes that too. */
export function rabbitMqEgress(self: NetworkPeer, asksKubernetes: boolean): NetworkRule[] {
  // Where the API is, no selector tells.
  const api = [443, 6_443].map((port) => ({ port, protocol: 'TCP' as const }));
  return [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { to: [self], ports: BETWEEN_NODES },
    ...(asksKubernetes ? [{ ports: api }] : []),
  ];
}

/** What RabbitMQ's operators ask. */
const MANAGEMENT_PORTS = [15_671, 15_672];
/** Metrics, with TLS and without. */
const METRICS_PORTS = [15_691, PROMETHEUS.port];

/** The same for pods of the cluster operator, whose ports have other names. */
export function operatedIngress(
  clients: NetworkPeer[],
  self: NetworkPeer,
  listeners: readonly RabbitMqListener[],
  operatorNamespace: string,
) {
  const rules: NetworkRule[] = [
    ...(clients.length === 0 ? [] : [{ from: clients, ports: tcp(listeners.map(({ port }) => port)) }]),
    { from: [self], ports: tcp([EPMD.port, CLUSTER_RPC.port]) },
    { from: [podsOfNamespaces(operatorNamespace)], ports: tcp(MANAGEMENT_PORTS) },
    { ports: tcp(METRICS_PORTS) },
  ];
  return rules;
}

/** The cluster operator gives every version a way to the API of Kubernetes. */
export function operatedEgress(self: NetworkPeer): NetworkRule[] {
  return [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { to: [self], ports: tcp([EPMD.port, CLUSTER_RPC.port]) },
    { ports: tcp([443, 6_443]) },
  ];
}

function tcp(ports: number[]) {
  return ports.map((port) => ({ port, protocol: 'TCP' as const }));
}
