export { loadBridgeConfig, parseBridgeConfig, parseBrokerConfig } from './load';
export type { BridgeConfig, BridgeConfigInput, BrokerConfig, RouteConfig } from './schema';
