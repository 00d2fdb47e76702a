import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import { EdgeError } from '../../errors';
import { dnsLabelProblem, workloadNameProblem } from '../../naming/kubernetes-names';
import { isOfApp } from './amqp-client';
import type { ExternalRabbitMq } from './external-rabbitmq';

export interface PlaceOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly broker?: RabbitMqBroker | ExternalRabbitMq;
}

/** Under which name, and in which namespace, a connector runs. */
export interface ConnectorPlace {
  readonly name: string;
  readonly namespace: string;
  /** Whether the namespace is not the broker's, which makes its own. */
  readonly apart: boolean;
}

/**
 * @param of the construct, for messages
 * @throws EdgeError EDGE_ERR_NAME for what Kubernetes would refuse, or for no namespace where none follows from a broker
 */
export function connectorPlace(of: string, id: string, { name = id, namespace, broker }: PlaceOptions): ConnectorPlace {
  const brokers = broker && isOfApp(broker) ? broker.brokerNamespace : undefined;
  const place = namespace ?? brokers;
  refuse(`${of}.name`, name, workloadNameProblem(name));
  if (place === undefined) {
    const rule = 'the broker is not of this app, so it says nothing about it';
    throw new EdgeError('EDGE_ERR_NAME', { at: `${of}.namespace`, value: undefined, rule, fix: 'Name the namespace' });
  }
  refuse(`${of}.namespace`, place, dnsLabelProblem(place));
  return { name, namespace: place, apart: place !== brokers };
}

function refuse(at: string, value: string, rule: string | undefined): void {
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Choose another one' });
}
