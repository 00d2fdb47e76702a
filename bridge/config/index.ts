export { loadBridgeConfig, parseBridgeConfig } from './load';
export type { BridgeConfig, BridgeConfigInput, BrokerConfig, RouteConfig } from './schema';
