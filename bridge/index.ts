export { type RunningBridge, startBridge } from './bridge';
export {
  type AmqpBinding,
  type AmqpExchange,
  type AmqpQueue,
  type AmqpTopology,
  type AnyConfig,
  amqpTopology,
  type BridgeConfig,
  type BridgeConfigInput,
  loadBridgeConfig,
  loadConfig,
  type ProviderConfig,
  type ProviderConfigInput,
  parseBridgeConfig,
  parseConfig,
  parseProviderConfig,
  type TopologyRoute,
} from './config';
export { BRIDGE_ERRORS, BridgeError, type BridgeErrorCode } from './errors';
