import type { IMqttBroker } from '../broker/mqtt-broker';
import { type NetworkRule, podsOfNamespaces } from '../kubernetes/objects';

/** Where the gateways and the activator run that requests to models pass through, by the usual installations. */
export const SERVING_NAMESPACES = ['istio-system', 'knative-serving', 'kourier-system'];

/** Whom a connector talks to: the cluster's DNS, its broker, and what is on the way to its models. */
export function connectorEgress(broker: IMqttBroker, modelNamespaces: string[], servingNamespaces: string[]) {
  const namespaces = [...new Set(modelNamespaces), ...servingNamespaces];
  const rules: NetworkRule[] = [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { to: [broker._peer()], ports: [{ port: broker.mqttPort, protocol: 'TCP' }] },
    { to: [podsOfNamespaces(...namespaces)] },
  ];
  return rules;
}
