export type { AmqpConfig } from './amqp-connection';
export type { AmqpRouteConfig } from './amqp-route';
export {
  type AmqpBinding,
  type AmqpExchange,
  type AmqpQueue,
  type AmqpTopology,
  amqpTopology,
  type TopologyRoute,
} from './amqp-topology';
export { type AnyConfig, isProviderConfig, loadConfig, parseAmqpConfig, parseConfig, parseProviderConfig } from './any';
export { loadBridgeConfig, parseBridgeConfig, parseBrokerConfig } from './load';
export type { ProviderConfig, ProviderConfigInput } from './provider';
export type { BridgeConfig, BridgeConfigInput, BrokerConfig, RouteConfig } from './schema';
