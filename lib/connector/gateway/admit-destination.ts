import type { IConstruct } from 'constructs';
import { EdgeError } from '../../errors';
import type { AmqpClient } from '../amqp/amqp-client';
import type { BridgeRoute } from '../bridge-route';
import type { InferenceBridge } from '../inference-bridge';
import { ProviderDeployment } from '../provider/provider-deployment';
import type { ProviderRoute } from '../provider/provider-route';
import type { GatewayDestination } from './gateway-destination';
import type { GatewayDeploymentProps } from './gateway-props';
import type { GatewayRoute } from './gateway-route';
import type { MqttClient } from './mqtt-client';

interface GatewayClients extends Pick<GatewayDeploymentProps, 'broker' | 'mqttBroker'> {
  readonly client: AmqpClient | undefined;
  readonly mqttClient: MqttClient | undefined;
}

/**
 * Lets a gateway send requests to where its route leads, and hear the answers.
 *
 * @throws EdgeError EDGE_ERR_GATEWAY_DESTINATION for what is behind another broker than the gateway's
 */
export function admitDestination(
  gateway: IConstruct,
  { name, destination }: GatewayRoute,
  clients: GatewayClients,
): void {
  const { _exchange: way, _bridgeRoute: bridgeRoute } = destination;
  const at = `the destination of route ${name} of ${gateway.node.path}`;
  if (way) admitExchange(gateway, at, destination, clients);
  if (bridgeRoute) admitBridge(gateway, at, bridgeRoute, clients);
}

function admitExchange(
  gateway: IConstruct,
  at: string,
  destination: GatewayDestination,
  { broker, client }: GatewayClients,
): void {
  const { exchange = '', route } = destination._exchange ?? {};
  if (!client) throw elsewhere(at, exchange, 'the gateway has no RabbitMQ', 'Set GatewayDeployment.broker');
  const provider = route && providerOf(gateway, route);
  if (provider && provider.broker !== broker) {
    const rule = `provider ${provider.node.path} takes its requests from another broker`;
    throw elsewhere(at, exchange, rule, 'Give gateway and provider the same broker');
  }
  // RabbitMQ from 4.3 on asks for a permission of whoever looks whether an exchange is there.
  client.user?.allowPublishTo(exchange, destination._keys()).allowDeclare(exchange);
  // Each pod hears the answers on a queue of its own, whose name the broker makes up.
  client.user?.allowDeclare('amq.gen-*').allowConsume('amq.gen-*');
}

function admitBridge(
  gateway: IConstruct,
  at: string,
  route: BridgeRoute,
  { mqttBroker, mqttClient }: GatewayClients,
): void {
  const bridge = bridgeOf(gateway, route);
  if (!mqttClient)
    throw elsewhere(at, route.name, 'the gateway has no MQTT broker', 'Set GatewayDeployment.mqttBroker');
  if (bridge?.broker !== mqttBroker) {
    const rule = `bridge ${bridge?.node.path} takes its requests from another broker`;
    throw elsewhere(at, route.name, rule, 'Give gateway and bridge the same broker');
  }
  mqttClient.user.allowPublish(route.requestTopic);
  if (!route.allowedResponseTopics.includes(mqttClient.answers)) route.allowedResponseTopics.push(mqttClient.answers);
  bridge?.user.allowPublish(mqttClient.answers);
}

function providerOf(gateway: IConstruct, route: ProviderRoute): ProviderDeployment | undefined {
  const providers = everything(gateway).filter(ProviderDeployment.isProviderDeployment);
  return providers.find(({ routes }) => routes.includes(route));
}

/** The only construct that has the route, whatever its class. */
function bridgeOf(gateway: IConstruct, route: BridgeRoute): InferenceBridge | undefined {
  const others = everything(gateway) as Partial<InferenceBridge>[];
  return others.find(({ routes }) => Array.isArray(routes) && routes.includes(route)) as InferenceBridge | undefined;
}

function everything({ node }: IConstruct): IConstruct[] {
  return node.root.node.findAll();
}

function elsewhere(at: string, value: string, rule: string, fix: string): EdgeError {
  return new EdgeError('EDGE_ERR_GATEWAY_DESTINATION', { at, value, rule, fix });
}
